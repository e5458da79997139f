/** What exposure promises pods that do not exist yet, those that exist get. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { podText, workloadText } from "../../src/cluster/endpoint.ts";
import { matchPeer } from "../../src/fold/match.ts";
import { witnessOf } from "../../src/net/traffic-text.ts";
import { endsOfPod, familyOfEnd, isContested, type PodEnd } from "../../src/path/end.ts";
import { podFilter } from "../../src/path/path.ts";
import { exposureOf } from "../../src/reach/exposure.ts";
import type { Situation } from "../../src/situation/situation.ts";
import { judgeRules } from "../../src/verdict/policy-filter.ts";
import { mixedWorld } from "../worlds/mixed-world.ts";
import { holdsInEveryWorld } from "../worlds/replay.ts";
import { situationOfObjects } from "./situations.ts";

function endsOf({ inventory, podRange }: Situation): readonly PodEnd[] {
  return inventory.pods
    .flatMap((pod) => endsOfPod(inventory, pod, podRange))
    .filter((end): end is PodEnd => end.kind === "pod" && !isContested(end));
}

it("a pod that the peer of an opening admits gets the traffic of the opening, whatever else it is", async () => {
  let promises = 0;
  await holdsInEveryWorld(
    40,
    ({ objects }) => {
      const situation = situationOfObjects(objects);
      const ends = endsOf(situation);
      for (const { direction, workloads, traffic, family, by } of exposureOf(situation).openings) {
        const packet = witnessOf(traffic);
        if (packet === undefined) continue;
        const owners = ends.filter(
          ({ pod }) => workloads.includes(workloadText(pod.workload)) || workloads.includes(podText(pod)),
        );
        for (const own of owners) {
          for (const other of ends) {
            if (other.pod === own.pod || familyOfEnd(other) !== familyOfEnd(own)) continue;
            if (family !== undefined && familyOfEnd(own) !== family) continue;
            // New pods have addresses of the pod range, which is of one family here.
            if (!situation.podRange.some(({ start }) => familyOfEnd(own) === (start < 1n << 32n ? 4 : 6))) continue;
            if (by !== undefined && matchPeer(situation, by.peer, other) !== true) continue;
            const { verdict } = judgeRules(situation, podFilter(direction, own, other), packet);
            assert.equal(verdict, "allowed", `${podText(own.pod)} ${direction} ${podText(other.pod)}`);
            promises++;
          }
        }
      }
    },
    mixedWorld(),
  );
  assert.ok(promises > 0);
});
