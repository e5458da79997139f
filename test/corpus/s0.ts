/** The service rules: the API server, DNS for everyone, and a front end named by its Service. */
import type { Scenario } from "./scenario.ts";
import { SERVICE_CLUSTER, serviceCluster } from "./service-cluster.ts";

interface PolicySketch {
  readonly name: string;
  /** Undefined: a global policy. */
  readonly namespace?: string;
  /** Further lines of the spec. */
  readonly spec: readonly string[];
}

function policies(...sketches: readonly PolicySketch[]): string {
  return sketches
    .map(({ name, namespace, spec }) =>
      [
        "---",
        "apiVersion: projectcalico.org/v3",
        `kind: ${namespace === undefined ? "GlobalNetworkPolicy" : "NetworkPolicy"}`,
        `metadata: {name: ${name}${namespace === undefined ? "" : `, namespace: ${namespace}`}}`,
        "spec:",
        ...spec.map((line) => `  ${line}`),
        "",
      ].join("\n"),
    )
    .join("");
}

/** Policies of namespace my-app with one rule each, the rules on lines 6, 12, 18 and so on. */
function rules(direction: "ingress" | "egress", ...written: readonly string[]): string {
  return policies(
    ...written.map((rule, i) => ({ name: `p${i}`, namespace: "my-app", spec: [`${direction}: [${rule}]`] })),
  );
}

const API = "services: {name: kubernetes, namespace: default}";
const FRONTEND = "services: {name: frontend-service, namespace: frontend}";
const API_SERVER = "192.168.49.201";

export const S0: readonly Scenario[] = [
  {
    ids: ["S0-M1", "S0-02", "S0-04"],
    state: "as written: the Service has no selector, and its endpoint is a host",
    manifests: ["S0-M1-as-written"],
    cluster: SERVICE_CLUSTER,
    flows: [
      ["my-app/x", `${API_SERVER}:6443`, "allowed"],
      ["my-app/x", `${API_SERVER}:443`, "denied"],
      ["my-app/x", `${API_SERVER}:6443/udp`, "denied"],
      ["my-app/x", "default/svc/kubernetes:443", "allowed"],
      // Names cannot be looked up: nothing admits DNS.
      ["my-app/x", "kube-system/svc/kube-dns:53/udp", "denied"],
      ["my-app/x", "kube-system/coredns:53", "denied"],
      ["my-app/x", "8.8.8.8:443", "denied"],
      ["my-app/x", "other/y:80", "denied"],
      // Types are egress alone, as there are no ingress rules.
      ["other/y", "my-app/x:80", "allowed"],
      ["other/y", `${API_SERVER}:443`, "allowed"],
      ["other/y", "8.8.8.8:443", "allowed"],
    ],
  },
  {
    ids: ["S0-01"],
    state: "the Service denied, logged or passed instead",
    manifests: [],
    added: policies({
      name: "api",
      namespace: "my-app",
      spec: [
        "selector: all()",
        "egress:",
        `- {action: Log, destination: {${API}}}`,
        `- {action: Deny, destination: {${API}}}`,
        "- {action: Allow}",
      ],
    }),
    cluster: SERVICE_CLUSTER,
    flows: [
      ["my-app/x", `${API_SERVER}:6443`, "denied"],
      ["my-app/x", `${API_SERVER}:443`, "allowed"],
      ["my-app/x", "8.8.8.8:443", "allowed"],
    ],
  },
  {
    ids: ["S0-01"],
    state: "the Service passed: what is left is the namespace's profile, which allows",
    manifests: [],
    added: policies({
      name: "api",
      namespace: "my-app",
      spec: [`egress: [{action: Pass, destination: {${API}}}]`],
    }),
    cluster: SERVICE_CLUSTER,
    flows: [
      ["my-app/x", `${API_SERVER}:6443`, "allowed"],
      ["my-app/x", `${API_SERVER}:443`, "denied"],
    ],
  },
  {
    ids: ["S0-M2", "S0-02", "S0-05"],
    state: "as written: every pod's egress is isolated, those of the system included",
    manifests: ["S0-M2-as-written"],
    cluster: SERVICE_CLUSTER,
    oddities: [
      "6:3 PC140 GlobalNetworkPolicy allow-kube-dns locks out system namespaces: it isolates the egress of " +
        "kube-system/pod/coredns, kube-system/pod/metrics-server, and",
    ],
    flows: [
      ["a/x", "kube-system/coredns:53/udp", "allowed"],
      ["a/x", "kube-system/coredns:53", "allowed"],
      ["a/x", "kube-system/coredns:9153", "allowed"],
      ["a/x", "kube-system/coredns:8080", "denied"],
      ["a/x", "kube-system/svc/kube-dns:53/udp", "allowed"],
      ["a/x", "a/y:80", "denied"],
      ["kube-system/coredns", "8.8.8.8:53/udp", "denied"],
      ["kube-system/coredns", `${API_SERVER}:6443`, "denied"],
      ["8.8.8.8", "a/x:80", "allowed"],
    ],
  },
  {
    ids: ["S0-M2", "S0-05"],
    state: "repaired: system namespaces left out",
    manifests: ["S0-M2-repaired"],
    cluster: SERVICE_CLUSTER,
    flows: [
      ["a/x", "kube-system/coredns:53/udp", "allowed"],
      ["a/x", "a/y:80", "denied"],
      ["kube-system/coredns", "8.8.8.8:53/udp", "allowed"],
    ],
  },
  {
    ids: ["S0-09"],
    state: "without the Service: the rule admits nothing",
    manifests: ["S0-M2-repaired"],
    cluster: serviceCluster({ dns: "absent" }),
    oddities: ["11:11 PC143 Service kube-system/kube-dns is not in the input: the rule matches nothing today"],
    flows: [["a/x", "kube-system/coredns:53/udp", "denied"]],
  },
  {
    ids: ["S0-09"],
    state: "with the Service, but nothing behind it: the rule admits nothing",
    manifests: ["S0-M2-repaired"],
    cluster: serviceCluster({ dns: "without endpoints" }),
    oddities: ["11:11 PC143 Service kube-system/kube-dns has no endpoints: the rule matches nothing today"],
    flows: [["a/x", "kube-system/coredns:53/udp", "denied"]],
  },
  {
    ids: ["S0-M3", "S0-02"],
    state: "as written: whatever backs the Service reaches every port",
    manifests: ["S0-M3-as-written"],
    cluster: SERVICE_CLUSTER,
    flows: [
      ["frontend/f", "backend/b:80", "allowed"],
      ["frontend/f", "backend/b:9999", "allowed"],
      ["frontend/f", "backend/b:80/udp", "allowed"],
      ["frontend/f", "backend/b:/icmp", "allowed"],
      ["frontend/g", "backend/b:80", "denied"],
      ["other/y", "backend/b:80", "denied"],
      ["8.8.8.8", "backend/b:80", "denied"],
      ["backend/b", "8.8.8.8:443", "allowed"],
    ],
  },
  {
    ids: ["S0-M4", "S0-02"],
    state: "as written: TCP 80 alone",
    manifests: ["S0-M4-as-written"],
    cluster: SERVICE_CLUSTER,
    flows: [
      ["frontend/f", "backend/b:80", "allowed"],
      ["frontend/f", "backend/b:80/udp", "denied"],
      ["frontend/f", "backend/b:443", "denied"],
      ["frontend/g", "backend/b:80", "denied"],
    ],
  },
  {
    ids: ["S0-06", "S0-M3", "S0-M4"],
    state: "both read: they have one identity, so the later one stays",
    manifests: ["S0-M3-as-written", "S0-M4-as-written"],
    cluster: SERVICE_CLUSTER,
    findings: [
      "1:1 PC118 NetworkPolicy backend/allow-frontend-service-access (projectcalico.org) stands twice: this one replaces",
    ],
    flows: [
      ["frontend/f", "backend/b:80", "allowed"],
      ["frontend/f", "backend/b:9999", "denied"],
    ],
  },
  {
    ids: ["S0-03"],
    state: "the target port of the Service moves from 8080 to 9090, the policy stays",
    manifests: [],
    added: policies({
      name: "to-frontend",
      namespace: "my-app",
      spec: [`egress: [{action: Allow, destination: {${FRONTEND}}}]`],
    }),
    cluster: serviceCluster({ frontendPort: 9090 }),
    flows: [
      ["my-app/x", "frontend/f:8080", "denied"],
      ["my-app/x", "frontend/f:9090", "allowed"],
      ["my-app/x", "frontend/svc/frontend-service:80", "allowed"],
    ],
  },
  {
    ids: ["S0-03"],
    state: "before the target port moves",
    manifests: [],
    added: policies({
      name: "to-frontend",
      namespace: "my-app",
      spec: [`egress: [{action: Allow, destination: {${FRONTEND}}}]`],
    }),
    cluster: SERVICE_CLUSTER,
    flows: [
      ["my-app/x", "frontend/f:8080", "allowed"],
      ["my-app/x", "frontend/f:9090", "denied"],
      // The port of the Service is not a port of the pods behind it.
      ["my-app/x", "frontend/f:80", "denied"],
    ],
  },
  {
    ids: ["S0-07"],
    state: "services where they cannot stand",
    manifests: [],
    added:
      rules(
        "egress",
        `{action: Allow, source: {${API}}}`,
        `{action: Allow, destination: {${API}, selector: all()}}`,
        `{action: Allow, destination: {${API}, nets: [10.0.0.0/8]}}`,
        `{action: Allow, destination: {${API}, namespaceSelector: all()}}`,
        `{action: Allow, destination: {${API}, serviceAccounts: {names: [a]}}}`,
        `{action: Allow, protocol: TCP, destination: {${API}, ports: [443]}}`,
        "{action: Allow, destination: {services: {name: '', namespace: default}}}",
        "{action: Allow, destination: {ports: [443]}}",
      ) +
      policies({ name: "global", spec: ["egress: [{action: Allow, destination: {services: {name: kubernetes}}}]"] }) +
      policies({ name: "into", namespace: "my-app", spec: [`ingress: [{action: Allow, destination: {${API}}}]`] }),
    cluster: SERVICE_CLUSTER,
    findings: [
      "6:37 PC114 spec.egress[0].source.services: services is not allowed as source of an egress rule",
      "12:92 PC114 spec.egress[0].destination.selector: selector stands beside services",
      "18:92 PC114 spec.egress[0].destination.nets: nets stands beside services",
      "24:92 PC114 spec.egress[0].destination.namespaceSelector: namespaceSelector stands beside services",
      "30:92 PC114 spec.egress[0].destination.serviceAccounts: serviceAccounts stands beside services",
      "36:107 PC114 spec.egress[0].destination.ports: ports stands beside services, whose ports come from the Service",
      "42:52 PC113 spec.egress[0].destination.services: must specify the name of a Service",
      "48:50 PC113 spec.egress[0].destination.ports[0]: port numbers without a protocol in the rule",
      "54:52 PC113 spec.egress[0].destination.services: must specify the namespace of the Service",
      "60:43 PC114 spec.ingress[0].destination.services: services is not allowed as destination of an ingress rule",
    ],
    flows: [["my-app/x", `${API_SERVER}:6443`, "undecided"]],
  },
  {
    ids: ["S0-08"],
    state: "no namespace beside the name of the Service: the policy's own",
    manifests: [],
    added: policies({
      name: "own",
      namespace: "frontend",
      spec: ["selector: app == 'g'", "egress: [{action: Allow, destination: {services: {name: frontend-service}}}]"],
    }),
    cluster: SERVICE_CLUSTER,
    findings: [
      "7:52 PC126 spec.egress[0].destination.services: no namespace: the Service of namespace frontend is meant",
    ],
    flows: [
      ["frontend/g", "frontend/f:8080", "allowed"],
      ["frontend/g", "frontend/f:80", "denied"],
      ["frontend/g", "backend/b:8080", "denied"],
    ],
  },
];
