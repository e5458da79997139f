/** What was found in networks, for people: the findings, what could not be checked, and the sum. */
import type { Blind } from "../../resources/reading.ts";
import type { Severity } from "../../source/codes.ts";
import type { Fact } from "../../source/fact.ts";
import type { Finding } from "../../source/finding.ts";
import { positionText } from "../../source/origin.ts";
import type { VpcInventory } from "../../vpc/model.ts";
import { findingLines } from "./findings.ts";
import { type Line, styled } from "./lines.ts";
import { counted } from "./words.ts";

export interface VpcCheckResult {
  /** Sorted by place. */
  readonly found: readonly Finding[];
  readonly networks: VpcInventory;
  readonly blinds: readonly Blind[];
}

export const SEVERITIES: readonly Severity[] = ["error", "warning", "info"];

/** What the findings cannot be about, as the input does not tell it. */
export function uncheckedFacts({ networks, blinds }: VpcCheckResult): readonly Fact[] {
  const unread = blinds.map(({ what, origin }) => ({
    text: `${what} at ${positionText(origin)} could not be read`,
    remedy: "repair it, as the message above says",
  }));
  return [...networks.gaps, ...unread];
}

export function checkLines(result: VpcCheckResult): readonly Line[] {
  const unchecked = uncheckedFacts(result);
  return [
    ...findingLines(result.found),
    ...unchecked.flatMap(({ text, remedy }): readonly Line[] => [
      [styled("unsure", "not checked"), `: ${text}`],
      [styled("faint", `  ${remedy}`)],
    ]),
    ...(result.found.length + unchecked.length > 0 ? [[]] : []),
    [styled("strong", sumText(result))],
  ];
}

/** `2 errors, 1 warning in 3 access lists with 30 rules, 3 subnets`. */
function sumText({ found, networks: { acls, subnets } }: VpcCheckResult): string {
  const sums = SEVERITIES.flatMap((severity) => {
    const count = found.filter((one) => one.severity === severity).length;
    return count === 0 ? [] : [counted(count, severity === "info" ? "note" : severity)];
  });
  const rules = acls.reduce((sum, acl) => sum + acl.rules.length, 0);
  return (
    `${sums.length === 0 ? "nothing found" : sums.join(", ")} in ${counted(acls.length, "access list")} with ` +
    `${counted(rules, "rule")}, ${counted(subnets.length, "subnet")}`
  );
}
