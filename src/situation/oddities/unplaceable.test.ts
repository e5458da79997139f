import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readSituation } from "../situation.fixture.ts";

const NODE =
  "apiVersion: v1\nkind: Node\nmetadata: {name: n1, labels: {zone: a}}\nstatus: {addresses: [{type: InternalIP, address: 10.0.0.1}]}\n---\n";

function findings(affinityValue: string, nodes = NODE): readonly string[] {
  const text = `${nodes}apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms:
            - matchExpressions:
              - {key: zone, operator: In, values: ["${affinityValue}"]}
      containers: [{name: c, image: i}]
`;
  return readSituation(text)
    .findings.filter(({ code }) => code === "PC132")
    .map(({ message, position }) => `${position?.line} ${message}`);
}

describe("workloads that no node may run (S1-M1)", () => {
  it("are told with the requirement that no node meets", () => {
    assert.deepEqual(findings("a"), []);
    assert.deepEqual(findings("b"), [
      "14 no node of the input has the labels that Deployment shop/web requires, so its pods run nowhere",
    ]);
  });

  it("are told of a placeholder even where the input has no nodes", () => {
    const expected =
      /^\d+ Deployment shop\/web requires a node label with value "<subnet_ID>", which no label can have/;
    assert.match(findings("<subnet_ID>")[0] ?? "", expected);
    assert.match(findings("<subnet_ID>", "")[0] ?? "", expected);
    assert.deepEqual(findings("b", ""), []);
  });
});
