/** A cluster with the Services that the document on service rules names, and their EndpointSlices. */
import { cluster } from "./clusters.ts";

interface ServiceOptions {
  /** Whether there is DNS; its pod is there in any case. */
  readonly dns?: "served" | "without endpoints" | "absent";
  /** The target port of the front end's Service. */
  readonly frontendPort?: number;
}

interface Port {
  readonly name: string;
  readonly protocol: "TCP" | "UDP";
  readonly port: number;
  readonly targetPort: number;
}

function service(namespace: string, name: string, clusterIP: string, ports: readonly Port[]): object {
  return { apiVersion: "v1", kind: "Service", metadata: { namespace, name }, spec: { clusterIP, ports } };
}

function slice(namespace: string, name: string, address: string, ports: readonly Port[]): object {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { namespace, name: `${name}-abcde`, labels: { "kubernetes.io/service-name": name } },
    addressType: "IPv4",
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: ports.map(({ name: port, protocol, targetPort }) => ({ name: port, protocol, port: targetPort })),
  };
}

function node(name: string, address: string): object {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name },
    status: { addresses: [{ type: "InternalIP", address }] },
  };
}

const PODS = cluster({
  "my-app": { labels: {}, pods: { x: { app: "x" } } },
  other: { labels: {}, pods: { y: {} } },
  a: { labels: {}, pods: { x: {}, y: {} } },
  frontend: { labels: {}, pods: { f: { app: "f" }, g: { app: "g" } } },
  backend: { labels: {}, pods: { b: {} } },
  "kube-system": {
    labels: {},
    pods: { coredns: { "k8s-app": "kube-dns" }, "metrics-server": { "k8s-app": "metrics-server" } },
  },
  default: { labels: {}, pods: {} },
});

const API: readonly Port[] = [{ name: "https", protocol: "TCP", port: 443, targetPort: 6443 }];
const DNS: readonly Port[] = [
  { name: "dns", protocol: "UDP", port: 53, targetPort: 53 },
  { name: "dns-tcp", protocol: "TCP", port: 53, targetPort: 53 },
  { name: "metrics", protocol: "TCP", port: 9153, targetPort: 9153 },
];

export function serviceCluster({ dns = "served", frontendPort = 8080 }: ServiceOptions = {}): string {
  const http: readonly Port[] = [{ name: "http", protocol: "TCP", port: 80, targetPort: frontendPort }];
  const objects = [
    node("control-plane", "192.168.49.201"),
    node("worker-1", "192.168.49.202"),
    service("default", "kubernetes", "10.96.0.1", API),
    slice("default", "kubernetes", "192.168.49.201", API),
    service("frontend", "frontend-service", "10.96.0.80", http),
    slice("frontend", "frontend-service", "10.244.3.1", http),
    ...(dns === "absent" ? [] : [service("kube-system", "kube-dns", "10.96.0.10", DNS)]),
    ...(dns === "served" ? [slice("kube-system", "kube-dns", "10.244.5.1", DNS)] : []),
  ];
  return [PODS, ...objects.map((object) => JSON.stringify(object))].join("\n");
}

export const SERVICE_CLUSTER = serviceCluster();
