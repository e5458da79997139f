/** Rows between namespaces: what some pair of their workloads may say to each other, put together. */
import type { Family } from "../net/address.ts";
import { bitsOf, type BitSet, countBits, intersectBits, isNoBits, numbersIn } from "../net/bit-set.ts";
import { trafficKey, type TrafficSet, unionTraffic } from "../net/traffic.ts";
import { pushTo } from "./by-key.ts";
import { byRows } from "./rectangle-rows.ts";
import { asOne, MOST_ROWS, outsideSideOf, type Placed, type PlacedRow, type PlacedSingle } from "./rows.ts";
import type { Flows } from "./flows.ts";
import type { Ends, SideRectangle } from "./side-rectangles.ts";
import type { SideTable } from "./side-table.ts";

/** A row, and the parts that it was put together from, each of which holds between all of its parties. */
export interface NamespaceRow extends PlacedRow {
  readonly parts: readonly PlacedPart[];
}

/** What holds between all of some parties and all of others. */
export interface PlacedPart {
  readonly family: Family | undefined;
  readonly traffic: TrafficSet;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Part of an end: what belongs to one group. */
interface Share {
  readonly group: number;
  readonly ends: Ends;
}

/** What passes between two groups. */
interface Meeting {
  traffic: TrafficSet;
  readonly parts: SideRectangle[];
}

/** Sides by namespace, each node by itself, and addresses outside as they come. */
export class NamespaceRowWriter {
  readonly #flows: Flows;
  readonly #table: SideTable;
  readonly #groups: PlacedSingle[] = [];
  readonly #byName = new Map<string, number>();
  readonly #shares = new WeakMap<Ends, readonly Share[]>();
  /** Pods that are alone in their workload, which do not talk to themselves. */
  readonly #alone: BitSet;

  constructor(flows: Flows, table: SideTable) {
    this.#flows = flows;
    this.#table = table;
    this.#alone = bitsOf(
      numbersIn(table.all).filter((number) => {
        const side = table.side(number);
        return side.kind === "workload" && !side.replicated;
      }),
    );
  }

  /** O(rectangles x namespaces on their sides); many rows with the same traffic come as one. */
  rowsOf(rectangles: readonly SideRectangle[]): readonly NamespaceRow[] {
    const meetings = new Map<string, Meeting>();
    for (const rectangle of rectangles) {
      for (const from of this.#sharesOf(rectangle.from)) {
        for (const to of this.#sharesOf(rectangle.to)) {
          const part = { ...rectangle, from: from.ends, to: to.ends };
          if (this.#pairsOf([part]) === 0) continue;
          const key = `${from.group} ${to.group}`;
          const known = meetings.get(key);
          if (known === undefined) meetings.set(key, { traffic: part.traffic, parts: [part] });
          else {
            known.traffic = unionTraffic(known.traffic, part.traffic);
            known.parts.push(part);
          }
        }
      }
    }
    return this.#rows(meetings);
  }

  /** Meetings of the same traffic in rectangles, so that a large one is one row. */
  #rows(meetings: ReadonlyMap<string, Meeting>): readonly NamespaceRow[] {
    const values = new Map<string, { readonly family: Family | undefined; readonly traffic: TrafficSet }>();
    const rectangles = [...meetings].map(([key, { traffic, parts }]) => {
      const [from = 0, to = 0] = key.split(" ").map(Number);
      const family = familyOfParts(parts);
      const text = `${family ?? ""} ${trafficKey(traffic)}`;
      const value = values.get(text) ?? { family, traffic };
      values.set(text, value);
      return { from: bitsOf([from]), to: bitsOf([to]), value };
    });
    return byRows(rectangles).flatMap(({ from, to, value }) => {
      const pairs = numbersIn(from).flatMap((a) => numbersIn(to).map((b) => [a, b] as const));
      const isLarge = pairs.length > MOST_ROWS;
      return (isLarge ? [pairs] : pairs.map((pair) => [pair])).map((some): NamespaceRow => {
        const parts = some.flatMap(([a, b]) => meetings.get(`${a} ${b}`)?.parts ?? []);
        const [source, destination] = [
          this.#asOne([...new Set(some.map(([a]) => a))]),
          this.#asOne([...new Set(some.map(([, b]) => b))]),
        ];
        const row = { from: source.side, to: destination.side, ...value, pairs: this.#pairsOf(parts) };
        return { row, from: source.parties, to: destination.parties, parts: parts.map((part) => this.#placed(part)) };
      });
    });
  }

  #asOne(groups: readonly number[]): Placed {
    return asOne(groups.flatMap((group) => this.#groups[group] ?? []));
  }

  #sharesOf(ends: Ends): readonly Share[] {
    const known = this.#shares.get(ends) ?? this.#sharesIn(ends);
    this.#shares.set(ends, known);
    return known;
  }

  #sharesIn({ sides, outside }: Ends): readonly Share[] {
    const byGroup = new Map<string, number[]>();
    for (const number of numbersIn(sides)) {
      const side = this.#table.side(number);
      pushTo(byGroup, side.kind === "workload" ? `${side.namespace}/*` : side.name, number);
    }
    const inside = [...byGroup].map(([name, numbers]): Share => {
      const parties = [...new Set(numbers.flatMap((number) => this.#table.partiesOf(number)))];
      const first = this.#table.side(numbers[0] ?? 0);
      const side =
        first.kind === "workload"
          ? ({ kind: "workload", namespace: first.namespace, name, pods: numbers.length, replicated: true } as const)
          : first;
      const own = { sides: bitsOf(numbers), outside: bitsOf([]) };
      return { group: this.#group(name, { side, parties }), ends: own };
    });
    if (isNoBits(outside)) return inside;
    const addresses = outsideSideOf(this.#flows, outside);
    const name = addresses.side.ranges.join();
    return [...inside, { group: this.#group(name, addresses), ends: { sides: bitsOf([]), outside } }];
  }

  #group(name: string, placed: PlacedSingle): number {
    const known = this.#byName.get(name) ?? this.#groups.push(placed) - 1;
    this.#byName.set(name, known);
    return known;
  }

  #placed({ from, to, family, traffic }: SideRectangle): PlacedPart {
    return { family, traffic, from: this.#partiesOf(from), to: this.#partiesOf(to) };
  }

  #partiesOf({ sides, outside }: Ends): readonly number[] {
    return [...numbersIn(sides).flatMap((number) => this.#table.partiesOf(number)), ...numbersIn(outside)];
  }

  /** How many pairs of sides the parts are about; those of two families may be about the same. */
  #pairsOf(parts: readonly SideRectangle[]): number {
    const ofFamily = (family: Family): readonly SideRectangle[] => parts.filter((part) => part.family === family);
    const twice = ofFamily(4).flatMap((a) =>
      ofFamily(6).map((b) => ({ from: commonEnds(a.from, b.from), to: commonEnds(a.to, b.to) })),
    );
    const sum = (some: readonly Pick<SideRectangle, "from" | "to">[]): number =>
      some.reduce((total, { from, to }) => total + this.#size(from, to), 0);
    return sum(parts) - sum(twice);
  }

  #size(from: Ends, to: Ends): number {
    const itself = countBits(intersectBits(intersectBits(from.sides, to.sides), this.#alone));
    return countEnds(from) * countEnds(to) - itself;
  }
}

function countEnds({ sides, outside }: Ends): number {
  return countBits(sides) + (isNoBits(outside) ? 0 : 1);
}

function commonEnds(a: Ends, b: Ends): Ends {
  return { sides: intersectBits(a.sides, b.sides), outside: intersectBits(a.outside, b.outside) };
}

/** The family that all parts hold for alone; undefined where they are about several. */
function familyOfParts(parts: readonly SideRectangle[]): Family | undefined {
  const families = new Set(parts.map(({ family }) => family));
  const [family] = families;
  return families.size === 1 ? family : undefined;
}
