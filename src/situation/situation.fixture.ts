/** For tests: situations from manifests as people write them. */
import { readText } from "../resources/read.ts";
import { type Finding, findingText } from "../source/finding.ts";
import { type Assumptions, PROFILES } from "./assumptions.ts";
import { type Situation, situationOf, type SituationOptions } from "./situation.ts";

export interface FixtureOptions {
  /** Differences from the profile `kubernetes`. */
  readonly assumptions?: Partial<Assumptions>;
  readonly podRange?: SituationOptions["podRange"];
  readonly vpc?: SituationOptions["vpc"];
  /** Keep on where the text has errors, as with `--skip-unreadable`. */
  readonly skipUnreadable?: boolean;
}

/** The situation that a text describes, and what the inventory finds odd. Throws on text that cannot be read, unless told not to. */
export function readSituation(
  text: string,
  { assumptions, podRange, vpc, skipUnreadable = false }: FixtureOptions = {},
): { readonly situation: Situation; readonly findings: readonly Finding[] } {
  const reading = readText("cluster.yaml", text, { validation: "strict", namespace: undefined });
  const errors = reading.findings.filter(({ severity }) => severity === "error");
  if (errors.length > 0 && !skipUnreadable) throw new Error(errors.map(findingText).join("\n"));
  return situationOf(reading, { assumptions: { ...PROFILES.kubernetes, ...assumptions }, podRange, vpc });
}

/** The situation alone. */
export function situationFrom(text: string, options?: FixtureOptions): Situation {
  return readSituation(text, options).situation;
}
