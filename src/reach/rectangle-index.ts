/** Rectangles found by who is in them. */
import { type BitSet, numbersIn, overlapBits } from "../net/bit-set.ts";
import type { Rectangle } from "./rectangle.ts";

/** How many numbers of a side are looked at one by one. */
const FEW = 64;

export class RectangleIndex<T> {
  readonly #rectangles: readonly Rectangle<T>[];
  readonly #byFrom = new SideIndex();
  /** Those with so many senders that these tell little. */
  readonly #byTo = new SideIndex();
  readonly #wide: number[] = [];

  constructor(rectangles: readonly Rectangle<T>[]) {
    this.#rectangles = rectangles;
    for (const [index, { from, to }] of rectangles.entries()) {
      if (!this.#byFrom.add(from, index) && !this.#byTo.add(to, index)) this.#wide.push(index);
    }
  }

  /** Those that share some pair with a rectangle, in their order. O(those that share one of few senders or receivers). */
  meeting({ from, to }: Pick<Rectangle<unknown>, "from" | "to">): readonly Rectangle<T>[] {
    const candidates = new Set([...this.#byFrom.sharing(from), ...this.#byTo.sharing(to), ...this.#wide]);
    return [...candidates]
      .sort((a, b) => a - b)
      .flatMap((index) => {
        const other = this.#rectangles[index];
        return other !== undefined && overlapBits(other.from, from) && overlapBits(other.to, to) ? [other] : [];
      });
  }
}

/** Sets with few members, by member. */
class SideIndex {
  readonly #all: number[] = [];
  readonly #byMember = new Map<number, number[]>();

  /** False, and not added: it has many members. */
  add(set: BitSet, index: number): boolean {
    const few = fewOf(set);
    if (few === undefined) return false;
    this.#all.push(index);
    for (const number of few) {
      const known = this.#byMember.get(number);
      if (known === undefined) this.#byMember.set(number, [index]);
      else known.push(index);
    }
    return true;
  }

  /** Those that share a member with the set, and perhaps others where it has many. */
  sharing(set: BitSet): readonly number[] {
    return fewOf(set)?.flatMap((number) => this.#byMember.get(number) ?? []) ?? this.#all;
  }
}

function fewOf(set: BitSet): readonly number[] | undefined {
  if (set.words.length > FEW) return undefined;
  const numbers = numbersIn(set);
  return numbers.length > FEW ? undefined : numbers;
}
