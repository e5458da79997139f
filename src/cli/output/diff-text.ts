/** A difference for people: one line for each pair, with what decided before and after beneath it. */
import { sideText } from "../../reach/sides.ts";
import type { ToldChange, ToldDifference } from "../diff-story.ts";
import { exampleWords, headline, MARKS, momentLine, unchangedWords } from "./diff-words.ts";
import { align, type Line, styled } from "./lines.ts";
import { remediesFor, shortList, trafficWords } from "./words.ts";

export function diffLines(difference: ToldDifference): readonly Line[] {
  const { changes, added, removed, workloads } = difference;
  const sections = [
    rowsOf(changes, true),
    headed(`new: ${shortList(workloads.added)}`, workloads.added, rowsOf(added, false)),
    headed(`gone: ${shortList(workloads.removed)}`, workloads.removed, rowsOf(removed, false)),
    [[styled("faint", `= ${unchangedWords(difference)}`)], [styled("strong", headline(difference))]],
  ].filter((section) => section.length > 0);
  return sections.flatMap((section, i) => (i === 0 ? section : [[], ...section]));
}

/** Pods of workloads that are not new may be new too, where they differ from the others. */
function headed(words: string, names: readonly string[], rows: readonly Line[]): readonly Line[] {
  if (names.length > 0) return [[styled("strong", words)], ...rows];
  return rows.length > 0 ? [[styled("strong", `${words}pods of workloads whose pods differ`)], ...rows] : [];
}

function rowsOf(changes: readonly ToldChange[], isCompared: boolean): readonly Line[] {
  const heads = align(
    changes.map(({ row }) => {
      const { mark, style } = MARKS[row.kind];
      return [
        [styled(style, `${mark} ${row.kind.toUpperCase()}`)],
        [`${sideText(row.from)} -> ${sideText(row.to)}`],
        [trafficWords(row)],
      ];
    }),
  );
  return changes.flatMap((change, i): readonly Line[] => [heads[i] ?? [], ...detailLines(change, isCompared)]);
}

function detailLines(change: ToldChange, isCompared: boolean): readonly Line[] {
  const { before, after, missing } = change;
  const example = exampleWords(change);
  const remedies = remediesFor(missing);
  return [
    ...(example === undefined ? [] : [[styled("faint", `    for example ${example}`)]]),
    ...(isCompared || before !== undefined ? [["    was: ", ...momentLine(before)]] : []),
    ...(isCompared || after !== undefined ? [["    now: ", ...momentLine(after)]] : []),
    ...remedies.map((remedy): Line => [styled("faint", `    -> ${remedy}`)]),
  ];
}
