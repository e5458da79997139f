import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CODES } from "./codes.ts";
import { distinctFacts } from "./fact.ts";
import { finding, findingText } from "./finding.ts";
import { lineText, pathText, positionText } from "./origin.ts";

describe("a place in the input", () => {
  const position = { file: "shop/policy.yaml", line: 12, column: 5 };

  it("is written as editors and terminals understand it", () => {
    assert.equal(positionText(position), "shop/policy.yaml:12:5");
    assert.equal(lineText(position), "shop/policy.yaml:12");
  });

  for (const [path, text] of [
    [[], ""],
    [["spec"], "spec"],
    [["spec", "ingress", 0, "from", 1], "spec.ingress[0].from[1]"],
    [["metadata", "labels", "app.kubernetes.io/name"], 'metadata.labels["app.kubernetes.io/name"]'],
    [["a", ""], 'a[""]'],
    [["a", 'say "x"'], 'a["say \\"x\\""]'],
    [["a", "_b1"], "a._b1"],
    [["a", "1b"], 'a["1b"]'],
  ] as const) {
    it(`inside an object is written as ${text || "nothing for the whole"}`, () => assert.equal(pathText(path), text));
  }
});

describe("a finding", () => {
  it("has the severity of its code and says where, what and what to do", () => {
    const item = finding("PC110", 'unknown field "spec.podselector"', "write podSelector", {
      position: { file: "a.yaml", line: 1, column: 2 },
      resource: "NetworkPolicy shop/p",
    });
    assert.equal(item.severity, "error");
    assert.equal(findingText(item), 'a.yaml:1:2: error PC110: unknown field "spec.podselector"\n  write podSelector');
  });

  it("without a place begins with its severity", () => {
    assert.equal(findingText(finding("PC120", "m", "r")), "info PC120: m\n  r");
  });
});

describe("facts that are missing", () => {
  it("are told once each, in the order they came up", () => {
    const [a, b] = [
      { text: "label a", remedy: "add it" },
      { text: "label b", remedy: "add it" },
    ];
    assert.deepEqual(distinctFacts([a, b, { ...a }]), [a, b]);
  });
});

describe("codes", () => {
  it("are PC and three digits, each with a title that is one phrase", () => {
    for (const [name, { title }] of Object.entries(CODES)) {
      assert.match(name, /^PC[1-9]\d\d$/);
      assert.match(title, /^[A-Za-z].*[^.]$/);
    }
  });
});
