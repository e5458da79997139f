/** Services and the EndpointSlices that say who is behind them. */
import { loadBalancerAddress, serviceAddresses } from "./addresses.ts";
import { type KubernetesObject, MOMENT } from "./objects.ts";
import type { PlacedPod } from "./placement.ts";
import type { Random } from "./random.ts";
import { DNS, INGRESS } from "./system.ts";
import type { Workload } from "./workloads.ts";

/** The most endpoints that the controller puts into one slice. */
const SLICE_SIZE = 100;

/** Every so-manieth Service has ports on the nodes, each its own. */
const NODE_PORT_STEP = 32;
const MOST_PORTS = 3;

/** What a Service is made from: a workload with ports, and its pods. */
export interface Served {
  readonly workload: Workload;
  readonly pods: readonly PlacedPod[];
  /** Which Service of the cluster it is, from 0. */
  readonly index: number;
}

/** Whether a workload has a Service: not those that nobody calls, and not agents on nodes. */
export function isServed({ kind, ports, role }: Workload): boolean {
  return kind !== "DaemonSet" && ports.length > 0 && role !== "worker" && role !== "batch";
}

export function serviceName({ namespace, name }: Workload): string {
  return namespace === DNS.namespace && name === "coredns" ? DNS.service : name;
}

/** The Service with its slices, one for every hundred endpoints of a family. */
export function serviceObjects(served: Served, dualStack: boolean, random: Random): readonly KubernetesObject[] {
  const families = dualStack ? (["IPv4", "IPv6"] as const) : (["IPv4"] as const);
  return [
    service(served, dualStack, random),
    ...families.flatMap((family, i) =>
      chunks(served.pods, SLICE_SIZE).map((pods) => endpointSlice(served.workload, pods, family, i, random)),
    ),
  ];
}

function service({ workload, index }: Served, dualStack: boolean, random: Random): KubernetesObject {
  const { namespace, labels, ports } = workload;
  const name = serviceName(workload);
  const isHeadless = workload.kind === "StatefulSet";
  const addresses = isHeadless ? ["None"] : serviceAddresses(index, dualStack);
  const isBalanced = name === INGRESS.service || (workload.role === "gateway" && random.chance(0.3));
  const isNodePort = !isHeadless && !isBalanced && index % NODE_PORT_STEP === NODE_PORT_STEP - 1;
  const type = isBalanced ? "LoadBalancer" : isNodePort ? "NodePort" : "ClusterIP";
  const firstNodePort = 30_000 + ((Math.floor(index / NODE_PORT_STEP) * MOST_PORTS) % 2700);
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name,
      namespace,
      uid: random.uuid(),
      resourceVersion: String(random.integer(1000, 9_999_999)),
      creationTimestamp: MOMENT,
      labels,
    },
    spec: {
      type,
      selector: labels["app"] === undefined ? labels : { app: labels["app"] },
      clusterIP: addresses[0] ?? "",
      clusterIPs: addresses,
      ipFamilies: dualStack ? ["IPv4", "IPv6"] : ["IPv4"],
      ipFamilyPolicy: dualStack ? "PreferDualStack" : "SingleStack",
      internalTrafficPolicy: "Cluster",
      sessionAffinity: "None",
      ...(type === "ClusterIP" ? {} : { externalTrafficPolicy: random.pick(["Cluster", "Local"]) }),
      ...(isBalanced ? { allocateLoadBalancerNodePorts: false } : {}),
      ports: ports.map(({ name, port, protocol }, i) => ({
        name,
        protocol,
        port,
        targetPort: name,
        ...(isNodePort ? { nodePort: firstNodePort + i } : {}),
      })),
    },
    status: { loadBalancer: isBalanced ? { ingress: [{ ip: loadBalancerAddress(index) }] } : {} },
  };
}

function endpointSlice(
  workload: Workload,
  pods: readonly PlacedPod[],
  addressType: "IPv4" | "IPv6",
  family: number,
  random: Random,
): KubernetesObject {
  const service = serviceName(workload);
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: `${service}-${random.word(5)}`,
      generateName: `${service}-`,
      namespace: workload.namespace,
      uid: random.uuid(),
      resourceVersion: String(random.integer(1000, 9_999_999)),
      creationTimestamp: MOMENT,
      labels: {
        ...workload.labels,
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
        "kubernetes.io/service-name": service,
      },
    },
    addressType,
    endpoints: pods.map(({ name, node, addresses }) => ({
      addresses: [addresses[family] ?? ""],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: node,
      targetRef: { kind: "Pod", name, namespace: workload.namespace, uid: random.uuid() },
    })),
    ports: workload.ports.map(({ name, port, protocol }) => ({ name, port, protocol })),
  };
}

function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
