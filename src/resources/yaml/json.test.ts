/** Nodes of JSON are made late and nothing is kept for places: nobody may notice. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import type { Path } from "../../source/origin.ts";
import { documentsOf, type ParsedDocument } from "./documents.ts";
import { itemsInPassing, JsonPlaces, jsonTree } from "./json.ts";
import type { DuplicateKey, Node } from "./nodes.ts";

/** The tree with all its places, counted from `base`. */
function positioned(node: Node, base = 0): unknown {
  const start = node.start - base;
  switch (node.kind) {
    case "scalar":
      return [start, node.value];
    case "list":
      return [start, node.items.map((item) => positioned(item, base))];
    case "map":
      return [
        start,
        [...node.entries].map(([key, { keyStart, value }]) => [key, keyStart - base, positioned(value, base)]),
      ];
  }
}

function only(text: string): ParsedDocument {
  const [document] = documentsOf(text);
  assert.ok(document?.kind === "parsed", text);
  return document;
}

/** Values whose texts mean the same in JSON and YAML. */
const values = fc.jsonValue({ maxDepth: 5 }).map((value) => ({ value }));

describe("nodes of JSON", () => {
  it("have the values and places that the YAML parser finds in the same text", () => {
    const border = "---\n";
    fc.assert(
      fc.property(values, fc.nat(3), (value, indent) => {
        const text = JSON.stringify(value, null, indent).replaceAll("\u007f", "");
        fc.pre(!/[\u0080-\u009f\u2028\u2029\ufeff\ufffe\uffff]|\\u|-0\b|\de[+-]?\d|\d{17}/i.test(text));
        assert.deepEqual(positioned(only(text).root), positioned(only(border + text).root, border.length));
      }),
    );
  });

  it("are the same when they are looked at again, from wherever", () => {
    fc.assert(
      fc.property(values, (value) => {
        const { node } = jsonTree(JSON.stringify(value), 0, []);
        const first = positioned(node);
        assert.deepEqual(positioned(node), first);
      }),
    );
  });

  it("come from a list in passing as they come from it when it is kept", () => {
    const { node } = jsonTree('[{"a": [1, {}]}, [], "x", 2 ,{"b":{"c":null}}]', 0, []);
    assert.ok(node.kind === "list");
    const passing = [...itemsInPassing(node)].map((item) => positioned(item));
    assert.deepEqual(
      passing,
      node.items.map((item) => positioned(item)),
    );
  });
});

describe("places in JSON", () => {
  /** Every path of a tree with the place of its field. */
  function* placesOf(node: Node, path: Path): Generator<readonly [Path, number]> {
    if (node.kind === "list") {
      for (const [i, item] of node.items.entries()) {
        yield [[...path, i], item.start];
        yield* placesOf(item, [...path, i]);
      }
    }
    if (node.kind === "map") {
      for (const [key, { keyStart, value }] of node.entries) {
        yield [[...path, key], keyStart];
        yield* placesOf(value, [...path, key]);
      }
    }
  }

  it("are found again for every field of several objects in one text", () => {
    fc.assert(
      fc.property(fc.array(values, { minLength: 2, maxLength: 3 }), (objects) => {
        const text = objects.map((object) => JSON.stringify(object)).join(" ");
        const roots = [...documentsOf(text)].map((document) =>
          document.kind === "parsed" ? document.root : undefined,
        );
        const places = new JsonPlaces(text);
        for (const root of roots) {
          assert.ok(root !== undefined);
          assert.equal(places.find(root.start, []), root.start);
          for (const [path, start] of placesOf(root, [])) assert.equal(places.find(root.start, path), start);
        }
      }),
    );
  });

  it("that are not written are those of the nearest parent that is", () => {
    const places = new JsonPlaces('{"spec": {"ports": [{"port": 1}]}}');
    const found = (...path: Path) => places.find(0, path);
    assert.equal(found("status", "phase"), 0);
    assert.equal(found("spec", "selector"), 1);
    assert.equal(found("spec", "ports", 0, "protocol"), 20);
    assert.equal(found("spec", "ports", 7), 10);
    assert.equal(found("spec", "ports", 0, "port", "deeper"), 21);
  });
});

describe("keys that stand twice in JSON", () => {
  /** Few keys, some alike at both ends, some written in two ways. */
  const key = fc.constantFrom('"a"', '"b"', '"abc"', '"aXc"', '"\\u0061"', '"\\u0062"', '"a\\u0062c"', '""', '"\\""');
  const many = fc.nat(60).map((number) => `"key-${number}-y"`);

  function expected(keys: readonly string[]): readonly DuplicateKey[] {
    const seen = new Map<unknown, number>();
    let offset = 1;
    return keys.flatMap((written) => {
      const [start, text]: [number, string] = [offset, JSON.parse(written)];
      offset += `${written}:{},`.length;
      const first = seen.get(text);
      seen.set(text, start);
      return first === undefined ? [] : [{ key: text, first, second: start }];
    });
  }

  for (const [name, keys] of [
    ["in small objects", fc.array(key, { maxLength: 12 })],
    ["in large objects", fc.array(many, { minLength: 20, maxLength: 90 })],
    ["in objects that are large and odd", fc.array(fc.oneof(key, many), { minLength: 20, maxLength: 90 })],
  ] as const) {
    it(`are all found, each with the one before it: ${name}`, () => {
      fc.assert(
        fc.property(keys, (written) => {
          const duplicates: DuplicateKey[] = [];
          jsonTree(`{${written.map((text) => `${text}:{}`).join(",")}}`, 0, duplicates);
          assert.deepEqual(duplicates, expected(written));
        }),
      );
    });
  }

  it("are no matter in different objects, however deep", () => {
    const duplicates: DuplicateKey[] = [];
    jsonTree('{"a":{"a":{"a":1},"b":{"a":2}},"b":[{"a":1},{"a":1}]}', 0, duplicates);
    assert.deepEqual(duplicates, []);
  });

  it("cost little, even if there are very many", () => {
    const duplicates: DuplicateKey[] = [];
    const text = `{${Array.from({ length: 200_000 }, (_, i) => `"${i % 150_000}":0`).join(",")}}`;
    jsonTree(text, 0, duplicates);
    assert.equal(duplicates.length, 50_000);
  });
});
