/** Bit sets each as one object, so that equal ones are compared by identity. */
import { type BitSet, equalBits, hashBits, withBit } from "./bit-set.ts";

export class BitSetTable {
  readonly #known = new Map<number, BitSet[]>();
  /** What sets became with the number that was added last. */
  readonly #grown = new Map<BitSet, BitSet>();
  #added: number | undefined;
  #size = 0;

  /** The object that stands for all sets equal to this one. O(span / 32). */
  one(set: BitSet): BitSet {
    const hash = hashBits(set);
    const alike = this.#known.get(hash);
    if (alike === undefined) {
      this.#known.set(hash, [set]);
      this.#size++;
      return set;
    }
    const known = alike.find((candidate) => equalBits(candidate, set));
    if (known !== undefined) return known;
    alike.push(set);
    this.#size++;
    return set;
  }

  /** A set of this table with one number more. O(1) if the same was asked just before, else O(span / 32). */
  with(set: BitSet, number: number): BitSet {
    if (this.#added !== number) this.#grown.clear();
    this.#added = number;
    const known = this.#grown.get(set) ?? this.one(withBit(set, number));
    this.#grown.set(set, known);
    return known;
  }

  /** How many sets it remembers. */
  get size(): number {
    return this.#size;
  }

  /** Forgets all sets but some. O(span of those / 32). */
  keep(some: Iterable<BitSet>): void {
    this.#known.clear();
    this.#grown.clear();
    this.#size = 0;
    for (const set of some) this.one(set);
  }
}
