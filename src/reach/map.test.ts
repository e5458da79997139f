import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { trafficText } from "../net/traffic-text.ts";
import { type FixtureOptions, situationFrom } from "../situation/situation.fixture.ts";
import { type MapRow, type ReachMap, reachMap } from "./map.ts";
import { sideText } from "./sides.ts";

interface PodText {
  readonly owner?: string;
  readonly labels?: string;
  readonly namespace?: string;
}

function pod(name: string, addresses: string, { owner, labels = "{}", namespace = "shop" }: PodText = {}): string {
  const owners =
    owner === undefined ? "" : `{apiVersion: v1, kind: StatefulSet, name: ${owner}, controller: true, uid: u}`;
  const podIPs = addresses.split(" ").map((ip) => `{ip: '${ip}'}`);
  return `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ${namespace}, labels: ${labels}, ownerReferences: [${owners}]}
spec: {nodeName: n1, containers: [{name: main, image: app}]}
status: {phase: Running, podIPs: [${podIPs.join(", ")}]}`;
}

function deployment(name: string): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: ${name}}}
  template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: main, image: app}]}}`;
}

function policy(spec: string, name = "p"): string {
  return `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: shop}
spec: ${spec}`;
}

const SHOP = "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}";

function mapOf(objects: readonly string[], options?: FixtureOptions): ReachMap {
  return reachMap(situationFrom([SHOP, ...objects].join("\n---\n"), options));
}

function row({ from, to, family, traffic }: MapRow): string {
  return `${sideText(from)} > ${sideText(to)}${family === undefined ? "" : ` (IPv${family})`} ${trafficText(traffic)}`;
}

/** The rows between pods; those with the outside are looked at apart. */
function inner({ connections }: ReachMap): readonly string[] {
  return connections.filter(({ from, to }) => from.kind === "workload" && to.kind === "workload").map(row);
}

function outer({ connections }: ReachMap): readonly string[] {
  return connections.filter(({ from, to }) => from.kind === "outside" || to.kind === "outside").map(row);
}

const WEB = [
  pod("web-0", "10.0.1.1", { owner: "web", labels: "{app: web}" }),
  pod("web-1", "10.0.1.2", { owner: "web", labels: "{app: web}" }),
];
const DB = pod("db", "10.0.2.1", { labels: "{app: db}" });

describe("the map", () => {
  it("calls pods by their workload, and tells that replicas may talk to each other", () => {
    assert.deepEqual(inner(mapOf([...WEB, DB])), [
      "shop/pod/db > shop/sts/web all",
      "shop/sts/web > shop/pod/db all",
      "shop/sts/web > shop/sts/web all",
    ]);
  });

  it("does not say that a lone pod reaches itself", () => {
    assert.deepEqual(inner(mapOf([DB])), []);
    assert.deepEqual(inner(mapOf([policy("{podSelector: {}}"), DB])), []);
  });

  it("tells that replicas of a template talk to themselves, and not where policy forbids it", () => {
    assert.deepEqual(inner(mapOf([deployment("api")])), ["shop/deploy/api > shop/deploy/api all"]);
    assert.deepEqual(inner(mapOf([deployment("api"), policy("{podSelector: {}}")])), []);
  });

  it("splits a workload where its pods differ in a way that policies see", () => {
    const split = [
      pod("st-0", "10.0.1.1", { owner: "st", labels: "{app: st, index: '0'}" }),
      pod("st-1", "10.0.1.2", { owner: "st", labels: "{app: st, index: '1'}" }),
    ];
    const rule = policy(
      "{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {index: '1'}}}]}]}",
    );
    assert.deepEqual(inner(mapOf([...split, DB, rule])), [
      "shop/pod/db > shop/pod/st-0 all",
      "shop/pod/db > shop/pod/st-1 all",
      "shop/pod/st-0 > shop/pod/st-1 all",
      "shop/pod/st-1 > shop/pod/db all",
      "shop/pod/st-1 > shop/pod/st-0 all",
    ]);
    assert.deepEqual(
      inner(mapOf([...split, DB])).filter((text) => text.includes("st-")),
      [],
    );
  });

  it("keeps workloads apart that policies cannot tell apart", () => {
    const twins = [pod("a", "10.0.1.1"), pod("b", "10.0.1.2")];
    assert.deepEqual(inner(mapOf(twins)), ["shop/pod/a > shop/pod/b all", "shop/pod/b > shop/pod/a all"]);
  });

  it("merges address ranges with the same traffic, over both families", () => {
    const map = mapOf([
      DB,
      policy(
        "{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{ipBlock: {cidr: 10.1.0.0/16}}, {ipBlock: {cidr: 10.0.0.0/16}}]}]}",
      ),
    ]);
    assert.deepEqual(outer(map), ["shop/pod/db > 0.0.0.0/0 all", "10.0.0.0/15 > shop/pod/db all"]);
    const dual = mapOf([pod("d", "10.0.1.1 fd00::1")]);
    assert.deepEqual(outer(dual), ["shop/pod/d > 0.0.0.0/0, ::/0 all", "0.0.0.0/0, ::/0 > shop/pod/d all"]);
  });

  it("has one row for each traffic where ranges differ in it", () => {
    const rules =
      "{from: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 80}]}, {from: [{ipBlock: {cidr: 10.1.0.0/16}}], ports: [{port: 81}]}";
    const map = mapOf([DB, policy(`{podSelector: {}, ingress: [${rules}]}`)]);
    assert.deepEqual(
      outer(map).filter((text) => text.includes("> shop")),
      ["10.0.0.0/16, 10.2.0.0-10.255.255.255 > shop/pod/db TCP 80", "10.1.0.0/16 > shop/pod/db TCP 80-81"],
    );
  });

  it("tells families apart where they differ, also where one has no traffic at all", () => {
    const dual = [
      pod("a", "10.0.1.1 fd00::1", { labels: "{app: a}" }),
      pod("b", "10.0.1.2 fd00::2", { labels: "{app: b}" }),
    ];
    const only4 = policy("{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 80}]}]}");
    assert.deepEqual(inner(mapOf([...dual, only4])), [
      "shop/pod/a > shop/pod/b (IPv4) TCP 80",
      "shop/pod/b > shop/pod/a (IPv4) TCP 80",
    ]);
    const both = policy(
      "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: '::/0'}}], ports: [{port: 81}]}]}",
      "six",
    );
    assert.deepEqual(inner(mapOf([...dual, only4, both])).slice(0, 2), [
      "shop/pod/a > shop/pod/b (IPv4) TCP 80",
      "shop/pod/a > shop/pod/b (IPv6) TCP 81",
    ]);
    const single = [pod("a", "10.0.1.1"), pod("b", "10.0.1.2 fd00::2")];
    assert.deepEqual(inner(mapOf([...single, only4])), [
      "shop/pod/a > shop/pod/b TCP 80",
      "shop/pod/b > shop/pod/a TCP 80",
    ]);
  });

  it("names nodes only where a rule selects nodes, and tells each from the addresses outside", () => {
    const nodes = ["n1", "n2"].map(
      (name, i) =>
        `{apiVersion: v1, kind: Node, metadata: {name: ${name}, labels: {role: r${i}}}, status: {addresses: [{type: InternalIP, address: 172.18.0.${i}}]}}`,
    );
    assert.ok(!mapOf([...nodes, DB]).connections.some(({ from, to }) => from.kind === "node" || to.kind === "node"));
    const select = `
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: nodes}
spec:
  tier: Admin
  priority: 1
  subject: {namespaces: {}}
  egress:
  - {action: Accept, to: [{nodes: {matchLabels: {role: r1}}}], protocols: [{tcp: {destinationPort: {number: 443}}}]}
  - {action: Deny, to: [{nodes: {}}, {networks: [172.18.0.0/16]}]}`;
    const rows = mapOf([...nodes, DB, select]).connections.map(row);
    assert.deepEqual(
      rows.filter((text) => text.includes("node/")),
      ["node/n1 > shop/pod/db all", "node/n2 > shop/pod/db all", "shop/pod/db > node/n2 TCP 443"],
    );
    assert.ok(rows.includes("shop/pod/db > 0.0.0.0-172.17.255.255, 172.19.0.0-255.255.255.255 all"));
  });

  it("tells network sets from other addresses where a rule selects them", () => {
    const set =
      "{apiVersion: projectcalico.org/v3, kind: GlobalNetworkSet, metadata: {name: s, labels: {set: s}}, spec: {nets: [198.51.100.0/24]}}";
    const allow = `
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: p}
spec: {selector: all(), types: [Ingress], ingress: [{action: Allow, source: {selector: set == 's'}}]}`;
    assert.deepEqual(
      outer(mapOf([DB, set, allow])).filter((text) => text.includes("> shop")),
      ["198.51.100.0/24 > shop/pod/db all"],
    );
  });

  it("lists every workload, also one that nobody reaches", () => {
    const map = mapOf([...WEB, DB, policy("{podSelector: {}, policyTypes: [Ingress, Egress]}")]);
    assert.deepEqual(map.connections, []);
    assert.deepEqual(map.workloads, ["shop/pod/db", "shop/sts/web"]);
  });

  it("keeps what is undecided apart, with the facts that are missing", () => {
    const far = pod("p", "10.0.9.9", { namespace: "far" });
    const select = policy(
      "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: red}}}], ports: [{port: 80}]}]}",
    );
    const map = mapOf([DB, far, select]);
    assert.deepEqual(map.undecided.map(row), ["far/pod/p > shop/pod/db TCP 80"]);
    assert.deepEqual(
      map.undecided[0]?.missing.map(({ text }) => text),
      ["label team of namespace far, which is not in the input"],
    );
    assert.ok(!inner(map).some((text) => text.startsWith("far/pod/p > shop/pod/db")));
  });

  it("does not lump pods together because two selectors look alike in text", () => {
    const named = [pod("a", "10.0.1.1", { labels: "{everything: x}" }), pod("b", "10.0.1.2")];
    const exists = policy(
      "{podSelector: {matchExpressions: [{key: everything, operator: Exists}]}, policyTypes: [Ingress]}",
      "a",
    );
    const all = policy(
      "{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchExpressions: [{key: everything, operator: Exists}]}}]}]}",
      "b",
    );
    assert.deepEqual(inner(mapOf([...named, exists, all])), ["shop/pod/a > shop/pod/b all"]);
  });

  it("does not depend on the order of the input", () => {
    const objects = [
      ...WEB,
      DB,
      deployment("api"),
      policy("{podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 80}]}]}"),
    ];
    assert.deepEqual(mapOf(objects.toReversed()), mapOf(objects));
  });

  it("has one row for 638 blocks that one rule names, whatever the number of pods it is for", () => {
    const blocks = Array.from({ length: 638 }, (_, i) => `198.18.${i >> 4}.${(i & 15) << 4}/29`);
    const to = blocks.map((cidr) => `{ipBlock: {cidr: ${cidr}}}`).join(", ");
    const pods = Array.from({ length: 20 }, (_, i) => pod(`w-${i}`, `10.0.1.${i + 1}`, { owner: "w" }));
    const many = policy(
      `{podSelector: {}, policyTypes: [Ingress, Egress], egress: [{to: [${to}], ports: [{port: 443}]}]}`,
    );
    const { connections } = mapOf([...pods, many]);
    assert.equal(connections.length, 1);
    const [only] = connections;
    assert.deepEqual(only?.to.kind === "outside" ? only.to.ranges.length : undefined, blocks.length);
  });
});
