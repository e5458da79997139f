/** Changes of a table that stands, by the writer of this project and by the program nft, and its first load. */
import { readFileSync } from "node:fs";
import { difference } from "../../src/dataplane/difference.ts";
import { rulesetOf } from "../../src/dataplane/program-ruleset.ts";
import type { Program } from "../../src/dataplane/program.ts";
import { elementText } from "../../src/dataplane/ruleset-text.ts";
import type { Element, NamedSet, Ruleset } from "../../src/dataplane/ruleset.ts";
import { createNamespaces, deleteNamespaces } from "../../src/kernel/namespaces.ts";
import { TableWriter } from "../../src/kernel/netlink/writer.ts";
import { loadRuleset } from "../../src/kernel/nft.ts";
import { TEST_PREFIX } from "../../src/kernel/pods.fixture.ts";
import { startReaper } from "../../src/kernel/reaper.ts";
import type { Benchmark } from "../benchmark.ts";
import { quantile } from "../timing.ts";
import { kernelObstacle } from "./obstacle.ts";
import { programOfPairs } from "./policies.ts";

const CHANGES = 200;
const SPAWNED = 15;

export const changes: Benchmark = {
  name: "kernel-change",
  about:
    "One element more or less beside so many pairs (size): by the netlink writer, and by starting nft. And a new generation, which " +
    "has live connections judged again. Target: 50 µs.",
  sizes: [10_000, 100_000],
  needs: [],
  figures: [
    { name: "one element, median (≤50 µs)", unit: "time" },
    { name: "one element, 95 of 100", unit: "time" },
    { name: "one element by nft, median", unit: "time" },
    { name: "nft against the writer", unit: "ratio" },
    { name: "a new chain with its pair, median", unit: "time" },
    { name: "a new generation, median", unit: "time" },
    { name: "reading it all back", unit: "time" },
  ],
  obstacle: kernelObstacle,
  run: ({ report, size }) =>
    inNode(async (namespace) => {
      const program = programOfPairs(size.count);
      const before = rulesetOf(program);
      // Shared, so that nft may change it too.
      const writer = TableWriter.open({ namespace, table: program.table, ownership: "shared" });
      await writer.install(before);
      const { ingress } = program.families[0];
      const [first] = ingress;
      if (first === undefined) throw new RangeError("a size above 0 is needed");
      const extra = { ...first, peerClass: size.count + 1, target: { kind: "traffic", chain: "traffic_1" } } as const;
      const element = rulesetOf(withIngress(program, [...ingress, extra]));
      const times = await changeTimes(writer, before, element, CHANGES);
      report("one element, median (≤50 µs)", quantile(times, 0.5));
      report("one element, 95 of 100", quantile(times, 0.95));
      const spawned = await spawnedTimes(namespace, element);
      report("one element by nft, median", quantile(spawned, 0.5));
      report("nft against the writer", quantile(spawned, 0.5) / quantile(times, 0.5));
      await writer.install(before);
      const [known] = program.trafficChains;
      const chains = known === undefined ? [] : [...program.trafficChains, { ...known, name: "traffic_new" }];
      const pair = { ...extra, target: { kind: "traffic", chain: "traffic_new" } } as const;
      const chain = rulesetOf({ ...withIngress(program, [...ingress, pair]), trafficChains: chains });
      report("a new chain with its pair, median", quantile(await changeTimes(writer, before, chain, CHANGES), 0.5));
      const bumped = rulesetOf({ ...program, generation: program.generation + 1 });
      report("a new generation, median", quantile(await changeTimes(writer, before, bumped, CHANGES), 0.5));
      const start = performance.now();
      await writer.readBack(before);
      report("reading it all back", (performance.now() - start) / 1000);
      writer.close();
    }),
};

export const coldStart: Benchmark = {
  name: "kernel-cold-start",
  about:
    "The first load of a node with 250 pods and so many pairs (size), until packets are judged. Target: 3 s. Kernel memory is what " +
    "slabs have grown by, of the whole machine.",
  sizes: [10_000, 500_000],
  needs: [],
  figures: [
    { name: "from program to table", unit: "time" },
    { name: "loading (both ≤3 s)", unit: "time" },
    { name: "kernel memory", unit: "memory" },
  ],
  obstacle: kernelObstacle,
  run: ({ report, size }) =>
    inNode(async (namespace) => {
      const program = programOfPairs(size.count);
      const start = performance.now();
      const ruleset = rulesetOf(program);
      report("from program to table", (performance.now() - start) / 1000);
      const slabs = slabBytes();
      const writer = TableWriter.open({ namespace, table: program.table });
      const loading = performance.now();
      await writer.install(ruleset);
      report("loading (both ≤3 s)", (performance.now() - loading) / 1000);
      report("kernel memory", slabBytes() - slabs);
      writer.close();
    }),
};

/** In a namespace that goes when the work is done, or when this process ends. */
async function inNode(work: (namespace: string) => Promise<void>): Promise<void> {
  const namespace = `${TEST_PREFIX}node`;
  const reaper = await startReaper(TEST_PREFIX);
  await createNamespaces([namespace]);
  try {
    await work(namespace);
  } finally {
    await deleteNamespaces([namespace]);
    await reaper.release();
  }
}

function withIngress(program: Program, ingress: Program["families"][0]["ingress"]): Program {
  const [v4, v6] = program.families;
  return { ...program, families: [{ ...v4, ingress }, v6] };
}

/** Seconds of changes to and fro. */
async function changeTimes(
  writer: TableWriter,
  before: Ruleset,
  after: Ruleset,
  count: number,
): Promise<readonly number[]> {
  const there = difference(before, after);
  const back = difference(after, before);
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await writer.apply(i % 2 === 0 ? there : back);
    times.push((performance.now() - start) / 1000);
  }
  return times;
}

/** Seconds of adding the last pair and taking it away again, each by a process of its own. */
async function spawnedTimes(namespace: string, { table, sets }: Ruleset): Promise<readonly number[]> {
  const set = sets.find(({ name }) => name === "ingress_pairs4");
  const element = set?.elements.at(-1);
  if (set === undefined || element === undefined) throw new Error("there is no pair to change");
  const times: number[] = [];
  for (let i = 0; i < SPAWNED * 2; i++) {
    const start = performance.now();
    await loadRuleset(namespace, commandFor(i % 2 === 0 ? "add" : "delete", table, set, element));
    times.push((performance.now() - start) / 1000);
  }
  return times;
}

function commandFor(verb: "add" | "delete", table: string, set: NamedSet, element: Element): string {
  return `${verb} element inet ${table} ${set.name} { ${elementText(set, element)} }\n`;
}

/** What the kernel holds in slabs. NaN where it does not tell. */
function slabBytes(): number {
  const [, kilobytes] = /^Slab:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}
