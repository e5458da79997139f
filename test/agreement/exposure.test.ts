/** What exposure says of pods that do not exist yet holds of those that exist: any of them might have been the new one. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { podText, workloadText } from "../../src/cluster/endpoint.ts";
import { matchPeer } from "../../src/fold/match.ts";
import {
  containsTraffic,
  subtractTraffic,
  ALL_TRAFFIC,
  type TrafficPoint,
  unionTraffic,
} from "../../src/net/traffic.ts";
import { witnessOf } from "../../src/net/traffic-text.ts";
import { endsOfPod, familyOfEnd, isContested, type PodEnd } from "../../src/path/end.ts";
import { podFilter } from "../../src/path/path.ts";
import { exposureOf } from "../../src/reach/exposure.ts";
import type { Opening } from "../../src/reach/openings.ts";
import type { Situation } from "../../src/situation/situation.ts";
import { judgeRules } from "../../src/verdict/policy-filter.ts";
import { mixedWorld } from "../worlds/mixed-world.ts";
import { holdsInEveryWorld } from "../worlds/replay.ts";
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

it("a pod gets what openings promise to pods like it, and nothing that no opening tells of", async () => {
  const seen = { promised: 0, perhaps: 0, untold: 0 };
  await holdsInEveryWorld(
    40,
    ({ objects, packets }) => {
      const situation = situationOfObjects(objects);
      const ends = endsOf(situation);
      const { openings } = exposureOf(situation);
      const points = pointsOf(openings, packets.map(pointOf));
      for (const own of ends) {
        const others = ends.filter(({ pod }) => pod !== own.pod);
        for (const other of others.filter((end) => familyOfEnd(end) === familyOfEnd(own))) {
          for (const direction of ["ingress", "egress"] as const) {
            const about = openings.filter((opening) => opening.direction === direction && speaksOf(opening, own));
            const admits = ({ by }: Opening) => by?.peer === undefined || matchPeer(situation, by.peer, other);
            for (const point of points) {
              const { verdict } = judgeRules(situation, podFilter(direction, own, other), point);
              const text = `${podText(own.pod)} ${direction} ${podText(other.pod)} ${JSON.stringify(point)}`;
              if (about.some((one) => admits(one) === true && containsTraffic(one.traffic, point))) {
                assert.equal(verdict, "allowed", text);
                seen.promised++;
              } else if (
                about.some(
                  (one) => admits(one) !== false && containsTraffic(unionTraffic(one.traffic, one.perhaps), point),
                )
              ) {
                seen.perhaps++;
              } else {
                assert.equal(verdict, "denied", text);
                seen.untold++;
              }
            }
          }
        }
      }
    },
    mixedWorld(),
  );
  for (const [kind, count] of Object.entries(seen)) assert.ok(count > 0, kind);
});
