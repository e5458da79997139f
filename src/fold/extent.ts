/** What a condition holds of, as sets of numbers of whatever was asked about: parties, or objects with labels. */
import {
  type BitSet,
  equalBits,
  hasBit,
  intersectBits,
  isNoBits,
  NO_BITS,
  subtractBits,
  unionOfBits,
  withBit,
} from "../net/bit-set.ts";
import type { Ternary } from "./match.ts";

/** Of whom it holds for certain, and of whom for certain or, since the input does not tell, perhaps. */
export interface Extent {
  readonly certain: BitSet;
  readonly possible: BitSet;
}

export const NOBODY: Extent = { certain: NO_BITS, possible: NO_BITS };

export function exactly(set: BitSet): Extent {
  return isNoBits(set) ? NOBODY : { certain: set, possible: set };
}

export function bothHold(a: Extent, b: Extent): Extent {
  if (a === b) return a;
  const possible = intersectBits(a.possible, b.possible);
  const isKnown = a.certain === a.possible && b.certain === b.possible;
  return isKnown ? exactly(possible) : { certain: intersectBits(a.certain, b.certain), possible };
}

export function someHolds(extents: readonly Extent[]): Extent {
  const [first = NOBODY, second] = extents;
  if (second === undefined) return first;
  const possible = unionOfBits(extents.map((extent) => extent.possible));
  return extents.every((extent) => extent.certain === extent.possible)
    ? exactly(possible)
    : { certain: unionOfBits(extents.map(({ certain }) => certain)), possible };
}

/** What a condition does not hold of, among `all`. */
export function doesNotHold(all: BitSet, { certain, possible }: Extent): Extent {
  const rest = subtractBits(all, possible);
  return certain === possible ? exactly(rest) : { certain: rest, possible: subtractBits(all, certain) };
}

/** Held by nobody for certain, as something about it is not known. */
export function perhaps({ possible }: Extent): Extent {
  return { certain: NO_BITS, possible };
}

export function holdsOf({ certain, possible }: Extent, number: number): Ternary {
  if (hasBit(certain, number)) return true;
  return certain !== possible && hasBit(possible, number) ? undefined : false;
}

/** With one more of whom it holds, for certain or perhaps. */
export function withNumber({ certain, possible }: Extent, number: number, isCertain: boolean): Extent {
  const set = withBit(possible, number);
  if (!isCertain) return { certain, possible: set };
  return certain === possible ? exactly(set) : { certain: withBit(certain, number), possible: set };
}

/** `known` where it says the same, so that what was worked out from it still stands. */
export function sameOr(known: Extent | undefined, extent: Extent): Extent {
  if (known === undefined) return extent;
  return equalBits(known.possible, extent.possible) && equalBits(known.certain, extent.certain) ? known : extent;
}
