/** Telling one content of a table from another. */
import { createHash } from "node:crypto";
import { keyOf } from "../../dataplane/difference.ts";
import type { Element } from "../../dataplane/ruleset.ts";
import { expressionText } from "./expression.ts";
import type { TableContent } from "./read-table.ts";

/** Depends on what packets meet: not on the order of elements, on comments or on counters. O(n log n). */
export function fingerprintOf({ isDormant, sets, chains }: TableContent): string {
  const hash = createHash("sha256");
  const lines = [
    JSON.stringify({ isDormant }),
    ...sets.map(({ name, definition, elements }) =>
      JSON.stringify([name, definition ?? null, elements.map(elementText).sort()]),
    ),
    ...chains.map(({ name, hook, rules }) =>
      JSON.stringify([name, hook ?? null, rules.map((expressions) => expressions.map(expressionText))]),
    ),
  ];
  for (const line of lines.sort()) hash.update(`${line}\n`);
  return hash.digest("hex");
}

function elementText({ key, value }: Element): string {
  return `${keyOf(key)} ${value === undefined ? "" : JSON.stringify(value)}`;
}
