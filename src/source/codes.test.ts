/** The registry of codes and the document that explains them say the same. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, it } from "node:test";
import { CODES } from "./codes.ts";

/** Tests run compiled, from `dist/src/source`. */
const DOCUMENT = readFileSync(fileURLToPath(new URL("../../../docs/errors.md", import.meta.url)), "utf8");

/** The part of the document under a code's heading. */
const SECTIONS = new Map(
  DOCUMENT.split(/^#{2,3} /m).flatMap((section) => {
    const [, code, title, text = ""] = /^(PC\d{3}): (.*)\n([^]*)$/.exec(section) ?? [];
    return code === undefined ? [] : [[code, { title, text }] as const];
  }),
);

describe("docs/errors.md", () => {
  it("explains every code of the registry and no others, in its order, under the same titles", () => {
    assert.deepEqual(
      [...SECTIONS].map(([code, { title }]) => [code, title]),
      Object.entries(CODES).map(([code, { title }]) => [code, title]),
    );
  });

  for (const [code, { severity }] of Object.entries(CODES)) {
    it(`shows ${code} as it is printed, with its severity, and says what to do`, () => {
      const { text = "" } = SECTIONS.get(code) ?? {};
      const [, example = "", prose = ""] = /^\n```\n(.*)\n```\n([^]*)$/.exec(text) ?? [];
      assert.match(example, new RegExp(`^(\\S+: )?${severity} ${code}: \\S`));
      assert.ok(prose.trim().length > 40, prose);
    });
  }

  it("names the first and last code of each part in its overview", () => {
    const spans = [...DOCUMENT.matchAll(/ (PC\d{3})-(PC\d{3})/g)].map(([, first, last]) => [first, last]);
    const codes = Object.keys(CODES);
    const parts = [...new Set(codes.map((code) => code.slice(0, 4)))].map((part) =>
      codes.filter((code) => code.startsWith(part)),
    );
    assert.deepEqual(
      spans,
      parts.map((part) => [part[0], part.at(-1)]),
    );
  });
});
