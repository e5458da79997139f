/** The namespaces every cluster has: DNS, the nodes' own agents, ingress, monitoring. */
import type { Namespace } from "./namespaces.ts";
import type { Labels } from "./objects.ts";
import type { Random } from "./random.ts";
import { type Port, replicasOf, revision, type Workload } from "./workloads.ts";

const TEAM = "platform";

export const DNS = { namespace: "kube-system", service: "kube-dns", labels: { "k8s-app": "kube-dns" } } as const;
export const INGRESS = {
  namespace: "ingress-nginx",
  service: "ingress-nginx-controller",
  labels: { "app.kubernetes.io/name": "ingress-nginx" },
} as const;
export const MONITORING = { namespace: "monitoring", labels: { "app.kubernetes.io/name": "prometheus" } } as const;

/** The names of all of them. */
export const SYSTEM_NAMESPACES = [DNS.namespace, INGRESS.namespace, MONITORING.namespace] as const;

/** O(1): replicas are counted, not listed. */
export function systemNamespaces(nodes: number, random: Random): readonly Namespace[] {
  const ingressReplicas = Math.min(12, 2 + Math.floor(nodes / 100));
  return [
    namespace(DNS.namespace, [
      system("Deployment", DNS.namespace, "coredns", DNS.labels, 2, DNS_PORTS, random),
      agent(DNS.namespace, "kube-proxy", nodes, random),
      { ...agent(DNS.namespace, "log-agent", nodes, random), hostNetwork: false },
      system("Deployment", DNS.namespace, "metrics-server", { "k8s-app": "metrics-server" }, 1, HTTPS, random),
    ]),
    namespace(INGRESS.namespace, [
      system("Deployment", INGRESS.namespace, INGRESS.service, INGRESS.labels, ingressReplicas, WEB, random),
    ]),
    namespace(MONITORING.namespace, [
      system("StatefulSet", MONITORING.namespace, "prometheus", MONITORING.labels, 2, PROMETHEUS, random),
      system("Deployment", MONITORING.namespace, "grafana", { "app.kubernetes.io/name": "grafana" }, 1, WEB, random),
      agent(MONITORING.namespace, "node-exporter", nodes, random),
    ]),
  ];
}

/** How many pods run in these namespaces. */
export function podsOfSystem(namespaces: readonly Namespace[]): number {
  return namespaces.flatMap(({ workloads }) => workloads).reduce((sum, workload) => sum + replicasOf(workload), 0);
}

const DNS_PORTS: readonly Port[] = [
  { name: "dns", port: 53, protocol: "UDP" },
  { name: "dns-tcp", port: 53, protocol: "TCP" },
  { name: "metrics", port: 9153, protocol: "TCP" },
];
const WEB: readonly Port[] = [
  { name: "http", port: 80, protocol: "TCP" },
  { name: "https", port: 443, protocol: "TCP" },
];
const HTTPS: readonly Port[] = [{ name: "https", port: 10_250, protocol: "TCP" }];
const PROMETHEUS: readonly Port[] = [{ name: "web", port: 9090, protocol: "TCP" }];

function namespace(name: string, workloads: readonly Workload[]): Namespace {
  return {
    name,
    labels: { "kubernetes.io/metadata.name": name, team: TEAM, "pod-security.kubernetes.io/enforce": "privileged" },
    team: TEAM,
    env: "prod",
    workloads,
  };
}

function system(
  kind: Workload["kind"],
  namespace: string,
  name: string,
  labels: Labels,
  replicas: number,
  ports: readonly Port[],
  random: Random,
): Workload {
  return {
    kind,
    namespace,
    name,
    role: "system",
    labels: { ...labels, team: TEAM },
    ports,
    serviceAccount: name,
    hostNetwork: false,
    revisions: [revision(replicas, random.fork(name))],
  };
}

/** One pod on every node, which shares the node's address. */
function agent(namespace: string, name: string, nodes: number, random: Random): Workload {
  const metrics: Port = { name: "metrics", port: 9100, protocol: "TCP" };
  return {
    ...system("DaemonSet", namespace, name, { "k8s-app": name }, nodes, [metrics], random),
    hostNetwork: true,
  };
}
