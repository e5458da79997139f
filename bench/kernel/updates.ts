/** Packets while the table changes: none of an allowed flow may be lost, none of a forbidden one may pass. */
import { setTimeout as delay } from "node:timers/promises";
import { keepClassNumbers } from "../../src/dataplane/class-numbers.ts";
import { difference } from "../../src/dataplane/difference.ts";
import { rulesetOf } from "../../src/dataplane/program-ruleset.ts";
import { PORT, programNumber } from "../../src/kernel/netlink/changing-programs.fixture.ts";
import { TableWriter } from "../../src/kernel/netlink/writer.ts";
import { listTable, loadRuleset } from "../../src/kernel/nft.ts";
import type { TestPod } from "../../src/kernel/pods.fixture.ts";
import type { Benchmark } from "../benchmark.ts";
import { quantile } from "../timing.ts";
import { startFlood } from "./flood-process.ts";
import { kernelObstacle } from "./obstacle.ts";
import { onWires, type Wires } from "./wires.ts";

export const updates: Benchmark = {
  name: "kernel-updates",
  about:
    "Two floods of packets to one pod, each packet the first of a connection, while the table changes so many times (size; 10k " +
    "with --size and a larger --limit): classes, pairs, chains and generation. Targets: 0 lost, 0 leaked.",
  sizes: [1000],
  needs: [],
  figures: [
    { name: "packets of each flow", unit: "count" },
    { name: "allowed packets lost (0)", unit: "count" },
    { name: "forbidden packets that passed (0)", unit: "count" },
    { name: "a change, median", unit: "time" },
  ],
  obstacle: kernelObstacle,
  run: ({ report, size }) =>
    onWires(["updates"], async ([wires]) => {
      const { sender: allowed, receiver, other: forbidden } = wires;
      await countArrivals(receiver, [allowed, forbidden]);
      const writer = TableWriter.open({ namespace: wires.node, table: "portcullis" });
      const step = await changing(writer, wires);
      const flood = await startFlood({ senders: [allowed, forbidden], receiver, port: PORT });
      const seconds: number[] = [];
      for (let n = 1; n <= size.count; n++) {
        seconds.push(await step(n));
        await delay(1);
      }
      const sent = await flood.end();
      await delay(100);
      writer.close();
      const [arrived = 0, leaked = 0] = await arrivals(receiver);
      report("packets of each flow", sent);
      report("allowed packets lost (0)", sent - arrived);
      report("forbidden packets that passed (0)", leaked);
      report("a change, median", quantile(seconds, 0.5));
    }),
};

/** Installs the first program; what is returned goes on to the next one, and tells the seconds that writing it took. */
async function changing(writer: TableWriter, wires: Wires): Promise<(n: number) => Promise<number>> {
  const pods = [wires.sender, wires.receiver, wires.other] as const;
  let program = programNumber(0, pods);
  let ruleset = rulesetOf(program);
  await writer.install(ruleset);
  return async (n) => {
    program = keepClassNumbers(program, programNumber(n, pods));
    const next = rulesetOf(program);
    const change = difference(ruleset, next);
    const start = performance.now();
    await writer.apply(change);
    ruleset = next;
    return (performance.now() - start) / 1000;
  };
}

/** Counts packets where no buffer can be full, and ends them there. */
function countArrivals(pod: TestPod, sources: readonly TestPod[]): Promise<void> {
  const rules = sources.map(({ v4 }) => `ip saddr ${v4} meta l4proto udp counter drop\n`).join("");
  const chain = `chain arrivals {\ntype filter hook prerouting priority raw\n${rules}}\n`;
  return loadRuleset(pod.namespace, `table inet count {\n${chain}}\n`);
}

async function arrivals(pod: TestPod): Promise<readonly number[]> {
  const listed = (await listTable(pod.namespace, { family: "inet", name: "count" })) ?? "";
  return [...listed.matchAll(/counter packets (\d+)/g)].map(([, packets]) => Number(packets));
}
