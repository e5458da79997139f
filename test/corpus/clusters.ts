/** The small clusters that the founding documents' policies are asked about. */

type Labels = Readonly<Record<string, string>>;

interface PodPort {
  readonly name: string;
  readonly containerPort: number;
  readonly protocol?: "UDP";
}

interface PodSketch {
  readonly labels: Labels;
  readonly ports: readonly PodPort[];
}

/** Labels of a namespace and its pods by name. */
interface NamespaceSketch {
  readonly labels: Labels;
  readonly pods: Readonly<Record<string, Labels | PodSketch>>;
}

/** A cluster as a text of one JSON document per object. The pods of the i-th namespace have the addresses 10.244.i.1 and up. */
export function cluster(namespaces: Readonly<Record<string, NamespaceSketch>>): string {
  const objects = Object.entries(namespaces).flatMap(([namespace, { labels, pods }], i): readonly object[] => [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } },
    ...Object.entries(pods).map(([name, pod], j) => podObject(namespace, name, pod, `10.244.${i}.${j + 1}`)),
  ]);
  return objects.map((object) => JSON.stringify(object)).join("\n");
}

function podObject(namespace: string, name: string, pod: Labels | PodSketch, podIP: string): object {
  const { labels, ports } = isSketch(pod) ? pod : { labels: pod, ports: [] };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels },
    spec: { nodeName: "worker-1", containers: [{ name: "main", image: "main", ports }] },
    status: { phase: "Running", podIP },
  };
}

function isSketch(pod: Labels | PodSketch): pod is PodSketch {
  return typeof pod["ports"] === "object";
}

const KUBE_SYSTEM: NamespaceSketch = { labels: {}, pods: { coredns: { "k8s-app": "kube-dns" } } };
const ELSEWHERE: NamespaceSketch = { labels: {}, pods: { pod: {} } };

/** Two teams with three tiers each; `other` pods belong to neither app. */
export const ACCOUNTS = cluster({
  accounts: {
    labels: { usage: "accounts" },
    pods: {
      frontend: { app: "Srv1", tier: "frontend" },
      backend: { app: "Srv1", tier: "backend" },
      db: { app: "Srv1", tier: "db" },
      other: { app: "other" },
    },
  },
  finance: {
    labels: { usage: "finance" },
    pods: {
      frontend: { app: "Srv2", tier: "frontend" },
      backend: { app: "Srv2", tier: "backend" },
      db: { app: "Srv2", tier: "db" },
      other: { app: "other" },
    },
  },
  elsewhere: ELSEWHERE,
});

export const COLOURS = cluster({
  default: { labels: {}, pods: { red: { color: "red" }, blue: { color: "blue" }, green: { color: "green" } } },
  else: {
    labels: { something: "else" },
    pods: { red: { color: "red" }, blue: { color: "blue" }, green: { color: "green" } },
  },
  elsewhere: { labels: {}, pods: { red: { color: "red" }, pod: {} } },
  "policy-demo": { labels: {}, pods: { a: {}, b: {} } },
  "kube-system": KUBE_SYSTEM,
});

/** Pods that give one port name to different ports, one of them for another protocol. */
export const NAMED_PORTS = cluster({
  default: {
    labels: {},
    pods: {
      client: {},
      old: { labels: { app: "web" }, ports: [{ name: "http", containerPort: 80 }] },
      new: { labels: { app: "web" }, ports: [{ name: "http", containerPort: 8080 }] },
      quic: { labels: { app: "web" }, ports: [{ name: "http", containerPort: 443, protocol: "UDP" }] },
    },
  },
});

export const GUIDE = cluster({
  default: {
    labels: {},
    pods: {
      target: { app: "target-app-who-is-applied-the-policy" },
      client: { app: "pod-that-can-talk-to-my-app" },
      server: { app: "pod-my-app-can-talk-to" },
      stranger: { app: "stranger" },
      "my-app": { app: "my-app-that-needs-access-to-ksm" },
      web: { app: "web" },
      frontend: { role: "frontend" },
      backend: { role: "backend" },
    },
  },
  clients: { labels: { name: "namespace-that-can-talk-to-my-app" }, pods: { any: {} } },
  servers: { labels: { name: "namespace-my-app-can-talk-to" }, pods: { any: {} } },
  elsewhere: {
    labels: {},
    pods: { client: { app: "pod-that-can-talk-to-my-app" }, frontend: { role: "frontend" }, pod: {} },
  },
  "kube-system": {
    labels: {},
    pods: {
      coredns: { "k8s-app": "kube-dns" },
      "kube-state-metrics": { app: "kube-state-metrics" },
      "my-app": { app: "my-app-that-needs-access-to-ksm" },
    },
  },
});

const FREE_PODS = { a: {}, b: {} } as const;

export const FREE_FOR_ALL = cluster({
  freeforall: { labels: { name: "freeforall" }, pods: FREE_PODS },
  elsewhere: ELSEWHERE,
});

/** The same without the label that somebody has to set by hand. */
export const FREE_FOR_ALL_UNLABELLED = cluster({
  freeforall: { labels: {}, pods: FREE_PODS },
  elsewhere: ELSEWHERE,
});

/** The pods alone: the Namespace comes with a manifest, or not at all. */
export const FREE_FOR_ALL_PODS = Object.keys(FREE_PODS)
  .map((name, i) => JSON.stringify(podObject("freeforall", name, {}, `10.244.0.${i + 1}`)))
  .join("\n");

export const NS1 = cluster({
  ns1: { labels: { name: "ns1" }, pods: { a: {}, b: {}, api: { role: "api" } } },
  elsewhere: ELSEWHERE,
  "kube-system": KUBE_SYSTEM,
});
