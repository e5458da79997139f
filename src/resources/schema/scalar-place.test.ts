import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { offsetInScalar } from "./scalar-place.ts";

/** `written` begins at its first character; `index` is that of X in the value. */
function placeOfX(written: string, value: string): string {
  const offset = offsetInScalar(`key: ${written} # end`, "key: ".length, value, value.indexOf("X"));
  return `key: ${written} # end`.charAt(offset);
}

describe("a character of a value is found in what was written", () => {
  const rows: readonly (readonly [form: string, written: string, value: string])[] = [
    ["plain", "a == X", "a == X"],
    ["double quotes", '"a == X"', "a == X"],
    ["double quotes with escapes", '"a == \\"b\\" \\\\ X"', 'a == "b" \\ X'],
    ["single quotes", "'a X'", "a X"],
    ["single quotes with doubled ones", "'a == ''b'' X'", "a == 'b' X"],
    ["folded over lines", "a &&\n    b X", "a && b X"],
    ["a block, from its indentation on", "    a &&\n    b X", "a && b X"],
    ["a literal block", "  a\r\n  b X", "a\nb X"],
    ["behind characters of two code units", '"😀 X"', "😀 X"],
  ];
  for (const [form, written, value] of rows) it(form, () => assert.equal(placeOfX(written, value), "X"));
  it("the end of the value is behind its last character", () => {
    assert.equal(offsetInScalar("'ab'", 0, "ab", 2), 3);
    assert.equal(offsetInScalar("ab", 0, "ab", 2), 2);
  });
  it("escapes that cannot be followed give the first character", () => {
    assert.equal(offsetInScalar('"\\x41 X"', 0, "A X", 2), 1);
  });
  it("it never leaves the text", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(20), fc.string(), fc.nat(20), (text, start, value, index) => {
        const offset = offsetInScalar(text, Math.min(start, text.length), value, Math.min(index, value.length));
        return offset >= 0 && offset <= text.length + 1;
      }),
    );
  });
});
