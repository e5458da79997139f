import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Selector, selectorText } from "../../../labels/selector.ts";
import { addressSetText } from "../../../net/address.ts";
import { trafficText } from "../../../net/traffic-text.ts";
import { readText } from "../../../resources/read.ts";
import { lineText } from "../../../source/origin.ts";
import type { PortChoice, Policy, Rule } from "../../model.ts";
import { lowerCalicoPolicy } from "./lower.ts";

type Scope = "shop" | "global";

/** The policy that a spec in flow style describes, of namespace shop or a global one. */
function lowered(spec: string, scope: Scope = "shop"): Policy {
  const kind = scope === "global" ? "GlobalNetworkPolicy" : "NetworkPolicy";
  const text = `apiVersion: projectcalico.org/v3
kind: ${kind}
metadata: {name: p${scope === "global" ? "" : ", namespace: shop"}}
spec: ${spec}`;
  const reading = readText("p.yaml", text, { validation: "strict", namespace: undefined });
  assert.deepEqual(reading.findings, []);
  const [resource] = reading.resources;
  assert.ok(resource?.kind === "CalicoNetworkPolicy" || resource?.kind === "GlobalNetworkPolicy");
  return lowerCalicoPolicy(kind, resource.metadata, resource.spec, resource.origin);
}

/** The only ingress rule, with this source. */
function ruleFrom(source: string, scope: Scope = "shop"): Rule {
  const [only] = lowered(`{ingress: [{action: Allow, source: {${source}}}]}`, scope).ingress ?? [];
  assert.ok(only);
  return only;
}

/** What the source must be, selectors in kubectl's notation without the list of kinds that rules see. */
function peerText(source: string, scope: Scope): readonly string[] {
  const plain = (selector: Selector): string => selectorText(selector).replace(/^object:kind in \([^)]*\),/, "");
  return (ruleFrom(source, scope).source ?? []).map(({ selector, notSelector, addresses, service }) =>
    [
      selector && plain(selector),
      notSelector && `not ${plain(notSelector)}`,
      addresses && addressSetText(addresses).join(" "),
      service && `endpoints of ${service.namespace}/${service.name}`,
    ]
      .filter((text) => text !== undefined)
      .join("; "),
  );
}

describe("the side of a rule", () => {
  const OWN = "object:namespace=shop";
  for (const [source, inShop, inGlobal] of [
    ["selector: a == 'b'", `${OWN},a=b`, "a=b"],
    ["notSelector: a == 'b'", `${OWN},a notin (b)`, "not a=b"],
    ["selector: has(x), notSelector: has(y)", `${OWN},x,!y`, "x,!y"],
    ["namespaceSelector: env == 'prod'", "namespace:env=prod", "namespace:env=prod"],
    ["namespaceSelector: all(), selector: has(x)", "object:namespace,x", "object:namespace,x"],
    ["namespaceSelector: global()", "!object:namespace", "!object:namespace"],
    [
      "serviceAccounts: {names: [front]}",
      `${OWN},serviceaccount:projectcalico.org/name=front`,
      "serviceaccount:projectcalico.org/name=front",
    ],
    ["nets: [10.0.0.0/8]", "10.0.0.0/8", "10.0.0.0/8"],
    ["nets: [10.0.0.0/8], notNets: [10.0.0.0/9]", "10.128.0.0/9", "10.128.0.0/9"],
    ["selector: has(x), nets: [10.0.0.0/8]", `${OWN},x; 10.0.0.0/8`, "x; 10.0.0.0/8"],
    ["services: {name: s, namespace: far}", "endpoints of far/s", "endpoints of far/s"],
  ] as const) {
    it(`${source} is ${inShop} in namespace shop, and ${inGlobal} in a global policy`, () => {
      assert.deepEqual(peerText(source, "shop"), [inShop]);
      assert.deepEqual(peerText(source, "global"), [inGlobal]);
    });
  }

  it("without criteria is not restricted", () => {
    assert.equal(ruleFrom("").source, undefined);
    assert.equal(ruleFrom("selector: ''").source, undefined);
  });
});

describe("the traffic of a rule", () => {
  const within = (rule: string): string => {
    const [only] = lowered(`{ingress: [{action: Allow, ${rule}}]}`).ingress ?? [];
    return (only?.traffic ?? []).map((match) => trafficText(match.within)).join("; ");
  };
  for (const [rule, text] of [
    ["protocol: TCP", "TCP"],
    ["protocol: 47", "GRE"],
    ["protocol: ICMP, icmp: {type: 8}", "ICMP type 8"],
    ["protocol: ICMP, icmp: {type: 3, code: 4}", "ICMP type 3 code 4"],
  ] as const) {
    it(`${rule} is ${text}`, () => assert.equal(within(rule), text));
  }

  it("holds numbers and names of one list as alternatives, names among what the rule selects", () => {
    const [rule] =
      lowered(
        "{ingress: [{action: Allow, protocol: TCP, destination: {selector: has(x), ports: [80, '8000:8001', http]}}]}",
      ).ingress ?? [];
    const [condition, ...more] = rule?.traffic?.[0]?.conditions ?? [];
    assert.deepEqual(more, []);
    assert.deepEqual([condition?.side, condition?.negated], ["destination", false]);
    assert.deepEqual(condition?.anyOf.map(choiceText), ["80-80 8000-8001", "http among object:namespace=shop,x"]);
  });

  function choiceText(choice: PortChoice): string {
    switch (choice.kind) {
      case "numbers":
        return choice.ports.map(({ start, end }) => `${start}-${end - 1}`).join(" ");
      case "named":
        return `${choice.name} among ${choice.among && selectorText(choice.among).replace(/^object:kind in \([^)]*\),/, "")}`;
      case "service":
        return choice.service.name;
    }
  }
});

describe("a policy of Calico", () => {
  it("keeps the line of each rule and side", () => {
    const { ingress } = lowered(`
  ingress:
  - action: Deny
  - action: Allow
    source:
      selector: has(x)`);
    const [first, second] = ingress ?? [];
    assert.deepEqual(
      [first?.origin, second?.origin, second?.source?.[0]?.origin].map((origin) => origin && lineText(origin)),
      ["p.yaml:6", "p.yaml:7", "p.yaml:8"],
    );
    assert.equal(second?.source?.[0]?.origin.path, "spec.ingress[1].source");
  });

  it("that is staged stands in the order where the enforced one would", () => {
    const spec = lowered("{}");
    assert.equal(spec.tieBreak, "p/shop/NetworkPolicy");
    assert.equal(lowered("{}", "global").tieBreak, "p//GlobalNetworkPolicy");
    assert.equal(spec.order, Number.POSITIVE_INFINITY);
  });
});
