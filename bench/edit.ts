/**
 * What one edit costs: the object is read and applied, everything else is known. Today all is computed again; an engine that
 * keeps what an edit does not touch is measured here against that.
 */
import type { Benchmark } from "./benchmark.ts";
import { clusterObjects } from "./cluster/cluster.ts";
import { type Edit, withChangedPod, withChangedPolicy } from "./cluster/edits.ts";
import { applied, flows, readCluster, situate } from "./engine.ts";
import { timeOf } from "./timing.ts";

export const edit: Benchmark = {
  name: "edit",
  about: "One policy or one pod of the cluster changes: until the situation is made again, and until all flows are.",
  sizes: [100, 1000],
  needs: ["lines"],
  figures: [
    { name: "policy: situation", unit: "time" },
    { name: "policy: flows", unit: "time" },
    { name: "pod: situation", unit: "time" },
    { name: "pod: flows", unit: "time" },
  ],
  run: (context) => {
    const { report, cluster } = context;
    const objects = clusterObjects(cluster);
    const edits: readonly (readonly [string, Edit])[] = [
      ["policy", withChangedPolicy(objects)],
      ["pod", withChangedPod(objects)],
    ];
    const reading = readCluster(context, "lines");
    situate(reading);
    for (const [what, { after }] of edits) {
      const text = JSON.stringify(after);
      report(
        `${what}: situation`,
        timeOf(() => situate(applied(reading, text))),
      );
      const situation = situate(applied(reading, text));
      report(
        `${what}: flows`,
        timeOf(() => flows(situation)),
      );
    }
  },
};
