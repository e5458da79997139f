/** Bit sets each as one object, so that equal ones are compared by identity. */
import { type BitSet, equalBits, hashBits } from "./bit-set.ts";

export class BitSetTable {
  readonly #known = new Map<number, BitSet[]>();

  /** The object that stands for all sets equal to this one. O(span / 32). */
  one(set: BitSet): BitSet {
    const hash = hashBits(set);
    const alike = this.#known.get(hash);
    if (alike === undefined) {
      this.#known.set(hash, [set]);
      return set;
    }
    const known = alike.find((candidate) => equalBits(candidate, set));
    if (known === undefined) alike.push(set);
    return known ?? set;
  }
}
