import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { selectorText } from "../../../labels/selector.ts";
import { addressSetText } from "../../../net/address.ts";
import { trafficText } from "../../../net/traffic-text.ts";
import { readText } from "../../../resources/read.ts";
import { lineText } from "../../../source/origin.ts";
import type { Peer, Policy, Rule } from "../../model.ts";
import { lowerClusterPolicy } from "./lower.ts";

function lowered(rules: string, subject = "{namespaces: {}}"): Policy {
  const text = `apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: p}
spec:
  tier: Admin
  priority: 7
  subject: ${subject}
  ${rules}`;
  const { resources } = readText("p.yaml", text, { validation: "strict", namespace: undefined });
  const [resource] = resources;
  assert.ok(resource?.kind === "ClusterNetworkPolicy");
  return lowerClusterPolicy(resource);
}

function egressRule(rule: string): Rule {
  const [only] = lowered(`egress: [{${rule}}]`).egress ?? [];
  assert.ok(only);
  return only;
}

function peerText({ selector, addresses, unknown }: Peer): string {
  return [selector && selectorText(selector), addresses && addressSetText(addresses).join(" "), unknown?.text]
    .filter((text) => text !== undefined)
    .join("; ");
}

describe("a ClusterNetworkPolicy in the policy model", () => {
  it("governs pods by the labels of their namespaces and their own", () => {
    const { subject, order, tieBreak } = lowered(
      "",
      "{pods: {namespaceSelector: {matchLabels: {env: prod}}, podSelector: {matchLabels: {app: db}}}}",
    );
    assert.equal(selectorText(subject), "object:kind=pod,namespace:env=prod,app=db");
    assert.deepEqual([order, tieBreak], [7, "p//KubernetesClusterNetworkPolicy"]);
  });

  it("does not speak of a direction without rules", () => {
    const { ingress, egress } = lowered("ingress: [{action: Deny, from: [{namespaces: {}}]}]");
    assert.equal(ingress?.length, 1);
    assert.equal(egress, undefined);
  });

  for (const [peer, text] of [
    ["namespaces: {}", "object:kind=pod"],
    ["namespaces: {matchLabels: {team: red}}", "object:kind=pod,namespace:team=red"],
    ["nodes: {matchLabels: {role: control}}", "object:kind=node,role=control"],
    ["networks: [10.0.0.0/8, 'fd00::/8']", "10.0.0.0/8 fd00::/8"],
    ["domainNames: [a.example]", "which addresses a.example resolves to (ClusterNetworkPolicy p spec.egress[0].to[0])"],
  ] as const) {
    it(`the peer ${peer} is ${text}`, () => {
      const { destination, source } = egressRule(`action: Accept, to: [{${peer}}]`);
      assert.deepEqual(destination?.map(peerText), [text]);
      assert.equal(source, undefined);
    });
  }

  for (const [protocols, text] of [
    ["tcp: {destinationPort: {number: 80}}", "TCP 80"],
    ["udp: {destinationPort: {range: {start: 1, end: 65535}}}", "UDP 1-65535"],
    ["sctp: {destinationPort: {number: 7}}", "SCTP 7"],
    ["destinationNamedPort: dns", "TCP, UDP, SCTP, where the destination names dns"],
  ] as const) {
    it(`the protocol ${protocols} is ${text}`, () => {
      const { traffic } = egressRule(`action: Deny, to: [{namespaces: {}}], protocols: [{${protocols}}]`);
      assert.deepEqual(
        traffic?.map(({ within, conditions }) => {
          const names = conditions.flatMap(({ anyOf }) => anyOf.map((one) => (one.kind === "named" ? one.name : "?")));
          return `${trafficText(within)}${names.length > 0 ? `, where the destination names ${names.join()}` : ""}`;
        }),
        [text],
      );
    });
  }

  it("without protocols is about all traffic", () => {
    assert.equal(egressRule("action: Deny, to: [{namespaces: {}}]").traffic, undefined);
  });

  for (const [action, meets] of [
    ["Accept", "nobody"],
    ["Deny", "everybody"],
    ["Pass", "everybody"],
  ] as const) {
    it(`${action} with a field of a newer API denies ${meets}`, () => {
      for (const rest of ["to: [{identity: {}}]", "to: [{namespaces: {}}], protocols: [{quic: {}}]"]) {
        const rule = egressRule(`action: ${action}, ${rest}`);
        const everybody = rule.source === undefined && rule.destination === undefined && rule.traffic === undefined;
        const nobody = rule.source?.length === 0 || rule.destination?.length === 0;
        assert.deepEqual([rule.action, everybody, nobody], ["deny", meets === "everybody", meets === "nobody"], rest);
      }
    });
  }

  it("keeps the line of each rule, peer and protocol", () => {
    const { ingress } = lowered(`ingress:
  - action: Deny
    from:
    - namespaces: {}
    protocols:
    - destinationNamedPort: dns`);
    const [rule] = ingress ?? [];
    assert.deepEqual(
      [rule?.origin, rule?.source?.[0]?.origin, rule?.traffic?.[0]?.origin].map((origin) => origin && lineText(origin)),
      ["p.yaml:9", "p.yaml:11", "p.yaml:13"],
    );
  });
});
