import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SourceText } from "./source.ts";

describe("a position in a text", () => {
  for (const [name, lineEnd] of [
    ["line feeds", "\n"],
    ["carriage returns", "\r"],
    ["both", "\r\n"],
  ] as const) {
    it(`counts lines that end with ${name}`, () => {
      const text = ["one", "", "three", "four"].join(lineEnd);
      const source = new SourceText("a.yaml", text);
      const places = ["one", "three", "ree", "four"].map((word) => source.positionAt(text.indexOf(word)));
      assert.deepEqual(
        places.map(({ line, column }) => `${line}:${column}`),
        ["1:1", "3:1", "3:3", "4:1"],
      );
    });
  }

  it("counts lines that end in different ways in one text", () => {
    assert.deepEqual(new SourceText("a", "1\r2\r\n3\n4").positionAt(7), { file: "a", line: 4, column: 1 });
  });

  it("may be the end of the text", () => {
    assert.deepEqual(new SourceText("a", "1\n").positionAt(2), { file: "a", line: 2, column: 1 });
  });
});
