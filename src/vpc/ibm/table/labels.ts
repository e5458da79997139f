/** Blocks of lines with a label and a value each, as commands print one object. */
import type { Cell, Row } from "./cells.ts";
import type { Lines, TextLine } from "./lines.ts";

const LABEL = /^\s*([A-Z][A-Za-z0-9*]*(?: [A-Za-z0-9*]+)*)(?::\s|\s{2}|:$)/;

/** The label in small letters and the value of a line; undefined where it is not of this form. */
export function labelled({ text, offset }: TextLine): { readonly label: string; readonly value: Cell } | undefined {
  const [prefix, label] = LABEL.exec(text) ?? [];
  if (prefix === undefined || label === undefined) return undefined;
  const rest = text.slice(prefix.length);
  const start = prefix.length + Math.max(rest.search(/\S/), 0);
  return { label: label.toLowerCase(), value: { text: rest.trim(), offset: offset + start } };
}

/** The labelled lines that follow each other from here. */
export function labelledBlock(lines: Lines): Row {
  const block = new Map<string, Cell>();
  for (let line = lines.peek(); line !== undefined; line = lines.peek()) {
    const read = labelled(line);
    if (read === undefined) break;
    lines.skip();
    if (read.value.text !== "") block.set(read.label, read.value);
  }
  return block;
}
