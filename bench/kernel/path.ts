/** What policies cost the packets: at the first of a connection, at opening one, and once it is established. */
import { rulesetOf } from "../../src/dataplane/program-ruleset.ts";
import { TableWriter } from "../../src/kernel/netlink/writer.ts";
import { loadRuleset } from "../../src/kernel/nft.ts";
import type { TestPod } from "../../src/kernel/pods.fixture.ts";
import type { Benchmark } from "../benchmark.ts";
import { quantile } from "../timing.ts";
import { kernelObstacle } from "./obstacle.ts";
import { burst, CHUNK_BYTES, opening, type Repeated, transfer } from "./packets.ts";
import { programOfPolicies } from "./policies.ts";
import { onWires, type Wires } from "./wires.ts";

const FEW = 10;
/** Short enough to be over, most of the time, before another process gets the processor. */
const PACKETS = 250;
const BURSTS = 300;
const CONNECTS = 400;
const TRANSFERS = 150;

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
      const connects = await inTurns([none, many], opening, CONNECTS);
      report("connects a second, no policy", 1 / connects[0]);
      report("connects against it (≥0.9)", connects[0] / connects[1]);
      const transfers = await inTurns([none, many], transfer, TRANSFERS);
      report("bytes a second, no policy", CHUNK_BYTES / transfers[0]);
      report("throughput against it (≥0.97)", transfers[0] / transfers[1]);
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
  for (let round = 0; round < BURSTS; round++) times.push(bursts.map((one) => one.send(PACKETS)));
  for (const one of bursts) one.close();
  for (const { receiver } of wires) await loadRuleset(receiver.namespace, "delete table inet sink\n");
  const [none, few, many] = [undisturbed(times, 0), undisturbed(times, 1), undisturbed(times, 2)];
  report("new connection, no policy", none);
  report("new connection, policies", many);
  report("against no policy (≤1.6)", many / none);
  report("against 10 policies (≤1.3)", many / few);
}

/** The time of each of two, which take turns. */
async function inTurns(
  both: readonly [Wires, Wires],
  prepare: (from: TestPod, to: TestPod, port: number) => Promise<Repeated>,
  count: number,
): Promise<readonly [number, number]> {
  const repeated: Repeated[] = [];
  for (const { sender, receiver } of both) repeated.push(await prepare(sender, receiver, 2000));
  const times: (readonly number[])[] = [];
  for (let round = 0; round < count; round++) {
    const here: number[] = [];
    for (const one of repeated) here.push(await one.once());
    times.push(here);
  }
  for (const one of repeated) await one.close();
  return [undisturbed(times, 0), undisturbed(times, 1)];
}

/** The time that a quarter stays below: what others do on the machine makes the rest longer. */
function undisturbed(times: readonly (readonly number[])[], which: number): number {
  return quantile(
    times.map((of) => of[which] ?? Number.NaN),
    0.25,
  );
}
