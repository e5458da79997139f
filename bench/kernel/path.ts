/** What policies cost the packets: at the first of a connection, at opening one, and once it is established. */
import { rulesetOf } from "../../src/dataplane/program-ruleset.ts";
import { TableWriter } from "../../src/kernel/netlink/writer.ts";
import { loadRuleset } from "../../src/kernel/nft.ts";
import type { Benchmark } from "../benchmark.ts";
import { quantile } from "../timing.ts";
import { kernelObstacle } from "./obstacle.ts";
import { burst, bytesPerSecond, connectsPerSecond } from "./packets.ts";
import { programOfPolicies } from "./policies.ts";
import { onWires, type Wires } from "./wires.ts";

const FEW = 10;
const ROUNDS = 25;
const PACKETS = 3000;
const RATE_ROUNDS = 5;
const CONNECTS = 1500;
const BULK_SECONDS = 0.4;

/** What arrives ends before sockets are asked for, and without an answer. */
const SINK =
  "table inet sink {\nchain arrivals {\ntype filter hook prerouting priority raw\nmeta l4proto udp drop\n}\n}\n";

export const path: Benchmark = {
  name: "kernel-path",
  about:
    "Packets between two pods that policies govern, through a node that holds so many policies (size). Compared in turns with " +
    "the same way without policies, connections followed, and with 10 policies. Targets: a new connection ×1.30 of that with 10 " +
    "policies and ×1.60 of that with none; connects ×0.90 and throughput ×0.97 of those with none.",
  sizes: [10, 100, 1000, 10_000],
  needs: [],
  figures: [
    { name: "pairs in the kernel", unit: "count" },
    { name: "new connection, no policy", unit: "time" },
    { name: "new connection, policies", unit: "time" },
    { name: "against no policy (≤1.6)", unit: "ratio" },
    { name: "against 10 policies (≤1.3)", unit: "ratio" },
    { name: "connects a second, no policy", unit: "count" },
    { name: "connects against it (≥0.9)", unit: "ratio" },
    { name: "bytes a second, no policy", unit: "memory" },
    { name: "throughput against it (≥0.97)", unit: "ratio" },
  ],
  obstacle: kernelObstacle,
  run: ({ report, size }) =>
    onWires(["none", "few", "many"], async ([none, few, many]) => {
      const writers = [await install(few, FEW), await install(many, size.count)];
      report("pairs in the kernel", pairsIn(writers[1]));
      await reportFirstPackets([none, few, many], report);
      const [connects, ratio] = await inTurns([none, many], ({ sender, receiver }, round) =>
        connectsPerSecond(sender, receiver, 2000 + round, CONNECTS),
      );
      report("connects a second, no policy", connects);
      report("connects against it (≥0.9)", ratio);
      const [bytes, share] = await inTurns([none, many], ({ sender, receiver }, round) =>
        bytesPerSecond(sender, receiver, 3000 + round, BULK_SECONDS),
      );
      report("bytes a second, no policy", bytes);
      report("throughput against it (≥0.97)", share);
      for (const writer of writers) writer.close();
    }),
};

async function install(wires: Wires, policies: number): Promise<TableWriter> {
  const writer = TableWriter.open({ namespace: wires.node, table: "portcullis" });
  await writer.install(rulesetOf(programOfPolicies(policies, wires)));
  return writer;
}

function pairsIn(writer: TableWriter | undefined): number {
  const sets = writer?.current?.sets ?? [];
  return sets.reduce((sum, { name, elements }) => sum + (name.includes("_pairs") ? elements.length : 0), 0);
}

async function reportFirstPackets(
  wires: readonly [Wires, Wires, Wires],
  report: (figure: string, value: number) => void,
): Promise<void> {
  for (const { receiver } of wires) await loadRuleset(receiver.namespace, SINK);
  const bursts = wires.map(({ sender, receiver }) => burst(sender, receiver));
  const times: (readonly number[])[] = [];
  for (let round = 0; round <= ROUNDS; round++) times.push(bursts.map((one) => one.send(PACKETS)));
  for (const one of bursts) one.close();
  for (const { receiver } of wires) await loadRuleset(receiver.namespace, "delete table inet sink\n");
  // The first round fills caches.
  const [none = [], few = [], many = []] = wires.map((_, i) => times.slice(1).map((of) => of[i] ?? Number.NaN));
  report("new connection, no policy", quantile(none, 0.5));
  report("new connection, policies", quantile(many, 0.5));
  report("against no policy (≤1.6)", ratioOf(many, none));
  report("against 10 policies (≤1.3)", ratioOf(many, few));
}

/** The median rate of the first, and the median of how much of it the second reaches; they take turns. */
async function inTurns(
  [first, second]: readonly [Wires, Wires],
  rate: (wires: Wires, round: number) => Promise<number>,
): Promise<readonly [number, number]> {
  const rates: (readonly [number, number])[] = [];
  for (let round = 0; round <= RATE_ROUNDS; round++) {
    const [one, two] = round % 2 === 0 ? [first, second] : [second, first];
    const a = await rate(one, round);
    const b = await rate(two, round);
    rates.push(round % 2 === 0 ? [a, b] : [b, a]);
  }
  const counted = rates.slice(1);
  const of = (which: 0 | 1): readonly number[] => counted.map((pair) => pair[which]);
  return [quantile(of(0), 0.5), ratioOf(of(1), of(0))];
}

/** The median of the ratios of neighbours, which the same noise of the machine meets. */
function ratioOf(values: readonly number[], baseline: readonly number[]): number {
  return quantile(
    values.map((value, i) => value / (baseline[i] ?? Number.NaN)),
    0.5,
  );
}
