/** An inventory in parts, one for each namespace, so that a change in one leaves the others as they are. */
import type { Labels } from "../labels/labels.ts";
import type { Address } from "../net/address.ts";
import type { NamespaceResource, Resource } from "../resources/kinds.ts";
import { type AbsentPod, type HostPod, type Namespace, type Pod, sameWorkload } from "./endpoint.ts";
import { withEntries } from "./layered-map.ts";
import { type Inventory, listedNamespace, nodesOf, surroundingsOf, unlistedNamespace } from "./inventory.ts";
import { type NetworkSet, networkSetsOf } from "./network-set.ts";
import { isWorkloadKind } from "./owners.ts";
import { podsOf } from "./pods.ts";
import type { Backend, Service } from "./service.ts";
import { type ServiceEndpoints, serviceEndpointsOf } from "./service-endpoints.ts";
import { servicesOf } from "./services.ts";

/** What is in a namespace. */
export interface NamespacePart {
  readonly namespace: Namespace;
  readonly pods: readonly Pod[];
  readonly hostPods: readonly HostPod[];
  readonly absentPods: readonly AbsentPod[];
  readonly services: readonly Service[];
  readonly endpoints: ReadonlyMap<string, ServiceEndpoints>;
  readonly networkSets: readonly NetworkSet[];
}

/** By the name of the namespace. */
export type NamespaceParts = ReadonlyMap<string, NamespacePart>;

/** O(objects of the inventory). */
export function partsOf(inventory: Inventory): NamespaceParts {
  const pods = grouped(inventory.pods, (pod) => pod.namespace.name);
  const hostPods = grouped(inventory.hostPods, (pod) => pod.namespace);
  const absentPods = grouped(inventory.absentPods, (pod) => pod.namespace);
  const services = grouped(inventory.services, (service) => service.namespace);
  const endpoints = grouped([...inventory.serviceEndpoints], ([key]) => key.slice(0, key.indexOf("/")));
  const networkSets = grouped(inventory.networkSets, (set) => set.namespace?.name ?? "");
  return new Map(
    [...inventory.namespaces].map(([name, namespace]) => [
      name,
      {
        namespace,
        pods: pods.get(name) ?? [],
        hostPods: hostPods.get(name) ?? [],
        absentPods: absentPods.get(name) ?? [],
        services: services.get(name) ?? [],
        endpoints: new Map(endpoints.get(name)),
        networkSets: networkSets.get(name) ?? [],
      },
    ]),
  );
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [item]);
    else known.push(item);
  }
  return groups;
}

/**
 * A namespace with its resources as they are now; what did not change since `before` stays the same object. `changed`: the
 * kind of the resource that did, which may be the Namespace itself.
 */
export function changedPart(
  name: string,
  namespace: NamespaceResource | undefined,
  resources: readonly Resource[],
  changed: Resource["kind"],
  before: NamespacePart | undefined,
): NamespacePart {
  const own = namespaceNow(name, namespace, before?.namespace);
  const same = before !== undefined && own === before.namespace ? before : undefined;
  const pods = same !== undefined && !makesPods(changed) ? same : podsIn(resources, own, before?.pods ?? []);
  const services =
    same !== undefined && pods.pods === same.pods && !makesServices(changed)
      ? same
      : servicesIn(resources, pods.pods, before);
  return {
    namespace: own,
    pods: pods.pods,
    hostPods: pods.hostPods,
    absentPods: pods.absentPods,
    services: services.services,
    endpoints: services.endpoints,
    networkSets:
      same !== undefined && changed !== "NetworkSet" ? same.networkSets : networkSetsOf(resources, () => own),
  };
}

/** Whether an object of the kind may make pods what they are. */
function makesPods(kind: Resource["kind"]): boolean {
  return kind === "Pod" || kind === "ServiceAccount" || isWorkloadKind(kind);
}

function makesServices(kind: Resource["kind"]): boolean {
  return kind === "Service" || kind === "EndpointSlice" || kind === "Endpoints";
}

function podsIn(
  resources: readonly Resource[],
  namespace: Namespace,
  before: readonly Pod[],
): Pick<NamespacePart, "pods" | "hostPods" | "absentPods"> {
  const found = podsOf(
    resources,
    surroundingsOf(resources, () => namespace),
  );
  return { ...found, pods: kept(before, found.pods) };
}

function servicesIn(
  resources: readonly Resource[],
  pods: readonly Pod[],
  before: NamespacePart | undefined,
): Pick<NamespacePart, "services" | "endpoints"> {
  const services = servicesOf(resources, pods);
  const endpoints = [...serviceEndpointsOf(resources, services)].map(([name, now]) => {
    const old = before?.endpoints.get(name);
    return [name, old !== undefined && sameEndpoints(old, now) ? old : now] as const;
  });
  return { services, endpoints: new Map(endpoints) };
}

function sameEndpoints(a: ServiceEndpoints, b: ServiceEndpoints): boolean {
  return (
    a.members.length === b.members.length &&
    a.served.length === b.served.length &&
    a.members.every((place, i) => samePlace(place, b.members[i])) &&
    a.served.every(({ where, protocol, port }, i) => {
      const other = b.served[i];
      return other?.protocol === protocol && other.port === port && samePlace(where, other.where);
    })
  );
}

function samePlace(a: Backend["where"], b: Backend["where"] | undefined): boolean {
  if ("pod" in a) return b !== undefined && "pod" in b && a.pod === b.pod;
  return b !== undefined && "address" in b && a.address === b.address;
}

function namespaceNow(name: string, resource: NamespaceResource | undefined, known: Namespace | undefined): Namespace {
  if (known !== undefined && known.origin === resource?.origin) return known;
  return resource === undefined ? unlistedNamespace(name) : listedNamespace(resource);
}

/** Pods as they are now, those that did not change as the same objects; the same list if none did. */
function kept(before: readonly Pod[], now: readonly Pod[]): readonly Pod[] {
  const known = new Map(before.map((pod) => [pod.origin, pod]));
  const pods = now.map((pod) => {
    const old = known.get(pod.origin);
    return old !== undefined && belongsAlike(old, pod) ? old : pod;
  });
  return pods.length === before.length && pods.every((pod, i) => pod === before[i]) ? before : pods;
}

/** Whether two readings of one resource give one pod: it did not change, but what it belongs to may have. */
function belongsAlike(a: Pod, b: Pod): boolean {
  return (
    a.namespace === b.namespace &&
    a.serviceAccount.listed === b.serviceAccount.listed &&
    sameLabels(a.serviceAccount.labels, b.serviceAccount.labels) &&
    sameWorkload(a.workload, b.workload)
  );
}

function sameLabels(a: Labels, b: Labels): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}

/**
 * The inventory of parts of which one changed from `before` to `after`. O(1) work on what did not change, but for copies of
 * lists and maps; O(resources), which `all` tells, where the pods now speak of other nodes.
 */
export function inventoryWith(
  inventory: Inventory,
  parts: NamespaceParts,
  [before, after]: readonly [NamespacePart | undefined, NamespacePart | undefined],
  all: () => readonly Resource[],
): Inventory {
  const name = (after ?? before)?.namespace.name ?? "";
  const known = [...parts.values()];
  const isSame = (list: "pods" | "hostPods" | "absentPods" | "services"): boolean =>
    before?.[list] === after?.[list] || (isEmpty(before?.[list]) && isEmpty(after?.[list]));
  const hasServices = !isSame("services");
  const hasSameSets = before?.networkSets === after?.networkSets;
  const clusterSets = inventory.networkSets.filter(({ namespace }) => namespace === undefined);
  const next: Inventory = {
    ...inventory,
    pods: isSame("pods") ? inventory.pods : known.flatMap(({ pods }) => pods),
    hostPods: isSame("hostPods") ? inventory.hostPods : known.flatMap(({ hostPods }) => hostPods),
    absentPods: isSame("absentPods") ? inventory.absentPods : known.flatMap(({ absentPods }) => absentPods),
    namespaces:
      before?.namespace === after?.namespace
        ? inventory.namespaces
        : withEntries(inventory.namespaces, [name], after === undefined ? [] : [[name, after.namespace]]),
    networkSets: hasSameSets
      ? inventory.networkSets
      : [...clusterSets, ...known.flatMap(({ networkSets }) => networkSets)],
    services: hasServices ? known.flatMap(({ services }) => services) : inventory.services,
    serviceEndpoints:
      before?.endpoints === after?.endpoints
        ? inventory.serviceEndpoints
        : withEntries(inventory.serviceEndpoints, before?.endpoints.keys() ?? [], after?.endpoints ?? []),
    podsAt: claimsNow(inventory.podsAt, before?.pods ?? [], after?.pods ?? []),
  };
  const served = hasServices ? { ...next, serviceAt: servicesAt(inventory.serviceAt, next, before, after) } : next;
  if (isSame("pods") && isSame("hostPods")) return served;
  if (sameTold(toldBy(inventory, before), toldBy(inventory, after))) return served;
  const nodes = nodesOf(all(), next);
  return { ...served, nodes, nodeAt: new Map(entriesOf(nodes)) };
}

function isEmpty(list: readonly unknown[] | undefined): boolean {
  return list === undefined || list.length === 0;
}

/** Several Services may claim an address, so that the map is made anew where addresses have changed. */
function servicesAt(
  serviceAt: Inventory["serviceAt"],
  { services }: Inventory,
  before: NamespacePart | undefined,
  after: NamespacePart | undefined,
): Inventory["serviceAt"] {
  const [old, now] = [entriesOf(before?.services), entriesOf(after?.services)];
  if (old.length === 0 && now.length === 0) return serviceAt;
  const isSame = old.length === now.length && old.every(([address], i) => address === now[i]?.[0]);
  if (!isSame) return new Map(entriesOf(services));
  return withEntries(
    serviceAt,
    [],
    now.filter(([address], i) => serviceAt.get(address) === old[i]?.[1]),
  );
}

interface Addressed {
  readonly addresses: readonly Address[];
}

function entriesOf<T extends Addressed>(objects: readonly T[] = []): readonly (readonly [Address, T])[] {
  return objects.flatMap((object) => object.addresses.map((address) => [address, object] as const));
}

function claimsNow(podsAt: Inventory["podsAt"], before: readonly Pod[], now: readonly Pod[]): Inventory["podsAt"] {
  const [old, current] = [new Set(before), new Set(now)];
  const gone = before.filter((pod) => !current.has(pod));
  const come = now.filter((pod) => !old.has(pod));
  if (gone.length === 0 && come.length === 0) return podsAt;
  const claims = new Map<Address, readonly Pod[]>();
  const at = (address: Address): readonly Pod[] => claims.get(address) ?? podsAt.get(address) ?? [];
  for (const pod of gone) {
    for (const address of pod.addresses)
      claims.set(
        address,
        at(address).filter((other) => other !== pod),
      );
  }
  for (const pod of come) {
    for (const address of pod.addresses) claims.set(address, [...at(address), pod]);
  }
  const [left, claimed] = [
    [...claims].filter(([, pods]) => pods.length === 0),
    [...claims].filter(([, pods]) => pods.length > 0),
  ];
  return withEntries(
    podsAt,
    left.map(([address]) => address),
    claimed,
  );
}

/** What the pods of a namespace tell of nodes, beyond what Node objects say themselves. */
function toldBy({ nodes }: Inventory, part: NamespacePart | undefined): ReadonlySet<string> {
  const told = new Set<string>();
  const listed = new Map(nodes.map((node) => [node.name, node.origin === undefined ? undefined : node]));
  const tell = (name: string | undefined, addresses: readonly Address[]): void => {
    if (name === undefined) return;
    const node = listed.get(name);
    if (node === undefined) told.add(name);
    for (const address of addresses)
      if (node?.statusAddresses.includes(address) !== true) told.add(`${name} ${address}`);
  };
  for (const pod of part?.pods ?? []) tell(pod.node, pod.hostAddresses);
  for (const pod of part?.hostPods ?? []) tell(pod.node, pod.addresses);
  return told;
}

function sameTold(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((text) => b.has(text));
}
