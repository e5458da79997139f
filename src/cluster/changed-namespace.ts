/** An inventory in which the objects of one namespace have changed, made from the one before. */
import type { Labels } from "../labels/labels.ts";
import type { Address } from "../net/address.ts";
import type { NamespaceResource, Resource } from "../resources/kinds.ts";
import { type Namespace, type Pod, sameWorkload } from "./endpoint.ts";
import { byAddress, type Inventory, listedNamespace, nodesOf, surroundingsOf, unlistedNamespace } from "./inventory.ts";
import { networkSetsOf } from "./network-set.ts";
import { podsOf } from "./pods.ts";
import { serviceEndpointsOf } from "./service-endpoints.ts";
import { servicesOf } from "./services.ts";

/** Everything that is in a namespace now. */
export interface NamespaceContent {
  readonly name: string;
  /** Undefined where only objects inside it are in the input. */
  readonly namespace: NamespaceResource | undefined;
  readonly resources: readonly Resource[];
}

/**
 * The inventory once a resource of a kind has changed in a namespace, or the Namespace itself. What did not change stays the
 * same object; pods may come in another order than in an inventory made anew. O(resources of the namespace) and copies of
 * lists; O(resources), which `all` tells, where pods speak of other nodes than before.
 */
export function withChangedNamespace(
  inventory: Inventory,
  { name, namespace, resources }: NamespaceContent,
  changed: Resource["kind"],
  all: () => readonly Resource[],
): Inventory {
  const known = inventory.namespaces.get(name);
  const own = namespaceNow(name, namespace, known);
  const exists = namespace !== undefined || resources.length > 0;
  const isListed = own === known && exists;
  const namespaces = isListed ? inventory.namespaces : withEntry(inventory.namespaces, name, exists ? own : undefined);
  const isOwn = (object: { readonly namespace: string }): boolean => object.namespace === name;
  const hasSets = changed === "NetworkSet" || changed === "Namespace";
  const networkSets = hasSets
    ? replaced(
        inventory.networkSets,
        (set) => set.namespace?.name === name,
        networkSetsOf(resources, () => own),
      )
    : inventory.networkSets;
  const before = inventory.pods.filter((pod) => pod.namespace.name === name);
  const found = podsOf(
    resources,
    surroundingsOf(resources, () => own),
  );
  const pods = kept(before, found.pods);
  const services = servicesOf(resources, pods);
  const isServed = services.length > 0 || inventory.services.some(isOwn);
  const next = {
    ...inventory,
    namespaces,
    networkSets,
    pods: replaced(inventory.pods, (pod) => pod.namespace.name === name, pods),
    hostPods: replaced(inventory.hostPods, isOwn, found.hostPods),
    absentPods: replaced(inventory.absentPods, isOwn, found.absentPods),
    services: isServed ? replaced(inventory.services, isOwn, services) : inventory.services,
    serviceEndpoints: withEndpoints(inventory.serviceEndpoints, name, serviceEndpointsOf(resources, services)),
    podsAt: claimsNow(inventory.podsAt, before, pods),
  };
  const tellSame = sameTold(toldBy(inventory, before, name), toldBy(next, pods, name));
  const nodes = tellSame ? inventory.nodes : nodesOf(all(), next);
  return {
    ...next,
    serviceAt: isServed ? byAddress(next.services) : inventory.serviceAt,
    nodes,
    nodeAt: tellSame ? inventory.nodeAt : byAddress(nodes),
  };
}

function namespaceNow(name: string, resource: NamespaceResource | undefined, known: Namespace | undefined): Namespace {
  const isKnown = known !== undefined && known.origin === resource?.origin;
  if (isKnown) return known;
  return resource === undefined ? unlistedNamespace(name) : listedNamespace(resource);
}

function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V | undefined): ReadonlyMap<K, V> {
  const copy = new Map(map);
  if (value === undefined) copy.delete(key);
  else copy.set(key, value);
  return copy;
}

/** The list with other objects in place of its own. */
function replaced<T>(list: readonly T[], isOwn: (item: T) => boolean, own: readonly T[]): readonly T[] {
  const first = list.findIndex(isOwn);
  if (first < 0) return own.length === 0 ? list : [...list, ...own];
  return [...list.slice(0, first), ...own, ...list.slice(first).filter((item) => !isOwn(item))];
}

/** Pods as they are now, those that did not change as the same objects. */
function kept(before: readonly Pod[], now: readonly Pod[]): readonly Pod[] {
  const known = new Map(before.map((pod) => [pod.origin, pod]));
  return now.map((pod) => {
    const old = known.get(pod.origin);
    return old !== undefined && belongsAlike(old, pod) ? old : pod;
  });
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

function claimsNow(podsAt: Inventory["podsAt"], before: readonly Pod[], now: readonly Pod[]): Inventory["podsAt"] {
  const [old, current] = [new Set(before), new Set(now)];
  const gone = before.filter((pod) => !current.has(pod));
  const come = now.filter((pod) => !old.has(pod));
  if (gone.length === 0 && come.length === 0) return podsAt;
  const claims = new Map(podsAt);
  for (const pod of gone) {
    for (const address of pod.addresses) {
      const left = (claims.get(address) ?? []).filter((other) => other !== pod);
      if (left.length === 0) claims.delete(address);
      else claims.set(address, left);
    }
  }
  for (const pod of come) {
    for (const address of pod.addresses) claims.set(address, [...(claims.get(address) ?? []), pod]);
  }
  return claims;
}

function withEndpoints(
  endpoints: Inventory["serviceEndpoints"],
  namespace: string,
  own: Inventory["serviceEndpoints"],
): Inventory["serviceEndpoints"] {
  const isOwn = (key: string): boolean => key.startsWith(`${namespace}/`);
  const others = [...endpoints].filter(([key]) => !isOwn(key));
  if (others.length === endpoints.size && own.size === 0) return endpoints;
  return new Map([...others, ...own]);
}

/** What the pods of a namespace tell of nodes, beyond what Node objects say themselves. */
function toldBy({ hostPods, nodes }: Inventory, pods: readonly Pod[], namespace: string): ReadonlySet<string> {
  const listed = new Map(nodes.flatMap((node) => (node.origin === undefined ? [] : [[node.name, node] as const])));
  const told = new Set<string>();
  const tell = (name: string | undefined, addresses: readonly Address[]): void => {
    if (name === undefined) return;
    const node = listed.get(name);
    if (node === undefined) told.add(name);
    for (const address of addresses)
      if (node?.statusAddresses.includes(address) !== true) told.add(`${name} ${address}`);
  };
  for (const pod of pods) tell(pod.node, pod.hostAddresses);
  for (const pod of hostPods) if (pod.namespace === namespace) tell(pod.node, pod.addresses);
  return told;
}

function sameTold(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((text) => b.has(text));
}
