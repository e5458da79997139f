/** All flows as rows for people: grouped by workload, split where its pods differ, address ranges and families merged. */
import { podText, workloadText } from "../cluster/endpoint.ts";
import type { Admission } from "../fold/admission.ts";
import { FAMILIES } from "../fold/party-table.ts";
import type { TrafficSet } from "../net/traffic.ts";
import type { Situation } from "../situation/situation.ts";
import { distinctFacts, type Fact } from "../source/fact.ts";
import type { Block } from "./blocks.ts";
import { FilteredFlows } from "./filtered-flows.ts";
import type { FlowFilter } from "./flow-filter.ts";
import { type Flows, flowsOf } from "./flows.ts";
import { type NamespaceRow, NamespaceRowWriter, type PlacedPart } from "./namespace-rows.ts";
import { type MapRow, RowWriter, sortedRows } from "./rows.ts";
import { sideRectangles } from "./side-rectangles.ts";
import { SideTable } from "./side-table.ts";
import { sideNames, type WorkloadSide } from "./sides.ts";
import { askedBlocksOf } from "./unasked.ts";

export type { MapRow } from "./rows.ts";

/** A row of what passes. */
export interface Connection extends MapRow {
  /** Whether no rule of any policy allows it, so that it passes only because nothing isolates either end. */
  readonly unasked: boolean;
}

/** An undecided row with the facts that are missing. */
export interface UndecidedRow extends MapRow {
  readonly missing: readonly Fact[];
}

export interface ReachMap {
  readonly by: Grouping;
  readonly connections: readonly Connection[];
  /** What arrives, though what would answer it is dropped. */
  readonly oneWay: readonly MapRow[];
  readonly undecided: readonly UndecidedRow[];
  /** Every workload that is asked about, also those nobody reaches. */
  readonly workloads: readonly string[];
  /** What no row names: nobody reaches it, and it reaches nobody. */
  readonly silent: readonly WorkloadSide[];
}

/** What a row is between: workloads, or namespaces, for which it says what some pair of their workloads may do. */
export type Grouping = "workload" | "namespace";

export interface MapOptions {
  /** Undefined: everything. */
  readonly filter?: FlowFilter | undefined;
  readonly by?: Grouping;
}

/**
 * Rows sorted by source, destination and family. What they say is true of each packet that is asked for, and they say it of
 * all that pass. They depend on what may pass, and on whether a rule asks for it, alone.
 */
export function reachMap(
  situation: Situation,
  flows: Flows = flowsOf(situation),
  { filter, by = "workload" }: MapOptions = {},
): ReachMap {
  const { others, unasked } = askedBlocksOf(flows);
  const filtered = filter && new FilteredFlows(flows, filter);
  const view = filtered ?? flows;
  const cut = (blocks: readonly Block[]): readonly Block[] => filtered?.cut(blocks) ?? blocks;
  const [asked, open] = [cut(others), cut(unasked)];
  const table = new SideTable(view, [...asked, ...open]);
  const writer = writerOf(view, table, by);
  const rowsOf = (blocks: readonly Block[], chosen: (admission: Admission) => TrafficSet): readonly NamespaceRow[] =>
    writer(sideRectangles(view, table, blocks, chosen));
  const connections = [false, true].flatMap((isUnasked) =>
    rowsOf(isUnasked ? open : asked, ({ allowed }) => allowed).map(({ row }) => ({ ...row, unasked: isUnasked })),
  );
  const oneWay = rowsOf(asked, (admission) => admission.oneWay).map(({ row }) => row);
  const undecided = rowsOf(asked, (admission) => admission.undecided).map(({ row, parts }) => ({
    ...row,
    missing: distinctFacts(parts.flatMap((part) => missingFacts(view, part))),
  }));
  return {
    by,
    connections: sortedRows(connections),
    oneWay: sortedRows(oneWay),
    undecided: sortedRows(undecided),
    workloads: [...workloadsIn(situation, filtered)].sort(),
    silent: silentAmong(situation, filtered, by, [...connections, ...oneWay, ...undecided]),
  };
}

type Writer = (rectangles: ReturnType<typeof sideRectangles>) => readonly NamespaceRow[];

function writerOf(flows: Flows, table: SideTable, by: Grouping): Writer {
  if (by === "namespace") {
    const writer = new NamespaceRowWriter(flows, table);
    return (rectangles) => writer.rowsOf(rectangles);
  }
  const writer = new RowWriter(flows, table);
  return (rectangles) =>
    writer.rowsOf(rectangles).map(({ row, from, to }) => ({ row, from, to, parts: [{ ...row, from, to }] }));
}

/**
 * What each source lacks with one destination and each destination with one source, which is all, as a fact is about one of
 * them. O(sources + destinations) questions to the oracle.
 */
function missingFacts(flows: Flows, { family, from, to, traffic }: PlacedPart): readonly Fact[] {
  const [source] = from;
  const [destination] = to;
  if (source === undefined || destination === undefined) return [];
  const pairs = [...to.map((other) => [source, other] as const), ...from.map((other) => [other, destination] as const)];
  const families = family === undefined ? FAMILIES : [family];
  return distinctFacts(families.flatMap((one) => pairs.flatMap(([a, b]) => flows.missing(a, b, one, traffic))));
}

/** The workloads that may be an end of what is asked for. */
function workloadsIn({ inventory }: Situation, filtered: FilteredFlows | undefined): ReadonlySet<string> {
  const meant = filtered?.pods();
  return new Set(
    inventory.pods.filter((pod) => meant === undefined || meant.has(pod)).map((pod) => workloadText(pod.workload)),
  );
}

/** Workloads that no row names. Where pods of one differ, each by itself. */
function silentAmong(
  { inventory }: Situation,
  filtered: FilteredFlows | undefined,
  by: Grouping,
  rows: readonly MapRow[],
): readonly WorkloadSide[] {
  const named = new Set(rows.flatMap(({ from, to }) => [from, to].flatMap(sideNames)));
  const meant = filtered?.pods();
  const pods = inventory.pods.filter((pod) => meant === undefined || meant.has(pod));
  const split = new Set(pods.filter((pod) => named.has(podText(pod))).map((pod) => workloadText(pod.workload)));
  const silent = new Map<string, WorkloadSide>();
  for (const pod of pods) {
    const namespace = pod.namespace.name;
    const whole = by === "namespace" ? `${namespace}/*` : workloadText(pod.workload);
    if (named.has(whole) || named.has(podText(pod))) continue;
    const name = split.has(whole) ? podText(pod) : whole;
    silent.set(name, { kind: "workload", namespace, name, pods: 1, replicated: false });
  }
  return [...silent.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
