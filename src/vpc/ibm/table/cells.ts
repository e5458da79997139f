/** Tables of commands: columns stand where their headings stand, at least two blanks apart. */
import type { ReadingDraft } from "../reading-draft.ts";
import type { Told } from "../told.ts";
import type { Lines, TextLine } from "./lines.ts";

export interface Cell {
  readonly text: string;
  readonly offset: number;
}

export interface Heading {
  readonly name: string;
  /** Where its column begins in the line. */
  readonly column: number;
}

/** Cells by heading or label in small letters, as far as anything is printed there. */
export type Row = ReadonlyMap<string, Cell>;

/** The cell under the first of the names that there is; undefined also where `-` is printed for nothing. */
export function cellOf(row: Row, ...names: readonly string[]): Cell | undefined {
  const cell = names.map((name) => row.get(name)).find((found) => found !== undefined);
  return cell?.text === "-" ? undefined : cell;
}

/** What stands at least two blanks apart in a line, in order. */
export function headingsOf({ text }: TextLine): readonly Heading[] {
  return [...text.matchAll(/\S+(?: \S+)*/g)].map(({ 0: name, index }) => ({ name: name.toLowerCase(), column: index }));
}

/** The rows up to the next empty line, fence or text that begins elsewhere. Reports rows that do not fit under their headings. */
export function rowsUnder(headings: readonly Heading[], lines: Lines, draft: ReadingDraft): readonly Row[] {
  const rows: Row[] = [];
  const [first] = headings;
  for (let line = lines.peek(); line !== undefined; line = lines.peek()) {
    const indent = line.text.search(/\S/);
    if (indent < 0 || indent !== first?.column || /^\s*(`{3}|\{:|[$#])/.test(line.text)) break;
    lines.skip();
    const row = rowOf(headings, line, draft);
    if (row !== undefined) rows.push(row);
  }
  return rows;
}

function rowOf(headings: readonly Heading[], { text, offset }: TextLine, draft: ReadingDraft): Row | undefined {
  const row = new Map<string, Cell>();
  for (const [i, { name, column }] of headings.entries()) {
    const end = headings[i + 1]?.column ?? text.length;
    if (column > 0 && column <= text.length && text.slice(column - 1, column).trim() !== "") {
      const place = offset + column;
      draft.refuse("PC207", "table", place, `this does not stand under ${name.toUpperCase()}`, JSON_REMEDY);
      return undefined;
    }
    const written = text.slice(column, end);
    const value = written.trim();
    const start = offset + column + Math.max(written.search(/\S/), 0);
    if (value !== "") row.set(name, { text: value, offset: start });
  }
  return row;
}

export const JSON_REMEDY =
  "give the output of the same command with --output json, or paste the table again as it was printed";

/** The cell's text with its place. */
export function toldCell({ text, offset }: Cell, draft: ReadingDraft, resource: string): Told<string> {
  return { value: text, at: draft.place(offset, resource) };
}

/** `name(id)` as its two parts; a cell without brackets is both. */
export function namedCell({ text, offset }: Cell): { readonly name: Cell; readonly id: string } {
  const [, name, id] = /^([^()]*)\(([^()]+)\)$/.exec(text) ?? [];
  return name === undefined || id === undefined
    ? { name: { text, offset }, id: text }
    : { name: { text: name, offset }, id };
}
