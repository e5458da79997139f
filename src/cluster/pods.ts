/** From Pod objects and pod templates to the endpoints that policies see. */
import { labelsOf } from "../labels/labels.ts";
import { type Address, isAddressError, parseAddress } from "../net/address.ts";
import { protocolNumber } from "../net/protocol.ts";
import { ofKind } from "../resources/by-kind.ts";
import type { Container, PodSpec, PortProtocol, Resource } from "../resources/kinds.ts";
import type { AbsentPod, HostPod, NamedPort, Namespace, Pod, ServiceAccount, Workload } from "./endpoint.ts";
import { seenLabels } from "./labelled.ts";
import { Owners } from "./owners.ts";

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

/**
 * Sorts Pod objects and templates into endpoints, host-network pods and absent ones. A workload with live pods stands for
 * those; one without stands as a template. O(number of resources).
 */
export function podsOf(resources: readonly Resource[], around: Surroundings): PodInventory {
  const owners = new Owners(resources);
  const pods: Pod[] = [];
  const hostPods: HostPod[] = [];
  const absentPods: AbsentPod[] = [];
  const alive = new Set<Workload>();

  for (const resource of ofKind(resources, "Pod")) {
    const workload = owners.ofPod(resource);
    const { namespace, name } = resource.metadata;
    const { pod: spec, status } = resource.spec;
    const finished = status.phase === "Succeeded" || status.phase === "Failed";
    const addresses = addressesOf(status.podIPs);
    // A manifest as people write it has no status: it is a pod to come, not one that lost its address.
    const unborn = status.phase === undefined && addresses.length === 0;
    if (!finished && workload.kind !== "Pod") alive.add(workload);
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
      const life: Life = {
        addresses,
        hostAddresses: addressesOf(status.hostIPs),
        ready: status.ready ?? status.phase !== "Pending",
        replicas: 1,
      };
      const { labels } = resource.metadata;
      pods.push(podOf(around, resource, workload, { spec, labels, labelsPath: POD_LABELS, specPath: POD_SPEC }, life));
    }
  }

  for (const resource of owners.resources()) {
    const workload = owners.of(resource);
    if (workload.name !== resource.metadata.name || workload.kind !== resource.kind) continue;
    if (alive.has(workload)) continue;
    const { namespace, name } = resource.metadata;
    const { template, templatePath, replicas } = resource.spec;
    if (template.spec.hostNetwork) {
      hostPods.push({ namespace, name, workload, node: template.spec.nodeName, addresses: [] });
      continue;
    }
    const labelsPath = [...templatePath, ...POD_LABELS];
    const specPath = [...templatePath, ...POD_SPEC];
    const life: Life = { addresses: [], hostAddresses: [], ready: true, replicas };
    pods.push(
      podOf(around, resource, workload, { spec: template.spec, labels: template.labels, labelsPath, specPath }, life),
    );
  }
  return { pods, hostPods, absentPods };
}

const POD_LABELS = ["metadata", "labels"] as const;
const POD_SPEC = ["spec"] as const;

/** What pods of one template have in common. */
interface Mould extends Pick<Pod, "labelsPath" | "specPath"> {
  readonly spec: PodSpec;
  readonly labels: Readonly<Record<string, string>>;
}

/** What a pod has of its own. */
type Life = Pick<Pod, "addresses" | "hostAddresses" | "ready" | "replicas">;

function podOf(
  around: Surroundings,
  { metadata, origin }: Resource,
  workload: Workload,
  { spec, labels, labelsPath, specPath }: Mould,
  { addresses, hostAddresses, ready, replicas }: Life,
): Pod {
  const sidecars = spec.initContainers.filter((container) => container.sidecar);
  const serving = sidecars.length === 0 ? spec.containers : [...spec.containers, ...sidecars];
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
    addresses,
    node: spec.nodeName,
    hostAddresses,
    ports: serving.flatMap(namedPorts),
    declaredPorts: serving.flatMap(declaredPorts),
    ready,
    replicas,
    origin,
    labelsPath,
    specPath,
  };
}

function declaredPorts({ ports }: Container): Pod["declaredPorts"] {
  return ports.map(({ protocol, containerPort }) => ({ protocol: transport(protocol), port: containerPort }));
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
  const [only] = texts;
  if (only === undefined) return [];
  if (texts.length === 1) return parsed(only);
  return [...new Set(texts.flatMap(parsed))];
}

function parsed(text: string): readonly Address[] {
  const address = parseAddress(text);
  return isAddressError(address) ? [] : [address];
}
