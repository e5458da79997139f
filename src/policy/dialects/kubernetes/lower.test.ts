import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { selectorText } from "../../../labels/selector.ts";
import { addressSetText } from "../../../net/address.ts";
import { trafficText } from "../../../net/traffic-text.ts";
import type { NetworkPolicyResource } from "../../../resources/kinds.ts";
import { readText } from "../../../resources/read.ts";
import { addressSetsOf, type Policy, policyText, rulesOf } from "../../model.ts";
import { lowerNetworkPolicy, networkPolicyTier } from "./lower.ts";

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

function lowered(spec: string): Policy {
  const [only] = resources(["p", spec]);
  assert.ok(only);
  return lowerNetworkPolicy(only);
}

describe("a NetworkPolicy in the policy model", () => {
  it("governs pods of its own namespace", () => {
    const { subject, namespace, name } = lowered(
      "{podSelector: {matchLabels: {b: '2', a: '1'}, matchExpressions: [{key: c, operator: Exists}]}}",
    );
    assert.equal(selectorText(subject.namespaces), "kubernetes.io/metadata.name=shop");
    assert.equal(selectorText(subject.pods), "a=1,b=2,c");
    assert.equal(policyText({ namespace, name }), "shop/p");
  });

  for (const [spec, ingress, egress] of [
    ["{podSelector: {}}", 0, undefined],
    ["{podSelector: {}, egress: [{}]}", 0, 1],
    ["{podSelector: {}, policyTypes: [Egress], ingress: [{}]}", undefined, 0],
    ["{podSelector: {}, policyTypes: [Ingress, Egress]}", 0, 0],
  ] as const) {
    it(`${spec} governs ${ingress === undefined ? "" : "ingress "}${egress === undefined ? "" : "egress"}`, () => {
      assert.equal(rulesOf(lowered(spec), "ingress")?.length, ingress);
      assert.equal(rulesOf(lowered(spec), "egress")?.length, egress);
    });
  }

  it("has for each peer the predicate or the addresses it means", () => {
    const peers =
      "{podSelector: {}}, {namespaceSelector: {}}, {namespaceSelector: {matchLabels: {a: b}}, podSelector: {matchLabels: {c: d}}}, {ipBlock: {cidr: 10.0.0.0/30, except: [10.0.0.1/32]}}";
    const [rule] = lowered(`{podSelector: {}, ingress: [{from: [${peers}]}]}`).ingress ?? [];
    assert.deepEqual(
      rule?.peers?.map(({ pods, addresses }) =>
        pods === undefined
          ? addressSetText(addresses ?? []).join()
          : `${selectorText(pods.namespaces)} / ${selectorText(pods.pods)}`,
      ),
      ["kubernetes.io/metadata.name=shop / everything", "everything / everything", "a=b / c=d", "10.0.0.0,10.0.0.2/31"],
    );
  });

  it("has for each port the traffic, or the name with its protocol", () => {
    const ports =
      "{port: 80}, {protocol: UDP}, {port: 8000, endPort: 8080, protocol: SCTP}, {port: dns, protocol: UDP}";
    const [rule] = lowered(`{podSelector: {}, egress: [{ports: [${ports}]}]}`).egress ?? [];
    assert.deepEqual(
      rule?.ports?.map((port) =>
        port.kind === "traffic" ? trafficText(port.traffic) : `${port.name}/${port.protocol}`,
      ),
      ["tcp 80", "udp", "sctp 8000-8080", "dns/17"],
    );
  });

  it("keeps the place of each rule, peer and port", () => {
    const [, rule] =
      lowered("{podSelector: {}, ingress: [{}, {from: [{podSelector: {}}], ports: [{port: 1}, {port: 2}]}]}").ingress ??
      [];
    assert.deepEqual(
      [rule?.origin.path, rule?.peers?.[0]?.origin.path, rule?.ports?.[1]?.origin.path, rule?.origin.resource],
      ["spec.ingress[1]", "spec.ingress[1].from[0]", "spec.ingress[1].ports[1]", "NetworkPolicy shop/p"],
    );
    assert.equal(rule?.origin.line, 5);
  });

  it("stands in the default tier, which ends in denial, in the order of names", () => {
    const tier = networkPolicyTier(
      resources(
        ["b", "{podSelector: {}}"],
        ["a", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}"],
      ),
    );
    assert.deepEqual([tier.name, tier.order, tier.defaultAction], ["default", 1_000_000, "deny"]);
    assert.deepEqual(
      tier.policies.map(({ name }) => name),
      ["a", "b"],
    );
    assert.deepEqual([...addressSetsOf([tier])].map(addressSetText), [["10.0.0.0/8"]]);
  });
});
