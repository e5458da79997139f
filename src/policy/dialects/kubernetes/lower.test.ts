import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { selectorText } from "../../../labels/selector.ts";
import { addressSetText } from "../../../net/address.ts";
import { trafficText } from "../../../net/traffic-text.ts";
import type { NetworkPolicyResource } from "../../../resources/kinds.ts";
import { readText } from "../../../resources/read.ts";
import {
  allPeers,
  BASELINE_TIER,
  DEFAULT_TIER,
  policiesInOrder,
  type Policy,
  policyText,
  rulesOf,
} from "../../model.ts";
import { lowerNetworkPolicy } from "./lower.ts";

function resources(...specs: readonly (readonly [string, string])[]): readonly NetworkPolicyResource[] {
  const text = specs.map(
    ([name, spec]) => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: shop}
spec: ${spec}`,
  );
  const reading = readText("p.yaml", text.join("\n---"), { validation: "strict", namespace: undefined });
  assert.deepEqual(reading.findings, []);
  return reading.resources.filter((resource): resource is NetworkPolicyResource => resource.kind === "NetworkPolicy");
}

function policies(...specs: readonly (readonly [string, string])[]): readonly Policy[] {
  return resources(...specs).map(({ kind, metadata, spec, origin }) =>
    lowerNetworkPolicy(kind, metadata, spec, origin),
  );
}

function lowered(spec: string): Policy {
  const [only] = policies(["p", spec]);
  assert.ok(only);
  return only;
}

/** What every selector of pods asks of their namespace where it means the policy's own. */
const OWN = "namespace:kubernetes.io/metadata.name=shop";

describe("a NetworkPolicy in the policy model", () => {
  it("governs pods of its own namespace", () => {
    const { subject, namespace, name } = lowered(
      "{podSelector: {matchLabels: {b: '2', a: '1'}, matchExpressions: [{key: c, operator: Exists}]}}",
    );
    assert.equal(selectorText(subject), `object:kind=pod,${OWN},a=1,b=2,c`);
    assert.equal(policyText({ namespace, name }), "shop/p");
  });

  for (const [spec, ingress, egress] of [
    ["{podSelector: {}}", 0, undefined],
    ["{podSelector: {}, egress: [{}]}", 0, 1],
    ["{podSelector: {}, policyTypes: [Egress], ingress: [{}]}", undefined, 0],
    ["{podSelector: {}, policyTypes: [Ingress, Egress]}", 0, 0],
  ] as const) {
    it(`${spec} governs ${ingress === undefined ? "" : "ingress "}${egress === undefined ? "" : "egress"}`, () => {
      assert.equal(rulesOf(lowered(spec), "ingress", "normal")?.length, ingress);
      assert.equal(rulesOf(lowered(spec), "egress", "normal")?.length, egress);
    });
  }

  it("has for each peer the predicate or the addresses it means", () => {
    const peers =
      "{podSelector: {}}, {namespaceSelector: {}}, {namespaceSelector: {matchLabels: {a: b}}, podSelector: {matchLabels: {c: d}}}, {ipBlock: {cidr: 10.0.0.0/30, except: [10.0.0.1/32]}}";
    const [rule] = lowered(`{podSelector: {}, ingress: [{from: [${peers}]}]}`).ingress ?? [];
    assert.deepEqual(
      rule?.source?.map(({ selector, addresses }) =>
        selector === undefined ? addressSetText(addresses ?? []).join() : selectorText(selector),
      ),
      [`object:kind=pod,${OWN}`, "object:kind=pod", "object:kind=pod,namespace:a=b,c=d", "10.0.0.0,10.0.0.2/31"],
    );
    assert.equal(rule?.destination, undefined);
  });

  it("has for each port the traffic, or the name with its protocol", () => {
    const ports =
      "{port: 80}, {protocol: UDP}, {port: 8000, endPort: 8080, protocol: SCTP}, {port: dns, protocol: UDP}";
    const [rule] = lowered(`{podSelector: {}, egress: [{ports: [${ports}]}]}`).egress ?? [];
    assert.deepEqual(
      rule?.traffic?.map(({ within }) => trafficText(within)),
      ["TCP 80", "UDP", "SCTP 8000-8080", "UDP"],
    );
    assert.deepEqual(
      rule?.traffic?.map(({ conditions }) => conditions),
      [
        [],
        [],
        [],
        [
          {
            side: "destination",
            negated: false,
            anyOf: [{ kind: "named", name: "dns", protocol: 17, among: undefined }],
          },
        ],
      ],
    );
  });

  it("keeps the place of each rule, peer and port", () => {
    const [, rule] =
      lowered("{podSelector: {}, ingress: [{}, {from: [{podSelector: {}}], ports: [{port: 1}, {port: 2}]}]}").ingress ??
      [];
    assert.deepEqual(
      [rule?.origin.path, rule?.source?.[0]?.origin.path, rule?.traffic?.[1]?.origin.path, rule?.origin.resource],
      ["spec.ingress[1]", "spec.ingress[1].from[0]", "spec.ingress[1].ports[1]", "NetworkPolicy shop/p"],
    );
    assert.equal(rule?.origin.line, 5);
  });

  it("of namespaceSelector and podSelector asks both of one pod, in either direction", () => {
    const [rule] = lowered("{podSelector: {}, egress: [{to: [{podSelector: {}}]}]}").egress ?? [];
    assert.equal(rule?.source, undefined);
    assert.deepEqual(
      rule?.destination?.map(({ selector }) => selector && selectorText(selector)),
      [`object:kind=pod,${OWN}`],
    );
  });

  it("stands among those of its order in the order of names, before the baseline", () => {
    const both = policies(
      ["b", "{podSelector: {}}"],
      ["a", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}"],
    );
    assert.deepEqual(
      policiesInOrder(both).map(({ name, order }) => [name, order]),
      [
        ["a", 1000],
        ["b", 1000],
      ],
    );
    assert.ok(DEFAULT_TIER.order < BASELINE_TIER.order);
    const peers = [...allPeers([{ ...DEFAULT_TIER, policies: both }])];
    assert.deepEqual(
      peers.map(({ addresses }) => addressSetText(addresses ?? [])),
      [["10.0.0.0/8"]],
    );
  });
});
