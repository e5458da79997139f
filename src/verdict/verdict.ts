/** The verdict of one packet on one path, stage by stage: the oracle that every faster engine is held against. */
import type { TrafficPoint } from "../net/traffic.ts";
import type { Path } from "../path/path.ts";
import type { Blocked, PolicyFilter, Rewrite, Skipped } from "../path/stage.ts";
import type { Situation } from "../situation/situation.ts";
import type { Fact } from "../source/fact.ts";
import { judgeFilter } from "./host-filter.ts";
import type { FilterReport } from "./policy-filter.ts";

export type VerdictKind = "allowed" | "denied" | "one-way" | "partial" | "no-route" | "undecided";

export type StageReport =
  | { readonly stage: PolicyFilter; readonly report: FilterReport }
  | { readonly stage: Rewrite | Skipped | Blocked; readonly report: undefined };

export interface Verdict {
  readonly kind: "allowed" | "denied" | "undecided";
  readonly path: Path;
  /** The packet as the policy stages see it: after translation. */
  readonly packet: TrafficPoint;
  readonly stages: readonly StageReport[];
  /** The stage that settled it: the first that denies, else the first that is undecided. */
  readonly deciding: StageReport | undefined;
}

/** Judges one packet along one path. Every stage is judged, also behind one that denies: its problem would be the next. */
export function judge(situation: Situation, path: Path, packet: TrafficPoint): Verdict {
  const seen = path.destinationPort === undefined ? packet : { ...packet, second: path.destinationPort };
  const stages = path.stages.map((stage): StageReport =>
    stage.kind === "filter" ? { stage, report: judgeFilter(situation, stage, seen) } : { stage, report: undefined },
  );
  const denied = stages.find((stage) => outcomeOf(stage) === "denied");
  const open = stages.find((stage) => outcomeOf(stage) === "undecided");
  return {
    kind: denied !== undefined ? "denied" : open !== undefined ? "undecided" : "allowed",
    path,
    packet: seen,
    stages,
    deciding: denied ?? open,
  };
}

/** What a stage does with the packet. */
export function outcomeOf({ stage, report }: StageReport): "allowed" | "denied" | "undecided" {
  if (report !== undefined) return report.verdict;
  if (stage.kind !== "blocked") return "allowed";
  return stage.onlyIf === undefined ? "denied" : "undecided";
}

/** The facts that a stage lacks. */
export function missingAt({ stage, report }: StageReport): readonly Fact[] {
  if (report !== undefined) return report.missing;
  return stage.kind === "blocked" && stage.onlyIf !== undefined ? [stage.onlyIf] : [];
}
