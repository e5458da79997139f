/** A cluster for tests: situations from manifests as people write them. */
import { readText } from "../resources/read.ts";
import { type Assumptions, PROFILES } from "../situation/assumptions.ts";
import { type Situation, situationOf } from "../situation/situation.ts";
import type { VpcInventory } from "../vpc/model.ts";

/** The situation of manifests; throws where they hold an error, for then the test is wrong. */
export function situationFrom(
  manifests: string,
  assumptions: Assumptions = PROFILES.kubernetes,
  vpc?: VpcInventory,
): Situation {
  const reading = readText("test.yaml", manifests, { validation: "strict", namespace: "shop" });
  const { situation, findings } = situationOf(reading, { assumptions, podRange: undefined, vpc });
  const wrong = [...reading.findings, ...findings].filter((finding) => finding.severity === "error");
  if (wrong.length > 0) throw new Error(wrong.map((finding) => finding.message).join("; "));
  return situation;
}

export interface PodManifest {
  readonly namespace?: string;
  readonly name: string;
  readonly node?: string;
  readonly addresses?: readonly string[];
  readonly labels?: string;
  /** In YAML's short form: `[{containerPort: 80}]`. */
  readonly ports?: string;
}

/** A running pod with addresses. */
export function podManifest({ namespace = "shop", name, node, addresses, labels, ports = "[]" }: PodManifest): string {
  const status =
    addresses === undefined
      ? ""
      : `
status:
  phase: Running
  podIP: "${addresses[0]}"
  podIPs: [${addresses.map((address) => `{ip: "${address}"}`).join(", ")}]`;
  return `---
apiVersion: v1
kind: Pod
metadata: {namespace: ${namespace}, name: ${name}, labels: {${labels ?? `app: ${name}`}}}
spec:
  ${node === undefined ? "" : `nodeName: ${node}\n  `}containers: [{name: main, image: x, ports: ${ports}}]${status}
`;
}

/** A NetworkPolicy with the given spec, indented by two spaces. */
export function policyManifest(name: string, spec: string, namespace = "shop"): string {
  return `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {namespace: ${namespace}, name: ${name}}
spec:
${spec}
`;
}

export function namespaceManifest(name: string, labels = ""): string {
  return `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: {${labels}}}\n`;
}

export function nodeManifest(name: string, address: string): string {
  return `---
apiVersion: v1
kind: Node
metadata: {name: ${name}}
status: {addresses: [{type: InternalIP, address: ${address}}]}
`;
}

export function deploymentManifest(name: string, replicas: number, ports: string, namespace = "shop"): string {
  return `---
apiVersion: apps/v1
kind: Deployment
metadata: {namespace: ${namespace}, name: ${name}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: main, image: x, ports: ${ports}}]}
`;
}

/**
 * A web shop of eight pods in two namespaces with both families: ranges, named ports, exceptions, egress and ingress
 * isolation, an untouched pod.
 */
export const SHOP = [
  namespaceManifest("shop", "team: sales"),
  namespaceManifest("ops", "team: platform"),
  deploymentManifest("web", 2, "[{name: http, containerPort: 8080}]"),
  deploymentManifest("api", 2, "[{name: http, containerPort: 9000}, {name: dns, containerPort: 53, protocol: UDP}]"),
  deploymentManifest("db", 1, "[{containerPort: 5432}]"),
  deploymentManifest("cache", 1, "[{containerPort: 6379}]"),
  deploymentManifest("prober", 2, "[]", "ops"),
  policyManifest(
    "web",
    `  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress, Egress]
  ingress:
  - ports: [{port: http}]
    from: [{ipBlock: {cidr: 0.0.0.0/0, except: [203.0.113.0/24]}}, {ipBlock: {cidr: "2001:db8::/32", except: ["2001:db8:bad::/48"]}}]
  egress:
  - to: [{podSelector: {matchLabels: {app: api}}}]
    ports: [{port: http}, {port: dns, protocol: UDP}]`,
  ),
  policyManifest(
    "api",
    `  podSelector: {matchLabels: {app: api}}
  ingress:
  - from: [{podSelector: {matchLabels: {app: web}}}]
    ports: [{port: 9000, endPort: 9009}]
  - from: [{namespaceSelector: {matchLabels: {team: platform}}}]`,
  ),
  policyManifest("db", `  podSelector: {matchLabels: {app: db}}\n  policyTypes: [Ingress, Egress]`),
].join("");
