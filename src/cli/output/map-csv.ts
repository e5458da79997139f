/** The map for spreadsheets: RFC 4180, and no cell that a spreadsheet would take for a formula. */
import type { ReachMap } from "../../reach/map.ts";
import { escapeTerminal } from "./lines.ts";
import { type TableRow, tableRows } from "./map-table.ts";

const COLUMNS = [
  "from",
  "to",
  "family",
  "verdict",
  "by",
  "pairs",
  "traffic",
  "missing",
] as const satisfies readonly (keyof TableRow)[];

/** One record for each row, all columns always there. */
export function csvText(map: ReachMap): string {
  const records = [COLUMNS, ...tableRows(map).map((row) => COLUMNS.map((column) => row[column]))];
  return records.map((cells) => `${cells.map(csvCell).join(",")}\r\n`).join("");
}

/** A cell, quoted where it must be. What would start a formula gets an apostrophe in front. */
export function csvCell(text: string): string {
  const plain = escapeTerminal(text);
  const safe = /^[=+\-@|%]/.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
