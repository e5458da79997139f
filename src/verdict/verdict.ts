/** The verdict of one packet on one path, stage by stage: the oracle that every faster engine is held against. */
import type { TrafficPoint } from "../net/traffic.ts";
import type { Alternative, NetworkFilter, Unplaced } from "../path/network-stage.ts";
import type { Path } from "../path/path.ts";
import type { PolicyFilter, Stage } from "../path/stage.ts";
import type { AssumptionName } from "../situation/assumptions.ts";
import type { Situation } from "../situation/situation.ts";
import { distinctFacts, type Fact } from "../source/fact.ts";
import { judgeFilter } from "./host-filter.ts";
import { judgeNetworkFilter, type NetworkReport } from "./network-filter.ts";
import type { FilterReport } from "./policy-filter.ts";

export type VerdictKind = "allowed" | "denied" | "one-way" | "partial" | "no-route" | "undecided";

/** What one packet on one path can come to. */
export type Outcome = Exclude<VerdictKind, "partial">;

export type StageReport =
  | { readonly stage: PolicyFilter; readonly report: FilterReport; readonly network?: undefined }
  | { readonly stage: NetworkFilter; readonly report: undefined; readonly network: NetworkReport }
  | {
      readonly stage: Unplaced;
      readonly report: undefined;
      readonly network?: undefined;
      /** What comes of each alternative. */
      readonly alternatives: readonly Settled[];
    }
  | {
      readonly stage: Exclude<Stage, PolicyFilter | NetworkFilter | Unplaced>;
      readonly report: undefined;
      readonly network?: undefined;
    };

/** Stages with what they come to together. */
export interface Settled {
  readonly kind: Outcome;
  readonly stages: readonly StageReport[];
  /** The stage that settled it; undefined: nothing keeps the packet or its answer. */
  readonly deciding: StageReport | undefined;
}

export interface Verdict extends Settled {
  readonly path: Path;
  /** The packet as the policy stages see it: after translation. */
  readonly packet: TrafficPoint;
}

/** Judges one packet along one path. Every stage is judged, also behind one that denies: its problem would be the next. */
export function judge(situation: Situation, path: Path, packet: TrafficPoint): Verdict {
  const seen = path.destinationPort === undefined ? packet : { ...packet, second: path.destinationPort };
  return { ...settled(path.stages.map((stage) => judgeStage(situation, stage, seen))), path, packet: seen };
}

function judgeStage(situation: Situation, stage: Stage, packet: TrafficPoint): StageReport {
  switch (stage.kind) {
    case "filter":
      return { stage, report: judgeFilter(situation, stage, packet) };
    case "network filter":
      return { stage, report: undefined, network: judgeNetworkFilter(situation, stage, packet) };
    case "unplaced": {
      const judged = ({ request, reply }: Alternative): Settled =>
        settled([...request, ...reply].map((one) => judgeStage(situation, one, packet)));
      return { stage, report: undefined, alternatives: stage.alternatives.map(judged) };
    }
    default:
      return { stage, report: undefined };
  }
}

/**
 * Who keeps the request from arriving settles it: who denies, else where no route leads on, else what is not known. Only what
 * arrives can be answered; what then keeps the answer makes it one-way.
 */
function settled(stages: readonly StageReport[]): Settled {
  const request = stages.filter((one) => !isReply(one));
  const reply = stages.filter(isReply);
  const first = (among: readonly StageReport[], kind: Outcome): StageReport | undefined =>
    among.find((one) => outcomeOf(one) === kind);
  const order = [
    [request, "denied"],
    [request, "no-route"],
    [request, "undecided"],
    [stages, "one-way"],
    [reply, "undecided"],
  ] as const;
  for (const [among, kind] of order) {
    const deciding = first(among, kind);
    if (deciding !== undefined) return { kind, stages, deciding };
  }
  return { kind: "allowed", stages, deciding: undefined };
}

/** Whether the stage concerns only what answers. */
export function isReply({ stage }: StageReport): boolean {
  return "leg" in stage && stage.leg === "reply";
}

/** What a stage does with the packet; where it keeps an answer, `one-way`. */
export function outcomeOf(report: StageReport): Outcome {
  if (report.report !== undefined) return report.report.verdict;
  if (report.network !== undefined) {
    return report.network.verdict === "denied" && isReply(report) ? "one-way" : report.network.verdict;
  }
  if ("alternatives" in report) return agreed(report.alternatives.map(({ kind }) => kind));
  const { stage } = report;
  switch (stage.kind) {
    case "blocked":
      return stage.onlyIf === undefined ? "denied" : "undecided";
    case "unrouted":
      return stage.unknown !== undefined ? "undecided" : isReply(report) ? "one-way" : "no-route";
    default:
      return "allowed";
  }
}

/** What is known where any of several may be the case. */
function agreed(outcomes: readonly Outcome[]): Outcome {
  const kinds = new Set(outcomes);
  const [only] = kinds;
  if (kinds.size === 1 && only !== undefined) return only;
  return [...kinds].every((kind) => kind === "denied" || kind === "no-route") ? "denied" : "undecided";
}

/** The facts that a stage lacks. */
export function missingAt(one: StageReport): readonly Fact[] {
  if (one.report !== undefined) return one.report.missing;
  if (one.network !== undefined) return one.network.missing;
  if ("alternatives" in one) {
    if (outcomeOf(one) !== "undecided") return [];
    const differ = new Set(one.alternatives.map(({ kind }) => kind)).size > 1;
    const within = one.alternatives.flatMap(({ kind, stages }) =>
      kind === "undecided" ? stages.flatMap(missingAt) : [],
    );
    return distinctFacts([...(differ ? [one.stage.fact] : []), ...within]);
  }
  const { stage } = one;
  if (stage.kind === "blocked") return stage.onlyIf === undefined ? [] : [stage.onlyIf];
  return stage.kind === "unrouted" && stage.unknown !== undefined ? [stage.unknown] : [];
}

/** The assumptions that a stage's outcome rests on. */
export function assumptionsAt(told: StageReport): readonly AssumptionName[] {
  if (told.report !== undefined) return told.report.assumptions;
  if (told.network !== undefined) return told.network.assumptions;
  if ("alternatives" in told) return told.alternatives.flatMap(({ stages }) => stages.flatMap(assumptionsAt));
  const { stage } = told;
  return "assumption" in stage && stage.assumption !== undefined ? [stage.assumption] : [];
}
