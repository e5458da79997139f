import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addressText } from "../net/address.ts";
import { planProbes } from "./probes.ts";
import { labEndText, predictionOf, reasonerOf, trafficText } from "./reasoning.ts";
import { deploymentManifest, podManifest, policyManifest, SHOP, situationFrom } from "./shop.fixture.ts";
import { realized } from "./standing.fixture.ts";
import { labNamespaces, planLab } from "./topology.ts";

function planOf(manifests: string, options = {}) {
  return planLab(realized(situationFrom(manifests)), "plan", options);
}

const BLOCK = policyManifest(
  "web",
  `  podSelector: {matchLabels: {app: web}}
  ingress: [{from: [{ipBlock: {cidr: 198.51.0.0/16, except: [198.51.100.0/24]}}], ports: [{port: 8080, endPort: 8090}]}]`,
);
const WEB = deploymentManifest("web", 1, "[{name: http, containerPort: 80}]");

describe("the plan of a lab", () => {
  it("has outside addresses at both borders of every CIDR and exception, inside and outside", () => {
    const addresses = new Set(planOf(WEB + BLOCK).outside.addresses.map(addressText));
    const borders =
      "198.50.255.255 198.51.0.0 198.51.99.255 198.51.100.0 198.51.100.255 198.51.101.0 198.51.255.255 198.52.0.0";
    for (const border of borders.split(" ")) {
      assert.ok(addresses.has(border), border);
    }
  });

  it("has no outside address that is a pod's, a node's, or none that can be routed", () => {
    const all = policyManifest(
      "all",
      `  podSelector: {}\n  ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/31}}, {ipBlock: {cidr: 127.0.0.0/8}}]}]`,
    );
    const pods =
      podManifest({ name: "a", addresses: ["10.0.0.0"] }) + podManifest({ name: "b", addresses: ["10.0.0.1"] });
    const addresses = planOf(pods + all).outside.addresses.map(addressText);
    assert.deepEqual(
      addresses.filter((address) => /^(10\.0\.0\.[01]|127\..*|0\..*|22[4-9]\..*)$/.test(address)),
      [],
    );
  });

  it("says which outside addresses a limit leaves out", () => {
    const plan = planOf(WEB + BLOCK, { outsideLimit: 3 });
    assert.equal(plan.outside.addresses.length, 3);
    assert.ok(plan.notes.some((note) => /left out \(the limit is 3\): \d/.test(note)));
  });

  it("is the same for the same input, named otherwise for other pods, and told apart by its policies", () => {
    assert.deepEqual(labNamespaces(planOf(SHOP)), labNamespaces(planOf(SHOP)));
    assert.notDeepEqual(labNamespaces(planOf(WEB)), labNamespaces(planOf(WEB + podManifest({ name: "new" }))));
    assert.deepEqual(labNamespaces(planOf(WEB)), labNamespaces(planOf(WEB + BLOCK)));
    assert.notEqual(planOf(WEB).fingerprint, planOf(WEB + BLOCK).fingerprint);
  });

  it("refuses a name from which another lab's namespaces could follow", () => {
    for (const name of ["", "a.b", "A", "-a", "a b", "../x", "a".repeat(33)]) {
      assert.throws(() => planLab(realized(situationFrom(WEB)), name), /no name for a lab/);
    }
  });
});

describe("the probes of a lab", () => {
  const plan = planOf(WEB + BLOCK + podManifest({ name: "other" }));
  const { probes } = planProbes(plan);

  it("asks every pod at its declared ports, at and beside each border of a range, at a port of none, and by a protocol of none", () => {
    const asked = new Set(
      probes.filter(({ to }) => labEndText(to) === "shop/pod/web-1").map(({ traffic }) => trafficText(traffic)),
    );
    assert.deepEqual(
      [...asked],
      [
        ...["tcp", "udp"].flatMap((protocol) =>
          [80, 8079, 8080, 8090, 8091, 30_000].map((port) => `${protocol}/${port}`),
        ),
        ...[80, 30_000].map((port) => `sctp/${port}`),
        "icmp",
        "protocol/253",
        "protocol/254",
      ],
    );
  });

  it("includes pods to themselves, and nodes and outside in both directions, but nothing between those", () => {
    const pairs = new Set(probes.map(({ from, to }) => `${labEndText(from)} ${labEndText(to)}`));
    for (const [from, to] of [
      ["shop/pod/web-1", "shop/pod/web-1"],
      ["node/lab-node-1", "shop/pod/web-1"],
      ["shop/pod/web-1", "node/lab-node-1"],
      ["node/lab-node-2", "shop/pod/web-1"],
      ["shop/pod/web-1", "node/lab-node-2"],
      ["198.51.0.0", "shop/pod/web-1"],
      ["shop/pod/web-1", "198.51.0.0"],
    ]) {
      const pair = `${from} ${to}`;
      assert.ok(pairs.has(pair), pair);
    }
    assert.ok(probes.every(({ from, to }) => from.place.kind === "pod" || to.place.kind === "pod"));
  });

  it("predicts what the oracle says", () => {
    const allowed = probes.filter(
      ({ from, to }) => labEndText(from) === "198.51.0.0" && labEndText(to) === "shop/pod/web-1",
    );
    assert.deepEqual(
      allowed.filter(({ predicted }) => predicted === "allowed").map(({ traffic }) => trafficText(traffic)),
      ["tcp/8080", "tcp/8090"],
    );
    for (const { from, to, traffic, predicted } of allowed) {
      assert.equal(predictionOf(reasonerOf(plan, from, to)(traffic)), predicted);
    }
  });

  it("keeps to a limit, and says how many are missing", () => {
    for (const limit of [probes.length, probes.length - 1, 200, 40, 10, 1]) {
      const few = planProbes(plan, { limit });
      assert.equal(few.probes.length, limit);
      assert.equal(few.possible, probes.length);
      assert.equal(few.notes.length, limit < probes.length ? 1 : 0);
    }
  });

  it("serves pods that policies tell apart before pods like them", () => {
    const same = Array.from({ length: 20 }, (_, i) => podManifest({ name: `same-${i}`, node: "w1" }));
    const many = planOf(WEB + BLOCK + same.join(""));
    const few = planProbes(many, { limit: 1200 });
    const toWeb = (from: string) =>
      few.probes.filter(({ from: end, to }) => labEndText(end) === from && labEndText(to) === "shop/pod/web-1").length;
    assert.equal(toWeb("shop/pod/same-0"), 16);
    assert.ok(toWeb("shop/pod/same-7") < 16);
    assert.match(
      few.notes.join(),
      /differ in the classes or nodes of their pods every one is probed wholly; of \d+ pairs like them/,
    );
  });

  it("leaves to policies that nobody can judge no prediction", () => {
    const blind = `---\napiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {namespace: shop, name: x}\nspec: {}\n`;
    const blindProbes = planProbes(planOf(WEB + BLOCK + blind)).probes;
    assert.ok(blindProbes.some(({ predicted }) => predicted === "undecided"));
  });
});
