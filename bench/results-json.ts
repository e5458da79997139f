/** The results of a run for other programs. */
import type { Options } from "./command-line.ts";
import type { Section } from "./results.ts";
import type { Machine } from "./settings.ts";

/** Values in seconds, bytes and pieces; where there is none, `missing` says why. */
export function resultsJson(
  sections: readonly Section[],
  counts: readonly number[],
  { limit, heap, seed }: Options,
  { busy }: Machine,
): string {
  const results = sections.flatMap(({ benchmark, rows }) =>
    rows.flatMap(({ name, unit, cells }) =>
      cells.flatMap((cell, i) => {
        const value = typeof cell === "number" ? { value: cell } : { missing: cell };
        return cell === undefined ? [] : [{ benchmark: benchmark.name, size: counts[i], figure: name, unit, ...value }];
      }),
    ),
  );
  const settings = { node: process.versions.node, limitSeconds: limit, heapMegabytes: heap, seed, load: busy };
  return `${JSON.stringify({ schema: "portcullis/bench/v1", ...settings, results }, null, 2)}\n`;
}
