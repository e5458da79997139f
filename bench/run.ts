/** Runs benchmarks, each size of each in a process of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Benchmark } from "./benchmark.ts";
import type { ClusterOptions } from "./cluster/options.ts";
import type { Options } from "./command-line.ts";
import { sizeName } from "./job.ts";
import type { Step } from "./plan.ts";
import { type Limits, type Outcome, runJob } from "./process.ts";
import { type Outcomes, type Section, sectionOf } from "./results.ts";

const SECONDS_TO_PREPARE = 600;

/** The results in the order of the benchmarks; progress goes to standard error, and texts of clusters into the folder. */
export async function runSteps(
  benchmarks: readonly Benchmark[],
  steps: readonly Step[],
  options: Options,
  folder: string,
): Promise<readonly Section[]> {
  const outcomes = new Map<Benchmark, Map<number, Outcome | string>>();
  const limits: Limits = { seconds: options.limit, heap: options.heap };
  for (const step of steps) {
    const here = mkdtempSync(join(folder, "size-"));
    await prepare(step, options, here);
    for (const benchmark of step.benchmarks) {
      const of = outcomes.get(benchmark) ?? new Map<number, Outcome | string>();
      outcomes.set(benchmark, of);
      of.set(step.count, await runBenchmark(benchmark, step.count, options, limits, here));
    }
    rmSync(here, { recursive: true });
  }
  const counts = steps.map(({ count }) => count);
  return benchmarks.flatMap((benchmark) => {
    const of: Outcomes | undefined = outcomes.get(benchmark);
    return of === undefined ? [] : [sectionOf(benchmark, counts, of, options.limit)];
  });
}

function clusterOf(count: number, { seed, policies, blocks, dualStack }: Options): ClusterOptions {
  return {
    pods: count,
    seed,
    ...(policies === undefined ? {} : { policies }),
    blocksOfOnePolicy: blocks,
    dualStack: dualStack === true,
  };
}

/** Makes the cluster once for all benchmarks of a size, and not in their processes, whose memory counts. */
async function prepare({ count, formats }: Step, options: Options, folder: string): Promise<void> {
  if (formats.length === 0) return;
  progress(`${sizeName(count)}: making the cluster`);
  const job = { kind: "prepare", cluster: clusterOf(count, options), folder, formats } as const;
  const { ending, error } = await runJob(job, { seconds: SECONDS_TO_PREPARE, heap: options.heap });
  if (ending !== "done") throw new Error(`the cluster of size ${sizeName(count)} was not made (${ending})\n${error}`);
}

async function runBenchmark(
  { name, obstacle }: Benchmark,
  count: number,
  options: Options,
  limits: Limits,
  folder: string,
): Promise<Outcome | string> {
  const why = obstacle?.();
  if (why !== undefined) return why;
  progress(`${sizeName(count)}: ${name}`);
  const { seed } = options;
  const cluster = clusterOf(count, options);
  const outcome = await runJob({ kind: "measure", benchmark: name, count, seed, cluster, folder }, limits);
  if (outcome.ending === "failed") {
    progress(`${name} failed\n${outcome.error}`);
    process.exitCode = 1;
  }
  return outcome;
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
