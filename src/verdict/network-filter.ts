/** One access list or set of groups and one packet: what it sees, rule by rule. */
import { cut, type Interval } from "../net/intervals.ts";
import { boxesOf, type TrafficPoint, type TrafficSet } from "../net/traffic.ts";
import { seenAs } from "../path/header.ts";
import type { NetworkFilter } from "../path/network-stage.ts";
import type { AssumptionName } from "../situation/assumptions.ts";
import type { Situation } from "../situation/situation.ts";
import { distinctFacts, type Fact } from "../source/fact.ts";
import { judgeList, type ListDecision, type ListReport } from "../vpc/filter.ts";

/** `no packet`: nothing answers what is asked about, so there is nothing to filter. */
export type NetworkDecision = ListDecision | { readonly kind: "no packet"; readonly action: "allow" };

export interface NetworkReport {
  readonly verdict: "allowed" | "denied" | "undecided";
  /** What decided; undefined when the stage is undecided. */
  readonly decision: NetworkDecision | undefined;
  /** The packet that the filter saw, or one of those it may see. */
  readonly seen: TrafficPoint | undefined;
  readonly missing: readonly Fact[];
  readonly assumptions: readonly AssumptionName[];
}

/** Judges one packet. Where a node picks the source port, every port that some rule tells apart is tried. O(rules x ports tried). */
export function judgeNetworkFilter(situation: Situation, stage: NetworkFilter, packet: TrafficPoint): NetworkReport {
  const assumed = stage.assumption === undefined ? [] : [stage.assumption];
  if (stage.unknown !== undefined) {
    return {
      verdict: "undecided",
      decision: undefined,
      seen: undefined,
      missing: [stage.unknown],
      assumptions: assumed,
    };
  }
  const tried = samplesOf(stage, seenAs(stage.header, packet)).map((point) => ({
    point,
    ...judgeList(stage, stage, point, situation.assumptions["overlay-matched-by-legacy-all"]),
  }));
  const [first] = tried;
  if (first === undefined) {
    const decision = { kind: "no packet", action: "allow" } as const;
    return { verdict: "allowed", decision, seen: undefined, missing: [], assumptions: [] };
  }
  const actions = new Set(tried.flatMap(({ decisions }) => decisions.map(({ action }) => action)));
  const byLegacy = tried.some(({ decisions }) => decisions.some((decision) => decision.byLegacy));
  const base = {
    seen: first.point,
    assumptions: [...assumed, ...(byLegacy ? (["overlay-matched-by-legacy-all"] as const) : [])],
  };
  if (actions.size > 1)
    return { ...base, verdict: "undecided", decision: undefined, missing: missingFacts(stage, tried) };
  const verdict = actions.has("allow") ? "allowed" : "denied";
  return { ...base, verdict, decision: first.decisions.find(isCertain) ?? first.decisions[0], missing: [] };
}

/** Of several rules that may decide, all alike, the last is the one that does for certain. */
function isCertain(_: ListDecision, index: number, all: readonly ListDecision[]): boolean {
  return index === all.length - 1;
}

function missingFacts(stage: NetworkFilter, tried: readonly ListReport[]): readonly Fact[] {
  const facts = tried.filter(({ decisions }) => decisions.length > 1).flatMap((report) => report.facts);
  const settled = new Set(
    tried.filter(({ decisions }) => decisions.length === 1).map(({ decisions: [one] }) => one?.action),
  );
  return distinctFacts([...facts, ...(settled.size > 1 ? [pickedPort(stage)] : [])]);
}

function pickedPort({ header, filter }: NetworkFilter): Fact {
  const who = header.kind === "carrier" ? "the overlay" : "masquerading";
  return {
    text: `which source port ${who} picks, since rules of ${filter} tell such ports apart`,
    remedy: "let the rules take all ports from 1024 to 65535 alike",
  };
}

/** The packets that stand for all the filter may see: one for each region that no rule divides. */
function samplesOf({ rules }: NetworkFilter, seen: TrafficSet): readonly TrafficPoint[] {
  const points: TrafficPoint[] = [];
  for (const { protocols, first, second } of boxesOf(seen)) {
    const protocol = protocols.start;
    const boxes = rules.flatMap(({ traffic, legacyTraffic }) =>
      [...boxesOf(traffic), ...boxesOf(legacyTraffic)].filter((box) => covers(box.protocols, protocol)),
    );
    for (const a of cut(
      [first],
      boxes.map((box) => [box.first]),
    )) {
      for (const b of cut(
        [second],
        boxes.map((box) => [box.second]),
      )) {
        points.push({ protocol, first: a.start, second: b.start });
      }
    }
  }
  return points;
}

function covers({ start, end }: Interval<number>, value: number): boolean {
  return start <= value && value < end;
}
