import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { labelsOf } from "../labels.ts";
import { any, has, isIn, keysOf, not, selects, selectsKnowing, selectorText } from "../selector.ts";
import { parseCalicoSelector } from "./parse.ts";
import { type CalicoSelector, interpret } from "./selector.ts";
import { calicoSelectorText } from "./text.ts";
import { anyLabels, anySelectorText } from "./written.fixture.ts";

function parsed(text: string): CalicoSelector {
  const result = parseCalicoSelector(text);
  if ("error" in result) throw new Error(`${text}: ${result.error.message} at ${result.error.offset}`);
  return result.selector;
}

const CANONICAL: readonly (readonly [written: string, canonical: string])[] = [
  ["", "all()"],
  [" (all( ) ) ", "all()"],
  ["!all()", "!all()"],
  ["global( )", "global()"],
  ["! (has( b)||! has(a ))", "!(has(b) || !has(a))"],
  ["has(a) && has(b) || has(c)", "((has(a) && has(b)) || has(c))"],
  ["has(a) && (has(b) && has(c))", "(has(a) && (has(b) && has(c)))"],
  ["a=='b'", 'a == "b"'],
  ['a == "\'"', 'a == "\'"'],
  ["a!='\"'", "a != '\"'"],
  ["a contains 'x'", 'a contains "x"'],
  ["a startswith '\"'", "a starts with '\"'"],
  ["!a endswith 'x'", '!a ends with "x"'],
  ["a in {'z', 'x', 'z', \"y\",}", 'a in {"x", "y", "z"}'],
  ["a notin {'z', 'x'}", 'a not in {"x", "z"}'],
  ["a in {'😀', '\uE000', 'x', 'xx', ''}", 'a in {"", "x", "xx", "\uE000", "😀"}'],
  ["a in {}", "a in {}"],
  ["a not in {}", "a not in {}"],
  ["a in {'x', 'x'}", 'a == "x"'],
  ["!a == 'x'", 'a != "x"'],
  ["!a not in {'x', 'y'}", 'a in {"x", "y"}'],
  ["!(!has(a))", "has(a)"],
];

describe("the canonical text of a Calico selector", () => {
  for (const [written, canonical] of CANONICAL) {
    it(`of ${JSON.stringify(written)} is ${canonical}`, () =>
      assert.equal(calicoSelectorText(parsed(written)), canonical));
  }

  it("of a Kubernetes selector is a Calico selector", () => {
    assert.equal(calicoSelectorText(not(any([]))), "all()");
    assert.equal(calicoSelectorText(any([])), "!all()");
    assert.equal(
      calicoSelectorText({ op: "all", of: [isIn("tier", ["b", "a"]), not(has("canary"))] }),
      '(tier in {"a", "b"} && !has(canary))',
    );
  });

  it("does not exist for a value with both kinds of quotes", () => {
    assert.throws(() => calicoSelectorText(isIn("a", [`"'`])), RangeError);
  });

  it("is read back as the same selector: it is its own canonical text and selects the same", () => {
    fc.assert(
      fc.property(anySelectorText, anyLabels, ({ text }, labels) => {
        const selector = parsed(text);
        const canonical = calicoSelectorText(selector);
        assert.equal(calicoSelectorText(parsed(canonical)), canonical);
        assert.equal(selects(interpret(parsed(canonical)), labels), selects(interpret(selector), labels));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a Calico selector's choice", () => {
  it("is what its text says, by a reading without tree and parser", () => {
    let chosen = 0;
    fc.assert(
      fc.property(anySelectorText, anyLabels, ({ text, holds }, labels) => {
        const answer = selects(interpret(parsed(text)), labels);
        assert.equal(answer, holds(labels), text);
        if (answer) chosen++;
      }),
      { numRuns: 3000 },
    );
    assert.ok(chosen > 300 && chosen < 2700, `${chosen} of 3000 selected`);
  });

  const MISSING: readonly (readonly [text: string, answer: boolean])[] = [
    ["a == 'x'", false],
    ["a in {'x'}", false],
    ["a in {}", false],
    ["a contains ''", false],
    ["a starts with ''", false],
    ["a ends with ''", false],
    ["has(a)", false],
    ["a != 'x'", true],
    ["a not in {'x'}", true],
    ["a not in {}", true],
    ["!a contains ''", true],
    ["!has(a)", true],
  ];
  for (const [text, answer] of MISSING) {
    it(`${text} ${answer ? "takes" : "leaves"} an object without that label`, () => {
      assert.equal(selects(interpret(parsed(text)), labelsOf({ b: "x" })), answer);
    });
  }

  it("of an empty set is nothing, and of its opposite everything, whatever the label is", () => {
    assert.equal(selects(interpret(parsed("a in {}")), labelsOf({ a: "" })), false);
    assert.equal(selects(interpret(parsed("a not in {}")), labelsOf({ a: "" })), true);
  });

  it("counts case", () => {
    for (const text of ["a == 'X'", "A == 'x'", "a contains 'X'", "a starts with 'X'", "a ends with 'X'"]) {
      assert.equal(selects(interpret(parsed(text)), labelsOf({ a: "x" })), false, text);
    }
  });

  it("is open where a text operator looks at a label that is not known", () => {
    const selector = interpret(parsed("a starts with 'x' && has(b)"));
    const answer = (labels: Readonly<Record<string, string>>, known: readonly string[]): boolean | undefined =>
      selectsKnowing(selector, labelsOf(labels), (key) => known.includes(key));
    assert.equal(answer({ b: "" }, ["b"]), undefined);
    assert.equal(answer({}, ["b"]), false);
    assert.equal(answer({ a: "xy", b: "" }, ["a", "b"]), true);
    assert.deepEqual([...keysOf(selector)], ["a", "b"]);
  });
});

describe("the short text of selectors", () => {
  it("says the text operators in words", () => {
    const text = (selector: string): string => selectorText(interpret(parsed(selector)));
    assert.equal(text("app starts with 'we' && !app ends with 'b'"), "app starts with we,not (app ends with b)");
    assert.equal(text("app contains ''"), 'app contains ""');
  });

  it("differs where selectors differ, though values hold its own signs", () => {
    const answers = new Map<string, string>();
    const probes = fc.sample(anyLabels, { numRuns: 60, seed: 1 });
    fc.assert(
      fc.property(anySelectorText, ({ text }) => {
        const selector = interpret(parsed(text));
        const answer = probes.map((labels) => (selects(selector, labels) ? 1 : 0)).join("");
        const short = selectorText(selector);
        assert.equal(answers.get(short) ?? answer, answer, short);
        answers.set(short, answer);
      }),
      { numRuns: 2000 },
    );
    const [one, two] = ["a == 'x,b=y'", "a == 'x' && b == 'y'"].map((text) => selectorText(interpret(parsed(text))));
    assert.notEqual(one, two);
    assert.notEqual(selectorText(not(isIn("a", []))), selectorText(not(isIn("a", [""]))));
    assert.notEqual(selectorText(has("everything")), selectorText(interpret(parsed("all()"))));
  });
});
