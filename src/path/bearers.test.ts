/** Several objects may bear one address: the pod or node that has it, and network sets that hold it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type FixtureOptions, situationFrom } from "../situation/situation.fixture.ts";
import type { Situation } from "../situation/situation.ts";
import { type Bearer, bearersOf } from "./bearers.ts";
import { type End, endAt } from "./end.ts";

const CLUSTER = `
{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {env: prod}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {nodeName: n1, containers: [{name: main, image: app, ports: [{name: http, containerPort: 80}]}]}
status: {phase: Running, podIP: 10.0.0.1}
---
{apiVersion: v1, kind: Node, metadata: {name: n1, labels: {zone: a}}, status: {addresses: [{type: InternalIP, address: 172.18.0.1}]}}
---
{apiVersion: projectcalico.org/v3, kind: NetworkSet, metadata: {name: own, namespace: shop, labels: {set: own, pcns.env: forged}}, spec: {nets: [10.0.0.0/24, 198.51.100.7]}}
---
{apiVersion: projectcalico.org/v3, kind: GlobalNetworkSet, metadata: {name: wide, labels: {set: wide}}, spec: {nets: [198.51.100.0/24, 172.18.0.0/16]}}
---
{apiVersion: projectcalico.org/v3, kind: NetworkSet, metadata: {name: far, namespace: far, labels: {set: far}}, spec: {nets: [203.0.113.0/24]}}
`;

function given(options?: FixtureOptions): Situation {
  return situationFrom(CLUSTER, options);
}

function at(situation: Situation, ...octets: readonly number[]): End {
  return endAt(
    situation.inventory,
    octets.reduce((value, octet) => value * 256n + BigInt(octet), 0n),
  );
}

function bearers(situation: Situation, end: End): readonly Bearer[] {
  return bearersOf(situation.inventory, situation.assumptions, end);
}

function names(found: readonly Bearer[]): readonly string[] {
  return found.map(
    ({ labels }) => `${labels.get("object:kind")} ${labels.get("app") ?? labels.get("zone") ?? labels.get("set")}`,
  );
}

describe("an address is borne", () => {
  it("by the pod that has it and by every network set that holds it", () => {
    const situation = given();
    assert.deepEqual(names(bearers(situation, at(situation, 10, 0, 0, 1))), ["pod web", "network-set own"]);
  });

  it("by a node and the sets that hold the node's address", () => {
    const situation = given();
    assert.deepEqual(names(bearers(situation, at(situation, 172, 18, 0, 1))), ["node a", "network-set wide"]);
  });

  it("by several sets at once, and by nobody where none holds it", () => {
    const situation = given();
    assert.deepEqual(names(bearers(situation, at(situation, 198, 51, 100, 7))), [
      "network-set own",
      "network-set wide",
    ]);
    assert.deepEqual(names(bearers(situation, at(situation, 192, 0, 2, 1))), []);
  });

  it("perhaps by a set that holds only part of where it may be, and says what would tell", () => {
    const situation = given();
    const block: End = { kind: "outside", where: [{ start: 0xc633_6400n, end: 0xc633_6410n }] };
    assert.deepEqual(
      bearers(situation, block).map(({ labels, unsure }) => [labels.get("set"), unsure?.text]),
      [
        ["own", "which address of 198.51.100.0/28 is meant"],
        ["wide", undefined],
      ],
    );
  });

  it("with ports by pods alone", () => {
    const situation = given();
    assert.deepEqual(
      bearers(situation, at(situation, 10, 0, 0, 1)).map(({ ports }) => ports.length),
      [1, 0],
    );
  });
});

describe("the labels of a network set", () => {
  const setAt = (situation: Situation, ...octets: readonly number[]): Bearer => {
    const found = bearers(situation, at(situation, ...octets)).find(
      ({ labels }) => labels.get("object:kind") !== "pod",
    );
    return found ?? assert.fail("nobody bears the address");
  };

  it("are its own and its namespace's, which it cannot forge", () => {
    const { labels } = setAt(given(), 10, 0, 0, 1);
    assert.equal(labels.get("namespace:env"), "prod");
    assert.equal(labels.get("namespace:projectcalico.org/name"), "shop");
    assert.equal(labels.has("pcns.env"), false);
  });

  it("of the whole cluster have no namespace", () => {
    const { labels, missingLabel } = setAt(given(), 172, 18, 3, 3);
    assert.equal(labels.has("object:namespace"), false);
    assert.equal(missingLabel("namespace:env"), undefined);
  });

  it("are not all known where its namespace is not in the input", () => {
    const { missingLabel, assumedLabel, labels } = setAt(given(), 203, 0, 113, 1);
    assert.match(missingLabel("namespace:env")?.text ?? "", /^label env of namespace far, which is not in the input$/);
    assert.equal(assumedLabel("namespace:env"), undefined);
    assert.equal(missingLabel("namespace:kubernetes.io/metadata.name"), undefined);
    assert.equal(missingLabel("set"), undefined);
    assert.equal(labels.get("namespace:kubernetes.io/metadata.name"), "far");
  });

  it("are taken for known by an assumption, which is named", () => {
    const { missingLabel, assumedLabel } = setAt(
      given({ assumptions: { "unlisted-namespace-labels": "none" } }),
      203,
      0,
      113,
      1,
    );
    assert.equal(missingLabel("namespace:env"), undefined);
    assert.equal(assumedLabel("namespace:env"), "unlisted-namespace-labels");
    assert.equal(assumedLabel("namespace:kubernetes.io/metadata.name"), undefined);
  });
});
