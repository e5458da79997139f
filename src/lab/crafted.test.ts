/** SCTP, protocols by number and kinds of ICMP, with crafted packets. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loadRuleset } from "../kernel/nft.ts";
import { assertFlows } from "./flows.fixture.ts";
import { run, up } from "./lab.ts";
import { probe } from "./measure.ts";
import { planProbes } from "./probes.ts";
import { labEndText, trafficText } from "./reasoning.ts";
import { serviceManifest } from "./services.fixture.ts";
import { namespaceManifest, podManifest, policyManifest, situationFrom } from "./shop.fixture.ts";
import { inLab, realized, reasonToSkip, testLabName } from "./standing.fixture.ts";
import { type LabPlan, planLab } from "./topology.ts";

function rule(action: "Allow" | "Deny", what: string): string {
  return `  - {action: ${action}, ${what}}\n`;
}

function calico(name: string, rules: readonly string[]): string {
  return `---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {namespace: shop, name: ${name}}
spec:
  selector: app == '${name}'
  ingress:
${rules.join("")}`;
}

function pod(name: string, number: number, node: string): string {
  return podManifest({ name, node, addresses: [`10.1.0.${number}`, `fd00:1::${number}`] });
}

const SHOP = [
  namespaceManifest("shop"),
  pod("signal", 2, "one"),
  pod("tunnel", 3, "two"),
  pod("quiet", 4, "one"),
  pod("client", 5, "two"),
  policyManifest(
    "signal",
    `  podSelector: {matchLabels: {app: signal}}
  ingress: [{ports: [{protocol: SCTP, port: 36412}, {protocol: SCTP, port: 7000, endPort: 7009}, {port: 80}]}]`,
  ),
  calico("tunnel", [rule("Allow", "protocol: 47"), rule("Allow", "protocol: 4"), rule("Deny", "notProtocol: SCTP")]),
  calico("quiet", [
    rule("Allow", "protocol: ICMP, icmp: {type: 13, code: 0}"),
    rule("Allow", "protocol: ICMP, icmp: {type: 8, code: 7}"),
    rule("Allow", "protocol: ICMPv6, icmp: {type: 128, code: 1}"),
    rule("Allow", "protocol: ICMP, icmp: {type: 3}"),
  ]),
  serviceManifest(
    "shop",
    "signal",
    'clusterIPs: [10.96.3.1, "fd00:96::1"], clusterIP: 10.96.3.1, selector: {app: signal}, ports: [{protocol: SCTP, port: 80, targetPort: 36412}]',
  ),
].join("");

function planOf(manifests: string): LabPlan {
  return planLab(realized(situationFrom(manifests)), testLabName());
}

function sentBetween(plan: LabPlan, from: string, to: string): ReadonlySet<string> {
  return new Set(
    planProbes(plan)
      .probes.filter((item) => labEndText(item.from) === from && labEndText(item.to) === to)
      .map(({ traffic }) => trafficText(traffic)),
  );
}

describe("crafted packets", { concurrency: false }, () => {
  it("are sent by SCTP at the borders that policies name for it, by the protocols they name, and by one that they do not", () => {
    const plan = planOf(SHOP);
    const sent = sentBetween(plan, "shop/pod/client", "shop/pod/signal");
    for (const text of ["sctp/36412", "sctp/36413", "sctp/6999", "sctp/7000", "sctp/7009", "sctp/7010", "sctp/30000"]) {
      assert.ok(sent.has(text), text);
    }
    const back = sentBetween(plan, "shop/pod/signal", "shop/pod/client");
    for (const text of ["protocol/4", "protocol/47"]) assert.notEqual(sent.has(text), back.has(text), text);
    assert.ok(sent.has("protocol/254") && back.has("protocol/253"));
    for (const text of ["icmp.8.7", "icmp.13.0", "icmp.13.1", "icmpv6.128.1"]) assert.ok(sent.has(text), text);
  });

  it("that are not sent are named with the reason", () => {
    const notSent = planProbes(planOf(SHOP)).unsent.map(({ what }) => what);
    assert.deepEqual(notSent, [
      "packets between nodes and outside",
      "connections from outside to Services",
      "pings of Services",
      "protocol 4, gre in both directions between two places",
      "icmp of type 3",
    ]);
  });

  for (const family of [4, 6] as const) {
    it(`meet what policies say about them, by IPv${family}`, { skip: reasonToSkip() }, () =>
      inLab(situationFrom(SHOP), (plan) =>
        assertFlows(
          plan,
          [
            ["shop/pod/client", "shop/pod/signal", "sctp/36412", "allowed"],
            ["shop/pod/client", "shop/pod/signal", "sctp/7009", "allowed"],
            ["shop/pod/client", "shop/pod/signal", "sctp/7010", "denied"],
            ["shop/pod/client", "shop/pod/signal", "sctp/80", "denied"],
            ["shop/pod/client", "shop/pod/signal", "protocol/253", "denied"],
            ["shop/pod/client", "shop/svc/signal", "sctp/80", "allowed"],
            ["shop/pod/client", "shop/svc/signal", "sctp/36412", "no-route"],
            ["shop/pod/client", "shop/pod/tunnel", "protocol/47", "allowed"],
            ["shop/pod/client", "shop/pod/tunnel", "protocol/50", "denied"],
            ["shop/pod/client", "shop/pod/tunnel", "sctp/36412", "denied"],
            ["node/one", "shop/pod/signal", "sctp/30000", "allowed"],
            ["shop/pod/signal", "node/two", "sctp/30000", "allowed"],
            ["shop/pod/signal", "shop/pod/client", "protocol/50", "allowed"],
          ],
          family,
        ),
      ),
    );
  }

  it("agree in every pair of a lab, by both families", { skip: reasonToSkip() }, async () => {
    const plan = planOf(SHOP);
    const planned = planProbes(plan);
    const crafted = planned.probes.filter(({ traffic: { protocol } }) => protocol === "crafted" || protocol === "sctp");
    const result = await run(plan, { ...planned, probes: crafted });
    assert.deepEqual(
      result.differences.map(
        ({ probe: { from, to, traffic, predicted }, measured, detail }) =>
          `${labEndText(from)} > ${labEndText(to)} ${trafficText(traffic)}: ${predicted}, but ${measured} ${detail}`,
      ),
      [],
    );
    assert.ok(result.counts.allowed.passed > 500 && result.counts.denied.probes > 200);
  });

  it(
    "that pass where they should not, or do not pass where they should, are differences",
    { skip: reasonToSkip() },
    async () => {
      const plan = planOf(SHOP);
      const planned = planProbes(plan);
      const wanted = planned.probes.filter(
        ({ to, traffic: { protocol } }) =>
          labEndText(to) === "shop/pod/signal" && (protocol === "crafted" || protocol === "sctp"),
      );
      const lab = await up(plan);
      try {
        for (const { namespace } of plan.nodes) await loadRuleset(namespace, "delete table inet portcullis\n");
        const open = await probe(plan, { ...planned, probes: wanted, translated: [] });
        assert.ok(open.counts.denied.probes > 20);
        assert.equal(open.counts.denied.differences, open.counts.denied.probes);
        assert.ok(open.differences.every(({ measured }) => measured === "passed"));
        for (const { namespace } of plan.nodes) {
          await loadRuleset(
            namespace,
            "table inet shut {\nchain shut {\ntype filter hook forward priority 0\nct direction reply drop\nmeta l4proto 132 drop\n}\n}\n",
          );
        }
        const few = wanted.filter(({ from, predicted }) => from.place.kind === "outside" && predicted === "allowed");
        const shut = await probe(plan, { ...planned, probes: few, translated: [] }, { timeout: 30 });
        assert.deepEqual(
          new Set(shut.differences.map(({ probe: { traffic }, measured }) => `${traffic.protocol} ${measured}`)),
          new Set(["sctp silent"]),
        );
      } finally {
        await lab.down();
      }
    },
  );
});
