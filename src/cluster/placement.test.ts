import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { NodeRequirement, NodeTerm, PodPlacement, Taint } from "../resources/kinds.ts";
import type { Node } from "./endpoint.ts";
import { seenNodeLabels } from "./inventory.ts";
import { mayRunOn } from "./placement.ts";

const FREE: PodPlacement = { nodeSelector: {}, nodeTerms: undefined, tolerations: [] };

function node(labels: Readonly<Record<string, string>>, taints: readonly Taint[] = []): Node {
  return {
    kind: "node",
    name: "n1",
    addresses: [],
    statusAddresses: [],
    podRange: [],
    taints,
    seen: seenNodeLabels(labels),
    origin: undefined,
  };
}

function requires(key: string, operator: NodeRequirement["operator"], ...values: readonly string[]): NodeTerm {
  return { matchExpressions: [{ key, operator, values }], matchFields: [] };
}

function fits(
  placement: Partial<PodPlacement>,
  labels: Readonly<Record<string, string>>,
  taints?: readonly Taint[],
): boolean {
  return mayRunOn({ placement: { ...FREE, ...placement } }, node(labels, taints));
}

describe("a pod may be put on a node", () => {
  it("that has every label of its node selector", () => {
    assert.ok(fits({ nodeSelector: { zone: "a", disk: "ssd" } }, { zone: "a", disk: "ssd", more: "x" }));
    assert.ok(!fits({ nodeSelector: { zone: "a", disk: "ssd" } }, { zone: "a" }));
  });

  it("that meets some term of its affinity whole; a term without requirements is met by none", () => {
    const both: NodeTerm = {
      matchExpressions: [
        ...requires("zone", "In", "a", "b").matchExpressions,
        ...requires("gpu", "Exists").matchExpressions,
      ],
      matchFields: [],
    };
    assert.ok(fits({ nodeTerms: [both] }, { zone: "b", gpu: "" }));
    assert.ok(!fits({ nodeTerms: [both] }, { zone: "b" }));
    assert.ok(fits({ nodeTerms: [both, requires("zone", "In", "b")] }, { zone: "b" }));
    assert.ok(!fits({ nodeTerms: [{ matchExpressions: [], matchFields: [] }] }, {}));
    assert.ok(!fits({ nodeTerms: [] }, {}));
  });

  const CASES: readonly (readonly [
    operator: NodeRequirement["operator"],
    values: readonly string[],
    label: string | undefined,
    fits: boolean,
  ])[] = [
    ["In", ["a"], "a", true],
    ["In", ["a"], "b", false],
    ["In", ["a"], undefined, false],
    ["NotIn", ["a"], "a", false],
    ["NotIn", ["a"], "b", true],
    ["NotIn", ["a"], undefined, true],
    ["Exists", [], "", true],
    ["Exists", [], undefined, false],
    ["DoesNotExist", [], "x", false],
    ["DoesNotExist", [], undefined, true],
    ["Gt", ["4"], "10", true],
    ["Gt", ["4"], "4", false],
    ["Gt", ["4"], "many", false],
    ["Gt", ["4"], undefined, false],
    ["Lt", ["4"], "-1", true],
    ["Lt", ["4"], "5", false],
  ];
  for (const [operator, values, label, expected] of CASES) {
    it(`by ${operator} ${values.join()} with ${label === undefined ? "no label" : `"${label}"`}: ${expected}`, () => {
      assert.equal(
        fits({ nodeTerms: [requires("k", operator, ...values)] }, label === undefined ? {} : { k: label }),
        expected,
      );
    });
  }

  it("by the node's name as a field", () => {
    const named = (name: string): NodeTerm => ({
      matchExpressions: [],
      matchFields: [{ key: "metadata.name", operator: "In", values: [name] }],
    });
    assert.ok(fits({ nodeTerms: [named("n1")] }, {}));
    assert.ok(!fits({ nodeTerms: [named("n2")] }, {}));
  });

  it("unless a taint keeps it away that it does not tolerate", () => {
    const edge: Taint = { key: "edge", value: "yes", effect: "NoSchedule" };
    const tolerates = (toleration: Partial<PodPlacement["tolerations"][number]>): boolean =>
      fits({ tolerations: [{ key: "edge", operator: "Equal", value: "yes", effect: "", ...toleration }] }, {}, [edge]);
    assert.ok(!fits({}, {}, [edge]));
    assert.ok(tolerates({}));
    assert.ok(!tolerates({ value: "no" }));
    assert.ok(tolerates({ operator: "Exists", value: "" }));
    assert.ok(tolerates({ operator: "Exists", key: "", value: "" }));
    assert.ok(!tolerates({ effect: "NoExecute" }));
    assert.ok(fits({}, {}, [{ ...edge, effect: "PreferNoSchedule" }]));
    assert.ok(fits({}, {}, [{ key: "node.kubernetes.io/not-ready", value: "", effect: "NoExecute" }]), "passes by");
  });
});
