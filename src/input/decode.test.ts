import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeText } from "./decode.ts";

function reasonOf(bytes: Uint8Array): string {
  const decoded = decodeText(bytes);
  return "reason" in decoded ? decoded.reason : "decoded";
}

describe("bytes become text only where they are UTF-8", () => {
  it("a byte order mark of UTF-8 goes away", () => {
    assert.deepEqual(decodeText(Buffer.from("\ufeffa: é\n")), { text: "a: é\n" });
  });
  it("UTF-16 with and without byte order mark is recognised", () => {
    assert.match(reasonOf(Buffer.from("\ufeffkind: Pod", "utf16le")), /UTF-16/);
    assert.match(reasonOf(Buffer.from("kind: Pod", "utf16le")), /UTF-16/);
    assert.match(reasonOf(Buffer.from("\ufeffkind: Pod", "utf16le").swap16()), /UTF-16/);
    assert.match(reasonOf(Buffer.from("kind: Pod", "utf16le").swap16()), /UTF-16/);
  });
  it("UTF-32 is recognised", () => {
    assert.match(reasonOf(Uint8Array.of(0xff, 0xfe, 0, 0, 0x6b, 0, 0, 0)), /UTF-32/);
    assert.match(reasonOf(Uint8Array.of(0, 0, 0xfe, 0xff, 0, 0, 0, 0x6b)), /UTF-32/);
  });
  it("bytes of another encoding are an error at their place", () => {
    const decoded = decodeText(Buffer.from("a: caf\u00e9\n", "latin1"));
    assert.ok("reason" in decoded);
    assert.equal(decoded.at, 6);
  });
  it("nothing is an empty text", () => assert.deepEqual(decodeText(new Uint8Array()), { text: "" }));
});
