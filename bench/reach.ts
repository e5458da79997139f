/** Everything that may talk, as sets and as rows. */
import type { Benchmark } from "./benchmark.ts";
import { flows, mapRows, parties, readCluster, situate } from "./engine.ts";
import { timeOf } from "./timing.ts";

export const reach: Benchmark = {
  name: "reach",
  about:
    "Situation to parties (pods that no rule tells apart, blocks of addresses), to all connections, and to the rows of `map`.",
  sizes: [100, 1000, 10_000],
  needs: ["lines"],
  figures: [
    { name: "parties", unit: "count" },
    { name: "parties found", unit: "time" },
    { name: "connections", unit: "count" },
    { name: "flows", unit: "time" },
    { name: "map rows", unit: "count" },
    { name: "map", unit: "time" },
  ],
  run: (context) => {
    const { report } = context;
    const situation = situate(readCluster(context, "lines"));
    const steps = [
      ["parties", "parties found", parties],
      ["connections", "flows", flows],
      ["map rows", "map", mapRows],
    ] as const;
    for (const [what, step, work] of steps) {
      let count = 0;
      const seconds = timeOf(() => (count = work(situation)));
      report(what, count);
      report(step, seconds);
    }
  },
};
