/** Rectangles of a matrix: a value that holds between each of some and each of others. */
import { type BitSet, intersectBits, isNoBits, overlapBits, subtractBits, unionOfBits } from "../net/bit-set.ts";
import { BitSetTable } from "../net/bit-set-table.ts";
import { pushTo } from "./by-key.ts";
import { RectangleIndex } from "./rectangle-index.ts";

/** Equal values are one object, and are compared by identity. */
export interface Rectangle<T> {
  readonly from: BitSet;
  readonly to: BitSet;
  readonly value: T;
}

/**
 * The same pairs in fewer rectangles: those that are one but for a side are put together along it, first along `to`, then
 * along `from`. The rectangles must be disjoint, and so are those that come out. O(rectangles x their spans / 32).
 */
export function joined<T>(rectangles: readonly Rectangle<T>[], sets = new BitSetTable()): readonly Rectangle<T>[] {
  const joinedTo = joinedAlong(rectangles, sets, "from", (from, tos, value) => ({ from, to: unionOfBits(tos), value }));
  return joinedAlong(joinedTo, sets, "to", (to, froms, value) => ({ from: unionOfBits(froms), to, value }));
}

function joinedAlong<T>(
  rectangles: readonly Rectangle<T>[],
  sets: BitSetTable,
  same: "from" | "to",
  join: (same: BitSet, others: readonly BitSet[], value: T) => Rectangle<T>,
): readonly Rectangle<T>[] {
  const groups = new Map<T, Map<BitSet, BitSet[]>>();
  for (const rectangle of rectangles) {
    const bySame = groups.get(rectangle.value) ?? new Map<BitSet, BitSet[]>();
    groups.set(rectangle.value, bySame);
    pushTo(bySame, sets.one(rectangle[same]), rectangle[same === "from" ? "to" : "from"]);
  }
  return [...groups].flatMap(([value, bySame]) => [...bySame].map(([key, others]) => join(key, others, value)));
}

/** Rectangles by their value. */
export function byValue<T>(rectangles: readonly Rectangle<T>[]): ReadonlyMap<T, readonly Rectangle<T>[]> {
  const groups = new Map<T, Rectangle<T>[]>();
  for (const rectangle of rectangles) pushTo(groups, rectangle.value, rectangle);
  return groups;
}

/** What is left of a rectangle without the others, in disjoint rectangles. */
export function without<T>(rectangle: Rectangle<T>, others: readonly Rectangle<unknown>[]): readonly Rectangle<T>[] {
  let left: readonly Rectangle<T>[] = [rectangle];
  for (const other of others) left = left.flatMap((part) => withoutOne(part, other));
  return left;
}

function withoutOne<T>(rectangle: Rectangle<T>, other: Rectangle<unknown>): readonly Rectangle<T>[] {
  const { from, to } = rectangle;
  if (!overlapBits(from, other.from) || !overlapBits(to, other.to)) return [rectangle];
  return filled([
    { ...rectangle, from: subtractBits(from, other.from) },
    { ...rectangle, from: intersectBits(from, other.from), to: subtractBits(to, other.to) },
  ]);
}

/** Those that hold some pair. */
export function filled<T>(rectangles: readonly Rectangle<T>[]): readonly Rectangle<T>[] {
  return rectangles.filter(({ from, to }) => !isNoBits(from) && !isNoBits(to));
}

/** What two lists have in common, rectangle for rectangle, and what only one of them has. Those of a list are disjoint. */
export function unlike<T>(
  a: readonly Rectangle<T>[],
  b: readonly Rectangle<T>[],
): Readonly<Record<"same" | "onlyA" | "onlyB", readonly Rectangle<T>[]>> {
  const sets = new BitSetTable();
  const left = new Map<T, Map<BitSet, Set<BitSet>>>();
  for (const { from, to, value } of b) {
    const byFrom = left.get(value) ?? new Map<BitSet, Set<BitSet>>();
    left.set(value, byFrom);
    const key = sets.one(from);
    byFrom.set(key, (byFrom.get(key) ?? new Set<BitSet>()).add(sets.one(to)));
  }
  const same: Rectangle<T>[] = [];
  const onlyA = a.filter((rectangle) => {
    const { from, to, value } = rectangle;
    const isSame = left.get(value)?.get(sets.one(from))?.delete(sets.one(to)) === true;
    if (isSame) same.push(rectangle);
    return !isSame;
  });
  const onlyB = b.filter(({ from, to, value }) => left.get(value)?.get(sets.one(from))?.has(sets.one(to)));
  return { same, onlyA, onlyB };
}

/** What one list says of some pairs, and the other; undefined where it says nothing. */
export interface Overlay<T> {
  readonly a: T | undefined;
  readonly b: T | undefined;
}

/**
 * Two lists of disjoint rectangles laid over each other: every pair that either has, once. O(what only one of them has and the
 * other list also says something of): lists that are mostly the same cost little more than looking at them.
 */
export function overlaid<T>(a: readonly Rectangle<T>[], b: readonly Rectangle<T>[]): readonly Rectangle<Overlay<T>>[] {
  const { same, onlyA, onlyB } = unlike(a, b);
  const [inA, inB] = [new RectangleIndex(onlyA), new RectangleIndex(onlyB)];
  const of = (rectangles: readonly Rectangle<T>[], value: (own: T) => Overlay<T>): readonly Rectangle<Overlay<T>>[] =>
    rectangles.map((one) => ({ from: one.from, to: one.to, value: value(one.value) }));
  return [
    ...of(same, (value) => ({ a: value, b: value })),
    ...onlyA.flatMap((one) => {
      const meeting = inB.meeting(one);
      const both = meeting.map((other) => ({
        from: intersectBits(one.from, other.from),
        to: intersectBits(one.to, other.to),
        value: { a: one.value, b: other.value },
      }));
      return [...both, ...of(without(one, meeting), (value) => ({ a: value, b: undefined }))];
    }),
    ...onlyB.flatMap((one) => of(without(one, inA.meeting(one)), (value) => ({ a: undefined, b: value }))),
  ];
}
