import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { align, escapeTerminal, render, styled } from "./lines.ts";

describe("text for terminals", () => {
  it("shows what could drive a terminal instead of sending it", () => {
    assert.equal(
      escapeTerminal("a\u001b]0;title\u0007\r\nb\u009b\u202ec\u2028"),
      String.raw`a\x1b]0;title\x07\x0d\x0ab\x9b\u{202e}c\u{2028}`,
    );
    assert.equal(escapeTerminal("döner 寿司 → ✓"), "döner 寿司 → ✓");
  });

  it("escapes in every span, with colours and without", () => {
    const line = ["a\u001b[2J", styled("bad", "b\u001b[2J")];
    assert.equal(render([line], false), "a\\x1b[2Jb\\x1b[2J\n");
    assert.equal(render([line], true), "a\\x1b[2J\u001b[31mb\\x1b[2J\u001b[39m\n");
  });

  it("aligns columns by what is seen, not by colour codes", () => {
    const rows = [
      [["a"], [styled("bad", "long")], ["x"]],
      [["abc"], ["b"], ["y"]],
    ];
    assert.equal(render(align(rows), false), "a    long  x\nabc  b     y\n");
  });
});
