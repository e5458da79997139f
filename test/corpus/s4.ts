/** The user guide: default deny, one namespace by itself, and API pods that everyone may call. */
import { NS1 } from "./clusters.ts";
import type { Scenario } from "./scenario.ts";

/** An ingress controller on the host network of another node, as policies see it: an address that is no pod's. */
const HOST_NETWORK_CONTROLLER = `
apiVersion: v1
kind: Pod
metadata: {name: controller, namespace: elsewhere}
spec: {nodeName: worker-2, hostNetwork: true, containers: [{name: main, image: main}]}
status: {phase: Running, hostIP: 10.240.64.5, podIP: 10.240.64.5}
`;

export const S4: readonly Scenario[] = [
  {
    ids: ["S4-M1", "S4-01", "S4-03"],
    state: "as written, applied to ns1",
    manifests: ["S4-M1-as-written"],
    namespace: "ns1",
    cluster: NS1,
    flows: [
      ["ns1/a", "ns1/b", "denied"],
      ["elsewhere/pod", "ns1/a", "denied"],
      ["ns1/a", "elsewhere/pod", "denied"],
      ["ns1/a", "kube-system/coredns:53/udp", "denied"],
      ["8.8.8.8", "ns1/a", "denied"],
      ["8.8.8.8", "elsewhere/pod", "allowed"],
      ["elsewhere/pod", "kube-system/coredns:53/udp", "allowed"],
    ],
  },
  {
    ids: ["S4-M2", "S2-10"],
    state: "as written",
    manifests: ["S4-M2-as-written"],
    cluster: NS1,
    findings: [
      '9:3 PC110 unknown field "spec.namespaceSelector"',
      "13:5 PC111 spec.policyTypes[0]: expected string, got mapping",
      "14:5 PC111 spec.policyTypes[1]: expected string, got mapping",
    ],
    flows: [["ns1/a", "ns1/b", "undecided"]],
  },
  {
    ids: ["S4-M2"],
    state: "as written, unknown fields dropped",
    manifests: ["S4-M2-as-written"],
    validation: "warn",
    cluster: NS1,
    findings: [
      '9:3 PC116 unknown field "spec.namespaceSelector" is dropped',
      "13:5 PC111 spec.policyTypes[0]: expected string, got mapping",
      "14:5 PC111 spec.policyTypes[1]: expected string, got mapping",
    ],
    flows: [["ns1/a", "ns1/b", "undecided"]],
  },
  {
    ids: ["S4-M2", "S2-10"],
    state: "with policyTypes repaired only",
    manifests: ["S4-M2-half-repaired"],
    cluster: NS1,
    findings: ['9:3 PC110 unknown field "spec.namespaceSelector"'],
    flows: [["ns1/a", "ns1/b", "undecided"]],
  },
  {
    ids: ["S4-M2"],
    state: "with policyTypes repaired only, unknown fields dropped: the opposite of what is meant",
    manifests: ["S4-M2-half-repaired"],
    validation: "warn",
    cluster: NS1,
    findings: ['9:3 PC116 unknown field "spec.namespaceSelector" is dropped'],
    flows: [
      ["ns1/a", "ns1/b", "denied"],
      ["ns1/a", "elsewhere/pod", "denied"],
      ["elsewhere/pod", "ns1/a", "denied"],
    ],
  },
  {
    ids: ["S4-M2"],
    state: "repaired",
    manifests: ["S4-M2-repaired"],
    cluster: NS1,
    flows: [
      ["ns1/a", "ns1/b", "allowed"],
      ["ns1/b", "ns1/a", "allowed"],
      ["elsewhere/pod", "ns1/a", "denied"],
      ["ns1/a", "elsewhere/pod", "denied"],
      ["ns1/a", "kube-system/coredns:53/udp", "allowed"],
      ["ns1/a", "kube-system/coredns:53", "allowed"],
    ],
  },
  {
    ids: ["S4-M3", "S4-05"],
    state: "as written",
    manifests: ["S4-M3-as-written"],
    added: HOST_NETWORK_CONTROLLER,
    cluster: NS1,
    flows: [
      ["ns1/a", "ns1/api", "allowed"],
      ["elsewhere/pod", "ns1/api", "allowed"],
      ["elsewhere/pod", "ns1/api:8080", "allowed"],
      ["8.8.8.8", "ns1/api:80", "denied"],
      ["internet", "ns1/api", "denied"],
      ["elsewhere/controller", "ns1/api:80", "denied"],
      ["ns1/api", "ns1/a", "denied"],
      ["ns1/api", "8.8.8.8", "denied"],
      ["ns1/api", "kube-system/coredns:53/udp", "denied"],
      ["elsewhere/pod", "ns1/a", "allowed"],
    ],
  },
  {
    ids: ["S4-M3"],
    state: "repaired: egress is left alone",
    manifests: ["S4-M3-repaired"],
    cluster: NS1,
    flows: [
      ["elsewhere/pod", "ns1/api", "allowed"],
      ["8.8.8.8", "ns1/api:80", "denied"],
      ["ns1/api", "kube-system/coredns:53/udp", "allowed"],
      ["ns1/api", "8.8.8.8", "allowed"],
    ],
  },
];
