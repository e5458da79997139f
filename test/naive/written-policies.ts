/** Short ways to write the objects of Calico and of cluster policies for the tables of rules. */
import type { RawCalicoPolicySpec, RawCalicoRule, RawEntity, RawNetworkSet, RawTier } from "./calico-objects.ts";
import type { RawClusterPolicy, RawClusterRule } from "./cluster-policy-objects.ts";
import type { RawEndpointSlice, RawLabels, RawObject, RawServiceAccount, RawSlicePort } from "./raw-objects.ts";

const calico = "projectcalico.org/v3";

/** A Calico NetworkPolicy, named `namespace/name`. */
export function namespaced(path: string, spec: RawCalicoPolicySpec): RawObject {
  return object(calico, "NetworkPolicy", metadataOf(path), spec);
}

/** A GlobalNetworkPolicy. */
export function global(name: string, spec: RawCalicoPolicySpec): RawObject {
  return object(calico, "GlobalNetworkPolicy", { name }, spec);
}

export function staged(kind: string, path: string, spec: object): RawObject {
  return object(calico, kind, metadataOf(path), spec);
}

/** A Calico NetworkPolicy on all pods of `shop` with these ingress rules. */
export function ontoShop(...ingress: readonly RawCalicoRule[]): RawObject {
  return namespaced("shop/p", { types: ["Ingress"], ingress });
}

/** A GlobalNetworkPolicy on all pods with these ingress rules. */
export function ontoAll(...ingress: readonly RawCalicoRule[]): RawObject {
  return global("p", { types: ["Ingress"], ingress });
}

export function allowFrom(source: RawEntity): RawCalicoRule {
  return { action: "Allow", source };
}

export function tier(name: string, order: number | undefined, defaultAction?: "Deny" | "Pass"): RawTier {
  return {
    apiVersion: calico,
    kind: "Tier",
    metadata: { name },
    spec: { ...(order === undefined ? {} : { order }), ...(defaultAction === undefined ? {} : { defaultAction }) },
  };
}

/** A NetworkSet when the path has a namespace, else a GlobalNetworkSet. */
export function networkSet(path: string, labels: RawLabels, ...nets: readonly string[]): RawNetworkSet {
  const kind = path.includes("/") ? "NetworkSet" : "GlobalNetworkSet";
  return { apiVersion: calico, kind, metadata: { ...metadataOf(path), labels }, spec: { nets } };
}

export function serviceAccount(path: string, labels: RawLabels): RawServiceAccount {
  return { apiVersion: "v1", kind: "ServiceAccount", metadata: { ...metadataOf(path), labels } };
}

/** One slice of the service of that path. */
export function slice(
  path: string,
  addresses: readonly string[],
  ports: readonly RawSlicePort[],
  isReady = true,
): RawEndpointSlice {
  const { name, ...where } = metadataOf(path);
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: `${name}-1`, ...where, labels: { "kubernetes.io/service-name": name } },
    addressType: "IPv4",
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: isReady } })),
    ports,
  };
}

/** A ClusterNetworkPolicy of the Admin tier on all pods, where nothing else is said. */
export function clusterPolicy(name: string, spec: Partial<RawClusterPolicy["spec"]>): RawClusterPolicy {
  return {
    apiVersion: "policy.networking.k8s.io/v1alpha2",
    kind: "ClusterNetworkPolicy",
    metadata: { name },
    spec: { tier: "Admin", priority: 10, subject: { namespaces: {} }, ...spec },
  };
}

/** A rule about all pods as sources, where nothing else is said. */
export function clusterIngress(action: string, more: Partial<RawClusterRule> = {}): RawClusterRule {
  return { action, from: [{ namespaces: {} }], ...more };
}

/** A rule about all pods as destinations, where nothing else is said. */
export function clusterEgress(action: string, more: Partial<RawClusterRule> = {}): RawClusterRule {
  return { action, to: [{ namespaces: {} }], ...more };
}

export function object(apiVersion: string, kind: string, metadata: object, spec: object): RawObject {
  const written = { apiVersion, kind, metadata, spec };
  return written;
}

/** What is global has only a name. */
function metadataOf(path: string): { readonly name: string; readonly namespace?: string } {
  const [first = "", second] = path.split("/");
  return second === undefined ? { name: first } : { name: second, namespace: first };
}
