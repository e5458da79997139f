/** A difference as a comment on a pull request. */
import { sideText } from "../../reach/sides.ts";
import type { ToldChange, ToldDifference } from "../diff-story.ts";
import { exampleWords, headline, MARKS, momentLine, unchangedWords } from "./diff-words.ts";
import { escapeMarkdown } from "./escape-markdown.ts";
import type { Line } from "./lines.ts";
import { remediesFor, shortList, trafficWords } from "./words.ts";

export function diffMarkdown(difference: ToldDifference): string {
  const { changes, added, removed, workloads } = difference;
  return [
    `### Portcullis: ${headline(difference)}`,
    ...(changes.length === 0 ? [] : ["", ...table(changes), "", ...details("Why", changes.flatMap(reasons))]),
    ...group("New", workloads.added, added),
    ...group("Gone", workloads.removed, removed),
    "",
    `${unchangedWords(difference)}.`,
    "",
  ].join("\n");
}

function group(word: string, names: readonly string[], changes: readonly ToldChange[]): readonly string[] {
  if (names.length + changes.length === 0) return [];
  const summary = `${word}: ${names.length === 0 ? "pods of workloads whose pods differ" : escapeMarkdown(shortList(names))}`;
  const rows = changes.length === 0 ? ["No connections."] : [...table(changes), "", ...changes.flatMap(reasons)];
  return ["", ...details(summary, rows)];
}

function details(summary: string, lines: readonly string[]): readonly string[] {
  return ["<details>", `<summary>${summary}</summary>`, "", ...lines, "", "</details>"];
}

function table(changes: readonly ToldChange[]): readonly string[] {
  return [
    "| | from | to | traffic |",
    "|---|---|---|---|",
    ...changes.map(({ row }) => {
      const cells = [sideText(row.from), sideText(row.to), trafficWords(row)].map(escapeMarkdown);
      return `| ${MARKS[row.kind].mark} ${row.kind} | ${cells.join(" | ")} |`;
    }),
  ];
}

function reasons(change: ToldChange): readonly string[] {
  const { row, before, after, missing } = change;
  const example = exampleWords(change);
  const remedies = remediesFor(missing);
  return [
    `- **${row.kind}** ${escapeMarkdown(`${sideText(row.from)} -> ${sideText(row.to)} ${trafficWords(row)}`)}`,
    ...(example === undefined ? [] : [`  - for example ${escapeMarkdown(example)}`]),
    ...(before === undefined ? [] : [`  - was: ${lineText(momentLine(before))}`]),
    ...(after === undefined ? [] : [`  - now: ${lineText(momentLine(after))}`]),
    ...remedies.map((remedy) => `  - to decide: ${escapeMarkdown(remedy)}`),
  ];
}

function lineText(line: Line): string {
  return escapeMarkdown(line.map((span) => (typeof span === "string" ? span : span.text)).join(""));
}
