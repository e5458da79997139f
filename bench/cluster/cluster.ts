/** Clusters that look like real ones and are the same for the same seed. */
import { networkSetObjects, tierObjects } from "./calico-policies.ts";
import { type Namespace, namespaceObject, teamNamespaces } from "./namespaces.ts";
import { nodeObject } from "./nodes.ts";
import type { KubernetesObject } from "./objects.ts";
import { type ClusterOptions, type ClusterShape, shapeOf } from "./options.ts";
import { type PlacedPod, placePods } from "./placement.ts";
import { policyDrafts, policyOfBlocks } from "./policies.ts";
import { policyObject } from "./policy-draft.ts";
import { Random } from "./random.ts";
import { isServed, serviceName, serviceObjects } from "./services.ts";
import { podsOfSystem, systemNamespaces } from "./system.ts";
import { podObject, serviceAccountObjects, workloadObjects } from "./workload-objects.ts";
import type { Workload } from "./workloads.ts";

/**
 * The objects of a cluster as `kubectl get` lists them, kind by kind: nodes, namespaces, service accounts, controllers,
 * pods, Services with slices, policies of every language. Every object is valid for an API server. Pods follow a long tail
 * of workload sizes; the policies have the shape that was reported of real clusters (docs/benchmarks.md). Throws RangeError
 * for options that no cluster can have. O(pods + policies).
 */
export function clusterObjects(options: ClusterOptions): readonly KubernetesObject[] {
  const shape = shapeOf(options);
  const random = new Random(shape.seed);
  const system = systemNamespaces(shape.nodes, random.fork("system"));
  const teams = teamNamespaces(shape, shape.namespaces - system.length, shape.pods - podsOfSystem(system));
  const namespaces = [...system, ...teams];
  const workloads = namespaces.flatMap((namespace) => namespace.workloads);
  const pods = placePods(workloads, shape);
  return [
    ...Array.from({ length: shape.nodes }, (_, i) => nodeObject(i, shape.dualStack, random.fork(`node ${i}`))),
    ...namespaces.map((namespace) => namespaceObject(namespace, random.fork(`namespace ${namespace.name}`))),
    ...namespaces.flatMap(({ name, workloads }) =>
      serviceAccountObjects(name, workloads, random.fork(`account ${name}`)),
    ),
    ...workloads.flatMap((workload) => workloadObjects(workload, random.fork(`workload ${keyOf(workload)}`))),
    ...pods.map((pod) => podObject(pod, random.fork(`pod ${keyOf(pod.workload)} ${pod.index}`))),
    ...servicesOf(workloads, pods, shape, random),
    ...policiesOf(teams, shape, random),
  ];
}

function keyOf({ namespace, name }: Workload): string {
  return `${namespace}/${name}`;
}

/** DNS comes first, since it has a well-known address. */
function servicesOf(
  workloads: readonly Workload[],
  pods: readonly PlacedPod[],
  { dualStack }: ClusterShape,
  random: Random,
): readonly KubernetesObject[] {
  const byWorkload = new Map<Workload, PlacedPod[]>(workloads.map((workload) => [workload, []]));
  for (const pod of pods) byWorkload.get(pod.workload)?.push(pod);
  return workloads.filter(isServed).flatMap((workload, index) => {
    const own = random.fork(`service ${workload.namespace}/${serviceName(workload)}`);
    return serviceObjects({ workload, pods: byWorkload.get(workload) ?? [], index }, dualStack, own);
  });
}

function policiesOf(
  teams: readonly Namespace[],
  { policies, blocksOfOnePolicy }: ClusterShape,
  random: Random,
): readonly KubernetesObject[] {
  const [first] = teams;
  const drafts = [
    ...policyDrafts(teams, policies, random.fork("policies")),
    ...(first === undefined || blocksOfOnePolicy === 0
      ? []
      : [policyOfBlocks(first, blocksOfOnePolicy, random.fork("blocks"))]),
  ];
  return [
    ...tierObjects(random.fork("tiers")),
    ...networkSetObjects(teams, random.fork("network sets")),
    ...drafts.map((draft) => policyObject(draft, random.fork(`policy ${draft.kind} ${draft.namespace}/${draft.name}`))),
  ];
}
