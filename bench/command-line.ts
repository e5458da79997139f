/** What can be chosen about a run. */
import { Command, InvalidArgumentError } from "commander";
import { sizeOf } from "./job.ts";

export interface Options {
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

export function program(): Command {
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
    .option("--limit <seconds>", "the time after which a measurement is ended", positive, 120)
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
