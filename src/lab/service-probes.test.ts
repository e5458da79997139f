/** Services that the lab builds itself, and what it finds out about them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loadRuleset } from "../kernel/nft.ts";
import { listNamespaces } from "../kernel/namespaces.ts";
import { addressText } from "../net/address.ts";
import { OtherLabError, OtherPlacesError } from "./errors.ts";
import { assertFlows } from "./flows.fixture.ts";
import { run, up } from "./lab.ts";
import { probe } from "./measure.ts";
import { type LabProbes, planProbes } from "./probes.ts";
import { labEndText, trafficText } from "./reasoning.ts";
import { serviceManifest, sliceManifest } from "./services.fixture.ts";
import { SERVICE_TABLE } from "./service-rules.ts";
import { deploymentManifest, namespaceManifest, podManifest, policyManifest, situationFrom } from "./shop.fixture.ts";
import { inLab, realized, reasonToSkip, testLabName } from "./standing.fixture.ts";
import { reload } from "./standing.ts";
import { type LabPlan, labPrefix, planLab } from "./topology.ts";

function planOf(manifests: string): LabPlan {
  return planLab(realized(situationFrom(manifests)), testLabName());
}

function pod(name: string, number: number, node: string, ports = "[{name: http, containerPort: 8080}]"): string {
  return podManifest({ name, node, addresses: [`10.1.0.${number}`, `fd00:1::${number}`], ports });
}

/** `web` stands on two nodes, and only one of its two pods lets others in; `self` is alone behind its Service. */
const SHOP = [
  namespaceManifest("shop"),
  podManifest({
    name: "open",
    node: "one",
    addresses: ["10.1.0.2", "fd00:1::2"],
    labels: "app: web",
    ports: "[{name: http, containerPort: 8080}]",
  }),
  podManifest({
    name: "shut",
    node: "two",
    addresses: ["10.1.0.3", "fd00:1::3"],
    labels: "app: web, state: shut",
    ports: "[{name: http, containerPort: 8081}]",
  }),
  pod("client", 4, "one"),
  pod("self", 5, "two"),
  pod("kept", 6, "two"),
  policyManifest("shut", "  podSelector: {matchLabels: {state: shut}}\n  ingress: []"),
  policyManifest(
    "kept",
    "  podSelector: {matchLabels: {app: kept}}\n  policyTypes: [Ingress, Egress]\n  ingress: [{from: [{podSelector: {matchLabels: {app: client}}}]}]",
  ),
  serviceManifest(
    "shop",
    "web",
    'clusterIPs: [10.96.3.1, "fd00:96::1"], clusterIP: 10.96.3.1, selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}, {name: dns, port: 53, protocol: UDP, targetPort: 5353}]',
  ),
  serviceManifest(
    "shop",
    "self",
    "selector: {app: self}, ports: [{port: 80, targetPort: 8080}, {port: 80, name: u, protocol: UDP, targetPort: 8080}]",
  ).replace("{port: 80, targetPort: 8080}", "{port: 80, name: t, targetPort: 8080}"),
  serviceManifest("shop", "kept", "selector: {app: kept}, ports: [{port: 80, targetPort: 8080}]"),
  serviceManifest("shop", "empty", "selector: {app: nobody}, ports: [{port: 80}]"),
  serviceManifest("shop", "far", "ports: [{port: 443, targetPort: 6443}]"),
  sliceManifest("shop", "far", "[{port: 6443}]", ["198.51.100.7", "198.51.100.8"]),
  sliceManifest("shop", "far", "[{port: 6443}]", ["2001:db8::7"], 2),
].join("");

describe("Services in a lab", { skip: reasonToSkip(), concurrency: false }, () => {
  it("lead real packets where the oracle says, from pods and nodes, by both families", async () => {
    const plan = planOf(SHOP);
    const planned = planProbes(plan);
    const result = await run(plan, { ...planned, probes: [], sourced: [] });
    assert.deepEqual(
      result.differences.map(({ probe: item, measured, detail }) => `${nameOf(item)}: ${measured} ${detail}`),
      [],
    );
    const { allowed, denied, partial, "no-route": noRoute } = result.counts;
    assert.ok(allowed.passed > 50);
    assert.ok(denied.probes > 10);
    // The backends take turns: some of the connections meet the open one, others the shut one.
    assert.ok(partial.passed > 0 && partial.passed < partial.probes);
    assert.ok(noRoute.probes > 10 && noRoute.passed === 0);
    assert.deepEqual(listNamespaces(labPrefix(plan.name)), []);
  });

  for (const family of [4, 6] as const) {
    it(`let a pod reach itself exactly if policy lets it, by IPv${family}`, () =>
      inLab(situationFrom(SHOP), (plan) =>
        assertFlows(
          plan,
          [
            ["shop/pod/self", "shop/svc/self", "tcp/80", "allowed"],
            ["shop/pod/self", "shop/svc/self", "udp/80", "allowed"],
            ["shop/pod/kept", "shop/svc/kept", "tcp/80", "denied"],
            ["shop/pod/client", "shop/svc/kept", "tcp/80", "allowed"],
            ["node/two", "shop/svc/kept", "tcp/80", "allowed"],
            ["node/one", "shop/svc/kept", "tcp/80", "denied"],
            ["shop/pod/client", "shop/svc/web", "tcp/80", "partial"],
            ["shop/pod/client", "shop/svc/far", "tcp/443", "allowed"],
            ["shop/pod/kept", "shop/svc/far", "tcp/443", "denied"],
          ],
          family,
        ),
      ));
  }

  it("are not what makes a difference disappear: every wrong backend and every wrong answer is reported", async () => {
    const plan = planOf(SHOP);
    const planned: LabProbes = { ...planProbes(plan), probes: [], sourced: [] };
    const lab = await up(plan);
    try {
      for (const { namespace } of plan.nodes) {
        // No policy at all: the shut backend answers too.
        await loadRuleset(namespace, "delete table inet portcullis\n");
      }
      const open = await probe(plan, planned);
      const wrong = open.differences.filter(({ probe: item }) => item.predicted === "partial");
      assert.ok(wrong.length > 0);
      for (const { measured, detail } of wrong) {
        assert.equal(measured, "passed");
        assert.equal(detail, "answered by shop/pod/shut");
      }
      for (const { namespace } of plan.nodes) await loadRuleset(namespace, `delete table inet ${SERVICE_TABLE}\n`);
      const some = planned.translated.filter(({ predicted }) => predicted === "allowed").slice(0, 20);
      const untranslated = await probe(plan, { ...planned, translated: some }, { timeout: 50 });
      assert.equal(untranslated.counts.allowed.differences, untranslated.counts.allowed.probes);
    } finally {
      await lab.down();
    }
  });

  it("and policies can be loaded anew into a lab that stands, but only with the same pods and nodes", async () => {
    const name = testLabName();
    const planned = (manifests: string) => planLab(realized(situationFrom(manifests)), name);
    const block = (cidr: string) =>
      policyManifest(
        "block",
        `  podSelector: {matchLabels: {app: self}}\n  ingress: [{from: [{ipBlock: {cidr: ${cidr}}}]}]`,
      );
    const [first, second] = [planned(SHOP), planned(SHOP + block("203.0.113.0/28"))];
    const lab = await up(first);
    try {
      await assert.rejects(probe(second, planProbes(second)), OtherLabError);
      await reload(second);
      await assert.rejects(probe(first, planProbes(first)), OtherLabError);
      // The new rule's borders are addresses outside now.
      assert.ok(second.outside.addresses.map(addressText).includes("203.0.113.15"));
      assert.deepEqual((await probe(second, planProbes(second, { limit: 2000 }))).differences, []);
      await reload(first);
      assert.deepEqual((await probe(first, planProbes(first, { limit: 2000 }))).differences, []);
      await assert.rejects(reload(planned(SHOP + pod("new", 9, "one"))), OtherPlacesError);
      await assert.rejects(reload(planned(SHOP.replaceAll("name: client", "name: renamed"))), OtherPlacesError);
      assert.deepEqual((await probe(first, planProbes(first, { limit: 200 }))).differences, []);
    } finally {
      await lab.down();
    }
  });
});

function nameOf({ from, to, traffic }: LabProbes["probes"][number]): string {
  return `${labEndText(from)} > ${labEndText(to)} ${trafficText(traffic)}`;
}

describe("the plan of Services", () => {
  it("gives a cluster address to those that have none, and says so", () => {
    const plan = planOf(
      deploymentManifest("web", 2, "[]") + serviceManifest("shop", "web", "selector: {app: web}, ports: [{port: 80}]"),
    );
    assert.deepEqual(
      plan.services.map(({ identity, addresses }) => [identity, ...addresses.map(addressText)]),
      [["shop/svc/web", "10.96.0.2"]],
    );
    assert.match(plan.notes.join("\n"), /cluster address: shop\/svc\/web 10\.96\.0\.2/);
  });

  it("says which it leaves out, and why; headless ones need nothing", () => {
    const plan = planOf(
      [
        podManifest({ name: "a", node: "one", addresses: ["10.1.0.2"] }),
        serviceManifest("shop", "headless", "clusterIP: None, selector: {app: a}, ports: [{port: 80}]"),
        serviceManifest("shop", "name", "type: ExternalName, externalName: db.example.com"),
        serviceManifest("shop", "blank", "ports: [{port: 80}]"),
        serviceManifest(
          "shop",
          "shared",
          "clusterIP: 10.96.0.9, externalIPs: [10.1.0.2], selector: {app: a}, ports: [{port: 80}]",
        ),
      ].join(""),
    );
    assert.deepEqual(
      plan.services.map(({ identity, addresses }) => [identity, ...addresses.map(addressText)]),
      [["shop/svc/shared", "10.96.0.9"]],
    );
    const notes = plan.notes.join("\n");
    assert.match(notes, /shop\/svc\/name is not built: it stands for the name db\.example\.com/);
    assert.match(notes, /shop\/svc\/blank is not built: the input does not tell what stands behind it/);
    assert.match(notes, /shop\/svc\/shared is not built at 10\.1\.0\.2, which is also a pod's/);
    assert.doesNotMatch(notes, /headless/);
  });

  it("has a server outside for every endpoint outside the cluster, whatever the limit", () => {
    const plan = planLab(realized(situationFrom(SHOP)), "plan", { outsideLimit: 1 });
    for (const address of ["198.51.100.7", "198.51.100.8", "2001:db8::7"]) {
      assert.ok(plan.outside.addresses.map(addressText).includes(address), address);
    }
  });

  it("asks at every port of a Service and at one that it has not", () => {
    const asked = planProbes(planOf(SHOP)).translated.filter(
      ({ from, to }) => labEndText(from) === "shop/pod/client" && labEndText(to) === "shop/svc/web",
    );
    assert.deepEqual(
      [...new Set(asked.map(({ traffic, predicted }) => `${trafficText(traffic)} ${predicted}`))],
      ["tcp/80 partial", "udp/53 partial", "tcp/30000 no-route"],
    );
  });
});
