/** From Pod objects and pod templates to the endpoints that policies see. */
import { labelsOf } from "../labels/labels.ts";
import { type Address, isAddressError, parseAddress } from "../net/address.ts";
import { protocolNumber } from "../net/protocol.ts";
import type { Container, PodResource, PodSpec, PortProtocol, Resource, WorkloadResource } from "../resources/kinds.ts";
import type { AbsentPod, HostPod, NamedPort, Namespace, Pod, ServiceAccount, Workload } from "./endpoint.ts";
import { seenLabels } from "./labelled.ts";

export interface PodInventory {
  readonly pods: readonly Pod[];
  readonly hostPods: readonly HostPod[];
  readonly absentPods: readonly AbsentPod[];
}

/** What pods belong to, looked up by name. */
export interface Surroundings {
  readonly namespaceOf: (name: string) => Namespace;
  readonly serviceAccountOf: (namespace: string, name: string) => ServiceAccount;
}

const WORKLOAD_KINDS: ReadonlySet<string> = new Set([
  "Deployment",
  "ReplicaSet",
  "StatefulSet",
  "DaemonSet",
  "Job",
  "CronJob",
  "ReplicationController",
]);

function isWorkload(resource: Resource): resource is WorkloadResource {
  return WORKLOAD_KINDS.has(resource.kind);
}

/**
 * Sorts Pod objects and templates into endpoints, host-network pods and absent ones. A workload with live pods stands for
 * those; one without stands as a template. O(number of resources).
 */
export function podsOf(resources: readonly Resource[], around: Surroundings): PodInventory {
  const workloads = new Map<string, WorkloadResource>();
  for (const resource of resources) {
    if (isWorkload(resource)) {
      workloads.set(`${resource.metadata.namespace}/${resource.kind}/${resource.metadata.name}`, resource);
    }
  }
  const pods: Pod[] = [];
  const hostPods: HostPod[] = [];
  const absentPods: AbsentPod[] = [];
  const alive = new Set<string>();

  for (const resource of resources) {
    if (resource.kind !== "Pod") continue;
    const workload = workloadOf(resource, workloads);
    const { namespace, name } = resource.metadata;
    const { pod: spec, status } = resource.spec;
    const finished = status.phase === "Succeeded" || status.phase === "Failed";
    const addresses = addressesOf(status.podIPs);
    // A manifest as people write it has no status: it is a pod to come, not one that lost its address.
    const unborn = status.phase === undefined && addresses.length === 0;
    if (!finished && workload.kind !== "Pod") alive.add(workloadKey(workload));
    if (finished) {
      absentPods.push({ namespace, name, workload, why: "finished", origin: resource.origin() });
    } else if (spec.hostNetwork) {
      hostPods.push({
        namespace,
        name,
        workload,
        node: spec.nodeName,
        addresses: addresses.length > 0 ? addresses : addressesOf(status.hostIPs),
      });
    } else if (addresses.length === 0 && !unborn) {
      absentPods.push({ namespace, name, workload, why: "no address", origin: resource.origin() });
    } else {
      pods.push({
        ...podBase(around, resource.metadata, workload, spec, resource.metadata.labels),
        addresses,
        node: spec.nodeName,
        hostAddresses: addressesOf(status.hostIPs),
        ready: status.ready ?? status.phase !== "Pending",
        replicas: 1,
        origin: resource.origin,
        labelsPath: ["metadata", "labels"],
        specPath: ["spec"],
      });
    }
  }

  for (const resource of workloads.values()) {
    const workload = ownerOf(resource, workloads);
    if (workload.name !== resource.metadata.name || workload.kind !== resource.kind) continue;
    if (alive.has(workloadKey(workload))) continue;
    const { namespace, name } = resource.metadata;
    const { template, templatePath, replicas } = resource.spec;
    if (template.spec.hostNetwork) {
      hostPods.push({ namespace, name, workload, node: template.spec.nodeName, addresses: [] });
      continue;
    }
    pods.push({
      ...podBase(around, resource.metadata, workload, template.spec, template.labels),
      addresses: [],
      node: template.spec.nodeName,
      hostAddresses: [],
      ready: true,
      replicas,
      origin: resource.origin,
      labelsPath: [...templatePath, "metadata", "labels"],
      specPath: [...templatePath, "spec"],
    });
  }
  return { pods, hostPods, absentPods };
}

function podBase(
  around: Surroundings,
  metadata: { readonly namespace: string; readonly name: string },
  workload: Workload,
  spec: PodSpec,
  labels: Readonly<Record<string, string>>,
): Pick<
  Pod,
  | "kind"
  | "namespace"
  | "name"
  | "workload"
  | "labels"
  | "seen"
  | "serviceAccount"
  | "placement"
  | "ports"
  | "declaredPorts"
> {
  const serving = [...spec.containers, ...spec.initContainers.filter((container) => container.sidecar)];
  const namespace = around.namespaceOf(metadata.namespace);
  const serviceAccount = around.serviceAccountOf(metadata.namespace, spec.serviceAccountName);
  const own = labelsOf(labels);
  return {
    kind: "pod",
    namespace,
    name: metadata.name,
    workload,
    labels: own,
    seen: seenLabels({ kind: "pod", own, namespace, serviceAccount }),
    serviceAccount,
    placement: spec.placement,
    ports: serving.flatMap(namedPorts),
    declaredPorts: serving.flatMap((container) =>
      container.ports.map((port) => ({ protocol: transport(port.protocol), port: port.containerPort })),
    ),
  };
}

function namedPorts(container: Container): NamedPort[] {
  return container.ports.flatMap(({ name, protocol, containerPort }) =>
    name === undefined ? [] : [{ name, protocol: transport(protocol), port: containerPort }],
  );
}

/** The number of a protocol that a Kubernetes port can have. */
export function transport(protocol: PortProtocol): number {
  const number = protocolNumber(protocol);
  if (number === undefined) throw new Error(`no protocol number for ${protocol}`);
  return number;
}

/**
 * Addresses of a status, each once however often and in whatever form it is written. The reader has already refused what
 * does not parse, so nothing is lost here.
 */
export function addressesOf(texts: readonly string[]): readonly Address[] {
  const addresses = texts.flatMap((text) => {
    const parsed = parseAddress(text);
    return isAddressError(parsed) ? [] : [parsed];
  });
  return [...new Set(addresses)];
}

function workloadKey(workload: Workload): string {
  return `${workload.namespace}/${workload.kind}/${workload.name}`;
}

/** The top of the ownership chain of a pod, as far as the input or the names tell. */
function workloadOf(pod: PodResource, workloads: ReadonlyMap<string, WorkloadResource>): Workload {
  const { namespace, name, ownerReferences, labels } = pod.metadata;
  const owner = ownerReferences.find((reference) => reference.controller) ?? ownerReferences[0];
  const kind = [...WORKLOAD_KINDS].find((candidate) => candidate === owner?.kind);
  if (owner === undefined || !isWorkloadKind(kind)) return { kind: "Pod", namespace, name };
  const resource = workloads.get(`${namespace}/${kind}/${owner.name}`);
  if (resource !== undefined) return ownerOf(resource, workloads);
  const hash = labels["pod-template-hash"];
  if (kind === "ReplicaSet" && hash !== undefined && owner.name.endsWith(`-${hash}`)) {
    return { kind: "Deployment", namespace, name: owner.name.slice(0, -hash.length - 1) };
  }
  return { kind, namespace, name: owner.name };
}

function isWorkloadKind(kind: string | undefined): kind is WorkloadResource["kind"] {
  return kind !== undefined && WORKLOAD_KINDS.has(kind);
}

/** The workload a workload belongs to: the Deployment of a ReplicaSet, the CronJob of a Job, or itself. */
function ownerOf(resource: WorkloadResource, workloads: ReadonlyMap<string, WorkloadResource>): Workload {
  const { namespace, name, ownerReferences } = resource.metadata;
  const owner = ownerReferences.find((reference) => reference.controller) ?? ownerReferences[0];
  if (owner !== undefined && isWorkloadKind(owner.kind) && (owner.kind !== resource.kind || owner.name !== name)) {
    const parent = workloads.get(`${namespace}/${owner.kind}/${owner.name}`);
    if (parent !== undefined || owner.kind === "Deployment" || owner.kind === "CronJob") {
      return { kind: owner.kind, namespace, name: owner.name };
    }
  }
  return { kind: resource.kind, namespace, name };
}
