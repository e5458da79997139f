/** The number line of addresses, cut wherever some set of addresses begins or ends. */
import {
  ALL_ADDRESSES,
  type Address,
  type AddressSet,
  coversAddresses,
  type Family,
  familyOf,
  IPV4,
  IPV6,
} from "../net/address.ts";
import { type Interval, overlaps } from "../net/intervals.ts";

/** Addresses of one family that the same address sets hold. */
export interface Atom {
  readonly family: Family;
  readonly where: AddressSet;
}

/** Some sets, by number, ascending. Equal lists are one object. */
export type SetList = readonly number[];

/** An atom with the sets that hold it. */
type SetAtom = Atom & { readonly sets: SetList };

/** Lists of sets each as one object. */
export class SetLists {
  readonly #known = new Map<string, SetList>();

  one(sets: readonly number[]): SetList {
    const key = sets.join();
    const known = this.#known.get(key) ?? [...sets];
    this.#known.set(key, known);
    return known;
  }
}

interface Border {
  readonly at: Address;
  readonly set: number;
}

/** Which of some address sets hold which addresses. */
export class AddressSpace {
  readonly #sets: ReadonlyMap<number, AddressSet>;
  readonly #lists: SetLists;
  /** Where each block begins, ascending; it ends where the next one begins, or its family does. */
  readonly #starts: readonly Address[];
  readonly #holding: readonly SetList[];

  #atoms: readonly SetAtom[] | undefined;

  private constructor(
    sets: ReadonlyMap<number, AddressSet>,
    lists: SetLists,
    blocks: { readonly starts: readonly Address[]; readonly holding: readonly SetList[] },
  ) {
    this.#sets = sets;
    this.#lists = lists;
    this.#starts = blocks.starts;
    this.#holding = blocks.holding;
  }

  /** Cut by the sets, which come by number. O(b log b + b x sets that hold a block) for b borders of sets. */
  static of(sets: ReadonlyMap<number, AddressSet>, lists: SetLists): AddressSpace {
    return new AddressSpace(sets, lists, swept(sets, lists));
  }

  /** Cut by other sets of the same numbering. O(blocks + borders and blocks of sets that are not in both). */
  with(sets: ReadonlyMap<number, AddressSet>): AddressSpace {
    const blocks = { starts: [...this.#starts], holding: [...this.#holding] };
    for (const [number, set] of sets) if (!this.#sets.has(number)) this.#toggle(blocks, number, set);
    for (const [number, set] of this.#sets) if (!sets.has(number)) this.#toggle(blocks, number, set);
    return new AddressSpace(sets, this.#lists, blocks);
  }

  /** Puts a set into the lists of its blocks, or takes it away. */
  #toggle({ starts, holding }: Blocks, number: number, set: AddressSet): void {
    for (const { start, end } of set) {
      const first = cutAt({ starts, holding }, start);
      const last = end === IPV4.end || end === IPV6.end ? familyEnd(starts, end) : cutAt({ starts, holding }, end);
      for (let i = first; i < last; i++) {
        const active = [...(holding[i] ?? [])];
        toggle(active, number);
        holding[i] = this.#lists.one(active);
      }
      // A border that no set has any more is none.
      for (const border of [last, first]) joinAt({ starts, holding }, border);
    }
  }

  /** The sets that hold an address. O(log blocks). */
  setsAt(address: Address): SetList {
    return this.#holding[blockAt(this.#starts, address)] ?? [];
  }

  /** The sets that hold all addresses of a range, and those that hold all or some. O(sets x their intervals). */
  setsOver(where: AddressSet): { readonly certain: SetList; readonly possible: SetList } {
    const possible = [...this.#sets].filter(([, set]) => overlaps(set, where));
    const certain = possible.filter(([, set]) => coversAddresses(set, where));
    return {
      certain: this.#lists.one(certain.map(([number]) => number)),
      possible: this.#lists.one(possible.map(([number]) => number)),
    };
  }

  /** All addresses by the sets that hold them, in the order of their first addresses. */
  atoms(): readonly SetAtom[] {
    return (this.#atoms ??= this.#atomsNow());
  }

  #atomsNow(): readonly SetAtom[] {
    const groups = new Map<SetList, Interval<bigint>[]>();
    const atoms: { readonly family: Family; readonly sets: SetList; readonly where: Interval<bigint>[] }[] = [];
    let previous: Family | undefined;
    for (const [i, start] of this.#starts.entries()) {
      const family = familyOf(start);
      if (family !== previous) groups.clear();
      previous = family;
      const next = this.#starts[i + 1];
      const end = next === undefined || familyOf(next) !== family ? (family === 4 ? IPV4 : IPV6).end : next;
      const sets = this.#holding[i] ?? [];
      const where = groups.get(sets) ?? [];
      if (where.length === 0) atoms.push({ family, sets, where });
      groups.set(sets, where);
      // Blocks that touch are in different sets, so these make a canonical set as they are.
      where.push({ start, end });
    }
    return atoms;
  }
}

interface Blocks {
  readonly starts: Address[];
  readonly holding: SetList[];
}

function swept(sets: ReadonlyMap<number, AddressSet>, lists: SetLists): Blocks {
  const starts: Address[] = [];
  const holding: SetList[] = [];
  const borders = [...sets].flatMap(([set, intervals]) =>
    intervals.flatMap(({ start, end }): readonly Border[] => [
      { at: start, set },
      { at: end, set },
    ]),
  );
  borders.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  let next = 0;
  for (const { start, end } of ALL_ADDRESSES) {
    const active: number[] = [];
    let at = start;
    for (;;) {
      for (let border = borders[next]; border !== undefined && border.at <= at; border = borders[++next]) {
        toggle(active, border.set);
      }
      starts.push(at);
      holding.push(lists.one(active));
      const border = borders[next];
      if (border === undefined || border.at >= end) break;
      at = border.at;
    }
    // Sets that reach to the end of a family stop there.
    while ((borders[next]?.at ?? end + 1n) <= end) next++;
  }
  return { starts, holding };
}

/** The index of the block that holds an address. */
function blockAt(starts: readonly Address[], address: Address): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0n) <= address) low = middle;
    else high = middle;
  }
  return low;
}

/** The index of the block that begins at an address, which is made where there is none. */
function cutAt({ starts, holding }: Blocks, address: Address): number {
  const index = blockAt(starts, address);
  if (starts[index] === address) return index;
  starts.splice(index + 1, 0, address);
  holding.splice(index + 1, 0, holding[index] ?? []);
  return index + 1;
}

/** The index behind the last block of the family that ends at an address. */
function familyEnd(starts: readonly Address[], end: Address): number {
  return blockAt(starts, end - 1n) + 1;
}

/** Makes one of a block and the one before it where the same sets hold both. */
function joinAt({ starts, holding }: Blocks, index: number): void {
  const start = starts[index];
  if (start === undefined || index === 0 || start === IPV6.start || holding[index] !== holding[index - 1]) return;
  starts.splice(index, 1);
  holding.splice(index, 1);
}

/** Puts a set among the active ones, which stay sorted, or takes it away. */
function toggle(active: number[], set: number): void {
  let low = 0;
  let high = active.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((active[middle] ?? 0) < set) low = middle + 1;
    else high = middle;
  }
  active.splice(low, active[low] === set ? 1 : 0, ...(active[low] === set ? [] : [set]));
}
