/** Differences of two clusters: everything that may talk in both, and the rows of what opens and closes. */
import { differenceOf, flowsOfBoth } from "../src/reach/difference.ts";
import type { Situation } from "../src/situation/situation.ts";
import type { Benchmark } from "./benchmark.ts";
import { clusterObjects } from "./cluster/cluster.ts";
import { clusterEdits } from "./cluster/edits.ts";
import type { KubernetesObject } from "./cluster/objects.ts";
import { read, situate } from "./engine.ts";
import { timeOf } from "./timing.ts";

/** One of so many policies is another in a revision. */
const REVISED = 100;

export const diff: Benchmark = {
  name: "diff",
  about:
    "A cluster against itself with one pod relabelled, with one policy of 100 gone, and against another cluster of its size: the " +
    "flows of both, which share what they have in common, then their difference.",
  sizes: [100, 1000],
  needs: [],
  figures: [
    { name: "one pod: rows", unit: "count" },
    { name: "one pod: difference", unit: "time" },
    { name: "one of 100: rows", unit: "count" },
    { name: "one of 100: difference", unit: "time" },
    { name: "unrelated: rows", unit: "count" },
    { name: "unrelated: flows of both", unit: "time" },
    { name: "unrelated: difference", unit: "time" },
  ],
  run: ({ report, cluster }) => {
    const objects = clusterObjects(cluster);
    const other = clusterObjects({ ...cluster, seed: (cluster.seed ?? 1) + 1 });
    const before = situationIn(objects);
    for (const [what, after] of [
      ["one pod", withPodRelabelled(objects)],
      ["one of 100", withoutSome(objects)],
      ["unrelated", other],
    ] as const) {
      const now = situationIn(after);
      const flows = flowsOfBoth(before, now);
      flows[1].blocks();
      let rows = 0;
      const seconds = timeOf(() => {
        const { changes, added, removed } = differenceOf(...flows);
        rows = changes.length + added.length + removed.length;
      });
      report(`${what}: rows`, rows);
      if (what === "unrelated")
        report(
          `${what}: flows of both`,
          timeOf(() => flowsOfBoth(before, now)[1].blocks()),
        );
      report(`${what}: difference`, seconds);
    }
  },
};

function situationIn(objects: readonly KubernetesObject[]): Situation {
  return situate(read(objects.map((object) => JSON.stringify(object)).join("\n"), "cluster"));
}

function withPodRelabelled(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  const relabelled = clusterEdits(objects, 1)["pod relabelled"].map(({ object }) => object);
  return objects.map((object) => relabelled.find((other) => isNamedAs(object, other)) ?? object);
}

function isNamedAs(one: KubernetesObject, other: KubernetesObject): boolean {
  return (
    one.kind === other.kind &&
    one.metadata.name === other.metadata.name &&
    one.metadata.namespace === other.metadata.namespace
  );
}

function withoutSome(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  const policies = objects.filter(({ kind }) => kind.endsWith("NetworkPolicy"));
  const gone = new Set(policies.filter((_, i) => i % REVISED === REVISED >> 1));
  return objects.filter((object) => !gone.has(object));
}
