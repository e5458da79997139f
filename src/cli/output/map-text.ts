/** The map for people: one line for each pair, sorted, so that every line can be searched for. */
import type { MapRow, ReachMap, UndecidedRow } from "../../reach/map.ts";
import { trafficText } from "../../net/traffic-text.ts";
import { sideText } from "../../reach/sides.ts";
import { align, type Line, styled } from "./lines.ts";
import { counted } from "./words.ts";

export function mapLines({ connections, undecided, workloads }: ReachMap): readonly Line[] {
  if (workloads.length === 0) return [["no pods or workloads are in the input, so there is nothing to map"]];
  const withFamily = [...connections, ...undecided].some(({ family }) => family !== undefined);
  const head = ["FROM", "TO", ...(withFamily ? ["FAMILY"] : []), "TRAFFIC"].map((text): Line => [
    styled("strong", text),
  ]);
  return [
    ...(connections.length === 0
      ? [[`nothing is known to be allowed among ${counted(workloads.length, "workload")}`]]
      : align([head, ...rowsOf(connections, withFamily)])),
    ...(undecided.length === 0 ? [] : undecidedLines(undecided, head, withFamily)),
    [],
    [styled("faint", leftOut([...connections, ...undecided]))],
  ];
}

/** What the rows are not about. */
function leftOut(rows: readonly MapRow[]): string {
  const nodes = rows.some(({ from, to }) => from.kind === "node" || to.kind === "node");
  return (
    "Not listed, because it always passes: a pod to itself by its own address, a node to its own pods." +
    (nodes
      ? " Rows of a node are about the pods of other nodes. Address ranges mean addresses that no pod and no node bears."
      : " Address ranges mean addresses that no pod bears.")
  );
}

function rowsOf(rows: readonly MapRow[], withFamily: boolean): readonly (readonly Line[])[] {
  return rows.map((row, i) => {
    const before = rows[i - 1];
    const from = sideText(row.from);
    const repeats = before !== undefined && sideText(before.from) === from;
    return [
      repeats ? [styled("faint", from)] : [from],
      [sideText(row.to)],
      ...(withFamily ? [[row.family === undefined ? "" : `IPv${row.family}`]] : []),
      [trafficText(row.traffic)],
    ];
  });
}

function undecidedLines(
  undecided: readonly UndecidedRow[],
  head: readonly Line[],
  withFamily: boolean,
): readonly Line[] {
  const byFacts = new Map<string, UndecidedRow[]>();
  for (const row of undecided) {
    const key = row.missing.map(({ text }) => text).join("\n");
    byFacts.set(key, [...(byFacts.get(key) ?? []), row]);
  }
  return [...byFacts.values()].flatMap((rows): readonly Line[] => {
    const facts = rows[0]?.missing ?? [];
    const remedies = [...new Set(facts.map(({ remedy }) => remedy))];
    return [
      [],
      [styled("unsure", `UNDECIDED: ${counted(rows.length, "row")}`)],
      ...facts.map(({ text }): Line => [`  not known: ${text}`]),
      ...remedies.map((remedy): Line => [styled("faint", `  -> ${remedy}`)]),
      ...align([head, ...rowsOf(rows, withFamily)]),
    ];
  });
}
