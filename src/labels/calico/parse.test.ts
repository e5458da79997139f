import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { textMatches, equals, has, isIn, not, type Selector } from "../selector.ts";
import { parseCalicoSelector } from "./parse.ts";
import { AS_WRITTEN, type CalicoSelector, CALICO_SELECTOR_MAX_LENGTH, interpret, mentionsGlobal } from "./selector.ts";
import { anySelectorText } from "./written.fixture.ts";

function parsed(text: string): CalicoSelector {
  const result = parseCalicoSelector(text);
  if ("error" in result) throw new Error(`${text}: ${result.error.message} at ${result.error.offset}`);
  return result.selector;
}

const [a, b, c] = [has("a"), has("b"), has("c")];
const ALL: CalicoSelector = { op: "all", of: [] };

const ACCEPTED: readonly (readonly [text: string, selector: CalicoSelector])[] = [
  ["", ALL],
  [" \t ", ALL],
  ["all()", ALL],
  ["all( \t)", ALL],
  ["global( )", { op: "global" }],
  ["has( a )", a],
  ['a=="b"', equals("a", "b")],
  ["a == 'b'", equals("a", "b")],
  ["a\t!=\t'b'", not(equals("a", "b"))],
  ["a contains 'b'", textMatches("a", "contains", "b")],
  ['a contains"b"', textMatches("a", "contains", "b")],
  ["a starts with 'b'", textMatches("a", "starts", "b")],
  ["a starts \t with 'b'", textMatches("a", "starts", "b")],
  ["a startswith 'b'", textMatches("a", "starts", "b")],
  ["a ends with 'b'", textMatches("a", "ends", "b")],
  ["a endswith'b'", textMatches("a", "ends", "b")],
  ["a in {'x', 'y'}", isIn("a", ["x", "y"])],
  ["a in{'x','y',}", isIn("a", ["x", "y"])],
  ["a in {}", isIn("a", [])],
  ["a not in { }", not(isIn("a", []))],
  ['a notin{"x"}', not(isIn("a", ["x"]))],
  ["a  not  in  {'x'}", not(isIn("a", ["x"]))],
  ["a == ''", equals("a", "")],
  ['a == "it\'s"', equals("a", "it's")],
  ["a == 'say \"x\" \\ é\n“'", equals("a", 'say "x" \\ é\n“')],
  ["1st == 'x'", equals("1st", "x")],
  ["-a/b.c_d == 'x'", equals("-a/b.c_d", "x")],
  ["contains contains 'contains'", textMatches("contains", "contains", "contains")],
  ["startswith starts with 'x'", textMatches("startswith", "starts", "x")],
  ["in in {'in'}", isIn("in", ["in"])],
  ["not not in {'x'}", not(isIn("not", ["x"]))],
  ["not in {'x'}", isIn("not", ["x"])],
  [
    "has == 'x' && all == 'y' && global == 'z'",
    { op: "all", of: [equals("has", "x"), equals("all", "y"), equals("global", "z")] },
  ],
  ["has(has)", has("has")],
  ["!has(a)", not(a)],
  ["! ! !has(a)", not(a)],
  ["!!has(a)", a],
  ["!a == 'b'", not(equals("a", "b"))],
  ["!a != 'b'", not(not(equals("a", "b")))],
  ["has(a) || has(b) && has(c)", { op: "any", of: [a, { op: "all", of: [b, c] }] }],
  ["(has(a) || has(b)) && !has(c)", { op: "all", of: [{ op: "any", of: [a, b] }, not(c)] }],
  ["!has(a)&&has(b)||has(c)", { op: "any", of: [{ op: "all", of: [not(a), b] }, c] }],
  ["!(has(a) || has(b))", not({ op: "any", of: [a, b] } satisfies Selector)],
  ["((has(a)))", a],
];

/** Text, offset of the error, what the remedy or the message must say. */
const REFUSED: readonly (readonly [text: string, offset: number, says: string | RegExp])[] = [
  ["app = 'web'", 4, '`app == "web"`'],
  ["app=web", 3, '`app == "web"`'],
  ["app === 'web'", 6, "write `==`"],
  ["app: web", 3, '`app == "web"`'],
  ['app: "web"', 3, '`app == "web"`'],
  ["app == web", 7, '`app == "web"`'],
  ["app == web:v1 && has(b)", 7, '`app == "web:v1"`'],
  ["app == 5", 7, '`app == "5"`'],
  ["app == “web”", 7, '`"web"` with straight quotes'],
  ["has(b) && app == ‘web’", 17, '`"web"` with straight quotes'],
  ["“app” == 'web'", 0, "`app` without quotes"],
  ["'app' == 'web'", 0, "write `app`"],
  ["app == 'web'\n", 12, ">-"],
  ["app == 'web' &&\n has(b)", 15, ">-"],
  ["app == 'web'\r\n", 12, ">-"],
  ["app\u00a0== 'web'", 3, /U\+00A0.*ordinary space/],
  ["has(a) & has(b)", 7, "write `&&`"],
  ["has(a) | has(b)", 7, "write `||`"],
  ["has(a) and has(b)", 7, "write `&&`"],
  ["has(a) OR has(b)", 7, "write `||`"],
  ["has(a), has(b)", 6, "write `&&`"],
  ["a == 'x', has(b)", 8, "write `&&`"],
  ["has(a) has(b)", 7, "write `&&` or `||` before it"],
  ["has (x)", 0, "write `has(`"],
  ["all ()", 0, "write `all(`"],
  ["global ()", 0, "write `global(`"],
  ["Has(x)", 0, "write `has(`"],
  ["exists(x)", 0, "has(key), all() and global()"],
  ["has()", 4, "has(app)"],
  ["has('x')", 4, "`has(x)`"],
  ["has(x", 5, "`has(x)`"],
  ["has(x, y)", 5, "has(x) && has("],
  ["has(x == 'y')", 6, '`x == "y"`'],
  ["all(x)", 4, "`all()`"],
  ["all(", 4, "`all()`"],
  ["all", 3, "`all()`"],
  ["*", 0, "`all()`"],
  ["app == *", 7, "has("],
  ["app", 3, "`has(app)`"],
  ["!app", 4, "`has(app)`"],
  ["not has(x)", 4, "write `!`"],
  ["not(has(x))", 0, "write `!(`"],
  ["a in (x, y)", 5, "braces"],
  ["a in ['x']", 5, "braces"],
  ["a in 'x'", 5, '`a in {"x"}`'],
  ["a == {'x'}", 5, "`a in {...}`"],
  ["a != {'x'}", 5, "`a not in {...}`"],
  ["a in {x, y}", 6, '`"x"`'],
  ["a in {,}", 6, "comma"],
  ["a in {'x',,}", 10, "comma"],
  ["a in {'x' 'y'}", 10, "write `,`"],
  ["a in {'x'", 5, "write `}`"],
  ["a in {'x', ", 5, "write `}`"],
  ["a not in", 8, '`a not in {"a", "b"}`'],
  ["a ==", 4, '`a == "value"`'],
  ["a starts 'x'", 2, '`a starts with "x"`'],
  ["a endsWith 'x'", 2, '`a ends with "x"`'],
  ["a CONTAINS 'x'", 2, '`a contains "x"`'],
  ["a IN {'x'}", 2, "`in` in lower case"],
  ["a =~ 'x.*'", 2, "there are no patterns"],
  ["a ~ 'x.*'", 2, "there are no patterns"],
  ["a not 'x'", 2, '`a != "a"`'],
  ["a inside {'x'}", 2, "==, !=, in"],
  ["acontains 'x'", 10, '`acontains == "x"`'],
  ["a ! = 'x'", 2, "`!=` without a blank"],
  ["a {'x'}", 2, "write `in`"],
  ["'x'", 0, "label key"],
  ["== 'x'", 0, "label key"],
  ["()", 1, "`all()`"],
  ["(", 1, "nothing follows `(`"],
  ["(has(a)", 0, "write `)`"],
  ["has(a))", 6, "write `(`"],
  ["!", 1, "nothing follows `!`"],
  ["has(a) && ", 10, "nothing follows `&&`"],
  ["has(a) && || has(b)", 10, "a criterion should begin here, not `||`"],
  ['a == "x', 5, 'write "'],
  ["a == 'x\"", 5, "close it with '"],
  ["a == 'it's'", 9, "between double quotes"],
  ['a == "x\\"y"', 7, "there are no escapes"],
  ["a == 'b' && %", 12, "`%` may not stand here"],
  ["é == 'x'", 0, "label keys hold"],
  ["has(a) || 😀", 10, "`😀` may not stand here"],
  [`${"k".repeat(513)} == 'x'`, 0, "more than 512"],
  [`has(${"k".repeat(513)})`, 4, "more than 512"],
];

describe("a Calico selector", () => {
  for (const [text, selector] of ACCEPTED) {
    it(`may be written ${JSON.stringify(text)}`, () => assert.deepEqual(parsed(text), selector));
  }

  for (const [text, offset, says] of REFUSED) {
    it(`may not be written ${JSON.stringify(text.slice(0, 40))}, and the error says what to write`, () => {
      const result = parseCalicoSelector(text);
      assert.ok("error" in result);
      const { message, remedy } = result.error;
      assert.equal(result.error.offset, offset, `${message}; ${remedy}`);
      if (typeof says === "string") assert.ok(`${message}; ${remedy}`.includes(says), `${message}; ${remedy}`);
      else assert.match(`${message}; ${remedy}`, says);
    });
  }

  it("may have a key of 512 characters", () => {
    assert.deepEqual(parsed(`has(${"k".repeat(512)})`), has("k".repeat(512)));
  });

  it("as deep as the schema allows is read and evaluated, and a deeper one is refused", () => {
    const nested = (depth: number): string => `${"(".repeat(depth)}all()${")".repeat(depth)}`;
    assert.ok(nested(509).length <= CALICO_SELECTOR_MAX_LENGTH);
    assert.deepEqual(parsed(nested(509)), ALL);
    const negations = `${"!(".repeat(339)}all()${")".repeat(339)}`;
    assert.ok(negations.length <= CALICO_SELECTOR_MAX_LENGTH);
    interpret(parsed(negations));
    for (const text of [nested(100_000), "(".repeat(100_000)]) {
      const result = parseCalicoSelector(text);
      assert.ok("error" in result && result.error.message.includes("too deeply"));
    }
  });

  it("means by all() and global() what the caller says, and keys get the prefix but those meanings do not", () => {
    const meaning = { all: has("namespace"), global: not(has("namespace")), keyPrefix: "pcns." };
    assert.deepEqual(interpret(parsed(""), meaning), has("namespace"));
    assert.deepEqual(interpret(parsed("!all() && a in {'x'} || global()"), meaning), {
      op: "any",
      of: [{ op: "all", of: [not(has("namespace")), isIn("pcns.a", ["x"])] }, not(has("namespace"))],
    });
    assert.deepEqual(interpret(parsed("a starts with 'x'"), meaning), textMatches("pcns.a", "starts", "x"));
    assert.deepEqual(interpret(parsed("all() && global()"), AS_WRITTEN), {
      op: "all",
      of: [AS_WRITTEN.all, AS_WRITTEN.global],
    });
  });

  it("tells whether global() is in it, and a value or key of that name does not count", () => {
    assert.ok(mentionsGlobal(parsed("has(a) || !(has(b) && global())")));
    assert.ok(!mentionsGlobal(parsed("global == 'global()' || all()")));
  });

  it("is accepted exactly where a naive reading by patterns accepts it", () => {
    const word = fc.constantFrom(
      ..."has( all( global( has all a b not in notin contains starts with startswith == != = && & || | ! ( ) { } , 'x' \"y\" '' \"".split(
        " ",
      ),
      " ",
      "\t",
    );
    const text = fc.oneof(
      fc.array(word, { maxLength: 9 }).map((words) => words.join("")),
      // One word of a good text removed, doubled or replaced.
      fc.tuple(anySelectorText, fc.nat(), fc.nat({ max: 3 }), word).map(([{ text }, where, width, instead]) => {
        const at = where % (text.length + 1);
        return text.slice(0, at) + instead + text.slice(at + width);
      }),
      anySelectorText.map(({ text }) => text),
    );
    let accepted = 0;
    fc.assert(
      fc.property(text, (candidate) => {
        const result = parseCalicoSelector(candidate);
        assert.equal("selector" in result, naivelyAccepted(candidate), candidate);
        if ("selector" in result) accepted++;
        else {
          assert.ok(result.error.offset >= 0 && result.error.offset <= candidate.length);
          assert.ok(result.error.message !== "" && result.error.remedy !== "");
        }
      }),
      { numRuns: 5000 },
    );
    assert.ok(accepted > 500, `only ${accepted} were selectors`);
  });

  it("that is any text at all gets an answer", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const result = parseCalicoSelector(`a == ${text}`);
        assert.ok("selector" in result || result.error.offset <= text.length + 5);
      }),
    );
  });
});

/** Replaces criteria by one letter, then shrinks the rest by the grammar until nothing but that letter is left. */
function naivelyAccepted(text: string): boolean {
  if (/^[ \t]*$/.test(text)) return true;
  const key = String.raw`(?<![\w./-])[\w./-]+(?![\w./-])`;
  const string = `(?:"[^"]*"|'[^']*')`;
  const set = String.raw`\{[ \t]*(?:${string}[ \t]*,[ \t]*)*(?:${string}[ \t]*)?\}`;
  const operator = String.raw`(?:==|!=|contains|starts[ \t]*with|ends[ \t]*with)`;
  const criterion = new RegExp(
    [
      String.raw`(?<![\w./-])has\([ \t]*[\w./-]+[ \t]*\)`,
      String.raw`(?<![\w./-])(?:all|global)\([ \t]*\)`,
      String.raw`${key}[ \t]*${operator}[ \t]*${string}`,
      String.raw`${key}[ \t]*(?:in|not[ \t]*in)[ \t]*${set}`,
    ].join("|"),
    "g",
  );
  let rest = text.replace(criterion, "§");
  for (let before = ""; before !== rest;) {
    before = rest;
    rest = rest.replace(/![ \t]*§|\([ \t]*§[ \t]*\)|§[ \t]*(?:&&|\|\|)[ \t]*§/g, "§");
  }
  return /^[ \t]*§[ \t]*$/.test(rest);
}
