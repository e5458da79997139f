/** On what a run was made, which whoever reads its figures has to know. */
import { availableParallelism, loadavg } from "node:os";
import type { Options } from "./command-line.ts";

/** What the machine had to do in the minute before; a run itself takes one processor and a little. */
export interface Machine {
  readonly processors: number;
  readonly busy: number;
}

export function machineNow(): Machine {
  return { processors: availableParallelism(), busy: loadavg()[0] ?? 0 };
}

const BUSY = 0.7;

export function settingsText({ limit, heap, seed }: Options, { processors, busy }: Machine): string {
  const machine = `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${processors} processors`;
  const warning = `Other work had a load of ${busy.toFixed(1)} when the run began: times are too long, ratios hold better.\n`;
  return (
    `${machine}; ${limit} s and ${heap} MB (--max-old-space-size) for each measurement; seed ${seed}\n` +
    (busy > BUSY ? warning : "")
  );
}
