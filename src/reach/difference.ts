/** Connections that are open in one situation and closed in another, exactly, as rows for people. */
import { type Block } from "./blocks.ts";
import {
  type Change,
  type ChangeKind,
  CHANGE_KINDS,
  changeBlocks,
  changed,
  changeKind,
  kept,
} from "./difference-changes.ts";
import { type Example, Examples } from "./difference-example.ts";
import { type Unit, unitsOf } from "./difference-units.ts";
import { type Flows, FlowMemory, flowsOf } from "./flows.ts";
import { type MapRow, type PlacedRow, RowWriter, sortedRows } from "./rows.ts";
import { sideRectangles } from "./side-rectangles.ts";
import { SideTable } from "./side-table.ts";
import type { Situation } from "../situation/situation.ts";

export type { ChangeKind } from "./difference-changes.ts";

/** Traffic of which something has become that was not so before, in the same way for all of it. */
export interface ChangeRow extends MapRow {
  readonly kind: ChangeKind;
  /** A packet of it, before and after; undefined where only one of two pods would do that there is one of. */
  readonly example: Example | undefined;
}

export interface Difference {
  /** Between those that both situations know. */
  readonly changes: readonly ChangeRow[];
  /** What those that are new may do and have done to them. */
  readonly added: readonly ChangeRow[];
  /** What those that are gone might. */
  readonly removed: readonly ChangeRow[];
  /** Workloads that only one of the two has. */
  readonly workloads: { readonly added: readonly string[]; readonly removed: readonly string[] };
  /** How many rows a map of what passed and passes has. */
  readonly unchanged: number;
}

/**
 * Both flows should share one memory, so that what both have is worked out once. O(what differs), and two verdicts for
 * each row, beside what the flows and a map of them cost.
 */
export function differenceOf(before: Flows, after: Flows): Difference {
  const { units, added, removed } = unitsOf(before, after);
  const blocks = changeBlocks(units, before, after);
  const examples = new Examples(units, before, after);
  const inBoth = new Grouping(
    units,
    ({ before: old, after: now }) => old !== undefined && now !== undefined,
    blocks.between,
  );
  const inNew = new Grouping(units, ({ after: now }) => now !== undefined, blocks.added);
  const inOld = new Grouping(units, ({ before: old }) => old !== undefined, blocks.removed);
  const rowsOf = (grouping: Grouping): readonly ChangeRow[] =>
    CHANGE_KINDS.flatMap((kind) =>
      sortedRows(
        grouping
          .rows((change) => changed(change, kind))
          .map((placed) => ({ ...placed.row, kind, example: checked(kind, examples.of(placed)) })),
      ),
    );
  return {
    changes: rowsOf(inBoth),
    added: rowsOf(inNew),
    removed: rowsOf(inOld),
    workloads: { added, removed },
    unchanged: inBoth.rows(kept).length,
  };
}

/** The flows of two situations with what they share worked out once. */
export function flowsOfBoth(before: Situation, after: Situation): readonly [Flows, Flows] {
  const memory = new FlowMemory();
  const first = flowsOf(before, memory);
  // Worked out before the memory turns to the other.
  first.blocks();
  return [first, flowsOf(after, memory)];
}

/** The oracle must see the change that the sets say. */
function checked(kind: ChangeKind, example: Example | undefined): Example | undefined {
  if (example?.before === undefined || example.after === undefined) return example;
  const seen = changeKind(example.before.kind, example.after.kind);
  if (seen === kind) return example;
  throw new Error(`the oracle says ${seen} where the sets say ${kind}: ${JSON.stringify(example.packet)}`);
}

/** Rows about some of the units. */
class Grouping {
  readonly #roll: { readonly parties: ReadonlyMap<number, Unit["party"]> };
  readonly #blocks: readonly Block<Change>[];
  readonly #table: SideTable;
  readonly #writer: RowWriter;

  constructor(units: ReadonlyMap<number, Unit>, isMeant: (unit: Unit) => boolean, blocks: readonly Block<Change>[]) {
    const meant = [...units].filter(([, unit]) => isMeant(unit));
    this.#roll = { parties: new Map(meant.map(([number, { party }]) => [number, party])) };
    this.#blocks = blocks;
    this.#table = new SideTable(this.#roll, blocks);
    this.#writer = new RowWriter(this.#roll, this.#table);
  }

  rows(chosen: (change: Change) => ReturnType<typeof kept>): readonly PlacedRow[] {
    return this.#writer.rowsOf(sideRectangles(this.#roll, this.#table, this.#blocks, chosen));
  }
}
