/** Parts of a question that have one verdict each, judged by the oracle on a packet of theirs. */
import { admissionOnPath } from "../fold/admission.ts";
import {
  ALL_TRAFFIC,
  box,
  boxesOf,
  intersectTraffic,
  NO_TRAFFIC,
  subtractTraffic,
  type TrafficPoint,
  type TrafficSet,
  unionTraffic,
} from "../net/traffic.ts";
import { witnessOf } from "../net/traffic-text.ts";
import type { End } from "../path/end.ts";
import { type PlacedPath, placedPaths } from "../path/between-nodes.ts";
import type { Placement } from "../path/network-stage.ts";
import { examplePath, type Path } from "../path/path.ts";
import type { Situation } from "../situation/situation.ts";
import type { Fact } from "../source/fact.ts";
import { judge, type Outcome, type Verdict } from "../verdict/verdict.ts";

/** Part of a question with one verdict. */
export type Case =
  | {
      readonly kind: Outcome;
      readonly from: End;
      readonly to: End;
      /** What was asked for and has this verdict, before a Service translates the port. */
      readonly traffic: TrafficSet;
      /** A packet of `traffic`. */
      readonly packet: TrafficPoint;
      readonly verdict: Verdict;
      /** Where pods are that run nowhere yet; undefined where that makes no difference. */
      readonly placement: Placement | undefined;
    }
  | {
      readonly kind: "no-route" | "undecided";
      readonly from: End;
      readonly to: undefined;
      readonly traffic: TrafficSet;
      readonly reason: string;
      /** What would have to be known; for undecided cases. */
      readonly fact: Fact | undefined;
      readonly verdict: undefined;
      readonly placement: undefined;
    };

/** Nothing is at the other end. */
export function noRoute(from: End, traffic: TrafficSet, reason: string): Case {
  return {
    kind: "no-route",
    from,
    to: undefined,
    traffic,
    reason,
    fact: undefined,
    verdict: undefined,
    placement: undefined,
  };
}

/** There is no path to judge until the fact is known. */
export function notKnown(from: End, traffic: TrafficSet, fact: Fact): Case {
  const nothing = { to: undefined, verdict: undefined, placement: undefined } as const;
  return { kind: "undecided", from, traffic, reason: fact.text, fact, ...nothing };
}

/**
 * The parts of the asked traffic with one outcome each on a path: allowed, denied and so on; each judged on a packet of it
 * between single addresses, and for every way in which pods that run nowhere yet may be placed. Where the path translates the
 * port, `asked` has one destination port.
 */
export function casesOnPath(situation: Situation, path: Path, asked: TrafficSet): readonly Case[] {
  return placedPaths(path).flatMap((placed) => casesOfPlaced(situation, placed, asked));
}

function casesOfPlaced(situation: Situation, { path, placement }: PlacedPath, asked: TrafficSet): readonly Case[] {
  const { allowed, oneWay, noRoute, undecided } = admissionOnPath(situation, path);
  const parts = [
    ["allowed", allowed],
    ["undecided", undecided],
    ["denied", [allowed, oneWay, noRoute, undecided].reduce(subtractTraffic, ALL_TRAFFIC)],
    ["one-way", oneWay],
    ["no-route", noRoute],
  ] as const;
  const { destinationPort } = path;
  const seen = destinationPort === undefined ? asked : toOnePort(asked, destinationPort);
  return parts.flatMap(([kind, region]): readonly Case[] => {
    const part = intersectTraffic(seen, region);
    const traffic = destinationPort === undefined ? part : toOnePort(part, portOf(asked));
    const packet = witnessOf(traffic);
    if (packet === undefined) return [];
    const verdict = judge(situation, examplePath(path), packet);
    if (verdict.kind !== kind) {
      throw new Error(`the oracle says ${verdict.kind} where the sets say ${kind}: ${JSON.stringify(packet)}`);
    }
    return [{ kind, from: path.from, to: path.to, traffic, packet, verdict, placement }];
  });
}

/** The traffic with another destination port, the same for all of it. */
function toOnePort(traffic: TrafficSet, port: number): TrafficSet {
  return [...boxesOf(traffic)]
    .map(({ protocols, first }) => box(protocols.start, [first], [{ start: port, end: port + 1 }]))
    .reduce(unionTraffic, NO_TRAFFIC);
}

function portOf(traffic: TrafficSet): number {
  for (const { second } of boxesOf(traffic)) return second.start;
  return 0;
}
