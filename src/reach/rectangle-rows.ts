/** Rectangles in one form, however they were cut before. */
import { partsOf } from "../fold/partition.ts";
import { unionOfBits } from "../net/bit-set.ts";
import { byValue, joined, type Rectangle } from "./rectangle.ts";

/**
 * The same pairs in rectangles that depend on the pairs and their values alone: of each value, all that have it with the same
 * others are one. The rectangles must be disjoint. O(rectangles of a value x parts that they cut) set operations.
 */
export function byRows<T>(rectangles: readonly Rectangle<T>[]): readonly Rectangle<T>[] {
  return joined(
    [...byValue(rectangles)].flatMap(([value, own]) =>
      partsOf(own.map(({ from }) => from)).map(({ set, inside }) => ({
        from: set,
        to: unionOfBits(inside.flatMap((index) => own[index]?.to ?? [])),
        value,
      })),
    ),
  );
}
