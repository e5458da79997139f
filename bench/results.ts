/** What a run found out: a figure or the reason why there is none, for each benchmark, figure and size. */
import { type Benchmark, type FigureKind, PEAK } from "./benchmark.ts";
import type { Outcome } from "./process.ts";

/** A value, or in words why there is none. Undefined: it was not asked for. */
export type Cell = number | string | undefined;

export interface Row extends FigureKind {
  /** One for each size of the run. */
  readonly cells: readonly Cell[];
}

export interface Section {
  readonly benchmark: Benchmark;
  readonly rows: readonly Row[];
}

/** The outcomes of a benchmark by size; a text where it was not run, with the reason. */
export type Outcomes = ReadonlyMap<number, Outcome | string>;

/** `limit` is the time after which processes were ended, in seconds. */
export function sectionOf(benchmark: Benchmark, counts: readonly number[], outcomes: Outcomes, limit: number): Section {
  const kinds = [...benchmark.figures, PEAK];
  return {
    benchmark,
    rows: kinds.map((kind) => ({
      ...kind,
      cells: counts.map((count) => cellOf(kind, benchmark, outcomes.get(count), limit)),
    })),
  };
}

function cellOf(
  { name }: FigureKind,
  benchmark: Benchmark,
  outcome: Outcome | string | undefined,
  limit: number,
): Cell {
  if (outcome === undefined) return undefined;
  if (typeof outcome === "string") return name === benchmark.figures[0]?.name ? `skipped: ${outcome}` : undefined;
  const value = outcome.reports.find(({ figure }) => figure === name)?.value;
  if (value !== undefined) return value;
  // Figures come in order, so the first one that is missing is what took too long.
  const missing = [...benchmark.figures, PEAK].find(
    (kind) => !outcome.reports.some(({ figure }) => figure === kind.name),
  );
  if (missing?.name !== name) return "–";
  return outcome.ending === "over time" ? `over ${limit} s` : outcome.ending;
}

/** How often the value of the size before fits in; undefined where one of them is missing or it would say nothing. */
export function growth({ unit, cells }: Row, index: number): number | undefined {
  const [before, value] = [cells[index - 1], cells[index]];
  if (unit === "ratio" || typeof before !== "number" || typeof value !== "number" || before === 0) return undefined;
  return value / before;
}
