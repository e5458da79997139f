/** Rectangles as rows that people read: one for each pair of sides where there are few, groups of sides where there are many. */
import type { Family } from "../net/address.ts";
import {
  bitsOf,
  type BitSet,
  countBits,
  coversBits,
  intersectBits,
  isNoBits,
  numbersIn,
  subtractBits,
} from "../net/bit-set.ts";
import { BitSetTable } from "../net/bit-set-table.ts";
import { unionOf } from "../net/intervals.ts";
import { trafficKey, type TrafficSet } from "../net/traffic.ts";
import { pushTo, sortedBy } from "./by-key.ts";
import type { Ends, SideRectangle } from "./side-rectangles.ts";
import type { Roll, SideTable } from "./side-table.ts";
import { compareSides, type OutsideSide, outsideSide, type Side, sideSortKey, type SingleSide } from "./sides.ts";

export interface MapRow {
  readonly from: Side;
  readonly to: Side;
  /** The family it holds for; undefined: for every family both ends have. */
  readonly family: Family | undefined;
  readonly traffic: TrafficSet;
  /** Of a row that puts several together: how many pairs of workloads, or pods where those differ, it is about. */
  readonly pairs?: number;
}

/** A row, and the parties it is about. */
export interface PlacedRow {
  readonly row: MapRow;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** As long as a rectangle takes no more rows, it is told workload by workload. */
export const MOST_ROWS = 16;

/** A side with the parties it stands for. */
export interface Placed {
  readonly side: Side;
  readonly parties: readonly number[];
}

export interface PlacedSingle extends Placed {
  readonly side: SingleSide;
}

/**
 * Rectangles as rows. One that would take more than 16 rows by workload has groups for sides: everyone, all pods, all pods of
 * a namespace; and if it still takes more, it is one row between lists of sides.
 */
export class RowWriter {
  readonly #flows: Roll;
  readonly #table: SideTable;
  /** All there is on both sides of the cluster's edge. */
  readonly #everyone: Ends;

  constructor(flows: Roll, table: SideTable) {
    this.#flows = flows;
    this.#table = table;
    const outside = [...flows.parties].flatMap(([number, party]) =>
      // Addresses of a family that no pod has are in no flow.
      party.kind === "outside" && !isNoBits(table.families[party.atom.family]) ? [number] : [],
    );
    this.#everyone = { sides: table.all, outside: bitsOf(outside) };
  }

  rowsOf(rectangles: readonly SideRectangle[]): readonly PlacedRow[] {
    return this.#withEveryone(rectangles).flatMap((rectangle) => this.#rows(rectangle));
  }

  #rows(rectangle: SideRectangle): readonly PlacedRow[] {
    const { from, to, family } = rectangle;
    if (!this.#isLarge(rectangle)) return rowsBetween(rectangle, this.#singles(from), this.#singles(to));
    const [sources, destinations] = [this.#groups(from, family), this.#groups(to, family)];
    return sources.length * destinations.length <= MOST_ROWS
      ? rowsBetween(rectangle, sources, destinations)
      : rowsBetween(rectangle, [asOne(sources)], [asOne(destinations)]);
  }

  /** Whether there would be more rows than anybody reads. */
  #isLarge({ from, to }: SideRectangle): boolean {
    return sizeOf(from) * sizeOf(to) > MOST_ROWS;
  }

  /** Large rectangles with all sides, and those with all addresses outside that say the same, as one. */
  #withEveryone(rectangles: readonly SideRectangle[]): readonly SideRectangle[] {
    return this.#joinedWithOutside(this.#joinedWithOutside(rectangles, "to"), "from");
  }

  #joinedWithOutside(rectangles: readonly SideRectangle[], at: "from" | "to"): readonly SideRectangle[] {
    const across = at === "from" ? "to" : "from";
    const sets = new BitSetTable();
    const outer = new Map<BitSet, Map<TrafficSet, SideRectangle>>();
    for (const rectangle of rectangles) {
      const isAll = isNoBits(rectangle[at].sides) && coversBits(rectangle[at].outside, this.#everyone.outside);
      if (!isAll || isNoBits(rectangle[across].sides)) continue;
      const key = sets.one(rectangle[across].sides);
      outer.set(key, (outer.get(key) ?? new Map<TrafficSet, SideRectangle>()).set(rectangle.traffic, rectangle));
    }
    const taken = new Set<SideRectangle>();
    const result = rectangles.map((rectangle): SideRectangle => {
      if (rectangle.family !== undefined || !this.#isLarge(rectangle)) return rectangle;
      if (!isNoBits(rectangle.from.outside) || !isNoBits(rectangle.to.outside)) return rectangle;
      if (!coversBits(rectangle[at].sides, this.#everyone.sides)) return rectangle;
      const other = outer.get(sets.one(rectangle[across].sides))?.get(rectangle.traffic);
      if (other === undefined) return rectangle;
      taken.add(other);
      return { ...rectangle, [at]: this.#everyone };
    });
    return result.filter((rectangle) => !taken.has(rectangle));
  }

  #singles(ends: Ends): readonly PlacedSingle[] {
    return [...numbersIn(ends.sides).map((number) => this.#single(number)), ...this.#addresses(ends)];
  }

  #single(number: number): PlacedSingle {
    return { side: this.#table.side(number), parties: this.#table.partiesOf(number) };
  }

  #addresses({ outside }: Ends): readonly PlacedSingle[] {
    return isNoBits(outside) ? [] : [outsideSideOf(this.#flows, outside)];
  }

  #groups(ends: Ends, family: Family | undefined): readonly PlacedSingle[] {
    const { sides, outside } = ends;
    const among = (set: BitSet): BitSet =>
      family === undefined ? set : intersectBits(set, this.#table.families[family]);
    if (!isNoBits(sides) && !isNoBits(outside)) {
      return [{ side: { kind: "everyone" }, parties: [...this.#partiesOf(numbersIn(sides)), ...numbersIn(outside)] }];
    }
    const pods = among(this.#table.pods);
    if (countBits(pods) > 1 && coversBits(sides, pods)) {
      const rest = this.#singles({ sides: subtractBits(sides, pods), outside });
      return [{ side: { kind: "all pods" }, parties: this.#partiesOf(numbersIn(pods)) }, ...rest];
    }
    const namespaces = new Map<string, number[]>();
    const others: number[] = [];
    for (const number of numbersIn(sides)) {
      const side = this.#table.side(number);
      if (side.kind === "workload") pushTo(namespaces, side.namespace, number);
      else others.push(number);
    }
    const groups = [...namespaces].flatMap(([namespace, members]): readonly PlacedSingle[] => {
      const isWhole = members.length > 1 && members.length === this.#table.sizeOf(namespace, family);
      return isWhole
        ? [{ side: { kind: "namespace", namespace }, parties: this.#partiesOf(members) }]
        : members.map((number) => this.#single(number));
    });
    return [...groups, ...this.#singles({ sides: bitsOf(others), outside })];
  }

  #partiesOf(sides: readonly number[]): readonly number[] {
    return [...new Set(sides.flatMap((number) => this.#table.partiesOf(number)))];
  }
}

function sizeOf({ sides, outside }: Ends): number {
  return countBits(sides) + (isNoBits(outside) ? 0 : 1);
}

/** Addresses outside, by their parties. */
export function outsideSideOf(
  { parties }: Roll,
  outside: BitSet,
): { readonly side: OutsideSide; readonly parties: readonly number[] } {
  const numbers = numbersIn(outside);
  const ranges = numbers.flatMap((number) => {
    const party = parties.get(number);
    return party?.kind === "outside" ? party.atom.where : [];
  });
  return { side: outsideSide(unionOf(ranges)), parties: numbers };
}

/** Sides as one, sorted. */
export function asOne(sides: readonly PlacedSingle[]): Placed {
  const [first, second] = sides;
  if (first !== undefined && second === undefined) return first;
  const sorted = sides.toSorted((a, b) => compareSides(a.side, b.side));
  return {
    side: { kind: "several", sides: sorted.map(({ side }) => side) },
    parties: [...new Set(sides.flatMap(({ parties }) => parties))],
  };
}

function rowsBetween(
  { family, traffic }: SideRectangle,
  sources: readonly Placed[],
  destinations: readonly Placed[],
): readonly PlacedRow[] {
  return sources.flatMap((from) =>
    destinations.flatMap((to) => {
      // A lone pod only reaches itself, which goes without saying.
      if (from.side === to.side && from.side.kind === "workload" && !from.side.replicated) return [];
      return [{ row: { from: from.side, to: to.side, family, traffic }, from: from.parties, to: to.parties }];
    }),
  );
}

/** Sorted by source, destination, family and traffic. */
export function sortedRows<R extends MapRow>(rows: readonly R[]): readonly R[] {
  const texts = new Map<Side, string>();
  const textOf = (side: Side): string => {
    const known = texts.get(side) ?? sideSortKey(side);
    texts.set(side, known);
    return known;
  };
  return sortedBy(rows, (row) =>
    [textOf(row.from), textOf(row.to), row.family ?? "", trafficKey(row.traffic)].join("\n"),
  );
}
