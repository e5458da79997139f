/** The engine of sets against the oracle, which judges one packet of one pair at a time. */
import { endsOfPod, familyOfEnd } from "../src/path/end.ts";
import { directPath } from "../src/path/path.ts";
import type { Situation } from "../src/situation/situation.ts";
import { judge } from "../src/verdict/verdict.ts";
import type { Benchmark } from "./benchmark.ts";
import { flows, readCluster, situate } from "./engine.ts";
import { type Pair, pairsOf } from "./questions.ts";
import { timeOf } from "./timing.ts";

const SAMPLE = 300;

export const oracle: Benchmark = {
  name: "oracle",
  about:
    "All connections of all pods as sets, shared out among the ordered pairs of pods; against the oracle, which judges one " +
    "packet of one pair.",
  sizes: [100, 1000],
  needs: ["lines"],
  figures: [
    { name: "pairs of pods", unit: "count" },
    { name: "oracle, one packet of a pair", unit: "time" },
    { name: "engine, all packets of a pair", unit: "time" },
    { name: "oracle against engine", unit: "ratio" },
  ],
  run: (context) => {
    const { report, seed } = context;
    const situation = situate(readCluster(context, "lines"));
    const pairs = situation.inventory.pods.length ** 2;
    report("pairs of pods", pairs);
    const sample = [...pairsOf(situation, SAMPLE, seed)];
    const judging = timeOf(() => sample.map((pair) => judgePair(situation, pair))) / SAMPLE;
    report("oracle, one packet of a pair", judging);
    const engine = timeOf(() => flows(situation)) / pairs;
    report("engine, all packets of a pair", engine);
    report("oracle against engine", judging / engine);
  },
};

function judgePair(situation: Situation, { from, to, packet }: Pair): void {
  const [source] = endsOfPod(situation.inventory, from, situation.podRange);
  const destination = endsOfPod(situation.inventory, to, situation.podRange).find(
    (end) => source !== undefined && familyOfEnd(end) === familyOfEnd(source),
  );
  if (source === undefined || destination === undefined) return;
  judge(situation, directPath(situation, source, destination), packet);
}
