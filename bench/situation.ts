/** Resources to a situation, and the memory that both keep. */
import type { Benchmark } from "./benchmark.ts";
import { readCluster, situate } from "./engine.ts";
import { medianTimes } from "./timing.ts";

export const situation: Benchmark = {
  name: "situation",
  about: "What was read to inventory and tiers of policies, and the memory that stays in use after each.",
  sizes: [100, 1000, 10_000, 100_000],
  needs: ["lines"],
  figures: [
    { name: "kept by reading", unit: "memory" },
    { name: "situation", unit: "time" },
    { name: "kept with situation", unit: "memory" },
    { name: "policies", unit: "count" },
  ],
  run: (context) => {
    const { report } = context;
    const reading = readCluster(context, "lines");
    report("kept by reading", heapInUse());
    const [seconds] = medianTimes(() => situate(reading));
    report("situation", seconds);
    const made = situate(reading);
    report("kept with situation", heapInUse());
    report(
      "policies",
      made.tiers.reduce((sum, { policies }) => sum + policies.length, 0),
    );
  },
};

/** Bytes that are still referred to, where the process may collect garbage; else what has not been collected yet. */
function heapInUse(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
