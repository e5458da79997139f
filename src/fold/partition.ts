/** Numbers divided by which of some sets hold them. */
import {
  bitsOf,
  type BitSet,
  hasBit,
  intersectBits,
  isNoBits,
  NO_BITS,
  overlapBits,
  subtractBits,
  unionBits,
} from "../net/bit-set.ts";

export interface Part {
  readonly set: BitSet;
  /** Indexes of the sets that hold all of it, ascending; no other set holds any of it. */
  readonly inside: readonly number[];
}

/** All numbers that some set holds, in disjoint parts. O(sets x parts), cheap where their spans do not meet. */
export function partsOf(sets: readonly BitSet[]): readonly Part[] {
  let parts: Part[] = [];
  for (const [index, set] of sets.entries()) {
    let left = set;
    const next: Part[] = [];
    for (const part of parts) {
      if (isNoBits(left) || !overlapBits(part.set, left)) {
        next.push(part);
        continue;
      }
      const common = intersectBits(part.set, left);
      const rest = subtractBits(part.set, common);
      left = subtractBits(left, common);
      next.push({ set: common, inside: [...part.inside, index] });
      if (!isNoBits(rest)) next.push({ set: rest, inside: part.inside });
    }
    if (!isNoBits(left)) next.push({ set: left, inside: [index] });
    parts = next;
  }
  return parts;
}

/** The parts once sets hold some of `added` too, none of which was in any. Parts keep their places; new ones come behind. */
export function partsWith(parts: readonly Part[], sets: readonly BitSet[], added: readonly number[]): readonly Part[] {
  const result = [...parts];
  for (const number of added) {
    const inside = [...sets.keys()].filter((index) => hasBit(sets[index] ?? NO_BITS, number));
    if (inside.length === 0) continue;
    const known = result.findIndex((part) => sameNumbers(part.inside, inside));
    const own = bitsOf([number]);
    const old = result[known];
    if (old === undefined) result.push({ set: own, inside });
    else result[known] = { set: unionBits(old.set, own), inside: old.inside };
  }
  return result;
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((number, i) => number === b[i]);
}
