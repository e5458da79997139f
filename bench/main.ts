/** `npm run bench`: runs benchmarks, each size of each in a process of its own, and prints what they found. */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import type { Benchmark } from "./benchmark.ts";
import { BENCHMARKS } from "./benchmarks.ts";
import type { ClusterOptions } from "./cluster/options.ts";
import { sizeName, sizeOf } from "./job.ts";
import { type Step, stepsOf } from "./plan.ts";
import { type Limits, type Outcome, runJob } from "./process.ts";
import { type Section, sectionOf } from "./results.ts";
import { tableText } from "./table.ts";

interface Options {
  readonly size: readonly number[];
  readonly only: readonly string[];
  readonly limit: number;
  readonly heap: number;
  readonly seed: number;
  readonly policies?: number;
  readonly blocks: number;
  readonly dualStack?: true;
  readonly output: string;
  readonly list?: true;
}

const SECONDS_TO_PREPARE = 600;

function program(): Command {
  return new Command("bench")
    .description(
      "Measures Portcullis on generated clusters. Figures go to standard output, progress to standard error.",
    )
    .option(
      "--size <sizes>",
      "sizes instead of those each benchmark names: 100, 5413, 10k or several, with commas",
      sizes,
      [],
    )
    .option("--only <names>", "benchmarks, with commas", (text: string) => text.split(","), [])
    .option("--list", "list the benchmarks and what they measure")
    .option("--limit <seconds>", "the time after which a measurement is ended", positive, 60)
    .option("--heap <megabytes>", "memory for JavaScript objects of one measurement", positive, 8192)
    .option("--seed <number>", "the seed of clusters and questions", positive, 1)
    .option("--policies <number>", "policies of the cluster, instead of one for 5 pods", positive)
    .option("--blocks <number>", "one more policy, with this many blocks of addresses", positive, 0)
    .option("--dual-stack", "clusters with IPv4 and IPv6")
    .option("-o, --output <format>", "text or json", "text");
}

function positive(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("a whole number above 0 is needed");
}

function sizes(text: string): readonly number[] {
  return text.split(",").map((part) => {
    const size = sizeOf(part);
    if (size === undefined) throw new InvalidArgumentError(`"${part}" is no size; write 100, 1k or 10k`);
    return size;
  });
}

async function runSteps(steps: readonly Step[], options: Options, folder: string): Promise<readonly Section[]> {
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
  return [...outcomes].map(([benchmark, of]) => sectionOf(benchmark, counts, of, options.limit));
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

function listText(): string {
  return BENCHMARKS.map(
    ({ name, about, sizes }) => `${name}  ${about}\n  sizes ${sizes.map(sizeName).join(", ")}\n`,
  ).join("");
}

function settingsText({ limit, heap, seed }: Options): string {
  const machine = `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${availableParallelism()} processors`;
  return `${machine}; ${limit} s and ${heap} MB (--max-old-space-size) for each measurement; seed ${seed}\n`;
}

function jsonText(sections: readonly Section[], counts: readonly number[], { limit, heap, seed }: Options): string {
  const results = sections.flatMap(({ benchmark, rows }) =>
    rows.flatMap(({ name, unit, cells }) =>
      cells.flatMap((cell, i) => {
        const value = typeof cell === "number" ? { value: cell } : { missing: cell };
        return cell === undefined ? [] : [{ benchmark: benchmark.name, size: counts[i], figure: name, unit, ...value }];
      }),
    ),
  );
  const settings = { node: process.versions.node, limitSeconds: limit, heapMegabytes: heap, seed };
  return `${JSON.stringify({ schema: "portcullis/bench/v1", ...settings, results }, null, 2)}\n`;
}

async function main(): Promise<void> {
  const command = program().parse();
  const options = command.opts<Options>();
  if (options.list === true) {
    process.stdout.write(listText());
    return;
  }
  if (options.output !== "text" && options.output !== "json") command.error("--output is text or json");
  const folder = mkdtempSync(join(tmpdir(), "portcullis-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  try {
    const steps = stepsOf(BENCHMARKS, { only: options.only, sizes: options.size });
    const sections = await runSteps(steps, options, folder);
    const counts = steps.map(({ count }) => count);
    const text =
      options.output === "json"
        ? jsonText(sections, counts, options)
        : `${settingsText(options)}\n${tableText(sections, counts)}`;
    process.stdout.write(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    command.error(error.message);
  }
}

await main();
