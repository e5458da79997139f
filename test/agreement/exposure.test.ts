/** What exposure says of pods that do not exist yet holds of those that exist: any of them might have been the new one. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { podText, workloadText } from "../../src/cluster/endpoint.ts";
import { matchPeer, type Ternary } from "../../src/fold/match.ts";
import {
  containsTraffic,
  subtractTraffic,
  ALL_TRAFFIC,
  type TrafficPoint,
  type TrafficSet,
  unionTraffic,
} from "../../src/net/traffic.ts";
import { witnessOf } from "../../src/net/traffic-text.ts";
import { endsOfPod, familyOfEnd, isContested, type PodEnd } from "../../src/path/end.ts";
import { podFilter } from "../../src/path/path.ts";
import { exposureOf } from "../../src/reach/exposure.ts";
import type { Opening } from "../../src/reach/openings.ts";
import type { Situation } from "../../src/situation/situation.ts";
import { judgeRules } from "../../src/verdict/policy-filter.ts";
import type { RawPacket } from "../naive/raw-objects.ts";
import { mixedWorld } from "../worlds/mixed-world.ts";
import { holdsInEveryWorld } from "../worlds/replay.ts";
import { SETTINGS, withoutNamespaces, withTemplates } from "./gaps.ts";
import { pointOf, situationOfObjects } from "./situations.ts";

function endsOf({ inventory, podRange }: Situation): readonly PodEnd[] {
  return inventory.pods
    .flatMap((pod) => endsOfPod(inventory, pod, podRange))
    .filter((end): end is PodEnd => end.kind === "pod" && !isContested(end));
}

function speaksOf({ workloads, family }: Opening, own: PodEnd): boolean {
  const isNamed = workloads.includes(workloadText(own.pod.workload)) || workloads.includes(podText(own.pod));
  return isNamed && (family === undefined || family === familyOfEnd(own));
}

/** Packets to try: those of the world, and one at least of every set that an opening tells apart. */
function pointsOf(openings: readonly Opening[], packets: readonly TrafficPoint[]): readonly TrafficPoint[] {
  const sets = openings.flatMap(({ traffic, perhaps }) => [
    traffic,
    perhaps,
    subtractTraffic(ALL_TRAFFIC, unionTraffic(traffic, perhaps)),
  ]);
  const points = [...packets, ...sets.flatMap((set) => witnessOf(set) ?? [])];
  return [...new Map(points.map((point) => [JSON.stringify(point), point])).values()];
}

/** What openings say of a packet between two pods, and what the policies of the first say. */
interface Trial {
  readonly said: "passes" | "perhaps" | "does not pass";
  readonly verdict: string;
  readonly text: string;
}

function saidOf(about: readonly Opening[], admits: (opening: Opening) => Ternary, point: TrafficPoint): Trial["said"] {
  const has = (set: TrafficSet): boolean => containsTraffic(set, point);
  if (about.some((one) => admits(one) === true && has(one.traffic))) return "passes";
  return about.some((one) => admits(one) !== false && (has(one.traffic) || has(one.perhaps)))
    ? "perhaps"
    : "does not pass";
}

function* trials(situation: Situation, packets: readonly RawPacket[]): Generator<Trial> {
  const ends = endsOf(situation);
  const { openings } = exposureOf(situation);
  const points = pointsOf(openings, packets.map(pointOf));
  for (const own of ends) {
    const others = ends.filter((end) => end.pod !== own.pod && familyOfEnd(end) === familyOfEnd(own));
    for (const other of others) {
      const admits = ({ by }: Opening): Ternary => by?.peer === undefined || matchPeer(situation, by.peer, other);
      for (const direction of ["ingress", "egress"] as const) {
        const about = openings.filter((opening) => opening.direction === direction && speaksOf(opening, own));
        for (const point of points) {
          const { verdict } = judgeRules(situation, podFilter(direction, own, other), point);
          const text = `${podText(own.pod)} ${direction} ${podText(other.pod)} ${JSON.stringify(point)}`;
          yield { said: saidOf(about, admits, point), verdict, text };
        }
      }
    }
  }
}

describe("exposure", () => {
  it("says of every pod what its like gets, and of what it does not tell nothing passes", async () => {
    const seen = { passes: 0, perhaps: 0, "does not pass": 0 };
    await holdsInEveryWorld(
      25,
      ({ objects, packets }) => {
        for (const { said, verdict, text } of trials(situationOfObjects(objects), packets)) {
          seen[said]++;
          if (said !== "perhaps") assert.equal(verdict, said === "passes" ? "allowed" : "denied", text);
        }
      },
      mixedWorld(),
    );
    for (const [said, count] of Object.entries(seen)) assert.ok(count > 0, said);
  });

  it("is never contradicted where namespaces are missing and pods have no address yet, under any assumptions", async () => {
    let turn = 0;
    await holdsInEveryWorld(
      25,
      ({ objects, packets }) => {
        const gaps = withTemplates(withoutNamespaces(objects));
        const situation = situationOfObjects(gaps, SETTINGS[turn++ % SETTINGS.length]);
        for (const { said, verdict, text } of trials(situation, packets)) {
          // The oracle may know less: it follows selectors without what always holds of a pod.
          if (said === "passes") assert.notEqual(verdict, "denied", text);
          if (said === "does not pass") assert.notEqual(verdict, "allowed", text);
        }
      },
      mixedWorld(),
    );
  });
});
