/**
 * Sets over an ordered line (port numbers, addresses) as sorted, disjoint, non-touching half-open intervals.
 * Half-open ends let one algorithm serve numbers and bigints: it compares, and never adds or subtracts.
 */

/** The points p with `start <= p < end`. */
export interface Interval<T extends number | bigint> {
  readonly start: T;
  readonly end: T;
}

/** A canonical set: sorted, disjoint, non-empty, and no two intervals touch. Equal sets have equal lists. */
export type Intervals<T extends number | bigint> = readonly Interval<T>[];

/** The canonical set of all points of `parts`, which may overlap and come in any order. O(n log n). */
export function unionOf<T extends number | bigint>(parts: readonly Interval<T>[]): Intervals<T> {
  const sorted = parts.filter((part) => part.start < part.end).sort((a, b) => (a.start < b.start ? -1 : 1));
  const result: { start: T; end: T }[] = [];
  for (const part of sorted) {
    const last = result.at(-1);
    if (last === undefined || part.start > last.end) result.push({ start: part.start, end: part.end });
    else if (part.end > last.end) last.end = part.end;
  }
  return result;
}

/** O(n log n) in the number of intervals of both. */
export function union<T extends number | bigint>(a: Intervals<T>, b: Intervals<T>): Intervals<T> {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  return unionOf([...a, ...b]);
}

/** O(n + m). */
export function intersect<T extends number | bigint>(a: Intervals<T>, b: Intervals<T>): Intervals<T> {
  const result: Interval<T>[] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const left = a[i];
    const right = b[j];
    if (left === undefined || right === undefined) return result;
    const start = left.start > right.start ? left.start : right.start;
    const end = left.end < right.end ? left.end : right.end;
    if (start < end) result.push({ start, end });
    if (left.end < right.end) i++;
    else j++;
  }
}

/** The points of `a` that are not in `b`. O(n + m). */
export function subtract<T extends number | bigint>(a: Intervals<T>, b: Intervals<T>): Intervals<T> {
  const result: Interval<T>[] = [];
  let j = 0;
  for (const whole of a) {
    let start = whole.start;
    for (; j < b.length; j++) {
      const hole = b[j];
      if (hole === undefined || hole.start >= whole.end) break;
      if (hole.start > start) result.push({ start, end: hole.start });
      if (hole.end > start) start = hole.end;
      if (hole.end >= whole.end) break;
    }
    if (start < whole.end) result.push({ start, end: whole.end });
  }
  return result;
}

/** O(log n). */
export function contains<T extends number | bigint>(set: Intervals<T>, point: T): boolean {
  let low = 0;
  let high = set.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const interval = set[middle];
    if (interval === undefined || interval.start > point) high = middle;
    else if (interval.end <= point) low = middle + 1;
    else return true;
  }
  return false;
}

/** True when every point of `inner` is in `outer`. O(n + m). */
export function covers<T extends number | bigint>(outer: Intervals<T>, inner: Intervals<T>): boolean {
  return subtract(inner, outer).length === 0;
}

export function overlaps<T extends number | bigint>(a: Intervals<T>, b: Intervals<T>): boolean {
  return intersect(a, b).length > 0;
}

export function equal<T extends number | bigint>(a: Intervals<T>, b: Intervals<T>): boolean {
  return a.length === b.length && a.every((part, i) => part.start === b[i]?.start && part.end === b[i]?.end);
}

/**
 * Cuts `universe` at every border of every set in `sets`: within a resulting interval no set tells two points apart.
 * O(n log n) in the number of borders.
 */
export function cut<T extends number | bigint>(
  universe: Intervals<T>,
  sets: Iterable<Intervals<T>>,
): readonly Interval<T>[] {
  const borders = new Set<T>();
  for (const set of sets) {
    for (const interval of set) {
      borders.add(interval.start);
      borders.add(interval.end);
    }
  }
  const sorted = [...borders].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const result: Interval<T>[] = [];
  let next = 0;
  for (const whole of universe) {
    let start = whole.start;
    for (; next < sorted.length; next++) {
      const border = sorted[next];
      if (border === undefined || border >= whole.end) break;
      if (border <= start) continue;
      result.push({ start, end: border });
      start = border;
    }
    result.push({ start, end: whole.end });
  }
  return result;
}
