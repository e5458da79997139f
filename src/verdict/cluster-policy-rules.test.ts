/** The numbered rules of the cluster-wide policies, each held against the oracle from manifests. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readText } from "../resources/read.ts";
import { type FixtureOptions, situationFrom } from "../situation/situation.fixture.ts";
import { type Ask, CLUSTER, cluster, given, networkSet, pod, policy } from "./shop.fixture.ts";
import { missingAt, type Verdict } from "./verdict.ts";
import { verdictOf } from "./verdict.fixture.ts";

const ALL = "{namespaces: {}}";
const FAR = "198.51.100.7";

/** Rules of the Admin tier for all pods of shop. */
function admin(rules: string, name = "c", priority = 10): string {
  return cluster(
    `tier: Admin, priority: ${priority}, subject: {namespaces: {matchLabels: {env: prod}}}, ${rules}`,
    name,
  );
}

function baseline(rules: string, name = "b", priority = 10): string {
  return admin(rules, name, priority).replace("tier: Admin", "tier: Baseline");
}

/** The older kinds, of v1alpha1. */
function elder(kind: "AdminNetworkPolicy" | "BaselineAdminNetworkPolicy", rules: string): string {
  const baselineOnly = kind === "BaselineAdminNetworkPolicy";
  return `
apiVersion: policy.networking.k8s.io/v1alpha1
kind: ${kind}
metadata: {name: ${baselineOnly ? "default" : "elder"}}
spec: {${baselineOnly ? "" : "priority: 10, "}subject: {namespaces: {matchLabels: {env: prod}}}, ${rules}}`;
}

function verdictIn(objects: readonly string[], from: string, to: string, options?: FixtureOptions): Verdict {
  return verdictOf(situationFrom([CLUSTER, ...objects].join("\n---"), options), from, to);
}

function missingIn(verdict: Verdict): readonly string[] {
  return verdict.stages.flatMap(missingAt).map(({ text }) => text);
}

function warnings(text: string): readonly string[] {
  return readText("p.yaml", text, { validation: "strict", namespace: undefined }).findings.map(({ code }) => code);
}

describe("docs/semantics.md, cluster policies", () => {
  it("rule 19: a lower priority comes first, and the order inside a policy counts", () => {
    const deny = "ingress: [{action: Deny, from: [{namespaces: {}}]}]";
    const accept = "ingress: [{action: Accept, from: [{namespaces: {}}]}]";
    assert.equal(given([admin(deny, "a", 2), admin(accept, "z", 1)])("ops/prober", "shop/db"), "allowed");
    assert.equal(given([admin(accept, "a", 1000), admin(deny, "z", 0)])("ops/prober", "shop/db"), "denied");
    const both = given([
      admin(
        "ingress: [{action: Deny, from: [{namespaces: {matchLabels: {team: red}}}]}, {action: Accept, from: [{namespaces: {}}]}]",
      ),
      policy("{podSelector: {}}"),
    ]);
    assert.equal(both("ops/prober", "shop/db"), "denied");
    assert.equal(both("shop/web", "shop/db"), "allowed");
  });

  it("rule 19: policies of one priority that disagree about a packet leave it open; the profile calico decides by name", () => {
    const rule = (action: string, port: string): string =>
      `ingress: [{action: ${action}, from: [${ALL}], protocols: [{tcp: {destinationPort: {range: {start: 1, end: ${port}}}}}]}]`;
    const objects = [admin(rule("Accept", "100"), "b"), admin(rule("Deny", "80"), "a")];
    const open = verdictIn(objects, "ops/prober", "shop/db:80");
    assert.equal(open.kind, "undecided");
    assert.match(missingIn(open).join(), /which of a and b comes first, all with priority 10/);
    // Only one of them speaks of this port.
    assert.equal(verdictIn(objects, "ops/prober", "shop/db:81").kind, "allowed");
    const named = { assumptions: { "equal-priority": "by-name" } } as const;
    assert.equal(verdictIn(objects, "ops/prober", "shop/db:80", named).kind, "denied");
    const alike = [admin(rule("Deny", "100"), "b"), admin(rule("Deny", "80"), "a")];
    assert.equal(verdictIn(alike, "ops/prober", "shop/db:80").kind, "denied");
  });

  it("rule 20: nothing isolates: what no rule meets goes on, port by port", () => {
    const ask = given([
      admin(`ingress: [{action: Deny, from: [${ALL}], protocols: [{tcp: {destinationPort: {number: 80}}}]}]`),
    ]);
    assert.equal(ask("ops/prober", "shop/db:80"), "denied");
    assert.equal(ask("ops/prober", "shop/db:81"), "allowed");
    assert.equal(ask("ops/prober", "shop/db:80/udp"), "allowed");
    assert.equal(ask(FAR, "shop/db:80"), "allowed");
  });

  it("rule 21: Pass skips the rest of its tier and asks what comes next, in Baseline too", () => {
    const pass = `ingress: [{action: Pass, from: [${ALL}]}]`;
    const deny = `ingress: [{action: Deny, from: [${ALL}]}]`;
    assert.equal(given([admin(pass, "p", 1), admin(deny, "d", 2)])("ops/prober", "shop/db"), "allowed");
    const kubernetes = policy("{podSelector: {}}");
    assert.equal(given([admin(pass, "p", 1), kubernetes])("ops/prober", "shop/db"), "denied");
    assert.equal(given([admin(pass, "p", 1), baseline(deny)])("ops/prober", "shop/db"), "denied");
    assert.equal(given([baseline(pass, "p", 1), baseline(deny, "d", 2)])("ops/prober", "shop/db"), "allowed");
  });

  it("rule 22: a NetworkPolicy that selects the pod in a direction has the last word there, and Baseline is not asked", () => {
    const deny = `ingress: [{action: Deny, from: [${ALL}]}], egress: [{action: Deny, to: [${ALL}]}]`;
    const ask = given([baseline(deny), policy("{podSelector: {matchLabels: {app: db}}, ingress: [{}]}")]);
    assert.equal(ask("ops/prober", "shop/db"), "allowed");
    assert.equal(ask("ops/prober", "shop/web"), "denied");
    assert.equal(ask("shop/db", "ops/prober"), "denied");
    const accepts = baseline(`ingress: [{action: Accept, from: [${ALL}]}]`);
    assert.equal(given([accepts, policy("{podSelector: {}}")])("ops/prober", "shop/db"), "denied");
  });

  it("rule 23: Accept speaks for its own end alone", () => {
    const out = admin(`egress: [{action: Accept, to: [${ALL}]}]`);
    const into = policy("{podSelector: {}}", "into", "ops");
    assert.equal(given([out, into])("shop/web", "ops/prober"), "denied");
    const accepted = admin(`ingress: [{action: Accept, from: [${ALL}]}]`);
    const shut = policy("{podSelector: {}, policyTypes: [Egress]}", "shut", "ops");
    assert.equal(given([accepted, shut])("ops/prober", "shop/db"), "denied");
  });

  it("rule 24: peers must be listed, with one field each", () => {
    assert.throws(() => given([admin("ingress: [{action: Deny, from: []}]")]), /PC112/);
    assert.throws(() => given([admin("ingress: [{action: Deny}]")]), /from/);
    assert.throws(
      () => given([admin("ingress: [{action: Deny, from: [{namespaces: {}, pods: {podSelector: {}}}]}]")]),
      /PC114/,
    );
    assert.throws(() => given([admin("ingress: [{action: Deny, from: [{networks: [10.0.0.0/8]}]}]")]), /networks/);
  });

  it("rule 24: a field of a newer API fails closed: Deny and Pass deny everything, Accept matches nothing", () => {
    const behind = `{action: Accept, from: [${ALL}]}`;
    const ask = (action: string, peer: string, ports = ""): Ask =>
      given([admin(`ingress: [{action: ${action}, from: [${peer}]${ports}}, ${behind}]`), policy("{podSelector: {}}")]);
    for (const action of ["Deny", "Pass"]) {
      const denied = ask(action, "{identity: {id: x}}");
      assert.equal(denied("ops/prober", "shop/db"), "denied", action);
      assert.equal(denied(FAR, "shop/db"), "denied", action);
      assert.equal(ask(action, ALL, ", protocols: [{quic: {}}]")("ops/prober", "shop/db"), "denied", action);
    }
    assert.equal(ask("Accept", "{identity: {id: x}}")("ops/prober", "shop/db"), "allowed");
    assert.equal(ask("Accept", "{identity: {id: x}}")(FAR, "shop/db"), "denied");
    assert.deepEqual(warnings(admin("ingress: [{action: Deny, from: [{identity: {id: x}}]}]")), ["PC124"]);
  });

  it("rule 25: networks match pods too, and every protocol of their family; pods and namespaces match no addresses", () => {
    const networks = given([admin("egress: [{action: Deny, to: [{networks: [0.0.0.0/0]}]}]")]);
    assert.equal(networks("shop/web", "shop/db"), "denied");
    assert.equal(networks("shop/web", "shop/db:/icmp"), "denied");
    assert.equal(networks("shop/web", FAR), "denied");
    assert.equal(networks("shop/web", "shop/db", 6), "allowed");
    const outsideOnly = given([admin("egress: [{action: Deny, to: [{networks: [0.0.0.0/0]}]}]")], {
      assumptions: { "cidr-matches-pods": "no" },
    });
    assert.equal(outsideOnly("shop/web", "shop/db"), "allowed");
    const everyone = given([
      admin(`egress: [{action: Deny, to: [${ALL}]}]`),
      networkSet("s", "{}", "[198.51.100.0/24]", "ops"),
    ]);
    assert.equal(everyone("shop/web", FAR), "allowed");
    assert.equal(everyone("shop/web", "172.18.0.2"), "allowed");
  });

  it("rule 26: nodes are the addresses in their status; a port name takes its protocol from the pod", () => {
    const node = `
apiVersion: v1
kind: Node
metadata: {name: n3, labels: {role: control}}
status: {addresses: [{type: InternalIP, address: 172.18.0.3}, {type: ExternalIP, address: 203.0.113.3}]}`;
    const ask = given([node, admin("egress: [{action: Deny, to: [{nodes: {matchLabels: {role: control}}}]}]")]);
    assert.equal(ask("shop/web", "172.18.0.3"), "denied");
    assert.equal(ask("shop/web", "203.0.113.3"), "denied");
    assert.equal(ask("shop/web", "172.18.0.2"), "allowed");
    const named = given([admin(`ingress: [{action: Deny, from: [${ALL}], protocols: [{destinationNamedPort: dns}]}]`)]);
    assert.equal(named("ops/prober", "shop/db:53/udp"), "denied");
    assert.equal(named("ops/prober", "shop/db:53/tcp"), "allowed");
    for (const peer of ["networks: [10.0.0.0/8]", "nodes: {}", "domainNames: [a.example]"]) {
      const rule = `egress: [{action: Accept, to: [{${peer}}], protocols: [{destinationNamedPort: dns}]}]`;
      assert.throws(() => given([admin(rule)]), /PC114.*named port/s, peer);
    }
  });

  it("rule 26: which labels and addresses a node has that only pods speak of is not known", () => {
    const guest = `
apiVersion: v1
kind: Pod
metadata: {name: guest, namespace: ops}
spec: {nodeName: n9, containers: [{name: main, image: app}]}
status: {phase: Running, hostIP: 172.18.0.9, podIP: 10.0.9.1}`;
    for (const peer of ["{nodes: {matchLabels: {role: control}}}", "{nodes: {}}"]) {
      const verdict = verdictIn([guest, admin(`egress: [{action: Deny, to: [${peer}]}]`)], "shop/web", "172.18.0.9");
      assert.equal(verdict.kind, "undecided");
      assert.deepEqual(missingIn(verdict), ["the labels and addresses of node/n9, which is not in the input"]);
    }
    const others = [guest, admin(`egress: [{action: Deny, to: [${ALL}]}]`)];
    assert.equal(verdictIn(others, "shop/web", "172.18.0.9").kind, "allowed");
  });

  it("rule 27: what a domain name resolves to is not known, and the answer names it", () => {
    const objects = [
      admin(
        "egress: [{action: Accept, to: [{domainNames: ['*.example.org', a.example]}]}, {action: Deny, to: [{networks: [0.0.0.0/0]}]}]",
      ),
    ];
    const verdict = verdictIn(objects, "shop/web", `${FAR}:443`);
    assert.equal(verdict.kind, "undecided");
    assert.match(missingIn(verdict).join(), /which addresses \*\.example\.org, a\.example resolves to/);
    assert.throws(() => given([admin("egress: [{action: Deny, to: [{domainNames: [a.example]}]}]")]), /PC114/);
    // Where the outcome is the same either way nothing is missing.
    const same = [admin("egress: [{action: Accept, to: [{domainNames: [a.example]}]}]")];
    assert.equal(verdictIn(same, "shop/web", `${FAR}:443`).kind, "allowed");
  });

  it("rule 28: the older kinds mean the same in their own words, and are told to be old", () => {
    const ports = "ports: [{portNumber: {protocol: TCP, port: 80}}]";
    const old = elder(
      "AdminNetworkPolicy",
      `ingress: [{action: Deny, from: [{namespaces: {}}], ${ports}}, {action: Allow, from: [{namespaces: {}}]}]`,
    );
    const ask = given([old, policy("{podSelector: {}}")]);
    assert.equal(ask("ops/prober", "shop/db:80"), "denied");
    assert.equal(ask("ops/prober", "shop/db:81"), "allowed");
    assert.ok(warnings(old).includes("PC125"));
    const last = elder("BaselineAdminNetworkPolicy", "ingress: [{action: Deny, from: [{namespaces: {}}]}]");
    assert.equal(given([last])("ops/prober", "shop/db"), "denied");
    assert.equal(
      given([last, policy("{podSelector: {matchLabels: {app: db}}, ingress: [{}]}")])("ops/prober", "shop/db"),
      "allowed",
    );
    // It stands behind every Baseline policy that has a priority.
    const accept = baseline(`ingress: [{action: Accept, from: [${ALL}]}]`, "b", 999);
    assert.equal(given([last, accept])("ops/prober", "shop/db"), "allowed");
  });

  it("rule 28: a protocol without a port is refused, where older texts took it for all ports", () => {
    assert.throws(
      () => given([admin(`ingress: [{action: Deny, from: [${ALL}], protocols: [{tcp: {}}]}]`)]),
      /1.*65535|destinationPort/,
    );
    assert.throws(
      () =>
        given([
          admin(
            `ingress: [{action: Deny, from: [${ALL}], protocols: [{tcp: {destinationPort: {range: {start: 80, end: 80}}}}]}]`,
          ),
        ]),
      /PC112/,
    );
  });

  it("rule 29: host-network pods are no subjects, and a direction without rules is not spoken of", () => {
    const host = pod("shop", "agent", "n2", "172.18.0.2", "fd00::ffff", "{app: agent}").replace(
      "nodeName: n2",
      "nodeName: n2, hostNetwork: true",
    );
    const deny = admin(`ingress: [{action: Deny, from: [${ALL}]}]`);
    const ask = given([host, deny]);
    assert.equal(ask("ops/prober", "172.18.0.2"), "allowed");
    assert.equal(ask("ops/prober", "shop/db"), "denied");
    assert.equal(ask("shop/db", "ops/prober"), "allowed");
  });
});
