/** The command as people run it: from bundles on the disk to all rows. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Benchmark } from "./benchmark.ts";

export const mapBundle: Benchmark = {
  name: "map-bundle",
  about:
    "`portcullis map BUNDLE -o csv` in a process of its own, from files to all rows. Targets: 10k pods with 2,000 policies in " +
    "3 s and 1 GB, 100k with --policies 10000 in 30 s and 6 GB.",
  sizes: [1000, 10_000, 100_000],
  needs: ["bundle"],
  figures: [
    { name: "rows", unit: "count" },
    { name: "from start to end (10k ≤3 s, 100k ≤30 s)", unit: "time" },
    { name: "of processors", unit: "time" },
    { name: "memory of the command (10k ≤1 GB, 100k ≤6 GB)", unit: "memory" },
  ],
  run: async ({ files, report }) => {
    const { rows, seconds, usage } = await runMap(files("bundle"));
    report("rows", rows);
    report("from start to end (10k ≤3 s, 100k ≤30 s)", seconds);
    report("of processors", (usage.userCPUTime + usage.systemCPUTime) / 1e6);
    report("memory of the command (10k ≤1 GB, 100k ≤6 GB)", usage.maxRSS * 1024);
  },
};

/** Where the command tells what it used, beside its own outputs. */
const USAGE_FD = 3;
const TELL = `data:text/javascript,import { writeSync } from "node:fs";
process.on("exit", () => writeSync(${USAGE_FD}, JSON.stringify(process.resourceUsage())));`;

interface Run {
  readonly rows: number;
  readonly seconds: number;
  readonly usage: NodeJS.ResourceUsage;
}

/** With the same memory for JavaScript objects as this process. Rejects where there is no map. */
async function runMap(files: readonly string[]): Promise<Run> {
  const command = fileURLToPath(new URL("../src/cli/main.js", import.meta.url));
  const heap = process.execArgv.filter((option) => option.startsWith("--max-old-space-size"));
  const start = performance.now();
  const child = spawn(process.execPath, [...heap, "--import", TELL, command, "map", ...files, "-o", "csv"], {
    stdio: ["ignore", "pipe", "ignore", "pipe"],
  });
  // The limit of the run ends this process, and must end the command with it.
  process.once("SIGTERM", () => {
    child.kill("SIGKILL");
    process.exit(1);
  });
  const rows = countLines(child.stdio[1]);
  const usage = textOf(child.stdio[USAGE_FD]);
  const [code] = await once(child, "close");
  const seconds = (performance.now() - start) / 1000;
  // 3: some of the map is undecided, which is an answer too.
  if (code !== 0 && code !== 3) throw new Error(`the command ended with ${code}`);
  return { rows: (await rows) - 1, seconds, usage: JSON.parse(await usage) };
}

async function countLines(stream: unknown): Promise<number> {
  let count = 0;
  for await (const _ of createInterface({ input: readable(stream) })) count++;
  return count;
}

async function textOf(stream: unknown): Promise<string> {
  let text = "";
  for await (const part of readable(stream)) text += String(part);
  return text;
}

function readable(stream: unknown): Readable {
  if (stream instanceof Readable) return stream;
  throw new TypeError("the command has no such output");
}
