import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { type BrokenDocument, documentsOf, type ParsedDocument } from "./documents.ts";
import { MAX_DEPTH } from "./limits.ts";
import type { Node } from "./nodes.ts";
import { SourceText } from "./source.ts";

function plain(node: Node): unknown {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(plain);
  return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plain(value)]));
}

function values(text: string): unknown[] {
  return [...documentsOf(text)].map((document) =>
    document.kind === "parsed" ? plain(document.root) : document.problem.message,
  );
}

function broken(text: string): {
  line: number;
  column: number;
  message: string;
  remedy: string;
  ordinal: number;
  code: string;
} {
  const found = [...documentsOf(text)].find((document): document is BrokenDocument => document.kind === "broken");
  assert.ok(found, "the text should be broken");
  const { line, column } = new SourceText("t", text).positionAt(found.problem.offset);
  const { message, remedy, code } = found.problem;
  return { line, column, message, remedy, ordinal: found.ordinal, code };
}

function parsed(text: string): ParsedDocument[] {
  return [...documentsOf(text)].filter((document) => document.kind === "parsed");
}

/** Expected values are those of kubectl 1.32. */
describe("mappings", () => {
  const base = "b: &b {a: 1, c: 3}\nc: &c {a: 2, z: 3}\nd:\n";
  const merges: readonly [string, string, unknown][] = [
    ["a merge gives what the mapping does not say itself", "  <<: *b\n  a: 2\n", { a: 2, c: 3 }],
    ["what the mapping says wins, also before the merge", "  a: 9\n  <<: *b\n", { a: 9, c: 3 }],
    ["of a merged list the first wins", "  <<: [*b, *c]\n", { a: 1, c: 3, z: 3 }],
    ["of two merges the second wins", "  <<: *b\n  <<: *c\n", { a: 2, c: 3, z: 3 }],
    ["an inline mapping can be merged", "  <<: {q: 1}\n", { q: 1 }],
    ["a quoted << is an ordinary key", "  '<<': 1\n", { "<<": 1 }],
  ];
  for (const [name, text, expected] of merges) {
    it(name, () => {
      const [value] = values(base + text);
      assert.deepEqual(value, { b: { a: 1, c: 3 }, c: { a: 2, z: 3 }, d: expected });
    });
  }
  it("keys that are no strings become strings, as in Go", () => {
    assert.deepEqual(values("{yes: 1, 80: 2, 1.5: 3, 0644: 4, 2001-12-14: 5, 'on': 6, 9223372036854775807: 7}"), [
      { true: 1, "80": 2, "1.5": 3, "420": 4, "2001-12-14": 5, on: 6, "9223372036854775807": 7 },
    ]);
  });
  it("the last of equal keys counts, and both places are known", () => {
    const text = "a: 1\nb: 2\na: 3\n";
    assert.deepEqual(values(text), [{ a: 3, b: 2 }]);
    assert.deepEqual(parsed(text)[0]?.duplicates, [{ key: "a", first: 0, second: 10 }]);
  });
  it("80 and '80' are one key", () => assert.deepEqual(values("{80: 1, '80': 2}"), [{ "80": 2 }]));
  it("a key named __proto__ is an ordinary key", () => {
    const [document] = parsed("__proto__: {a: 1}");
    assert.ok(document?.root.kind === "map" && document.root.entries.has("__proto__"));
  });
  it("missing values are null", () => assert.deepEqual(values("{a, b: }"), [{ a: null, b: null }]));
});

describe("aliases and tags", () => {
  it("an alias gives the value its anchor had last", () => {
    assert.deepEqual(values("[&x 1, *x, &x 2, *x]"), [[1, 1, 2, 2]]);
  });
  it("a tag decides before the look of the text", () => {
    assert.deepEqual(values("[!!str yes, ! yes, !foo 12, !!int '12', !!bool yes, !!null '', !!float 1]"), [
      ["yes", "yes", "12", 12, true, null, 1],
    ]);
  });
  it("an anchor that contains itself is refused", () => assert.match(broken("d: &d [*d]").message, /contains itself/));
  it("an alias without anchor is refused", () => assert.match(broken("d: *nope").message, /no anchor/));
  it("anchors end with their document", () => assert.match(broken("a: &x 1\n---\nb: *x\n").message, /no anchor/));
});

describe("borders of documents", () => {
  it("`---` with a comment, empty documents and `...` part documents", () => {
    assert.deepEqual(values("a: 1\n--- # next\na: 2\n---\n\n---\n# only a comment\n---\na: 3\n...\n"), [
      { a: 1 },
      { a: 2 },
      { a: 3 },
    ]);
  });
  it("an indented `---` in a block scalar is text", () => {
    assert.deepEqual(values("a: |\n  x\n  ---\n  y\nb: 1\n"), [{ a: "x\n---\ny\n", b: 1 }]);
  });
  it("content may stand on the border's line", () =>
    assert.deepEqual(values("--- {a: 1}\n--- text\n"), [{ a: 1 }, "text"]));
  it("directives belong to the document they precede", () => {
    assert.deepEqual(values("%YAML 1.1\n---\na: 1\n...\n%YAML 1.2\n---\na: 2\n"), [{ a: 1 }, { a: 2 }]);
  });
  it("CRLF reads as LF", () => assert.deepEqual(values("a: 1\r\n---\r\na: |\r\n  x\r\n"), [{ a: 1 }, { a: "x\n" }]));
  it("an error leaves the documents around it readable and knows which one it is in", () => {
    const text = "a: 1\n---\nb: [\n---\nc: 3\n";
    assert.equal(parsed(text).length, 2);
    assert.equal(broken(text).ordinal, 2);
  });
  it("JSON values follow each other without border, and YAML may follow JSON", () => {
    assert.deepEqual(values('{"a":1}{"a":2}\n{"a":3}\n---\na: 4\n'), [{ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }]);
  });
  it("nothing at all gives no document", () => assert.deepEqual(values("# c\n---\n---\n"), []));
});

/** With numbers as JavaScript has them: an integer beyond 53 bits is exact here and rounded by JSON.parse. */
function rounded(text: string): unknown[] {
  return values(text).map((value) =>
    JSON.parse(JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? Number(item) : item))),
  );
}

describe("JSON", () => {
  it("any value printed as JSON reads back equal", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(4), (value, indent) => {
        const object = { value };
        assert.deepEqual(rounded(JSON.stringify(object, null, indent)), [JSON.parse(JSON.stringify(object))]);
      }),
    );
  });
  it("any value printed as JSON reads back equal inside a YAML stream", () => {
    const text = fc.string({ unit: "grapheme-ascii" });
    const value = fc.jsonValue({ maxDepth: 4 });
    fc.assert(
      fc.property(
        fc.dictionary(
          text.filter((key) => key.length < 50),
          value,
        ),
        (object) => {
          assert.deepEqual(rounded(`---\n${JSON.stringify(object, null, 1)}\n`), [JSON.parse(JSON.stringify(object))]);
        },
      ),
    );
  });
  it("escapes and characters beyond 16 bits are read", () => {
    assert.deepEqual(values(String.raw`{"a":"\ud83d\ude00 \/ \u00e9 \n"}`), [{ a: "😀 / é \n" }]);
  });
  it("a trailing comma after the last field is forgiven where YAML allows it", () => {
    assert.deepEqual(values('{"a":1,}'), [{ a: 1 }]);
  });
  it("an error names its place", () => {
    const { line, column, message } = broken('{\n  "a": 1\n  "b": 2\n}');
    assert.deepEqual([line, column], [3, 3]);
    assert.match(message, /a comma or } is expected/);
  });
});

describe("syntax errors say what to change", () => {
  const rows: readonly [string, string, number, number, RegExp, RegExp][] = [
    ["a tab in the indentation", "spec:\n\tpodSelector: {}\n", 2, 1, /a tab/, /spaces/],
    [
      "a no-break space in the indentation",
      "spec:\n \u00a0podSelector: {}\n  policyTypes: [Ingress]\n",
      2,
      2,
      /no-break space/,
      /ordinary space/,
    ],
    [
      "a list item at column 0 (X14)",
      "spec:\n  policyTypes:\n  - Ingress\nEgress\n",
      4,
      1,
      /"Egress" stands outside the list/,
      /`  - Egress`/,
    ],
    [
      "a template that was not rendered",
      "metadata:\n  name: {{ .Release.Name }}\n",
      2,
      9,
      /a mapping stands where a key/,
      /helm template/,
    ],
    ["a template block", "{{- if .Values.on }}\na: 1\n{{- end }}\n", 1, 1, /template/, /helm template/],
    ["a bracket that is not closed", "a: [1, 2\nb: 3\n", 2, 1, /./, /./],
    ["a quote that is not closed", 'a: "x\nb: 3\n', 2, 1, /quote or bracket opened above/, /close it/],
    ["a value that holds a colon", "a: b: c\n", 1, 4, /colon followed by a space/, /quotes/],
    ["a value that begins with @", "a: @all\n", 1, 4, /cannot begin with @/, /"@all"/],
    ["a field indented too far", "a:\n  b: 1\n   c: 2\n", 3, 5, /indentation/, /indentation/],
    ["a null key", "{~: 1}\n", 1, 2, /key must be text/, /quotes/],
    ["a list as key", "{[a]: 1}\n", 1, 2, /key must be text, got list/, /quotes/],
    ["a merge of text", "d:\n  <<: foo\n", 2, 3, /merge key << needs a mapping/, /<<: \*NAME/],
    ["infinity", "d: .inf\n", 1, 4, /no value in Kubernetes/, /quotes/],
  ];
  for (const [name, text, line, column, message, remedy] of rows) {
    it(name, () => {
      const found = broken(text);
      assert.equal(found.code, "PC101");
      assert.deepEqual([found.line, found.column], [line, column], found.message);
      assert.match(found.message, message);
      assert.match(found.remedy, remedy);
    });
  }
});

describe("hostile text ends in a limit, not in trouble", () => {
  const rows: readonly [string, string][] = [
    ["deep flow lists", "[".repeat(100_000)],
    ["deep flow mappings", "{a: ".repeat(100_000)],
    ["deep block lists", `${"- ".repeat(100_000)}a`],
    ["deep JSON", '{"a":'.repeat(100_000)],
    ["an alias bomb", aliasBomb((i) => `[${Array.from({ length: 10 }, () => `*a${i}`).join(",")}]`)],
    ["a merge bomb", aliasBomb((i) => `{k${i}: 1, <<: [${Array.from({ length: 10 }, () => `*a${i}`).join(",")}]}`)],
  ];
  for (const [name, text] of rows) {
    it(name, () => assert.equal(broken(text).code, "PC102"));
  }
  it(`${MAX_DEPTH - 1} levels are fine`, () => {
    const levels = MAX_DEPTH - 1;
    assert.equal(parsed(`${"[".repeat(levels)}${"]".repeat(levels)}`).length, 1);
  });
});

function aliasBomb(level: (i: number) => string): string {
  const lines = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} ${level(i)}`);
  return `a0: &a0 {x: 1}\n${lines.join("\n")}\n`;
}
