/** The results of a run as a table: one block for each benchmark, sizes from left to right. */
import { figureText, timesText } from "./figure-text.ts";
import { sizeName } from "./job.ts";
import { growth, type Row, type Section } from "./results.ts";

/** Each value stands beside how often that of the size before fits in it. */
export function tableText(sections: readonly Section[], counts: readonly number[]): string {
  const blocks = sections.map(({ benchmark: { name, about }, rows }) => {
    const used = counts.map((_, i) => rows.some(({ cells }) => cells[i] !== undefined));
    const lines = [["", ...counts.map(sizeName)], ...rows.map(texts)].map((line) =>
      line.filter((_, i) => i === 0 || used[i - 1]),
    );
    return [`${name}  ${about}`, ...aligned(lines).map((line) => `  ${line}`)].join("\n");
  });
  return `${blocks.join("\n\n")}\n`;
}

function texts(row: Row): readonly string[] {
  return [
    row.name,
    ...row.cells.map((cell, i) => {
      if (cell === undefined) return "";
      if (typeof cell === "string") return cell;
      const times = growth(row, i);
      return figureText(cell, row.unit) + (times === undefined ? "" : `  ${timesText(times).padStart(6)}`);
    }),
  ];
}

function aligned(lines: readonly (readonly string[])[]): readonly string[] {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) =>
    line
      .map((text, column) => (column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0)))
      .join("    ")
      .trimEnd(),
  );
}
