import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { labelsOf } from "./labels.ts";
import {
  all,
  any,
  equals,
  EVERYTHING,
  has,
  isEverything,
  isIn,
  isNothing,
  keysOf,
  not,
  reduced,
  type Selector,
  selects,
  selectsKnowing,
  selectorText,
  textMatches,
} from "./selector.ts";

const KEYS = ["a", "b", "c"] as const;
/** What a label may be, `undefined` being no label at all; "z" is a value that no selector names. */
const VALUES = [undefined, "x", "y", "z", "xz", "zx"] as const;

const { selector } = fc.letrec<{ selector: Selector }>((tie) => ({
  selector: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(...KEYS).map(has),
    fc.tuple(fc.constantFrom(...KEYS), fc.subarray(["x", "y"])).map(([key, values]): Selector => isIn(key, values)),
    fc
      .tuple(fc.constantFrom(...KEYS), fc.constantFrom("contains", "starts", "ends"), fc.constantFrom("x", "y"))
      .map(([key, match, value]) => textMatches(key, match, value)),
    fc.array(tie("selector"), { maxLength: 3 }).map((of): Selector => ({ op: "all", of })),
    fc.array(tie("selector"), { maxLength: 3 }).map((of): Selector => ({ op: "any", of })),
    tie("selector").map(not),
  ),
}));

type Assignment = Readonly<Record<string, string | undefined>>;

const assignment: fc.Arbitrary<Assignment> = fc.record({
  a: fc.constantFrom(...VALUES),
  b: fc.constantFrom(...VALUES),
  c: fc.constantFrom(...VALUES),
});

function labels(of: Assignment): ReadonlyMap<string, string> {
  return new Map(Object.entries(of).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

/** Every way the labels could be in truth, given those that are known. */
function completions(of: Assignment, known: ReadonlySet<string>): readonly Assignment[] {
  return KEYS.reduce<readonly Assignment[]>(
    (list, key) => (known.has(key) ? list : list.flatMap((one) => VALUES.map((value) => ({ ...one, [key]: value })))),
    [of],
  );
}

/** The meaning of a selector, written as plainly as can be. */
function means(item: Selector, of: Assignment): boolean {
  switch (item.op) {
    case "all":
      return item.of.every((part) => means(part, of));
    case "any":
      return item.of.some((part) => means(part, of));
    case "not":
      return !means(item.of, of);
    case "has":
      return of[item.key] !== undefined;
    case "in": {
      const value = of[item.key];
      return value !== undefined && item.values.includes(value);
    }
    case "text": {
      const places = { contains: "", starts: "^", ends: "$" };
      const pattern = item.match === "ends" ? `${item.value}${places.ends}` : `${places[item.match]}${item.value}`;
      return new RegExp(pattern).test(of[item.key] ?? "\n");
    }
  }
}

describe("a selector", () => {
  it("selects by its plain meaning", () => {
    fc.assert(
      fc.property(selector, assignment, (item, of) => {
        assert.equal(selects(item, labels(of)), means(item, of));
      }),
      { numRuns: 500 },
    );
  });

  it("that is sure with some labels unknown is right whatever they are", () => {
    fc.assert(
      fc.property(selector, assignment, fc.subarray([...KEYS]), (item, of, keys) => {
        const known = new Set<string>(keys);
        const answer = selectsKnowing(item, labels(of), (key) => known.has(key));
        const truths = new Set(completions(of, known).map((one) => means(item, one)));
        if (answer !== undefined) assert.deepEqual([...truths], [answer]);
      }),
      { numRuns: 1000 },
    );
  });

  it("that looks at each unknown key once is unsure only where the unknown decides", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...KEYS)),
        fc.boolean(),
        assignment,
        fc.subarray([...KEYS]),
        (keys, conjunction, of, knownKeys) => {
          const parts = keys.map((key, i) => (i % 2 === 0 ? isIn(key, ["x"]) : not(has(key))));
          const item = conjunction ? all(parts) : any(parts);
          const known = new Set<string>(knownKeys);
          const truths = new Set(completions(of, known).map((one) => means(item, one)));
          const [only] = truths;
          const answer = selectsKnowing(item, labels(of), (key) => known.has(key));
          assert.equal(answer, truths.size === 1 ? only : undefined);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("that wants one of no values is not satisfied, known or not", () => {
    assert.equal(
      selectsKnowing(isIn("a", []), new Map(), () => false),
      false,
    );
  });

  it("reduced by what is known selects the same, and asks for nothing that is known", () => {
    fc.assert(
      fc.property(selector, assignment, fc.subarray([...KEYS]), (item, of, keys) => {
        const known = new Set<string>(keys);
        const left = reduced(item, (criterion) =>
          known.has(criterion.key) ? selects(criterion, labels(of)) : undefined,
        );
        for (const one of completions(of, known)) assert.equal(means(left, one), means(item, one));
        for (const key of keysOf(left)) assert.ok(!known.has(key), key);
        if (keysOf(left).size === 0) assert.ok(isEverything(left) || isNothing(left));
      }),
      { numRuns: 500 },
    );
  });

  it("depends on its keys alone", () => {
    fc.assert(
      fc.property(selector, assignment, assignment, (item, of, other) => {
        const keys = keysOf(item);
        const mixed = Object.fromEntries(KEYS.map((key) => [key, keys.has(key) ? of[key] : other[key]]));
        assert.equal(selects(item, labels(mixed)), selects(item, labels(of)));
      }),
    );
  });

  it("has a text of its own: selectors of one text select the same", () => {
    fc.assert(
      fc.property(
        fc.array(selector, { minLength: 2, maxLength: 30 }),
        fc.array(assignment, { maxLength: 20 }),
        (items, list) => {
          const byText = new Map<string, Selector>();
          for (const item of [...items, has("everything"), has("nothing"), isIn("a", []), equals("a", "")]) {
            const text = selectorText(item);
            const other = byText.get(text) ?? item;
            byText.set(text, other);
            for (const of of list) assert.equal(means(item, of), means(other, of), text);
          }
        },
      ),
    );
  });

  it("that asks for a label called like a word of the notation is not taken for that word", () => {
    assert.notEqual(selectorText(has("everything")), selectorText(EVERYTHING));
    assert.notEqual(selectorText(has("nothing")), selectorText(any([])));
    assert.notEqual(selectorText(isIn("a", ["x,y"])), selectorText(isIn("a", ["x", "y"])));
  });

  it("of an empty conjunction selects everything, of an empty disjunction nothing", () => {
    assert.ok(isEverything(EVERYTHING));
    assert.equal(selects(EVERYTHING, new Map()), true);
    assert.equal(selects(any([]), new Map()), false);
    assert.deepEqual(all([has("a")]), has("a"));
    assert.deepEqual(any([has("a")]), has("a"));
  });

  for (const [item, text] of [
    [EVERYTHING, "everything"],
    [any([]), "nothing"],
    [equals("app", "web"), "app=web"],
    [isIn("tier", ["a", "b"]), "tier in (a,b)"],
    [not(isIn("tier", ["a"])), "tier notin (a)"],
    [has("app"), "app"],
    [not(has("canary")), "!canary"],
    [all([equals("app", "web"), isIn("tier", ["a", "b"]), not(has("canary"))]), "app=web,tier in (a,b),!canary"],
    [any([has("a"), equals("b", "")]), "(a or b=)"],
    [not(any([has("a"), has("b")])), "not ((a or b))"],
  ] as const) {
    it(`is written as ${text}`, () => assert.equal(selectorText(item), text));
  }
});

describe("labels", () => {
  it("named like something that every object has are labels like any other", () => {
    const own = labelsOf({ constructor: "x" });
    assert.equal(selects(has("toString"), own), false);
    assert.equal(selects(equals("constructor", "x"), own), true);
  });
});
