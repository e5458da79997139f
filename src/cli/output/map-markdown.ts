/** The map as a Markdown table, for merge requests and pages. */
import type { ReachMap } from "../../reach/map.ts";
import { escapeTerminal } from "./lines.ts";
import { type TableRow, tableRows } from "./map-table.ts";

const COLUMNS: readonly (readonly [head: string, cell: (row: TableRow) => string, always: boolean])[] = [
  ["From", ({ from }) => code(from), true],
  ["To", ({ to }) => code(to), true],
  ["Family", ({ family }) => family, false],
  ["Verdict", ({ verdict }) => verdict, true],
  ["By", ({ by }) => by, true],
  ["Pairs", ({ pairs }) => pairs, false],
  ["Traffic", ({ traffic }) => code(traffic), true],
  ["Not known", ({ missing }) => (missing === "" ? "" : code(missing)), false],
];

/** Columns that no row fills are left out. */
export function markdownText(map: ReachMap): string {
  const rows = tableRows(map);
  if (rows.length === 0) return "Nothing is known to be allowed.\n";
  const columns = COLUMNS.filter(([, cell, always]) => always || rows.some((row) => cell(row) !== ""));
  return [
    columns.map(([head]) => head),
    columns.map(() => "---"),
    ...rows.map((row) => columns.map(([, cell]) => cell(row))),
  ]
    .map((cells) => `| ${cells.join(" | ")} |\n`)
    .join("");
}

/** Text as code, which Markdown leaves as it is: the fence is longer than any in it, and no bar ends the cell. */
export function code(text: string): string {
  const plain = escapeTerminal(text).replaceAll("|", String.raw`\|`);
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${plain}${fence}` : `${fence} ${plain} ${fence}`;
}
