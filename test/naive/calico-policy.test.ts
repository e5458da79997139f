import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import type { RawEntity, RawCalicoRule } from "./calico-objects.ts";
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
  ping,
  pod,
  policy,
  sctp,
  tcp,
  udp,
} from "./two-namespaces.ts";
import { naiveVerdict } from "./verdict.ts";
import {
  allowFrom,
  clusterPolicy,
  clusterEgress,
  clusterIngress,
  global,
  namespaced,
  networkSet,
  object,
  ontoAll,
  ontoShop,
  serviceAccount,
  tier,
} from "./written-policies.ts";

const ping6 = { source: "2001:db8::1", destination: WEB6, protocol: "ICMPv6", icmpType: 128, icmpCode: 0 } as const;
const everything: RawCalicoRule = { action: "Allow" };
const PARTNER = "198.51.100.9";

function refuses(message: RegExp, ...rules: readonly RawCalicoRule[]): void {
  for (const rule of rules) assert.throws(() => naiveVerdict([...cluster, ontoAll(rule)], tcp(DB, WEB)), message);
}

function withHttp(path: string, address: string, port: number, labels = {}, protocol = "TCP"): RawObject {
  const ports = [{ name: "http", containerPort: port, protocol }];
  return pod(path, labels, [address], "node-b", { containers: [{ name: "c", ports }] });
}

describe("gotchas of Calico policy", () => {
  test("1: an Ingress-only policy leaves egress to the profile", () => {
    const objects = [...cluster, namespaced("shop/p", { types: ["Ingress"] })];
    denies(objects, tcp(DB, WEB), tcp(OUTSIDE, WEB));
    allows(objects, tcp(WEB, DB), tcp(WEB, OUTSIDE));
  });

  test("1: rules in a direction that types does not list are inert", () => {
    const objects = [...cluster, namespaced("shop/p", { types: ["Egress"], egress: [everything], ingress: [] })];
    allows(objects, tcp(DB, WEB), tcp(WEB, DB));
    const dead = [...cluster, namespaced("shop/p", { types: ["Ingress"], egress: [{ action: "Deny" }] })];
    allows(dead, tcp(WEB, DB));
  });

  test("2: a tier's default action fires only where a policy of it selects the pod in that direction", () => {
    const strict = tier("strict", 10);
    const onWeb = global("p", { tier: "strict", selector: "app == 'web'", types: ["Ingress"] });
    denies([...cluster, strict, onWeb], tcp(DB, WEB));
    allows([...cluster, strict, onWeb], tcp(DB, CART), tcp(WEB, DB));
    allows([...cluster, strict], tcp(DB, WEB));
    allows([...cluster, tier("lenient", 10, "Pass"), global("p", { tier: "lenient" })], tcp(DB, WEB));
  });

  test("2: tiers speak by order, then by name; the built-in ones at their places; one without order last", () => {
    const denyIn = (name: string) => global(`deny-${name}`, { tier: name, ingress: [{ action: "Deny" }] });
    const allowIn = (name: string) => global(`allow-${name}`, { tier: name, ingress: [everything] });
    allows([...cluster, tier("a", 2), tier("b", 1), denyIn("a"), allowIn("b")], tcp(DB, WEB));
    denies([...cluster, tier("a", 1), tier("b", 1), denyIn("a"), allowIn("b")], tcp(DB, WEB));
    denies([...cluster, tier("a", 1001), denyIn("kube-admin"), allowIn("a")], tcp(DB, WEB));
    allows([...cluster, tier("a", 999), denyIn("kube-admin"), allowIn("a")], tcp(DB, WEB));
    allows([...cluster, tier("a", undefined), denyIn("a"), allowIn("kube-baseline")], tcp(DB, WEB));
    allows([...cluster, tier("kube-admin", 9e9, "Deny"), denyIn("default"), allowIn("kube-admin")], tcp(DB, WEB));
  });

  test("3: Log decides nothing, and a policy of Log alone ends in the tier's deny", () => {
    denies([...cluster, ontoShop({ action: "Log" })], tcp(DB, WEB));
    allows([...cluster, ontoShop({ action: "Log" }, everything)], tcp(DB, WEB));
    denies([...cluster, ontoShop({ action: "Log" }, { action: "Deny" }, everything)], tcp(DB, WEB));
  });

  test("4: Pass goes on with the next tier, and after the last one the namespace allows", () => {
    allows([...cluster, ontoShop({ action: "Pass" }, { action: "Deny" })], tcp(DB, WEB));
    const last = global("base", { tier: "kube-baseline", ingress: [{ action: "Deny" }] });
    denies([...cluster, ontoShop({ action: "Pass" }), last], tcp(DB, WEB));
    denies([...cluster, ontoAll({ action: "Pass" }), tier("t", 2e6), global("q", { tier: "t" })], tcp(DB, WEB));
  });

  test("5: lower orders come first, orders may be negative or fractional, and a missing one is last", () => {
    const deny = (order?: number) => namespaced("shop/a", { ...orderOf(order), ingress: [{ action: "Deny" }] });
    const allow = (order?: number) => namespaced("shop/b", { ...orderOf(order), ingress: [everything] });
    allows([...cluster, deny(0), allow(-1)], tcp(DB, WEB));
    allows([...cluster, deny(1.5), allow(1.25)], tcp(DB, WEB));
    allows([...cluster, deny(), allow(1e9)], tcp(DB, WEB));
    denies([...cluster, deny(2), allow(2)], tcp(DB, WEB));
  });

  test("5: equal orders go by the text name/namespace/kind, in which - and . come before /", () => {
    const deny = (name: string) => namespaced(`shop/${name}`, { order: 1, ingress: [{ action: "Deny" }] });
    const allow = (name: string) => namespaced(`shop/${name}`, { order: 1, ingress: [everything] });
    denies([...cluster, deny("foo-1"), allow("foo")], tcp(DB, WEB));
    denies([...cluster, deny("foo.x"), allow("foo")], tcp(DB, WEB));
    allows([...cluster, deny("foo0"), allow("foo")], tcp(DB, WEB));
    allows([...cluster, deny("p"), global("p", { order: 1, ingress: [everything] })], tcp(DB, WEB));
  });

  test("5: a Kubernetes NetworkPolicy stands at order 1000 under its own kind, and only allows", () => {
    const kubernetes = policy("shop", { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] });
    const deny = (order?: number, name = "q") =>
      namespaced(`shop/${name}`, { ...orderOf(order), ingress: [{ action: "Deny" }] });
    denies([...cluster, kubernetes, deny(999)], tcp(DB, WEB, 80));
    allows([...cluster, kubernetes, deny(1000)], tcp(DB, WEB, 80));
    allows([...cluster, kubernetes, deny(1000, "p")], tcp(DB, WEB, 80));
    denies([...cluster, kubernetes, deny(1000, "a")], tcp(DB, WEB, 80));
    allows([...cluster, kubernetes, deny()], tcp(DB, WEB, 80));
    allows([...cluster, kubernetes, namespaced("shop/q", { ingress: [everything] })], tcp(DB, WEB, 81));
  });

  test("6: != and not in and !has hold where the label is missing, also outside every namespace", () => {
    const partner = networkSet("partner", { role: "partner" }, `${PARTNER}/32`);
    for (const selector of ["env != 'prod'", "env not in {'prod'}", "!has(env)"]) {
      const objects = [...cluster, partner, ontoAll(allowFrom({ namespaceSelector: selector }))];
      allows(objects, tcp(DB, WEB), tcp(PARTNER, WEB));
      denies(objects, tcp(CART, WEB), tcp(OUTSIDE, WEB));
    }
    const guarded = ontoAll(allowFrom({ namespaceSelector: "has(projectcalico.org/name) && env != 'prod'" }));
    allows([...cluster, partner, guarded], tcp(DB, WEB));
    denies([...cluster, partner, guarded], tcp(PARTNER, WEB));
  });

  test("7: only notSelector matches addresses nobody knows", () => {
    allows([...cluster, ontoAll(allowFrom({ notSelector: "app == 'cart'" }))], tcp(OUTSIDE, WEB), tcp(DB, WEB));
    denies([...cluster, ontoAll(allowFrom({ notSelector: "app == 'cart'" }))], tcp(CART, WEB));
    denies([...cluster, ontoAll(allowFrom({ selector: "app != 'cart'" }))], tcp(OUTSIDE, WEB), tcp(CART, WEB));
  });

  test("7: notSelector in a namespaced policy is about pods of its own namespace", () => {
    const objects = [...cluster, ontoShop(allowFrom({ notSelector: "app == 'web'" }))];
    allows(objects, tcp(CART, WEB));
    denies(objects, tcp(OUTSIDE, WEB), tcp(DB, WEB), tcp(WEB, CART));
  });

  test("8: all() in a rule is every known address, and in a namespaced policy those of its namespace", () => {
    const objects = [...cluster, ontoAll(allowFrom({ selector: "all()" }))];
    allows(objects, tcp(DB, WEB), tcp(CART, WEB));
    denies(objects, tcp(OUTSIDE, WEB), tcp("172.18.0.2", WEB));
    allows([...cluster, ontoShop(allowFrom({ selector: "all()" }))], tcp(CART, WEB));
    denies([...cluster, ontoShop(allowFrom({ selector: "all()" }))], tcp(DB, WEB), tcp(OUTSIDE, WEB));
  });

  test("8: namespaceSelector takes the place of the own namespace", () => {
    const partner = networkSet("partner", {}, `${PARTNER}/32`);
    const from = (source: RawEntity) => [...cluster, partner, ontoShop(allowFrom(source))];
    allows(from({ namespaceSelector: "all()" }), tcp(DB, WEB), tcp(CART, WEB));
    denies(from({ namespaceSelector: "all()" }), tcp(PARTNER, WEB), tcp(OUTSIDE, WEB));
    allows(from({ namespaceSelector: "global()" }), tcp(PARTNER, WEB));
    denies(from({ namespaceSelector: "global()" }), tcp(DB, WEB), tcp(CART, WEB), tcp(OUTSIDE, WEB));
    allows(from({ namespaceSelector: "!has(env)", selector: "app == 'db'" }), tcp(DB, WEB));
    denies(from({ namespaceSelector: "env == 'prod'", selector: "app == 'db'" }), tcp(DB, WEB));
  });

  test("9: namespaceSelector does not widen or narrow nets: one address must be in both", () => {
    const nets = ["10.244.0.0/16"];
    allows([...cluster, ontoShop(allowFrom({ nets }))], tcp(DB, WEB));
    denies([...cluster, ontoShop(allowFrom({ nets }))], tcp(OUTSIDE, WEB));
    const both = [...cluster, ontoShop(allowFrom({ nets: ["10.244.2.0/24"], namespaceSelector: "all()" }))];
    allows(both, tcp(DB, WEB));
    denies(both, tcp(CART, WEB), tcp("10.244.2.99", WEB));
  });

  test("9: nets and notNets", () => {
    const objects = [...cluster, ontoAll(allowFrom({ nets: ["198.51.100.0/24"], notNets: [`${PARTNER}/32`] }))];
    allows(objects, tcp(OUTSIDE, WEB));
    denies(objects, tcp(PARTNER, WEB), tcp(DB, WEB));
  });

  test("10: network sets are sources and destinations, with the labels of their namespace", () => {
    const partner = networkSet("shop/partner", { role: "partner" }, "198.51.100.0/24", "203.0.113.5");
    const objects = [...cluster, partner, ontoShop(allowFrom({ selector: "role == 'partner'" }))];
    allows(objects, tcp(OUTSIDE, WEB), tcp("203.0.113.5", WEB));
    denies(objects, tcp("203.0.113.6", WEB));
    const byNamespace = ontoAll(allowFrom({ namespaceSelector: "env == 'prod'", selector: "!has(app)" }));
    allows([...cluster, partner, byNamespace], tcp(OUTSIDE, WEB));
    const elsewhere = networkSet("data/partner", { role: "partner" }, "198.51.100.0/24");
    denies([...cluster, elsewhere, ontoShop(allowFrom({ selector: "role == 'partner'" }))], tcp(OUTSIDE, WEB));
    const outward = global("p", { egress: [{ action: "Allow", destination: { selector: "role == 'partner'" } }] });
    allows([...cluster, partner, outward], tcp(WEB, OUTSIDE));
    denies([...cluster, partner, outward], tcp(WEB, DB));
  });

  test("10: where several objects bear an address, one of them must be all that is asked, none what is excluded", () => {
    const a = networkSet("a", { a: "1" }, "198.51.100.0/24");
    const b = networkSet("b", { b: "1" }, `${OUTSIDE}/32`, `${DB}/32`);
    const from = (source: RawEntity) => [...cluster, a, b, ontoAll(allowFrom(source))];
    allows(from({ selector: "has(a)" }), tcp(OUTSIDE, WEB), tcp(PARTNER, WEB));
    denies(from({ selector: "has(a) && has(b)" }), tcp(OUTSIDE, WEB));
    denies(from({ selector: "app == 'db' && has(b)" }), tcp(DB, WEB));
    allows(from({ selector: "!has(b)" }), tcp(OUTSIDE, WEB), tcp(DB, WEB));
    denies(from({ notSelector: "has(b)" }), tcp(OUTSIDE, WEB), tcp(DB, WEB));
    allows(from({ selector: "has(a)", notSelector: "has(b)" }), tcp(OUTSIDE, WEB));
  });

  test("10: a policy never applies to a network set, and rules see host endpoints by their expected addresses", () => {
    const whole = networkSet("whole", { app: "web" }, "0.0.0.0/0");
    const onWeb = global("p", { selector: "app == 'web'", ingress: [{ action: "Deny" }] });
    denies([...cluster, whole, onWeb], tcp(DB, WEB));
    allows([...cluster, whole, onWeb], tcp(WEB, DB));
    const spec = { node: "node-b", expectedIPs: ["172.18.0.2"] };
    const host = object("projectcalico.org/v3", "HostEndpoint", { name: "h", labels: { host: "b" } }, spec);
    const fromHost = [...cluster, host, ontoAll(allowFrom({ selector: "host == 'b'" }))];
    allows(fromHost, tcp("172.18.0.2", WEB));
    denies(fromHost, tcp("172.18.0.3", WEB));
    allows([...cluster, host, ontoAll(allowFrom({ namespaceSelector: "global()" }))], tcp("172.18.0.2", WEB));
    denies([...cluster, host, ontoShop(allowFrom({ selector: "host == 'b'" }))], tcp("172.18.0.2", WEB));
  });

  test("12: a named port counts per protocol, beside numbers and ranges, and only of the endpoints selected", () => {
    const one = withHttp("shop/one", "10.244.2.21", 8080, { app: "one" });
    const two = withHttp("shop/two", "10.244.2.22", 9090, { app: "two" });
    const to = (destination: RawEntity, more = {}) => [
      ...cluster,
      one,
      two,
      ontoAll({ action: "Allow", protocol: "TCP", destination, ...more }),
    ];
    const mixed = to({ ports: ["http", 25, "6040:6050"] });
    allows(mixed, tcp(DB, "10.244.2.21", 8080), tcp(DB, "10.244.2.22", 9090), tcp(DB, WEB, 25), tcp(DB, WEB, 6050));
    denies(mixed, tcp(DB, "10.244.2.22", 8080), tcp(DB, WEB, 8080), tcp(DB, WEB, 6051), udp(DB, WEB, 25));
    const filtered = to({ ports: ["http"], selector: "app == 'one'" });
    allows(filtered, tcp(DB, "10.244.2.21", 8080));
    denies(filtered, tcp(DB, "10.244.2.22", 9090));
    const anyProtocol = [...cluster, withHttp("shop/udp", "10.244.2.23", 53, {}, "UDP"), one];
    allows(
      [...anyProtocol, ontoAll({ action: "Allow", destination: { ports: ["http"] } })],
      udp(DB, "10.244.2.23", 53),
    );
    allows(
      [...anyProtocol, ontoAll({ action: "Allow", destination: { ports: ["http"] } })],
      tcp(DB, "10.244.2.21", 8080),
    );
    denies(
      [...anyProtocol, ontoAll({ action: "Allow", destination: { ports: ["http"] } })],
      tcp(DB, "10.244.2.23", 53),
    );
  });

  test("12: a source port may be named too", () => {
    const http = withHttp("shop/one", "10.244.2.21", 8080);
    const objects = [...cluster, http, ontoAll({ action: "Allow", protocol: "TCP", source: { ports: ["http"] } })];
    allows(objects, { ...tcp("10.244.2.21", WEB), sourcePort: 8080 });
    denies(objects, tcp("10.244.2.21", WEB), { ...tcp(DB, WEB), sourcePort: 8080 });
  });

  test("13: notPorts matches only the packets of its protocol", () => {
    const objects = [
      ...cluster,
      ontoAll({ action: "Allow", protocol: "TCP", destination: { notPorts: [80, "90:99"] } }),
    ];
    allows(objects, tcp(DB, WEB, 81), tcp(DB, WEB, 100));
    denies(objects, tcp(DB, WEB, 80), tcp(DB, WEB, 95), udp(DB, WEB, 81), ping(DB, WEB));
    const source = [...cluster, ontoAll({ action: "Allow", protocol: "UDP", source: { notPorts: [53] } })];
    allows(source, udp(DB, WEB));
    denies(source, { ...udp(DB, WEB), sourcePort: 53 });
  });

  test("21: the names ICMP and ICMPv6 mean one family each, their types and codes are matched or excluded", () => {
    const rule = (more: RawCalicoRule) => [...cluster, ontoAll(more)];
    allows(rule({ action: "Allow", protocol: "ICMP" }), ping(DB, WEB));
    denies(rule({ action: "Allow", protocol: "ICMP" }), ping6, tcp(DB, WEB));
    allows(rule({ action: "Allow", protocol: "ICMPv6" }), ping6);
    denies(rule({ action: "Allow", protocol: "ICMPv6" }), ping(DB, WEB));
    allows(rule({ action: "Allow", protocol: 1 }), ping(DB, WEB), { ...ping(DB, WEB), protocol: 1 });
    const echo = rule({ action: "Allow", protocol: "ICMP", icmp: { type: 8, code: 0 } });
    allows(echo, ping(DB, WEB));
    denies(echo, { ...ping(DB, WEB), icmpType: 13 }, { ...ping(DB, WEB), icmpCode: 1 });
    const notEcho = rule({ action: "Allow", protocol: "ICMP", notICMP: { type: 8, code: 0 } });
    denies(notEcho, ping(DB, WEB));
    allows(notEcho, { ...ping(DB, WEB), icmpType: 13 }, { ...ping(DB, WEB), icmpCode: 1 });
  });

  test("21: protocols by name, by number and excluded; ipVersion", () => {
    const rule = (more: Partial<RawCalicoRule>) => [...cluster, ontoAll({ action: "Allow", ...more })];
    allows(rule({ protocol: "SCTP" }), sctp(DB, WEB));
    allows(rule({ protocol: 47 }), { source: DB, destination: WEB, protocol: 47 });
    denies(rule({ protocol: 17 }), tcp(DB, WEB));
    denies(rule({ notProtocol: "TCP" }), tcp(DB, WEB));
    allows(rule({ notProtocol: "TCP" }), udp(DB, WEB), ping(DB, WEB));
    allows(rule({ protocol: "UDPLite" }), { source: DB, destination: WEB, protocol: 136 });
    allows(rule({ ipVersion: 4 }), tcp(DB, WEB));
    denies(rule({ ipVersion: 6 }), tcp(DB, WEB));
  });

  test("22: a rule with blocks of one family does not exist for the other", () => {
    const objects = (rule: RawEntity) => [...cluster, ontoAll(allowFrom(rule))];
    denies(objects({ nets: ["2001:db8::/32"] }), tcp(DB, WEB));
    denies(objects({ notNets: ["2001:db8::/32"] }), tcp(DB, WEB), tcp("2001:db8::1", WEB6));
    allows(objects({ notNets: ["2001:db8::/32"] }), tcp("2001:db9::1", WEB6));
  });

  test("24: types follow the rules that are there; past the API a policy without types is about both", () => {
    denies([...cluster, namespaced("shop/p", {})], tcp(DB, WEB));
    allows([...cluster, namespaced("shop/p", {})], tcp(WEB, DB));
    const egressOnly = [...cluster, namespaced("shop/p", { egress: [{ action: "Deny" }] })];
    allows(egressOnly, tcp(DB, WEB));
    denies(egressOnly, tcp(WEB, DB));
    denies([...cluster, namespaced("shop/p", { egress: [{ action: "Deny" }], ingress: [] })], tcp(WEB, DB));
    const both = [...cluster, namespaced("shop/p", { ingress: [everything], egress: [everything], types: [] })];
    allows(both, tcp(DB, WEB), tcp(WEB, DB));
    const stored = object("crd.projectcalico.org/v1", "NetworkPolicy", { name: "p", namespace: "shop" }, {});
    denies([...cluster, stored], tcp(DB, WEB), tcp(WEB, DB));
  });

  test("25: a policy in a tier that nobody wrote, and a policy Calico refuses, are refused", () => {
    const lost = global("p", { tier: "nowhere" });
    assert.throws(() => naiveVerdict([...cluster, lost], tcp(DB, WEB)), /unknown tier "nowhere"/u);
    refuses(/no action/u, { action: "allow" });
    refuses(/http cannot/u, { action: "Allow", http: { methods: ["GET"] } });
    refuses(/bits beyond/u, allowFrom({ nets: ["10.0.0.1/8"] }));
    refuses(/not a CIDR/u, allowFrom({ nets: ["10.0.0.1"] }));
    refuses(/leaves no address/u, allowFrom({ notNets: ["0.0.0.0/0"] }));
    refuses(/one address family/u, {
      action: "Allow",
      source: { nets: ["::/0"] },
      destination: { nets: ["0.0.0.0/0"] },
    });
    refuses(/one address family/u, { action: "Allow", ipVersion: 6, source: { nets: ["10.0.0.0/8"] } });
    refuses(/ports need protocol/u, { action: "Allow", destination: { ports: [80] } });
    refuses(/ports need protocol/u, { action: "Allow", protocol: "UDPLite", destination: { ports: [80] } });
    refuses(/no port/u, { action: "Allow", protocol: "TCP", destination: { ports: ["90:80"] } });
    refuses(/no port/u, { action: "Allow", protocol: "TCP", destination: { ports: [0] } });
    refuses(/ICMP fields/u, { action: "Allow", notICMP: { type: 8 } });
    refuses(/needs a type/u, { action: "Allow", protocol: "ICMP", icmp: { code: 0 } });
    refuses(/requires ipVersion 4/u, { action: "Allow", protocol: "ICMP", ipVersion: 6 });
    refuses(/global\(\) can only/u, allowFrom({ selector: "global()" }), allowFrom({ namespaceSelector: "!global()" }));
    refuses(/not a selector/u, allowFrom({ selector: "app = 'x'" }));
  });

  test("25: policies for host endpoints alone say nothing about pods", () => {
    const early = { ingress: [{ action: "Deny" }], applyOnForward: true };
    allows([...cluster, global("p", { ...early, doNotTrack: true })], tcp(DB, WEB));
    allows([...cluster, global("p", { ...early, preDNAT: true })], tcp(DB, WEB));
    denies([...cluster, global("p", early)], tcp(DB, WEB));
  });

  test("26: a node and its own pods reach each other; host-network pods are no pods", () => {
    const closed = global("p", { types: ["Ingress", "Egress"] });
    allows([...cluster, closed], tcp("172.18.0.1", WEB), tcp(WEB, "172.18.0.1"));
    denies([...cluster, closed], tcp("172.18.0.2", WEB), tcp(WEB, "172.18.0.2"));
    const host = pod("shop/host", { app: "cart" }, ["172.18.0.2"], "node-b", { hostNetwork: true });
    denies([...cluster, host, ontoAll(allowFrom({ selector: "all()" }))], tcp("172.18.0.2", WEB));
    allows([...cluster, host, closed], tcp(OUTSIDE, "172.18.0.2"));
  });

  test("29: what Calico gives a pod stands over what the pod claims, and reserved prefixes are taken off everywhere", () => {
    const forged = pod(
      "data/forged",
      { "projectcalico.org/namespace": "shop", "pcns.env": "prod", "pcsa.role": "admin" },
      ["10.244.2.30"],
      "node-b",
    );
    denies([...cluster, forged, ontoShop(allowFrom({ selector: "all()" }))], tcp("10.244.2.30", WEB));
    denies([...cluster, forged, ontoAll(allowFrom({ namespaceSelector: "env == 'prod'" }))], tcp("10.244.2.30", WEB));
    denies(
      [...cluster, forged, ontoAll(allowFrom({ serviceAccounts: { selector: "role == 'admin'" } }))],
      tcp("10.244.2.30", WEB),
    );
    const set = networkSet("set", { "pcns.env": "prod", "pcsa.role": "admin" }, `${OUTSIDE}/32`);
    denies([...cluster, set, ontoAll(allowFrom({ namespaceSelector: "env == 'prod'" }))], tcp(OUTSIDE, WEB));
  });

  test("29: pods bear their namespace's labels and name as inherited ones", () => {
    allows([...cluster, ontoAll(allowFrom({ selector: "pcns.env == 'prod'" }))], tcp(CART, WEB));
    denies([...cluster, ontoAll(allowFrom({ selector: "pcns.env == 'prod'" }))], tcp(DB, WEB));
    for (const name of ["projectcalico.org/name", "kubernetes.io/metadata.name"]) {
      const objects = [...cluster, ontoAll(allowFrom({ namespaceSelector: `${name} == 'data'` }))];
      allows(objects, tcp(DB, WEB));
      denies(objects, tcp(CART, WEB));
    }
  });

  test("31: protocol names are exact-case", () => {
    refuses(/no protocol "tcp"/u, { action: "Allow", protocol: "tcp" }, { action: "Allow", notProtocol: "tcp" });
    refuses(/no protocol "0"/u, { action: "Allow", protocol: 0 }, { action: "Allow", protocol: 0 });
    refuses(/no protocol "256"/u, { action: "Allow", protocol: 256 });
  });
});

describe("service accounts and subjects of Calico policy", () => {
  const admin = serviceAccount("data/admin", { role: "admin" });
  const asAdmin = pod("data/a", {}, ["10.244.2.31"], "node-b", { serviceAccountName: "admin" });
  const base = [...cluster, admin, asAdmin];

  test("a rule may name service accounts or select them by label, within its namespaces", () => {
    for (const serviceAccounts of [
      { names: ["admin", "x"] },
      { selector: "role == 'admin'" },
      { names: ["admin"], selector: "has(role)" },
    ]) {
      allows([...base, ontoAll(allowFrom({ serviceAccounts }))], tcp("10.244.2.31", WEB));
      denies([...base, ontoAll(allowFrom({ serviceAccounts }))], tcp(DB, WEB), tcp(OUTSIDE, WEB));
      denies([...base, ontoShop(allowFrom({ serviceAccounts }))], tcp("10.244.2.31", WEB));
      allows([...base, ontoShop(allowFrom({ serviceAccounts, namespaceSelector: "all()" }))], tcp("10.244.2.31", WEB));
    }
    denies(
      [...base, ontoAll(allowFrom({ serviceAccounts: { names: ["admin"], selector: "!has(role)" } }))],
      tcp("10.244.2.31", WEB),
    );
    allows([...base, ontoAll(allowFrom({ serviceAccounts: { names: ["default"] } }))], tcp(DB, WEB));
    allows([...base, ontoAll(allowFrom({ serviceAccounts: {} }))], tcp(OUTSIDE, WEB));
  });

  test("a policy selects pods by labels, namespaces and service accounts at once", () => {
    const onAdmin = global("p", { serviceAccountSelector: "role == 'admin'", ingress: [{ action: "Deny" }] });
    denies([...base, onAdmin], tcp(DB, "10.244.2.31"));
    allows([...base, onAdmin], tcp(WEB, DB));
    const onProd = global("p", { selector: "all()", namespaceSelector: "env == 'prod'" });
    denies([...base, onProd], tcp(DB, WEB));
    allows([...base, onProd], tcp(WEB, DB));
    const onData = namespaced("data/p", {
      selector: "all()",
      serviceAccountSelector: "projectcalico.org/name == 'default'",
    });
    denies([...base, onData], tcp(WEB, DB));
    allows([...base, onData], tcp(WEB, "10.244.2.31"), tcp(DB, WEB));
    denies([...base, global("p", { namespaceSelector: "all()" })], tcp(DB, WEB));
  });

  test("a namespaced policy selects only pods of its namespace", () => {
    denies([...cluster, namespaced("data/p", { selector: "all()" })], tcp(WEB, DB));
    allows([...cluster, namespaced("data/p", { selector: "all()" })], tcp(DB, WEB));
  });

  test("Calico's tiers stand around cluster policies by their order", () => {
    const deny = clusterPolicy("deny", { ingress: [clusterIngress("Deny")] });
    const open = (order: number) => [tier("t", order, "Pass"), global("p", { tier: "t", ingress: [everything] })];
    allows([...cluster, deny, ...open(999)], tcp(DB, WEB));
    denies([...cluster, deny, ...open(1001)], tcp(DB, WEB));
    const baseline = clusterPolicy("deny", { tier: "Baseline", egress: [clusterEgress("Deny")] });
    denies([...cluster, baseline, ontoShop(everything)], tcp(WEB, DB));
    denies([...cluster, baseline, ontoShop(everything)], tcp(WEB, CART));
  });
});

function orderOf(order: number | undefined) {
  return order === undefined ? {} : { order };
}
