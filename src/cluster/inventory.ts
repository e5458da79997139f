/** Who is there: the endpoints, namespaces, nodes and Services of a cluster, as one immutable value. */
import { labelsOf, NO_LABELS } from "../labels/labels.ts";
import { type Address, type AddressSet, isAddressError, parseCidr } from "../net/address.ts";
import { unionOf } from "../net/intervals.ts";
import { ofKind } from "../resources/by-kind.ts";
import type { NamespaceResource, Resource } from "../resources/kinds.ts";
import { type Finding, finding } from "../source/finding.ts";
import type { AbsentPod, HostPod, Namespace, Node, Pod, ServiceAccount } from "./endpoint.ts";
import { type HostEndpoint, hostEndpointsOf } from "./host-endpoint.ts";
import { NAMESPACE_NAME_LABEL, seenLabels } from "./labelled.ts";
import { type NetworkSet, networkSetsOf } from "./network-set.ts";
import { addressesOf, podsOf } from "./pods.ts";
import type { Service } from "./service.ts";
import { type ServiceEndpoints, serviceEndpointsOf } from "./service-endpoints.ts";
import { servicesOf } from "./services.ts";

export interface Inventory {
  /** By name; includes namespaces that only objects in the input mention. */
  readonly namespaces: ReadonlyMap<string, Namespace>;
  readonly pods: readonly Pod[];
  readonly hostPods: readonly HostPod[];
  readonly absentPods: readonly AbsentPod[];
  readonly nodes: readonly Node[];
  readonly services: readonly Service[];
  /** By `namespace/name`, also of Services that only slices speak of. */
  readonly serviceEndpoints: ReadonlyMap<string, ServiceEndpoints>;
  readonly networkSets: readonly NetworkSet[];
  /** In the order of their names. */
  readonly hostEndpoints: readonly HostEndpoint[];
  /** More than one pod at an address is a contradiction in the input; answers about it are undecided. */
  readonly podsAt: ReadonlyMap<Address, readonly Pod[]>;
  readonly nodeAt: ReadonlyMap<Address, Node>;
  readonly serviceAt: ReadonlyMap<Address, Service>;
}

/** Builds the inventory and says what about it is odd. O(resources), but for Services resolved by selector. */
export function inventoryOf(resources: readonly Resource[]): {
  readonly inventory: Inventory;
  readonly findings: readonly Finding[];
} {
  const namespaces = namespacesOf(resources);
  const namespaceOf = (name: string): Namespace => namespaces.get(name) ?? unlistedNamespace(name);
  const { pods, hostPods, absentPods } = podsOf(resources, surroundingsOf(resources, namespaceOf));
  const hostEndpoints = hostEndpointsOf(resources);
  const nodes = nodesOf(resources, { pods, hostPods, hostEndpoints });
  const podsAt = new Map<Address, Pod[]>();
  for (const pod of pods) {
    for (const address of pod.addresses) {
      const claiming = podsAt.get(address);
      if (claiming === undefined) podsAt.set(address, [pod]);
      else claiming.push(pod);
    }
  }
  const services = servicesOf(resources, pods);
  const inventory: Inventory = {
    namespaces,
    pods,
    hostPods,
    absentPods,
    nodes,
    services,
    serviceEndpoints: serviceEndpointsOf(resources, services),
    networkSets: networkSetsOf(resources, namespaceOf),
    hostEndpoints,
    podsAt,
    nodeAt: byAddress(nodes),
    serviceAt: byAddress(services),
  };
  return { inventory, findings: oddities(inventory) };
}

/** The last that has an address gets it. */
function byAddress<T extends { readonly addresses: readonly Address[] }>(
  objects: readonly T[],
): ReadonlyMap<Address, T> {
  return new Map(objects.flatMap((object) => object.addresses.map((address) => [address, object])));
}

/** What pods belong to, among the resources. */
export function surroundingsOf(
  resources: readonly Resource[],
  namespaceOf: (name: string) => Namespace,
): Parameters<typeof podsOf>[1] {
  const accounts = serviceAccountsOf(resources);
  return {
    namespaceOf,
    serviceAccountOf: (namespace, name) =>
      accounts.get(`${namespace}/${name}`) ?? { name, labels: NO_LABELS, listed: false },
  };
}

/** A namespace that only objects inside it speak of. */
export function unlistedNamespace(name: string): Namespace {
  return { name, labels: labelsOf({ [NAMESPACE_NAME_LABEL]: name }), listed: false, origin: undefined };
}

function serviceAccountsOf(resources: readonly Resource[]): ReadonlyMap<string, ServiceAccount> {
  return new Map(
    ofKind(resources, "ServiceAccount").map(({ metadata: { namespace, name, labels } }) => [
      `${namespace}/${name}`,
      { name, labels: labelsOf(labels), listed: true },
    ]),
  );
}

function namespacesOf(resources: readonly Resource[]): ReadonlyMap<string, Namespace> {
  const namespaces = new Map<string, Namespace>();
  for (const resource of ofKind(resources, "Namespace")) {
    namespaces.set(resource.metadata.name, listedNamespace(resource));
  }
  for (const { metadata } of resources) {
    if (metadata.namespace !== "" && !namespaces.has(metadata.namespace)) {
      namespaces.set(metadata.namespace, unlistedNamespace(metadata.namespace));
    }
  }
  return namespaces;
}

export function listedNamespace({ metadata: { name, labels }, origin }: NamespaceResource): Namespace {
  return { name, labels: labelsOf({ ...labels, [NAMESPACE_NAME_LABEL]: name }), listed: true, origin };
}

/** Node objects, and the nodes that only pods and host endpoints speak of, which also tell addresses. */
export function nodesOf(
  resources: readonly Resource[],
  { pods, hostPods, hostEndpoints }: Pick<Inventory, "pods" | "hostPods" | "hostEndpoints">,
): readonly Node[] {
  const listed = ofKind(resources, "Node");
  const told = new Map<string, Set<Address>>();
  const tell = (name: string | undefined, addresses: readonly Address[]): void => {
    if (name === undefined) return;
    const known = told.get(name) ?? new Set();
    for (const address of addresses) known.add(address);
    told.set(name, known);
  };
  for (const pod of pods) tell(pod.node, pod.hostAddresses);
  for (const pod of hostPods) tell(pod.node, pod.addresses);
  for (const endpoint of hostEndpoints) tell(endpoint.node, endpoint.expectedAddresses);
  const nodes = listed.map((resource): Node => ({
    kind: "node",
    name: resource.metadata.name,
    addresses: [
      ...new Set([
        ...addressesOf(resource.spec.addresses.map(({ address }) => address)),
        ...(told.get(resource.metadata.name) ?? []),
      ]),
    ],
    statusAddresses: addressesOf(resource.spec.addresses.map(({ address }) => address)),
    podRange: rangesOf(resource.spec.podCIDRs),
    taints: resource.spec.taints,
    seen: seenNodeLabels(resource.metadata.labels),
    origin: resource.origin,
  }));
  const names = new Set(nodes.map((node) => node.name));
  const unlistedNodes = [...told]
    .filter(([name]) => !names.has(name))
    .map(([name, addresses]): Node => ({
      kind: "node",
      name,
      addresses: [...addresses],
      statusAddresses: [],
      podRange: [],
      taints: [],
      seen: seenNodeLabels({}),
      origin: undefined,
    }));
  return [...nodes, ...unlistedNodes];
}

/** The labels of a node as selectors see them. */
export function seenNodeLabels(labels: Readonly<Record<string, string>>): Node["seen"] {
  return seenLabels({ kind: "node", own: labelsOf(labels), namespace: undefined, serviceAccount: undefined });
}

function rangesOf(cidrs: readonly string[]): AddressSet {
  return unionOf(
    cidrs.flatMap((text) => {
      const cidr = parseCidr(text);
      return isAddressError(cidr) ? [] : [cidr.range];
    }),
  );
}

function oddities(inventory: Inventory): readonly Finding[] {
  const findings: Finding[] = [];
  for (const pods of inventory.podsAt.values()) {
    const [first, second] = pods;
    if (first === undefined || second === undefined) continue;
    findings.push(
      finding(
        "PC131",
        `${pods.map((pod) => pod.origin().resource).join(" and ")} have the same address; answers about it are undecided`,
        "take the pods from one moment of the cluster, or remove the one that is gone",
        { position: second.origin(["status", "podIP"]) },
      ),
    );
  }
  const addressless = inventory.absentPods.filter((pod) => pod.why === "no address");
  const [first] = addressless;
  if (first !== undefined) {
    findings.push(
      finding(
        "PC130",
        `${addressless.length === 1 ? first.origin.resource : `${first.origin.resource} and ${addressless.length - 1} more`} ` +
          `started but ${addressless.length === 1 ? "has" : "have"} no address yet, so no packet can be theirs`,
        "nothing to do if they are starting; otherwise look at their events",
        { position: first.origin },
      ),
    );
  }
  return findings;
}
