/** For tests: two nodes with host endpoints, a pod on each, and an address outside. */
import { type Situation } from "../situation/situation.ts";
import { situationFrom } from "../situation/situation.fixture.ts";

const NODES = ["n1", "n2"].map(
  (name, i) => `
apiVersion: v1
kind: Node
metadata: {name: ${name}}
status: {addresses: [{type: InternalIP, address: 10.0.0.${i + 1}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: p${i + 1}, namespace: shop, labels: {app: p${i + 1}}}
spec: {nodeName: ${name}, containers: [{name: c, image: i}]}
status: {phase: Running, podIP: 10.1.${i + 1}.1, podIPs: [{ip: 10.1.${i + 1}.1}]}`,
);

/** `*` on both nodes, with Calico's allowing profile unless told otherwise. */
export function hostEndpoint(
  name: string,
  node: string,
  spec = 'interfaceName: "*", profiles: [projectcalico-default-allow]',
): string {
  return `
apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: {name: ${name}, labels: {role: host, name: ${name}}}
spec: {node: ${node}, ${spec}}`;
}

export const HOSTS = [hostEndpoint("h1", "n1"), hostEndpoint("h2", "n2")].join("\n---");

export function globalPolicy(name: string, spec: string): string {
  return `
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: ${name}}
spec: {${spec}}`;
}

export function hostsSituation(...objects: readonly string[]): Situation {
  return situationFrom([...NODES, ...objects].join("\n---"));
}
