/** Times of repeated work: the median, after a warm-up. */

/** Repetitions end when one of these is reached. */
const MOST_RUNS = 9;
const ENOUGH_SECONDS = 3;
/** What takes longer is measured once: its own first half is its warm-up. */
const LONG_SECONDS = 1.5;

/**
 * The median time in seconds of each kind of work. They take turns, so that a noisy moment of the machine meets all of them
 * and ratios between them hold. Work that is not long runs once before without being counted.
 */
export function medianTimes<const N extends readonly (() => unknown)[]>(
  ...work: N
): { readonly [K in keyof N]: number };
export function medianTimes(...work: readonly (() => unknown)[]): readonly number[] {
  const first = work.map(cleanTimeOf);
  const total = first.reduce((sum, seconds) => sum + seconds, 0);
  if (total > LONG_SECONDS) return first;
  const times: number[][] = work.map(() => []);
  const runs = Math.max(3, Math.min(MOST_RUNS, Math.floor(ENOUGH_SECONDS / total)));
  for (let run = 0; run < runs; run++) work.forEach((part, i) => times[i]?.push(cleanTimeOf(part)));
  return times.map((of) => quantile(of, 0.5));
}

/** Garbage of earlier work is collected before, where the process may ask for it. */
function cleanTimeOf(work: () => unknown): number {
  globalThis.gc?.();
  return timeOf(work);
}

/** Seconds that one run takes. */
export function timeOf(work: () => unknown): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

/** The value below which a share of all values lies; NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
