/** The numbered rules of Calico's policies, each held against the oracle from manifests. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { situationFrom } from "../situation/situation.fixture.ts";
import { type Ask, calico, calicoGlobal, CLUSTER, cluster, given, networkSet, pod, policy } from "./shop.fixture.ts";
import { missingAt } from "./verdict.ts";
import { verdictOf } from "./verdict.fixture.ts";

/** Rules about what packets meet elsewhere than in a pod's policy. */
const ELSEWHERE: Readonly<Record<number, string>> = {
  14: "the kernel program",
  15: "the kernel program",
  16: "the kernel program",
  17: "host endpoints",
  18: "host endpoints",
  20: "the kernel program",
  27: "host endpoints",
  30: "the kernel program",
};

const held = new Set<number>();

/** States a fact about a numbered rule. */
function rule(number: number, fact: string, body: () => void): void {
  held.add(number);
  it(`calico ${number}: ${fact}`, body);
}

const DB = "selector: app == 'db'";
const WEB = "selector: app == 'web'";
const FAR = "198.51.100.7";

describe("docs/semantics.md, Calico", () => {
  rule(1, "a policy governs the directions of its types; the other direction is left to the profile", () => {
    const ask = given([calico(`${WEB}, ingress: [{action: Deny}]`)]);
    assert.equal(ask("shop/db", "shop/web"), "denied");
    assert.equal(ask("shop/web", "shop/db"), "allowed");
    const inert = given([calico(`${WEB}, types: [Ingress], egress: [{action: Deny}]`)]);
    assert.equal(inert("shop/web", "shop/db"), "allowed");
  });

  rule(2, "a tier's default action meets only endpoints that a policy of the tier governs in that direction", () => {
    const tier = calicoGlobal("order: 1", "t", "Tier");
    const into = `tier: t, ${WEB}, ingress: [{action: Allow, source: {nets: [198.51.100.0/24]}}]`;
    const ask = given([tier, calicoGlobal(into, "t.g")]);
    assert.equal(ask(FAR, "shop/web"), "allowed");
    assert.equal(ask("shop/db", "shop/web"), "denied");
    assert.equal(ask("shop/web", "shop/db"), "allowed");
    assert.equal(ask("shop/web", "ops/prober"), "allowed");
    const staged = given([tier, calicoGlobal(into, "t.g", "StagedGlobalNetworkPolicy")]);
    assert.equal(staged("shop/db", "shop/web"), "allowed");
    const passing = given([tier.replace("order: 1", "order: 1, defaultAction: Pass"), calicoGlobal(into, "t.g")]);
    assert.equal(passing("shop/db", "shop/web"), "allowed");
  });

  rule(3, "Log decides nothing, and a policy that only logs still isolates", () => {
    assert.equal(given([calico(`${DB}, ingress: [{action: Log}]`)])("shop/web", "shop/db"), "denied");
    const then = given([calico(`${DB}, ingress: [{action: Log}, {action: Allow}]`)]);
    assert.equal(then("shop/web", "shop/db"), "allowed");
  });

  rule(4, "Pass leaves the tier, and behind the last tier the namespace's profile allows", () => {
    assert.equal(given([calico(`${DB}, ingress: [{action: Pass}, {action: Deny}]`)])("shop/web", "shop/db"), "allowed");
    const first = calicoGlobal("order: 1", "t", "Tier");
    const pass = calicoGlobal(`tier: t, ${DB}, ingress: [{action: Pass}]`, "t.g");
    const deny = calico(`${DB}, ingress: [{action: Deny}]`);
    assert.equal(given([first, pass, deny])("shop/web", "shop/db"), "denied");
  });

  rule(
    5,
    "lower orders come first, none comes last, and names decide ties as one text with a slash behind them",
    () => {
      const two = (a: readonly [order: string, name: string], b: readonly [order: string, name: string]): string =>
        given([
          calico(`${a[0]}${DB}, ingress: [{action: Allow}]`, a[1]),
          calico(`${b[0]}${DB}, ingress: [{action: Deny}]`, b[1]),
        ])("shop/web", "shop/db");
      assert.equal(two(["order: -0.5, ", "z"], ["order: 0, ", "a"]), "allowed");
      assert.equal(two(["order: 0.5, ", "z"], ["order: 0.25, ", "a"]), "denied");
      assert.equal(two(["order: 1000000000, ", "z"], ["", "a"]), "allowed");
      assert.equal(two(["", "a"], ["", "b"]), "allowed");
      for (const [name, before] of [
        ["foo-1", true],
        ["foo.x", true],
        ["foo0", false],
      ] as const) {
        assert.equal(two(["", name], ["", "foo"]), before ? "allowed" : "denied", name);
      }
    },
  );

  rule(5, "all languages of a tier stand in one order, Kubernetes' own policies at 1000", () => {
    const kubernetes = policy("{podSelector: {matchLabels: {app: db}}, ingress: [{}]}");
    const at = (order: number): string =>
      given([kubernetes, calicoGlobal(`order: ${order}, ${DB}, ingress: [{action: Deny}]`)])("shop/web", "shop/db");
    assert.equal(at(999), "denied");
    assert.equal(at(1001), "allowed");
  });

  rule(6, "negative operators hold of what lacks the label, also of objects without a namespace", () => {
    const from = (side: string): Ask =>
      given([
        calicoGlobal(`${DB}, ingress: [{action: Allow, source: {${side}}}]`),
        networkSet("partner", "{kind: partner}", "[198.51.100.0/24]"),
      ]);
    for (const [side, fromWeb, fromSet] of [
      ["selector: nothing != 'x'", "allowed", "allowed"],
      ["selector: \"nothing not in {'x'}\"", "allowed", "allowed"],
      ["selector: '!has(nothing)'", "allowed", "allowed"],
      ["selector: tier != 'front'", "denied", "allowed"],
      ["selector: nothing == 'x'", "denied", "denied"],
      ["selector: \"kind in {'partner', 'x'}\"", "denied", "allowed"],
      ["selector: kind starts with 'part'", "denied", "allowed"],
      ["namespaceSelector: env != 'dev'", "allowed", "allowed"],
      ["namespaceSelector: has(projectcalico.org/name) && env != 'dev'", "allowed", "denied"],
      ["namespaceSelector: all()", "allowed", "denied"],
      ["namespaceSelector: global()", "denied", "allowed"],
    ] as const) {
      const ask = from(side);
      assert.equal(ask("shop/web", "shop/db"), fromWeb, side);
      assert.equal(ask(FAR, "shop/db"), fromSet, side);
      assert.equal(ask("203.0.113.9", "shop/db"), "denied", `${side}, from an address nobody bears`);
    }
  });

  rule(
    7,
    "notSelector also matches addresses that nothing known bears, but in a namespaced policy only its own",
    () => {
      const global = given([calicoGlobal(`${DB}, ingress: [{action: Allow, source: {notSelector: app == 'web'}}]`)]);
      assert.equal(global(FAR, "shop/db"), "allowed");
      assert.equal(global("ops/prober", "shop/db"), "allowed");
      assert.equal(global("shop/web", "shop/db"), "denied");
      const own = given([calico(`${DB}, ingress: [{action: Allow, source: {notSelector: app == 'db'}}]`)]);
      assert.equal(own("shop/web", "shop/db"), "allowed");
      assert.equal(own("ops/prober", "shop/db"), "denied");
      assert.equal(own(FAR, "shop/db"), "denied");
    },
  );

  rule(8, "all() in a rule means known endpoints, in a namespaced policy those of its namespace", () => {
    const own = given([calico(`${DB}, ingress: [{action: Allow, source: {selector: all()}}]`)]);
    assert.equal(own("shop/web", "shop/db"), "allowed");
    assert.equal(own("ops/prober", "shop/db"), "denied");
    const everywhere = given([calicoGlobal(`${DB}, ingress: [{action: Allow, source: {selector: all()}}]`)]);
    assert.equal(everywhere("ops/prober", "shop/db"), "allowed");
    assert.equal(everywhere(FAR, "shop/db"), "denied");
    const nobody = given([calico(`${DB}, ingress: [{action: Allow, source: {}}]`)]);
    assert.equal(nobody(FAR, "shop/db"), "allowed");
  });

  rule(9, "nets alone know no namespace; beside a selector the same address must be both", () => {
    const nets = given([calico(`${DB}, ingress: [{action: Allow, source: {nets: [10.0.2.0/24]}}]`)]);
    assert.equal(nets("ops/prober", "shop/db"), "allowed");
    const both = given([
      calico(`${DB}, ingress: [{action: Allow, source: {nets: [10.0.2.0/24], namespaceSelector: all()}}]`),
      networkSet("wide", "{}", "[10.0.2.0/23]"),
    ]);
    assert.equal(both("ops/prober", "shop/db"), "allowed");
    assert.equal(both("shop/web", "shop/db"), "denied");
    assert.equal(both("10.0.2.77", "shop/db"), "denied");
  });

  rule(10, "network sets are sources and destinations; an address is whatever of all that bears it", () => {
    const sets = [
      networkSet("a", "{kind: partner}", "[198.51.100.0/24]"),
      networkSet("b", "{kind: banned}", "['198.51.100.7', 203.0.113.0/24]"),
      networkSet("own", "{kind: partner}", "[192.0.2.1]", "ops"),
    ];
    const from = (side: string): Ask =>
      given([...sets, calicoGlobal(`${DB}, ingress: [{action: Allow, source: {${side}}}]`)]);
    assert.equal(from("selector: kind == 'partner'")(FAR, "shop/db"), "allowed");
    assert.equal(from("selector: kind == 'banned'")(FAR, "shop/db"), "allowed");
    assert.equal(from("notSelector: kind == 'banned'")(FAR, "shop/db"), "denied");
    assert.equal(from("notSelector: kind == 'banned'")("198.51.100.8", "shop/db"), "allowed");
    assert.equal(from("selector: kind == 'partner', notSelector: kind == 'banned'")(FAR, "shop/db"), "allowed");
    assert.equal(from("namespaceSelector: team == 'red'")("192.0.2.1", "shop/db"), "allowed");
    const out = given([...sets, calico(`${WEB}, egress: [{action: Allow, destination: {${DB}}}]`)]);
    assert.equal(out("shop/web", FAR), "denied");
  });

  const slice = `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: db-1, namespace: shop, labels: {kubernetes.io/service-name: db}}
addressType: IPv4
endpoints: [{addresses: [10.0.2.1], conditions: {ready: false, serving: false, terminating: true}}, {addresses: [198.51.100.7]}]
ports: [{port: 5432, protocol: TCP}]`;
  const service = `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: 10.96.0.7, ports: [{port: 80, targetPort: 5432}]}`;

  rule(11, "a Service as destination is its endpoints with their target ports, ready or not, after translation", () => {
    const ask = given([
      slice,
      service,
      calico(`${WEB}, egress: [{action: Allow, destination: {services: {name: db, namespace: shop}}}]`),
    ]);
    assert.equal(ask("shop/web", "shop/db:5432"), "allowed");
    assert.equal(ask("shop/web", "198.51.100.7:5432"), "allowed");
    assert.equal(ask("shop/web", "shop/db:80"), "denied");
    assert.equal(ask("shop/web", "shop/db:5432/udp"), "denied");
    assert.equal(ask("shop/web", "shop/db:/icmp"), "denied");
  });

  rule(11, "a Service as source is its addresses, whatever their ports", () => {
    const source = "source: {services: {name: db, namespace: shop}}";
    const ask = given([slice, calico(`${WEB}, ingress: [{action: Allow, ${source}}]`)]);
    assert.equal(ask("shop/db", "shop/web:9"), "allowed");
    assert.equal(ask("shop/db", "shop/web:/icmp"), "allowed");
    assert.equal(ask(FAR, "shop/web:80/udp"), "allowed");
    assert.equal(ask("ops/prober", "shop/web:5432"), "denied");
  });

  rule(12, "a port name counts with the protocol the pod gives it, and for pods the rule selects there", () => {
    const out = (side: string, protocol = ""): Ask =>
      given([calicoGlobal(`${WEB}, egress: [{action: Allow, ${protocol}destination: {${side}}}]`)]);
    const named = out("ports: [sql, dns]");
    assert.equal(named("shop/web", "shop/db:5432"), "allowed");
    assert.equal(named("shop/web", "shop/db:53/udp"), "allowed");
    assert.equal(named("shop/web", "shop/db:53/tcp"), "denied");
    assert.equal(named("shop/web", "198.51.100.7:5432"), "denied");
    assert.equal(out("ports: [dns]", "protocol: TCP, ")("shop/web", "shop/db:53/udp"), "denied");
    assert.equal(out("selector: app == 'prober', ports: [sql]")("shop/web", "shop/db:5432"), "denied");
    const mixed = out("ports: [sql, 80, '8000:8010']", "protocol: TCP, ");
    for (const [port, verdict] of [
      [5432, "allowed"],
      [80, "allowed"],
      [8010, "allowed"],
      [8011, "denied"],
    ] as const) {
      assert.equal(mixed("shop/web", `shop/db:${port}`), verdict);
    }
  });

  rule(13, "notPorts beside a protocol speaks of that protocol alone; without one it takes names only", () => {
    const but = given([calico(`${DB}, ingress: [{action: Allow, protocol: TCP, destination: {notPorts: [22]}}]`)]);
    assert.equal(but("shop/web", "shop/db:80"), "allowed");
    assert.equal(but("shop/web", "shop/db:22"), "denied");
    assert.equal(but("shop/web", "shop/db:80/udp"), "denied");
    assert.equal(but("shop/web", "shop/db:/icmp"), "denied");
    const named = given([calico(`${DB}, ingress: [{action: Allow, destination: {notPorts: [sql]}}]`)]);
    assert.equal(named("shop/web", "shop/db:5432"), "denied");
    assert.equal(named("shop/web", "shop/db:5433"), "allowed");
    assert.equal(named("shop/web", "shop/db:5432/udp"), "allowed");
    assert.throws(() => given([calico("ingress: [{action: Allow, destination: {notPorts: [22]}}]")]), /protocol/);
  });

  rule(19, "policy judges who opens a connection; replies need no rule", () => {
    const ask = given([
      calico(`${DB}, types: [Ingress, Egress], ingress: [{action: Allow, source: {${WEB}}}]`),
      calico(`${WEB}, types: [Ingress]`, "web"),
    ]);
    assert.equal(ask("shop/web", "shop/db"), "allowed");
    assert.equal(ask("shop/db", "shop/web"), "denied");
  });

  rule(21, "the names ICMP and ICMPv6 mean one IP version each, their numbers mean none", () => {
    const deny = (protocol: string): Ask =>
      given([calico(`${DB}, ingress: [{action: Deny, protocol: ${protocol}}, {action: Allow}]`)]);
    assert.equal(deny("ICMP")("shop/web", "shop/db:/icmp"), "denied");
    assert.equal(deny("ICMP")("shop/web", "shop/db:/58", 6), "allowed");
    assert.equal(deny("ICMPv6")("shop/web", "shop/db:/58", 6), "denied");
    assert.equal(deny("ICMPv6")("shop/web", "shop/db:/icmp"), "allowed");
    assert.equal(deny("1")("shop/web", "shop/db:/1"), "denied");
    const echo = given([calico(`${DB}, ingress: [{action: Allow, protocol: ICMP, icmp: {type: 8}}]`)]);
    assert.equal(echo("shop/web", "shop/db:/icmp.8"), "allowed");
    assert.equal(echo("shop/web", "shop/db:/icmp.13"), "denied");
    const but = given([calico(`${DB}, ingress: [{action: Allow, protocol: ICMP, notICMP: {type: 3, code: 1}}]`)]);
    assert.equal(but("shop/web", "shop/db:/icmp.3.1"), "denied");
    assert.equal(but("shop/web", "shop/db:/icmp.3.2"), "allowed");
  });

  rule(22, "a rule with CIDRs of one IP version does not exist for the other", () => {
    const deny = given([calico(`${DB}, ingress: [{action: Deny, source: {nets: [0.0.0.0/0]}}, {action: Allow}]`)]);
    assert.equal(deny("shop/web", "shop/db", 4), "denied");
    assert.equal(deny("shop/web", "shop/db", 6), "allowed");
    const but = given([calico(`${DB}, ingress: [{action: Allow, source: {notNets: [10.9.0.0/16]}}]`)]);
    assert.equal(but("shop/web", "shop/db", 4), "allowed");
    assert.equal(but("shop/web", "shop/db", 6), "denied");
  });

  rule(23, "policies of Kubernetes keep their own meaning beside Calico's: their selectors see pods only", () => {
    const set = networkSet("own", "{app: web}", "[198.51.100.0/24]", "shop");
    const kubernetes = given([
      set,
      policy("{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{namespaceSelector: {}}]}]}"),
    ]);
    assert.equal(kubernetes("ops/prober", "shop/db"), "allowed");
    assert.equal(kubernetes(FAR, "shop/db"), "denied");
    const denies =
      "tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]";
    const admin = given([set, cluster(denies)]);
    assert.equal(admin("ops/prober", "shop/db"), "denied");
    assert.equal(admin(FAR, "shop/db"), "allowed");
    const entry = given([policy("{podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{}]}]}")]);
    assert.equal(entry("shop/web", "shop/db:1"), "allowed");
    assert.equal(entry("shop/web", "shop/db:1/udp"), "denied");
  });

  rule(24, "types that are absent follow the rules, or are both where an object was written past the API", () => {
    const verdicts = (text: string): readonly string[] => {
      const ask = given([text]);
      return [ask("shop/db", "shop/web"), ask("shop/web", "shop/db")];
    };
    const past = (text: string): string => text.replace("projectcalico.org/v3", "crd.projectcalico.org/v1");
    assert.deepEqual(verdicts(calico(WEB)), ["denied", "allowed"]);
    assert.deepEqual(verdicts(calico(`${WEB}, egress: [{action: Deny}]`)), ["allowed", "denied"]);
    assert.deepEqual(verdicts(calico(`${WEB}, ingress: [{action: Allow}], egress: [{action: Deny}]`)), [
      "allowed",
      "denied",
    ]);
    assert.deepEqual(verdicts(past(calico(WEB))), ["denied", "denied"]);
    assert.deepEqual(verdicts(past(calico(`${WEB}, egress: [{action: Allow}]`))), ["denied", "allowed"]);
  });

  rule(25, "a tier that nobody defines comes last and ends in denial", () => {
    const lost = calicoGlobal(`tier: lost, ${DB}, ingress: [{action: Allow, protocol: TCP}]`, "lost.g");
    assert.equal(given([lost])("shop/web", "shop/db:80"), "allowed");
    assert.equal(given([lost])("shop/web", "shop/db:80/udp"), "denied");
    const before = calico(`${DB}, ingress: [{action: Allow}]`);
    assert.equal(given([lost, before])("shop/web", "shop/db:80/udp"), "allowed");
  });

  rule(25, "a policy that cannot be read is not passed over: the answer is open, and names it", () => {
    const broken = calico(`${DB}, ingress: [{action: Deny, source: {selector: app = 'web'}}]`, "broken");
    assert.throws(() => given([broken]), /PC112/);
    const situation = situationFrom([CLUSTER, broken].join("\n---"), { skipUnreadable: true });
    const verdict = verdictOf(situation, "shop/web", "shop/db");
    assert.equal(verdict.kind, "undecided");
    assert.ok(
      verdict.deciding && missingAt(verdict.deciding).some(({ text }) => /NetworkPolicy shop\/broken/.test(text)),
    );
  });

  rule(26, "a node reaches its own pods; whether its pods reach it is a switch; host-network pods are hosts", () => {
    const shut = [calico("types: [Ingress, Egress]"), calico("selector: all()", "open", "StagedNetworkPolicy")];
    const ask = given(shut);
    assert.equal(ask("172.18.0.1", "shop/web"), "allowed");
    assert.equal(ask("172.18.0.2", "shop/web"), "denied");
    assert.equal(ask("shop/web", "172.18.0.1"), "allowed");
    assert.equal(given(shut, { assumptions: { "pod-to-own-node": "judge" } })("shop/web", "172.18.0.1"), "denied");
    const open = { assumptions: { "pod-to-own-node": "drop" } } as const;
    assert.equal(given([], open)("shop/web", "172.18.0.1"), "denied");
    assert.equal(given([], open)("172.18.0.1", "shop/web"), "allowed");
    const agent = pod("shop", "agent", "n2", "172.18.0.2", "fd00::ffff", "{app: web}").replace(
      "nodeName: n2",
      "nodeName: n2, hostNetwork: true",
    );
    const fromWeb = given([agent, calico(`${DB}, ingress: [{action: Allow, source: {${WEB}}}]`)]);
    assert.equal(fromWeb("shop/web", "shop/db"), "allowed");
    const toProber = given([
      agent,
      calicoGlobal(
        "selector: app == 'prober', ingress: [{action: Deny, source: {selector: app == 'web'}}, {action: Allow}]",
      ),
    ]);
    assert.equal(toProber("shop/web", "ops/prober"), "denied");
    assert.equal(toProber("172.18.0.1", "ops/prober"), "allowed");
  });

  rule(28, "what is staged is neither enforced nor lets its tier apply", () => {
    const tier = calicoGlobal("order: 1", "t", "Tier");
    const staged = calicoGlobal(`tier: t, ${DB}, ingress: [{action: Deny}]`, "t.g", "StagedGlobalNetworkPolicy");
    assert.equal(given([tier, staged])("shop/web", "shop/db"), "allowed");
  });

  rule(29, "labels that Calico keeps to itself cannot be forged, on pods or on network sets", () => {
    const forger = pod(
      "ops",
      "forger",
      "n1",
      "10.0.1.66",
      "fd00::1:66",
      "{pcns.env: prod, projectcalico.org/namespace: shop, pcsa.role: admin, projectcalico.org/serviceaccount: boss}",
    );
    const set = networkSet("forger", "{pcns.env: prod, pcns.team: x}", "[198.51.100.0/24]");
    for (const side of [
      "namespaceSelector: env == 'prod'",
      "selector: pcns.env == 'prod'",
      "selector: projectcalico.org/namespace == 'shop'",
      "selector: projectcalico.org/serviceaccount == 'boss'",
      "serviceAccounts: {names: [boss]}",
    ]) {
      const ask = given([forger, set, calicoGlobal(`${DB}, ingress: [{action: Allow, source: {${side}}}]`)]);
      assert.equal(ask("ops/forger", "shop/db"), "denied", side);
      assert.equal(ask(FAR, "shop/db"), "denied", side);
    }
    const real = given([calicoGlobal(`${DB}, ingress: [{action: Allow, source: {selector: pcns.env == 'prod'}}]`)]);
    assert.equal(real("shop/web", "shop/db"), "allowed");
    assert.equal(real("ops/prober", "shop/db"), "denied");
  });

  rule(31, "case counts, in protocol names and in label values", () => {
    assert.throws(() => given([calico("ingress: [{action: Allow, protocol: tcp}]")]), /PC112/);
    const ask = given([calico(`${DB}, ingress: [{action: Allow, source: {selector: app == 'Web'}}]`)]);
    assert.equal(ask("shop/web", "shop/db"), "denied");
  });

  rule(32, "what only a request tells, its path or method, is undecided and names the rule", () => {
    const http = "http: {methods: [GET], paths: [{prefix: /pub}]}";
    const text = [CLUSTER, calico(`${DB}, ingress: [{action: Allow, protocol: TCP, ${http}}]`, "l7")].join("\n---");
    const verdict = verdictOf(situationFrom(text), "shop/web", "shop/db:80");
    assert.equal(verdict.kind, "undecided");
    assert.deepEqual(
      verdict.stages.flatMap(missingAt).map((fact) => fact.text),
      [
        "whether the request is one that the http match of NetworkPolicy shop/l7 (projectcalico.org) spec.ingress[0] means",
      ],
    );
    assert.equal(verdictOf(situationFrom(text), "shop/web", "shop/db:80/udp").kind, "denied");
  });

  it("has 32 rules: each is held here, or elsewhere for a reason", (t) => {
    for (const [number, where] of Object.entries(ELSEWHERE)) t.diagnostic(`calico ${number} concerns ${where}`);
    const covered = [...held, ...Object.keys(ELSEWHERE).map(Number)].sort((a, b) => a - b);
    assert.deepEqual(covered, statements("Calico"));
    assert.equal(covered.length, 32);
  });

  it("follows on 29 rules about Kubernetes' own policies", () => {
    const rules = [...statements("Kubernetes NetworkPolicy v1"), ...statements("Cluster policies")];
    assert.deepEqual(
      rules,
      Array.from({ length: 29 }, (_, i) => i + 1),
    );
  });
});

/** The numbers of the statements in a part of docs/semantics.md. */
function statements(part: string): readonly number[] {
  const document = readFileSync(fileURLToPath(new URL("../../../docs/semantics.md", import.meta.url)), "utf8");
  const text = document.split(/^## /m).find((section) => section.startsWith(`${part}\n`)) ?? "";
  return [...text.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number));
}
