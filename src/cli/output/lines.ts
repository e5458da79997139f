/**
 * Text for terminals as data: lines of spans. Everything that is printed passes through `render`, which escapes what input
 * text may hold and adds colour afterwards, so no name or label can send control sequences to a terminal.
 */
import { createColors } from "picocolors";
import type { Io, Output } from "../io.ts";

export type Style = "good" | "bad" | "unsure" | "strong" | "faint";

export interface Span {
  readonly text: string;
  readonly style: Style;
}

export type Line = readonly (string | Span)[];

export function styled(style: Style, text: string): Span {
  return { text, style };
}

/** Controls, marks that reorder or hide text, line separators, lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Input text as a terminal may show it: control characters as `\x1b` or `\u{202e}`. */
export function escapeTerminal(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}

/** How many columns a line takes, its escapes included. */
export function widthOf(line: Line): number {
  return line.reduce((sum, span) => sum + escapeTerminal(typeof span === "string" ? span : span.text).length, 0);
}

/** Prints lines to an output, coloured where that output shows colours. */
export function print(output: Output, env: Io["env"], lines: readonly Line[]): void {
  if (lines.length > 0) output.write(render(lines, hasColour(output, env)));
}

/** The lines as text; each ends with a newline and has no blanks at its end. */
export function render(lines: readonly Line[], colour: boolean): string {
  const colours = createColors(colour);
  const paint = {
    good: colours.green,
    bad: colours.red,
    unsure: colours.yellow,
    strong: colours.bold,
    faint: colours.dim,
  };
  return lines
    .map((line) => {
      const spans = line.map((span) =>
        typeof span === "string" ? escapeTerminal(span) : paint[span.style](escapeTerminal(span.text)),
      );
      return `${spans.join("").trimEnd()}\n`;
    })
    .join("");
}

/** On a terminal, unless NO_COLOR says no; elsewhere only when FORCE_COLOR asks for it. */
export function hasColour(output: Output, env: Io["env"]): boolean {
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  const forced = env["FORCE_COLOR"] ?? "";
  if (forced !== "") return forced !== "0" && forced !== "false";
  return output.isTerminal && env["TERM"] !== "dumb";
}

/** Rows of cells as lines with aligned columns, two blanks between them. The last column is not padded. */
export function align(rows: readonly (readonly Line[])[], gap = 2): readonly Line[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.slice(0, -1).entries()) widths[i] = Math.max(widths[i] ?? 0, widthOf(cell));
  }
  return rows.map((row) =>
    row.flatMap((cell, i) =>
      i === row.length - 1 ? cell : [...cell, " ".repeat((widths[i] ?? 0) - widthOf(cell) + gap)],
    ),
  );
}
