/** Red, blue and green pods: ingress, egress, address ranges, default deny. */
import { COLOURS, NAMED_PORTS } from "./clusters.ts";
import type { Scenario } from "./scenario.ts";

const NAMED_PORT_POLICY = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: http-only, namespace: default}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress:
  - ports: [{port: http}]
`;

const ALLOW_WITHIN = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: allow-within, namespace: policy-demo}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  ingress:
  - from: [{podSelector: {}}]
    ports: [{port: 80}]
  egress:
  - to: [{podSelector: {}}]
    ports: [{port: 80}]
`;

const TYPO = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: typo, namespace: default}
spec:
  podSelector: {}
  ingress:
  - ports: [{port: 80, protocol: STCP}]
`;

export const S2: readonly Scenario[] = [
  {
    ids: ["S2-08"],
    state: "no policies",
    manifests: [],
    cluster: COLOURS,
    flows: [
      ["default/red", "default/blue", "allowed"],
      ["elsewhere/pod", "default/blue", "allowed"],
      ["default/red", "8.8.8.8", "allowed"],
      ["8.8.8.8", "default/red", "allowed"],
    ],
  },
  {
    ids: ["S2-03"],
    state: "a port name means each pod's own port of that name",
    manifests: [],
    added: NAMED_PORT_POLICY,
    cluster: NAMED_PORTS,
    flows: [
      ["default/client", "default/old:80", "allowed"],
      ["default/client", "default/old:8080", "denied"],
      ["default/client", "default/new:8080", "allowed"],
      ["default/client", "default/new:80", "denied"],
      ["default/client", "default/old:http", "allowed"],
      ["default/client", "default/new:http", "allowed"],
      // The rule is for TCP, and this pod calls a UDP port so.
      ["default/client", "default/quic:443", "denied"],
      ["default/client", "default/quic:http/udp", "denied"],
    ],
  },
  {
    ids: ["S2-04"],
    state: "protocol STCP",
    manifests: [],
    added: TYPO,
    cluster: COLOURS,
    findings: [
      '8:34 PC112 spec.ingress[0].ports[0].protocol: "STCP" is not one of TCP, UDP, SCTP (did you mean SCTP?)',
    ],
    flows: [["default/red", "default/blue:80", "undecided"]],
  },
  {
    ids: ["S2-M1"],
    state: "as written",
    manifests: ["S2-M1-as-written"],
    cluster: COLOURS,
    findings: [
      '8:19 PC112 spec.podSelector.matchLabels["“color”"]: "“color”" is not a label key',
      '8:28 PC112 spec.podSelector.matchLabels["“color”"]: "“blue”" is not a label value',
      '11:21 PC110 unknown field "spec.ingress[0].from[0].podSelector["“color”"]"',
      '12:5 PC110 unknown field "spec.ingress[0].to"',
    ],
    flows: [["default/red", "default/blue:80", "undecided"]],
  },
  {
    ids: ["S2-M1"],
    state: "with the quotes repaired only",
    manifests: ["S2-M1-half-repaired"],
    cluster: COLOURS,
    findings: [
      '11:21 PC110 unknown field "spec.ingress[0].from[0].podSelector.color"',
      '12:5 PC110 unknown field "spec.ingress[0].to"',
    ],
    flows: [["default/red", "default/blue:80", "undecided"]],
  },
  {
    ids: ["S2-M1"],
    state: "with the quotes repaired only, unknown fields dropped: all pods of the namespace, all ports",
    manifests: ["S2-M1-half-repaired"],
    validation: "warn",
    cluster: COLOURS,
    findings: [
      '11:21 PC116 unknown field "spec.ingress[0].from[0].podSelector.color" is dropped',
      '12:5 PC116 unknown field "spec.ingress[0].to" is dropped',
    ],
    flows: [
      ["default/red", "default/blue", "allowed"],
      ["default/green", "default/blue", "allowed"],
      ["default/green", "default/blue:443", "allowed"],
      ["else/red", "default/blue:80", "denied"],
    ],
  },
  {
    ids: ["S2-M1", "S2-02", "S2-06", "S2-09"],
    state: "repaired",
    manifests: ["S2-M1-repaired"],
    cluster: COLOURS,
    flows: [
      ["default/red", "default/blue:80", "allowed"],
      ["default/red", "default/blue:443", "denied"],
      ["default/red", "default/blue:80/udp", "denied"],
      ["default/green", "default/blue:80", "denied"],
      ["else/red", "default/blue:80", "denied"],
      ["8.8.8.8", "default/blue:80", "denied"],
      // Egress is not touched by an ingress policy.
      ["default/blue", "default/red", "allowed"],
      ["default/blue", "8.8.8.8", "allowed"],
      // Pods that no policy selects, and blue pods of another namespace, stay open.
      ["elsewhere/pod", "default/green", "allowed"],
      ["elsewhere/pod", "else/blue", "allowed"],
    ],
  },
  {
    ids: ["S2-M2"],
    state: "as written",
    manifests: ["S2-M2-as-written"],
    cluster: COLOURS,
    findings: [
      '8:19 PC112 spec.podSelector.matchLabels["“color”"]: "“color”" is not a label key',
      '8:28 PC112 spec.podSelector.matchLabels["“color”"]: "“blue”" is not a label value',
      '11:21 PC110 unknown field "spec.ingress[0].from[0].podSelector["“color”"]"',
      '12:27 PC110 unknown field "spec.ingress[0].from[0].namespaceSelector["“something”"]"',
      '13:5 PC110 unknown field "spec.ingress[0].to"',
    ],
    flows: [["else/red", "default/blue:80", "undecided"]],
  },
  {
    ids: ["S2-M2"],
    state: "with the quotes repaired only, unknown fields dropped: every pod of every namespace, all ports",
    manifests: ["S2-M2-half-repaired"],
    validation: "warn",
    cluster: COLOURS,
    findings: [
      '11:21 PC116 unknown field "spec.ingress[0].from[0].podSelector.color" is dropped',
      '12:27 PC116 unknown field "spec.ingress[0].from[0].namespaceSelector.something" is dropped',
      '13:5 PC116 unknown field "spec.ingress[0].to" is dropped',
    ],
    flows: [
      ["else/red", "default/blue", "allowed"],
      ["else/green", "default/blue", "allowed"],
      ["elsewhere/pod", "default/blue", "allowed"],
      ["kube-system/coredns", "default/blue:443", "allowed"],
      ["8.8.8.8", "default/blue:80", "denied"],
    ],
  },
  {
    ids: ["S2-M2"],
    state: "repaired",
    manifests: ["S2-M2-repaired"],
    cluster: COLOURS,
    flows: [
      ["else/red", "default/blue:80", "allowed"],
      ["else/red", "default/blue:443", "denied"],
      ["default/red", "default/blue:80", "denied"],
      ["else/green", "default/blue:80", "denied"],
      ["elsewhere/red", "default/blue:80", "denied"],
    ],
  },
  {
    ids: ["S2-M1", "S2-M2"],
    state: "share a name: the later one replaces the earlier",
    manifests: ["S2-M1-half-repaired", "S2-M2-half-repaired"],
    validation: "ignore",
    cluster: COLOURS,
    findings: ["1:1 PC118 NetworkPolicy default/allow-same-namespace stands twice"],
    flows: [["elsewhere/pod", "default/blue", "allowed"]],
  },
  {
    ids: ["S2-M3"],
    state: "as written",
    manifests: ["S2-M3-as-written"],
    cluster: COLOURS,
    findings: [
      '8:19 PC112 spec.podSelector.matchLabels["“color”"]: "“color”" is not a label key',
      '8:28 PC112 spec.podSelector.matchLabels["“color”"]: "“blue”" is not a label value',
      '11:21 PC110 unknown field "spec.egress[0].to[0].podSelector["“color**”"]"',
      '12:7 PC110 unknown field "spec.egress[0].to[0].ports"',
    ],
    flows: [["default/blue", "default/red:80", "undecided"]],
  },
  {
    ids: ["S2-M3"],
    state: "with the quotes repaired only, unknown fields dropped: all pods of the namespace, and no ingress",
    manifests: ["S2-M3-half-repaired"],
    validation: "warn",
    cluster: COLOURS,
    findings: [
      '11:21 PC116 unknown field "spec.egress[0].to[0].podSelector["color**"]" is dropped',
      '12:7 PC116 unknown field "spec.egress[0].to[0].ports" is dropped',
    ],
    flows: [
      ["default/blue", "default/red", "allowed"],
      ["default/blue", "default/green:443", "allowed"],
      ["default/blue", "else/red:80", "denied"],
      ["default/blue", "kube-system/coredns:53/udp", "denied"],
      ["default/red", "default/blue:80", "denied"],
      ["elsewhere/pod", "default/blue:80", "denied"],
    ],
  },
  {
    ids: ["S2-M3", "S2-06"],
    state: "repaired",
    manifests: ["S2-M3-repaired"],
    cluster: COLOURS,
    flows: [
      ["default/blue", "default/red:80", "allowed"],
      ["default/blue", "default/red:443", "denied"],
      ["default/blue", "default/green:80", "denied"],
      ["default/blue", "else/red:80", "denied"],
      ["default/blue", "kube-system/coredns:53/udp", "denied"],
      // Ingress is not touched by an egress policy.
      ["elsewhere/pod", "default/blue", "allowed"],
    ],
  },
  {
    ids: ["S2-M4"],
    state: "as written",
    manifests: ["S2-M4-as-written"],
    cluster: COLOURS,
    findings: [
      '8:19 PC112 spec.podSelector.matchLabels["“color”"]: "“color”" is not a label key',
      '8:28 PC112 spec.podSelector.matchLabels["“color”"]: "“red”" is not a label value',
    ],
    flows: [["default/red", "172.18.0.9:1", "undecided"]],
  },
  {
    ids: ["S2-M4"],
    state: "with the quotes repaired only: ingress is denied too",
    manifests: ["S2-M4-half-repaired"],
    cluster: COLOURS,
    flows: [
      ["default/red", "172.18.0.9:1", "allowed"],
      ["default/red", "172.18.1.9", "denied"],
      ["default/green", "default/red", "denied"],
      ["default/red", "kube-system/coredns:53/udp", "denied"],
    ],
  },
  {
    ids: ["S2-M4", "S2-06"],
    state: "repaired",
    manifests: ["S2-M4-repaired"],
    cluster: COLOURS,
    flows: [
      ["default/red", "172.18.0.9", "allowed"],
      ["default/red", "172.18.0.0/24", "allowed"],
      ["default/red", "172.18.0.0/23", "partial"],
      ["default/red", "172.18.1.9", "denied"],
      ["default/red", "default/green", "denied"],
      ["default/green", "default/red", "allowed"],
    ],
  },
  {
    ids: ["S2-M5"],
    state: "as written",
    manifests: ["S2-M5-as-written"],
    cluster: COLOURS,
    findings: ["11:1 PC101 "],
    flows: [["policy-demo/a", "policy-demo/b", "undecided"]],
  },
  {
    ids: ["S2-M5"],
    state: "with the indentation repaired only",
    manifests: ["S2-M5-half-repaired"],
    cluster: COLOURS,
    findings: ['9:3 PC110 unknown field "spec.types"'],
    flows: [["policy-demo/a", "policy-demo/b", "undecided"]],
  },
  {
    ids: ["S2-M5"],
    state: "with the indentation repaired only, unknown fields dropped: egress stays open",
    manifests: ["S2-M5-half-repaired"],
    validation: "warn",
    cluster: COLOURS,
    findings: ['9:3 PC116 unknown field "spec.types" is dropped'],
    flows: [
      ["policy-demo/a", "policy-demo/b", "denied"],
      ["policy-demo/a", "elsewhere/pod", "allowed"],
      ["policy-demo/a", "8.8.8.8", "allowed"],
    ],
  },
  {
    ids: ["S2-M5"],
    state: "repaired",
    manifests: ["S2-M5-repaired"],
    cluster: COLOURS,
    flows: [
      ["policy-demo/a", "policy-demo/b", "denied"],
      ["elsewhere/pod", "policy-demo/a", "denied"],
      ["policy-demo/a", "elsewhere/pod", "denied"],
      ["policy-demo/a", "8.8.8.8", "denied"],
      ["policy-demo/a", "kube-system/coredns:53/udp", "denied"],
      ["elsewhere/pod", "default/red", "allowed"],
    ],
  },
  {
    ids: ["S2-12", "S2-M5"],
    state: "repaired, with another policy that allows port 80",
    manifests: ["S2-M5-repaired"],
    added: ALLOW_WITHIN,
    cluster: COLOURS,
    flows: [
      ["policy-demo/a", "policy-demo/b:80", "allowed"],
      ["policy-demo/a", "policy-demo/b:81", "denied"],
      ["elsewhere/pod", "policy-demo/b:80", "denied"],
    ],
  },
];
