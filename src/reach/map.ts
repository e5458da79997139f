/** All flows as rows for people: grouped by workload, split where its pods differ, address ranges and families merged. */
import { workloadText } from "../cluster/endpoint.ts";
import { FAMILIES } from "../fold/party-table.ts";
import { trafficKey } from "../net/traffic.ts";
import type { Situation } from "../situation/situation.ts";
import { distinctFacts, type Fact } from "../source/fact.ts";
import { type Flows, flowsOf } from "./flows.ts";
import { type MapRow, type PlacedRow, RowWriter } from "./rows.ts";
import { sideRectangles } from "./side-rectangles.ts";
import { SideTable } from "./side-table.ts";
import { type Side, sideSortKey } from "./sides.ts";

export type { MapRow } from "./rows.ts";

/** An undecided row with the facts that are missing. */
export interface UndecidedRow extends MapRow {
  readonly missing: readonly Fact[];
}

export interface ReachMap {
  readonly connections: readonly MapRow[];
  readonly undecided: readonly UndecidedRow[];
  /** Every workload, also those nobody reaches. */
  readonly workloads: readonly string[];
}

/** Rows sorted by source, destination and family. They depend on what may pass alone, not on how policies say it. */
export function reachMap(situation: Situation, flows: Flows = flowsOf(situation)): ReachMap {
  const blocks = flows.blocks();
  const table = new SideTable(flows, blocks);
  const writer = new RowWriter(flows, table);
  const allowed = writer.rowsOf(sideRectangles(flows, table, blocks, (admission) => admission.allowed));
  const undecided = writer.rowsOf(sideRectangles(flows, table, blocks, (admission) => admission.undecided));
  return {
    connections: sorted(allowed.map(({ row }) => row)),
    undecided: sorted(undecided.map((placed) => ({ ...placed.row, missing: missingFacts(flows, placed) }))),
    workloads: [...new Set(situation.inventory.pods.map((pod) => workloadText(pod.workload)))].sort(),
  };
}

/**
 * What each source lacks with one destination and each destination with one source, which is all, as a fact is about one of
 * them. O(sources + destinations) questions to the oracle.
 */
function missingFacts(flows: Flows, { row, from, to }: PlacedRow): readonly Fact[] {
  const [source] = from;
  const [destination] = to;
  if (source === undefined || destination === undefined) return [];
  const pairs = [...to.map((other) => [source, other] as const), ...from.map((other) => [other, destination] as const)];
  const families = row.family === undefined ? FAMILIES : [row.family];
  return distinctFacts(families.flatMap((family) => pairs.flatMap(([a, b]) => flows.missing(a, b, family))));
}

function sorted<R extends MapRow>(rows: readonly R[]): readonly R[] {
  const texts = new Map<Side, string>();
  const textOf = (side: Side): string => {
    const known = texts.get(side) ?? sideSortKey(side);
    texts.set(side, known);
    return known;
  };
  return rows
    .map((row) => ({
      row,
      key: [textOf(row.from), textOf(row.to), row.family ?? "", trafficKey(row.traffic)].join("\n"),
    }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ row }) => row);
}
