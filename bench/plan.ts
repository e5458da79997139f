/** Which benchmarks run at which sizes. */
import type { Benchmark } from "./benchmark.ts";
import type { Format } from "./cluster/text.ts";

export interface Wanted {
  /** Names of benchmarks; empty: all. */
  readonly only: readonly string[];
  /** Empty: the sizes that each benchmark names. */
  readonly sizes: readonly number[];
}

/** What runs at one size, and what it needs. */
export interface Step {
  readonly count: number;
  readonly benchmarks: readonly Benchmark[];
  readonly formats: readonly Format[];
}

/** From the smallest size to the largest. Throws RangeError for names that no benchmark has. */
export function stepsOf(benchmarks: readonly Benchmark[], { only, sizes }: Wanted): readonly Step[] {
  const unknown = only.find((name) => !benchmarks.some((benchmark) => benchmark.name === name));
  if (unknown !== undefined) {
    const known = benchmarks.map(({ name }) => name).join(", ");
    throw new RangeError(`there is no benchmark "${unknown}"; known are ${known}`);
  }
  const chosen = benchmarks.filter(({ name }) => only.length === 0 || only.includes(name));
  const counts = sizes.length > 0 ? sizes : chosen.flatMap((benchmark) => benchmark.sizes);
  return [...new Set(counts)]
    .toSorted((a, b) => a - b)
    .map((count) => {
      const here = chosen.filter((benchmark) => sizes.length > 0 || benchmark.sizes.includes(count));
      return { count, benchmarks: here, formats: [...new Set(here.flatMap(({ needs }) => needs))] };
    });
}
