import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import type { RawClusterPeer, RawClusterPolicy, RawClusterRule } from "./cluster-policy-objects.ts";
import type { RawObject } from "./raw-objects.ts";
import {
  CART,
  DB,
  OUTSIDE,
  WEB,
  WEB6,
  allows,
  cluster,
  denies,
  leavesOpen,
  node,
  ping,
  pod,
  policy,
  sctp,
  tcp,
  udp,
} from "./two-namespaces.ts";
import { naiveVerdict } from "./verdict.ts";
import { clusterEgress, clusterIngress, clusterPolicy, global, object } from "./written-policies.ts";

const port80 = { protocols: [{ tcp: { destinationPort: { number: 80 } } }] };
const v1alpha1 = "policy.networking.k8s.io/v1alpha1";

function admin(...ingress: readonly RawClusterRule[]): RawClusterPolicy {
  return clusterPolicy("p", { ingress });
}

function to(peer: RawClusterPeer, more: Partial<RawClusterRule> = {}): RawClusterPolicy {
  return clusterPolicy("p", { egress: [clusterEgress("Deny", { to: [peer], ...more })] });
}

function refuses(message: RegExp, ...policies: readonly RawObject[]): void {
  for (const written of policies) assert.throws(() => naiveVerdict([...cluster, written], tcp(DB, WEB)), message);
}

describe("rules a cluster policy is read by", () => {
  test("rule 19: a lower number comes first, and rules of a policy in their order", () => {
    const deny = clusterPolicy("a", { priority: 5, ingress: [clusterIngress("Deny")] });
    const accept = (priority: number) => clusterPolicy("b", { priority, ingress: [clusterIngress("Accept")] });
    allows([...cluster, deny, accept(4)], tcp(DB, WEB));
    denies([...cluster, deny, accept(6)], tcp(DB, WEB));
    denies([...cluster, admin(clusterIngress("Deny"), clusterIngress("Accept"))], tcp(DB, WEB));
    allows([...cluster, admin(clusterIngress("Accept"), clusterIngress("Deny"))], tcp(DB, WEB));
  });

  test("rule 19: equal priorities leave open what their members disagree on, and nothing else", () => {
    const a = clusterPolicy("a", { ingress: [clusterIngress("Deny", port80)] });
    const b = clusterPolicy("b", { ingress: [clusterIngress("Accept")] });
    leavesOpen([...cluster, a, b], tcp(DB, WEB, 80));
    allows([...cluster, a, b], tcp(DB, WEB, 81));
    denies([...cluster, a, clusterPolicy("c", { ingress: [clusterIngress("Deny")] })], tcp(DB, WEB, 80));
    const pass = clusterPolicy("c", { ingress: [clusterIngress("Pass")] });
    leavesOpen([...cluster, pass, b], tcp(DB, WEB));
    allows(
      [...cluster, clusterPolicy("first", { priority: 1, ingress: [clusterIngress("Accept")] }), a, b],
      tcp(DB, WEB),
    );
    const elsewhere = clusterPolicy("c", { tier: "Baseline", ingress: [clusterIngress("Deny")] });
    allows([...cluster, elsewhere, b], tcp(DB, WEB));
  });

  test("rule 19: what one side leaves open the other may still deny", () => {
    const a = clusterPolicy("a", { egress: [clusterEgress("Deny")] });
    const b = clusterPolicy("b", { egress: [clusterEgress("Accept")] });
    leavesOpen([...cluster, a, b], tcp(WEB, DB));
    denies([...cluster, a, b, policy("data", { podSelector: {} })], tcp(WEB, DB));
  });

  test("rule 20: nothing is isolated by being selected, and a deny of one port leaves the others", () => {
    const objects = [...cluster, admin(clusterIngress("Deny", port80))];
    denies(objects, tcp(DB, WEB, 80));
    allows(objects, tcp(DB, WEB, 81), udp(DB, WEB, 80), ping(DB, WEB), tcp(OUTSIDE, WEB, 80), tcp(WEB, OUTSIDE));
  });

  test("rule 21: Pass leaves the tier and goes on with NetworkPolicy, then Baseline, then the default", () => {
    const pass = admin(clusterIngress("Pass"), clusterIngress("Deny"));
    allows([...cluster, pass], tcp(DB, WEB));
    const baseline = clusterPolicy("base", { tier: "Baseline", ingress: [clusterIngress("Deny")] });
    denies([...cluster, pass, baseline], tcp(DB, WEB));
    denies([...cluster, pass, policy("shop", { podSelector: {} })], tcp(DB, WEB));
    allows([...cluster, pass, baseline, policy("shop", { podSelector: {}, ingress: [{}] })], tcp(DB, WEB));
    const passInBaseline = clusterPolicy("base", {
      tier: "Baseline",
      ingress: [clusterIngress("Pass"), clusterIngress("Deny")],
    });
    allows([...cluster, passInBaseline], tcp(DB, WEB));
  });

  test("rule 22: a NetworkPolicy is final where it isolates, and Baseline speaks in the other direction", () => {
    const rules = { ingress: [clusterIngress("Accept")], egress: [clusterEgress("Deny")] };
    const baseline = clusterPolicy("base", { tier: "Baseline", ...rules });
    denies([...cluster, baseline, policy("shop", { podSelector: {} })], tcp(DB, WEB), tcp(WEB, DB));
    const openEgress = policy("shop", { podSelector: {}, policyTypes: ["Egress"], egress: [{}] });
    allows([...cluster, baseline, openEgress], tcp(WEB, DB));
    denies([...cluster, baseline, openEgress], tcp(DB, WEB));
  });

  test("rule 23: accepting at one end does not override the other", () => {
    const accept = clusterPolicy("p", { egress: [clusterEgress("Accept")] });
    denies([...cluster, accept, policy("data", { podSelector: {} })], tcp(WEB, DB));
    denies(
      [...cluster, admin(clusterIngress("Accept")), policy("data", { podSelector: {}, policyTypes: ["Egress"] })],
      tcp(DB, WEB),
    );
  });

  test("rule 24: a rule needs a peer, and peers and ports have exactly one field", () => {
    refuses(/needs a peer/u, admin({ action: "Accept" }), admin({ action: "Accept", from: [] }));
    refuses(/a peer has exactly one/u, admin({ action: "Accept", from: [{}] }), to({ namespaces: {}, nodes: {} }));
    refuses(/a peer has exactly one/u, admin({ action: "Accept", from: [{ networks: ["10.0.0.0/8"] }] }));
    refuses(/a peer has exactly one/u, admin({ action: "Accept", from: [{ nodes: {} }] }));
    refuses(/a protocol has exactly one/u, admin(clusterIngress("Deny", { protocols: [{}] })));
    refuses(/protocols cannot be empty/u, admin(clusterIngress("Deny", { protocols: [] })));
    refuses(/the subject has exactly one/u, clusterPolicy("p", { subject: {} }));
  });

  test("rule 25: networks match pods too, and every protocol of their family; other peers match no outside address", () => {
    const everyV4 = [...cluster, to({ networks: ["0.0.0.0/0"] })];
    denies(everyV4, tcp(WEB, DB), tcp(WEB, OUTSIDE), ping(WEB, DB), tcp(WEB, "172.18.0.2"));
    allows(everyV4, tcp(WEB6, "2001:db8::1"), { ...ping(WEB6, "2001:db8::1"), protocol: "ICMPv6" });
    const namespaces = [...cluster, to({ namespaces: {} })];
    denies(namespaces, tcp(WEB, DB));
    allows(namespaces, tcp(WEB, OUTSIDE), tcp(WEB, "172.18.0.2"));
  });

  test("rule 25: pods are selected by namespace and own labels", () => {
    const objects = [
      ...cluster,
      to({
        pods: { namespaceSelector: { matchLabels: { env: "prod" } }, podSelector: { matchLabels: { app: "cart" } } },
      }),
    ];
    denies(objects, tcp(WEB, CART));
    allows(objects, tcp(WEB, DB), tcp(CART, WEB));
    const byName = { matchLabels: { "kubernetes.io/metadata.name": "data" } };
    denies([...cluster, to({ namespaces: byName })], tcp(WEB, DB));
    allows([...cluster, to({ namespaces: byName })], tcp(WEB, CART));
  });

  test("rule 26: nodes are all addresses of the nodes selected, except that a pod reaches its own", () => {
    const nodeC = {
      ...node("node-c", ["172.18.0.3"], ["203.0.113.103"]),
      metadata: { name: "node-c", labels: { pool: "x" } },
    };
    const every = [...cluster, nodeC, to({ nodes: {} })];
    denies(
      every,
      tcp(WEB, "172.18.0.2"),
      tcp(WEB, "203.0.113.103"),
      tcp(WEB6, "fd00:172:18::2"),
      tcp(DB, "172.18.1.1"),
    );
    allows(every, tcp(WEB, "172.18.0.1"), tcp(WEB, DB), tcp(WEB, OUTSIDE));
    const labelled = [...cluster, nodeC, to({ nodes: { matchLabels: { pool: "x" } } })];
    denies(labelled, tcp(WEB, "172.18.0.3"));
    allows(labelled, tcp(WEB, "172.18.0.2"));
  });

  test("rule 26: named ports take their protocol from the pod, and cannot stand beside addresses", () => {
    const ports = [
      { name: "dns", containerPort: 53, protocol: "UDP" },
      { name: "web", containerPort: 8080 },
    ];
    const dns = pod("shop/dns", {}, ["10.244.1.53"], "node-a", { containers: [{ name: "c", ports }] });
    const named = [...cluster, dns, admin(clusterIngress("Deny", { protocols: [{ destinationNamedPort: "dns" }] }))];
    denies(named, udp(DB, "10.244.1.53", 53));
    allows(named, tcp(DB, "10.244.1.53", 53), udp(DB, WEB, 53), tcp(DB, "10.244.1.53", 8080));
    for (const peer of [{ nodes: {} }, { networks: ["10.0.0.0/8"] }, { domainNames: ["example.com"] }]) {
      const rule = clusterEgress("Accept", { to: [peer], protocols: [{ destinationNamedPort: "dns" }] });
      refuses(/have no named ports/u, clusterPolicy("p", { egress: [rule] }));
    }
  });

  test("rule 27: domain names can only be accepted, and no packet tells who bears them", () => {
    const rule = (action: string) => clusterEgress(action, { to: [{ domainNames: ["*.example.com"] }] });
    refuses(/can only be accepted/u, clusterPolicy("p", { egress: [rule("Deny")] }));
    const objects = [...cluster, clusterPolicy("p", { egress: [rule("Accept")] })];
    assert.throws(() => naiveVerdict(objects, tcp(WEB, OUTSIDE)), /not static/u);
    allows(objects, tcp(OUTSIDE, WEB));
  });

  test("rule 28: ports are numbers and strict ranges of one protocol each", () => {
    const range = (start: number, end: number) => ({
      protocols: [{ udp: { destinationPort: { range: { start, end } } } }],
    });
    const objects = [...cluster, admin(clusterIngress("Deny", range(1000, 1010)))];
    denies(objects, udp(DB, WEB, 1000), udp(DB, WEB, 1010));
    allows(objects, udp(DB, WEB, 999), udp(DB, WEB, 1011), tcp(DB, WEB, 1005));
    const overSctp = { protocols: [{ sctp: { destinationPort: { number: 80 } } }] };
    denies([...cluster, admin(clusterIngress("Deny", overSctp))], sctp(DB, WEB, 80));
    refuses(/no range 5-5/u, admin(clusterIngress("Deny", range(5, 5))));
    refuses(/needs a destinationPort/u, admin(clusterIngress("Deny", { protocols: [{ tcp: {} }] })));
    refuses(/no action "Allow"/u, admin(clusterIngress("Allow")));
    refuses(/no tier "default"/u, clusterPolicy("p", { tier: "default" }));
    refuses(/no priority 1001/u, clusterPolicy("p", { priority: 1001 }));
  });

  test("rule 28: AdminNetworkPolicy says the same in older words", () => {
    const elder = (ports: object, action = "Deny") =>
      object(
        v1alpha1,
        "AdminNetworkPolicy",
        { name: "p" },
        {
          priority: 10,
          subject: { namespaces: {} },
          ingress: [{ action, from: [{ namespaces: {} }], ports: [ports] }],
        },
      );
    denies([...cluster, elder({ portNumber: { protocol: "UDP", port: 53 } })], udp(DB, WEB, 53));
    allows([...cluster, elder({ portNumber: { protocol: "UDP", port: 53 } })], tcp(DB, WEB, 53));
    denies([...cluster, elder({ portRange: { start: 80, end: 90 } })], tcp(DB, WEB, 90));
    const http = pod("shop/h", {}, ["10.244.1.60"], "node-a", {
      containers: [{ name: "c", ports: [{ name: "http", containerPort: 80 }] }],
    });
    denies([...cluster, http, elder({ namedPort: "http" })], tcp(DB, "10.244.1.60", 80));
    const allowsAll = elder({ portRange: { start: 1, end: 65_535 } }, "Allow");
    allows([...cluster, allowsAll, policy("shop", { podSelector: {} })], tcp(DB, WEB));
    refuses(/no action Accept/u, elder({ namedPort: "http" }, "Accept"));
    leavesOpen(
      [...cluster, elder({ portNumber: { protocol: "TCP", port: 80 } }), admin(clusterIngress("Accept"))],
      tcp(DB, WEB),
    );
  });

  test("rule 28: BaselineAdminNetworkPolicy is the one called default, after NetworkPolicy", () => {
    const baseline = (name: string, action = "Deny", more = {}) =>
      object(
        v1alpha1,
        "BaselineAdminNetworkPolicy",
        { name },
        {
          subject: { pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: "web" } } } },
          ingress: [{ action, from: [{ namespaces: {} }] }],
          ...more,
        },
      );
    denies([...cluster, baseline("default")], tcp(DB, WEB));
    allows([...cluster, baseline("default")], tcp(DB, CART));
    allows([...cluster, baseline("default"), policy("shop", { podSelector: {}, ingress: [{}] })], tcp(DB, WEB));
    refuses(/is called default/u, baseline("other"));
    refuses(/nothing comes after/u, baseline("default", "Pass"));
    refuses(/has no priority/u, baseline("default", "Deny", { priority: 1 }));
  });

  test("rule 29: host-network pods are no subjects and no peers, and a direction without rules is open", () => {
    const host = pod("shop/host", { app: "cart" }, ["172.18.0.2"], "node-b", { hostNetwork: true });
    const objects = [...cluster, host, admin(clusterIngress("Deny"))];
    allows(objects, tcp("172.18.0.2", WEB), tcp(WEB, "172.18.0.2"), tcp(WEB, OUTSIDE));
    denies(objects, tcp(CART, WEB));
    allows([...cluster, host, to({ namespaces: {} })], tcp(WEB, "172.18.0.2"), tcp("172.18.0.2", OUTSIDE));
  });

  test("Calico's policies of the same tier have a place only where their order differs from every priority", () => {
    const calico = (order: number) => global("q", { tier: "kube-admin", order, ingress: [{ action: "Allow" }] });
    allows([...cluster, admin(clusterIngress("Deny")), calico(9.5)], tcp(DB, WEB));
    denies([...cluster, admin(clusterIngress("Deny")), calico(10.5)], tcp(DB, WEB));
    const equal = [...cluster, admin(clusterIngress("Deny")), calico(10)];
    assert.throws(() => naiveVerdict(equal, tcp(DB, WEB)), /has no place/u);
  });
});
