/** The map for people: one line for each pair, sorted, so that every line can be searched for. */
import type { Connection, MapRow, ReachMap, UndecidedRow } from "../../reach/map.ts";
import { trafficText } from "../../net/traffic-text.ts";
import { sideText } from "../../reach/sides.ts";
import { align, type Line, styled } from "./lines.ts";
import { byText } from "./map-table.ts";
import { counted, remediesFor } from "./words.ts";

export function mapLines(map: ReachMap): readonly Line[] {
  const { by, connections, oneWay, undecided, workloads } = map;
  if (workloads.length === 0) return [["no pods or workloads are in the input, so there is nothing to map"]];
  const rows: readonly MapRow[] = [...connections, ...oneWay, ...undecided];
  const hasUnasked = connections.some(({ unasked }) => unasked);
  const columns: Columns = {
    family: rows.some(({ family }) => family !== undefined),
    pairs: by === "namespace",
  };
  return [
    ...(connections.length === 0
      ? [[`nothing is known to be allowed among ${counted(workloads.length, "workload")}`]]
      : table(connections, columns, hasUnasked ? connections : undefined)),
    ...(oneWay.length === 0 ? [] : oneWayLines(oneWay, columns)),
    ...(undecided.length === 0 ? [] : undecidedLines(undecided, columns)),
    [],
    ...(hasUnasked
      ? [[styled("faint", "unasked: no rule of any policy allows it; it passes because nothing isolates either end.")]]
      : []),
    ...(by === "namespace"
      ? [
          [
            styled(
              "faint",
              "PAIRS: how many pairs of workloads, or of pods where those differ, may use some of the traffic.",
            ),
          ],
        ]
      : []),
    [styled("faint", leftOut(rows))],
  ];
}

/** Which columns there are beside those that every table has. */
interface Columns {
  readonly family: boolean;
  readonly pairs: boolean;
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

/** `asked` are the same rows, where it is told who asked for them. */
function table(rows: readonly MapRow[], columns: Columns, asked?: readonly Connection[]): readonly Line[] {
  const head = [
    "FROM",
    "TO",
    ...(columns.family ? ["FAMILY"] : []),
    ...(asked === undefined ? [] : ["BY"]),
    ...(columns.pairs ? ["PAIRS"] : []),
    "TRAFFIC",
  ].map((text): Line => [styled("strong", text)]);
  const lines = rows.map((row, i): readonly Line[] => {
    const before = rows[i - 1];
    const from = sideText(row.from);
    const repeats = before !== undefined && sideText(before.from) === from;
    const connection = asked?.[i];
    return [
      repeats ? [styled("faint", from)] : [from],
      [sideText(row.to)],
      ...(columns.family ? [[row.family === undefined ? "" : `IPv${row.family}`]] : []),
      ...(connection === undefined ? [] : [byCell(connection)]),
      ...(columns.pairs ? [[String(row.pairs ?? 1)]] : []),
      [trafficText(row.traffic)],
    ];
  });
  return align([head, ...lines]);
}

function byCell(connection: Connection): Line {
  const text = byText(connection);
  return [connection.unasked ? styled("unsure", text) : text];
}

function oneWayLines(rows: readonly MapRow[], columns: Columns): readonly Line[] {
  return [
    [],
    [styled("bad", `ONE WAY: ${counted(rows.length, "row")}`)],
    ["  it arrives, and a list that does not know connections drops what would answer it"],
    ...table(rows, columns),
  ];
}

function undecidedLines(undecided: readonly UndecidedRow[], columns: Columns): readonly Line[] {
  const byFacts = new Map<string, UndecidedRow[]>();
  for (const row of undecided) {
    const key = row.missing.map(({ text }) => text).join("\n");
    byFacts.set(key, [...(byFacts.get(key) ?? []), row]);
  }
  return [...byFacts.values()].flatMap((rows): readonly Line[] => {
    const facts = rows[0]?.missing ?? [];
    const remedies = remediesFor(facts);
    return [
      [],
      [styled("unsure", `UNDECIDED: ${counted(rows.length, "row")}`)],
      ...facts.map(({ text }): Line => [`  not known: ${text}`]),
      ...remedies.map((remedy): Line => [styled("faint", `  -> ${remedy}`)]),
      ...table(rows, columns),
    ];
  });
}
