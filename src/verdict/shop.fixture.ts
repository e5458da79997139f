/** For tests of rules: two namespaces on two nodes, policies in every language, and questions to the oracle. */
import type { Family } from "../net/address.ts";
import { type FixtureOptions, situationFrom } from "../situation/situation.fixture.ts";
import { verdictOf } from "./verdict.fixture.ts";

/** Two namespaces on two nodes; `web` and `db` in shop, `prober` in ops, all dual-stack. */
export const CLUSTER = `
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {env: prod}}
---
apiVersion: v1
kind: Namespace
metadata: {name: ops, labels: {team: red}}
---
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {addresses: [{type: InternalIP, address: 172.18.0.1}, {type: ExternalIP, address: 203.0.113.1}]}
---
apiVersion: v1
kind: Node
metadata: {name: n2}
status: {addresses: [{type: InternalIP, address: 172.18.0.2}]}
---
${pod("shop", "web", "n1", "10.0.1.1", "fd00::1:1", "{app: web, tier: front}")}
---
${pod("shop", "db", "n2", "10.0.2.1", "fd00::2:1", "{app: db}", "[{name: sql, containerPort: 5432}, {name: dns, containerPort: 53, protocol: UDP}]")}
---
${pod("ops", "prober", "n2", "10.0.2.9", "fd00::2:9", "{app: prober}")}
`;

export function pod(
  namespace: string,
  name: string,
  node: string,
  v4: string,
  v6: string,
  labels: string,
  ports = "[]",
): string {
  return `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ${namespace}, labels: ${labels}}
spec: {nodeName: ${node}, containers: [{name: main, image: app, ports: ${ports}}]}
status: {phase: Running, podIP: ${v4}, podIPs: [{ip: ${v4}}, {ip: "${v6}"}]}`;
}

/** A policy of namespace shop; `spec` in flow style. */
export function policy(spec: string, name = "p", namespace = "shop"): string {
  return `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: ${namespace}}
spec: ${spec}`;
}

export type Ask = (from: string, to: string, family?: Family) => string;

/** Asks the cluster with some more objects in it. */
export function given(objects: readonly string[], options?: FixtureOptions, base: string = CLUSTER): Ask {
  const situation = situationFrom([base, ...objects].join("\n---"), options);
  return (from, to, family) => verdictOf(situation, from, to, family).kind;
}

/** A policy of Calico of namespace shop; `spec` is the inside of a flow mapping. */
export function calico(spec: string, name = "p", kind = "NetworkPolicy"): string {
  return `
apiVersion: projectcalico.org/v3
kind: ${kind}
metadata: {name: ${name}, namespace: shop}
spec: {${spec}}`;
}

/** A global policy of Calico, or another of its kinds without namespace. */
export function calicoGlobal(spec: string, name = "g", kind = "GlobalNetworkPolicy"): string {
  return `
apiVersion: projectcalico.org/v3
kind: ${kind}
metadata: {name: ${name}}
spec: {${spec}}`;
}

/** A NetworkSet of namespace shop, or a global one. */
export function networkSet(name: string, labels: string, nets: string, namespace?: string): string {
  return `
apiVersion: projectcalico.org/v3
kind: ${namespace === undefined ? "GlobalNetworkSet" : "NetworkSet"}
metadata: {name: ${name}, labels: ${labels}${namespace === undefined ? "" : `, namespace: ${namespace}`}}
spec: {nets: ${nets}}`;
}

/** A ClusterNetworkPolicy; `spec` is the inside of a flow mapping. */
export function cluster(spec: string, name = "c"): string {
  return `
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: ${name}}
spec: {${spec}}`;
}
