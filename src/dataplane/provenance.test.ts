import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addressText } from "../net/address.ts";
import { trafficText } from "../net/traffic-text.ts";
import { endText } from "../path/end.ts";
import { situationFrom } from "../situation/situation.fixture.ts";
import { compile } from "./compile.ts";
import { deniedPrefix, LOGGED_PREFIX, meaningOf } from "./log-prefix.ts";
import { type Provenance, provenanceOf } from "./provenance.ts";

function pod(name: string, address: string): string {
  return `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, labels: {app: ${name}}}
spec: {nodeName: n1, containers: [{name: main, image: app}]}
status: {phase: Running, podIP: ${address}}`;
}

const SITUATION = situationFrom(
  [
    "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}",
    "{apiVersion: v1, kind: Node, metadata: {name: n1}}",
    pod("web", "10.0.0.1"),
    pod("db", "10.0.0.2"),
    pod("jobs", "10.0.0.3"),
    `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db-allow, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress]
  ingress:
  - from: [{podSelector: {matchLabels: {app: web}}}, {ipBlock: {cidr: 192.0.2.0/24}}]
    ports: [{port: 5432}]
  - from: [{podSelector: {matchLabels: {app: jobs}}}]
    ports: [{port: 9000}]`,
    "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: shut, namespace: shop}, spec: {podSelector: {}, policyTypes: [Ingress]}}",
  ].join("\n---\n"),
);

const NODE = SITUATION.inventory.nodes[0];
assert.ok(NODE);
const PROGRAM = compile(SITUATION, NODE, { table: "portcullis", generation: 1, denial: "drop", interfaces: [] });

function told(found: Provenance): readonly string[] {
  if (found.kind !== "traffic" && found.kind !== "pairs") return [found.kind];
  return found.pairs.map(({ direction, address, peers, traffic, policies }) =>
    [
      `${direction} ${addressText(address)} from ${peers.map(endText).join()} ${trafficText(traffic)}`,
      ...policies.map(({ policy, rules }) => `${policy.name}: ${rules.map(({ path }) => path).join()}`),
    ].join("; "),
  );
}

describe("what a name of the program stands for", () => {
  const entries = PROGRAM.families[0].ingress;

  it("correction 12: a shared chain: the pairs that lead to it, with the policies that govern and the rules that speak of the peers", () => {
    const chain = PROGRAM.trafficChains.find(({ traffic }) => trafficText(traffic) === "TCP 5432");
    assert.deepEqual(told(provenanceOf(SITUATION, PROGRAM, chain?.name ?? "")), [
      "ingress 10.0.0.2 from shop/pod/web,192.0.2.0/24 TCP 5432; db-allow: spec.ingress[0].from[0],spec.ingress[0].from[1]; shut: ",
    ]);
  });

  it("correction 12: a pair as nft lists it: its own peers and rules, whatever map is named", () => {
    for (const { peerClass, pod: address } of entries) {
      const name = `${addressText(address)} . 0:${peerClass.toString(16)}`;
      const [one] = told(provenanceOf(SITUATION, PROGRAM, name));
      assert.equal(one, told(provenanceOf(SITUATION, PROGRAM, `ingress_pairs4 ${name}`))[0]);
      assert.match(one ?? "", /web.*5432.*from\[0\]|jobs.*9000.*spec\.ingress\[1\]\.from\[0\]/);
    }
    assert.equal(entries.length, 2);
  });

  it("a pair that is not there: denied, by the policies that isolate", () => {
    assert.deepEqual(told(provenanceOf(SITUATION, PROGRAM, "10.0.0.2 . 0:0")), [
      "ingress 10.0.0.2 from  none; db-allow: ; shut: ",
    ]);
  });

  it("a chain that every program has: what it does; any other name: unknown", () => {
    assert.deepEqual(told(provenanceOf(SITUATION, PROGRAM, "deny")), ["chain"]);
    for (const name of ["traffic_none", "10.9.9.9 . 0:1", "nonsense", ""]) {
      assert.deepEqual(told(provenanceOf(SITUATION, PROGRAM, name)), ["unknown"], name);
    }
  });
});

describe("what stands before a logged packet", () => {
  it("tells the generation that denied it, and whether its connection was known", () => {
    assert.deepEqual(meaningOf(deniedPrefix(65_535, "new")), { kind: "denied", generation: 65_535, isKnown: false });
    assert.deepEqual(meaningOf(deniedPrefix(3, "known")), { kind: "denied", generation: 3, isKnown: true });
    assert.deepEqual(meaningOf(LOGGED_PREFIX), { kind: "logged" });
    for (const other of ["", "portcullis", "portcullis denied", "x portcullis denied 3"]) {
      assert.equal(meaningOf(other), undefined);
    }
  });
});
