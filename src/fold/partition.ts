/** Numbers divided by which of some sets hold them. */
import { type BitSet, intersectBits, isNoBits, overlapBits, subtractBits } from "../net/bit-set.ts";

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
