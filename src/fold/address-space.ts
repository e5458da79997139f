/** The number line of addresses, cut wherever some set of addresses begins or ends. */
import {
  ALL_ADDRESSES,
  type Address,
  type AddressSet,
  coversAddresses,
  type Family,
  familyOf,
} from "../net/address.ts";
import { type Interval, overlaps } from "../net/intervals.ts";

/** Addresses of one family that the same address sets hold. */
export interface Atom {
  readonly family: Family;
  readonly where: AddressSet;
}

/** Some sets, by number, ascending. Equal lists are one object. */
export type SetList = readonly number[];

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

/** Which of some address sets hold which addresses. O(b log b + b x sets that hold a block) for b borders of sets. */
export class AddressSpace {
  readonly #sets: ReadonlyMap<number, AddressSet>;
  readonly #lists: SetLists;
  /** Where each block begins, ascending; it ends where the next one begins, or its family does. */
  readonly #starts: Address[] = [];
  readonly #holding: SetList[] = [];

  /** The sets by number, ascending. */
  constructor(sets: ReadonlyMap<number, AddressSet>, lists: SetLists) {
    this.#sets = sets;
    this.#lists = lists;
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
        this.#starts.push(at);
        this.#holding.push(lists.one(active));
        const border = borders[next];
        if (border === undefined || border.at >= end) break;
        at = border.at;
      }
      // Sets that reach to the end of a family stop there.
      while ((borders[next]?.at ?? end + 1n) <= end) next++;
    }
  }

  /** The sets that hold an address. O(log blocks). */
  setsAt(address: Address): SetList {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0n) <= address) low = middle;
      else high = middle;
    }
    return this.#holding[low] ?? [];
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
  atoms(): readonly (Atom & { readonly sets: SetList })[] {
    const groups = new Map<SetList, Interval<bigint>[]>();
    const atoms: { readonly family: Family; readonly sets: SetList; readonly blocks: Interval<bigint>[] }[] = [];
    const ends = new Map(ALL_ADDRESSES.map(({ start, end }) => [familyOf(start), end]));
    let previous: Family | undefined;
    for (const [i, start] of this.#starts.entries()) {
      const family = familyOf(start);
      if (family !== previous) groups.clear();
      previous = family;
      const next = this.#starts[i + 1];
      const end = next === undefined || familyOf(next) !== family ? (ends.get(family) ?? start) : next;
      const sets = this.#holding[i] ?? [];
      const blocks = groups.get(sets) ?? [];
      if (blocks.length === 0) atoms.push({ family, sets, blocks });
      groups.set(sets, blocks);
      blocks.push({ start, end });
    }
    // Blocks that touch are in different sets, so these are canonical as they are.
    return atoms.map(({ family, sets, blocks }) => ({ family, sets, where: blocks }));
  }
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
