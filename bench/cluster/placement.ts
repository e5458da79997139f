/** Which pod of which workload runs on which node, under which name and address. */
import { nodeAddresses, podAddresses } from "./addresses.ts";
import type { ClusterShape } from "./options.ts";
import { generatedName, Random } from "./random.ts";
import type { Revision, Workload } from "./workloads.ts";

export interface PlacedPod {
  readonly workload: Workload;
  readonly revision: Revision;
  readonly name: string;
  /** Which one of its workload it is, from 0. */
  readonly index: number;
  readonly node: string;
  readonly nodeAddresses: readonly string[];
  readonly addresses: readonly string[];
}

export function nodeName(index: number): string {
  return `worker-${index + 1}`;
}

/** Pods of one workload go to different nodes, and all nodes get about the same number. O(pods). */
export function placePods(workloads: readonly Workload[], { seed, nodes, dualStack }: ClusterShape): PlacedPod[] {
  const random = new Random(seed).fork("placement");
  const used = Array.from({ length: nodes }, () => 0);
  let next = 0;
  return workloads.flatMap((workload) => {
    const offset = random.integer(0, 10_000_000);
    const revisions = workload.revisions.flatMap((revision) =>
      Array.from({ length: revision.replicas }, () => revision),
    );
    return revisions.map((revision, index): PlacedPod => {
      const node = workload.kind === "DaemonSet" ? index : next++ % nodes;
      const own = nodeAddresses(node, dualStack);
      const count = used[node] ?? 0;
      if (!workload.hostNetwork) used[node] = count + 1;
      return {
        workload,
        revision,
        name: podName(workload, revision, index, offset),
        index,
        node: nodeName(node),
        nodeAddresses: own,
        addresses: workload.hostNetwork ? own : podAddresses(node, count, dualStack),
      };
    });
  });
}

function podName({ kind, name }: Workload, { hash }: Revision, index: number, offset: number): string {
  switch (kind) {
    case "Deployment":
      return `${name}-${hash}-${generatedName(offset, index)}`;
    case "StatefulSet":
      return `${name}-${index}`;
    case "DaemonSet":
    case "Job":
      return `${name}-${generatedName(offset, index)}`;
  }
}
