/** Building a planned lab in the kernel and taking it down. Needs root on Linux: see `labCapabilities`. */
import { createNamespaces, deleteNamespaces, ipBatch, listNamespaces } from "../kernel/namespaces.ts";
import { loadRuleset } from "../kernel/nft.ts";
import { type Reaper, startReaper } from "../kernel/reaper.ts";
import { PROBE_SYSCTLS, writeSysctls } from "../kernel/sysctls.ts";
import { LabExistsError } from "./errors.ts";
import { probe, type ProbeOptions } from "./measure.ts";
import type { LabProbes } from "./probes.ts";
import type { LabOptions, LabProgress } from "./progress.ts";
import type { LabResult } from "./report.ts";
import { recordLoaded } from "./standing.ts";
import { labNameObjection, labNamespaces, type LabPlan, labPrefix, rulesOf } from "./topology.ts";

/** A lab that stands. Until `release` it falls with this process, whatever ends it. */
export interface StandingLab {
  /** Lets the lab outlive this process. */
  release(): Promise<void>;
  down(): Promise<void>;
}

/**
 * Builds the lab; every program is loaded when the promise resolves. Throws {@link LabExistsError}, the errors of `kernel/`
 * and the signal's reason; then nothing is left behind.
 */
export async function up(plan: LabPlan, { progress = () => undefined, signal }: LabOptions = {}): Promise<StandingLab> {
  const prefix = labPrefix(plan.name);
  const existing = listNamespaces(prefix);
  if (existing.length > 0) throw new LabExistsError(plan.name, existing);
  const reaper = await startReaper(prefix);
  progress({ step: "namespaces", done: 0, total: plan.setups.length });
  try {
    await createNamespaces(labNamespaces(plan));
  } catch (error) {
    // It has removed what it made; what is left belongs to somebody who was quicker.
    await reaper.release();
    throw error;
  }
  try {
    await build(plan, progress, signal);
  } catch (error) {
    await reaper.reap();
    throw error;
  }
  return standing(reaper);
}

function standing(reaper: Reaper): StandingLab {
  return { release: () => reaper.release(), down: () => reaper.reap() };
}

async function build(
  plan: LabPlan,
  progress: (progress: LabProgress) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const total = plan.setups.length;
  signal?.throwIfAborted();
  progress({ step: "network", done: 0, total });
  const general = Object.entries(PROBE_SYSCTLS).filter(
    ([key]) => plan.families.includes(6) || !key.startsWith("net.ipv6."),
  );
  for (const { namespace, sysctls } of plan.setups) {
    writeSysctls(namespace, { ...Object.fromEntries(general), ...sysctls });
  }
  await ipBatch(plan.links);
  let wired = 0;
  await inLanes(plan.setups, async ({ namespace, commands }) => {
    signal?.throwIfAborted();
    await ipBatch(commands, namespace);
    progress({ step: "network", done: ++wired, total });
  });
  let loaded = 0;
  await inLanes(plan.nodes, async (node) => {
    signal?.throwIfAborted();
    await loadRuleset(node.namespace, rulesOf(node));
    progress({ step: "programs", done: ++loaded, total: plan.nodes.length });
  });
  await recordLoaded(plan, plan.generation);
}

const LANES = 8;

async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const lane = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(LANES, items.length) }, lane));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

/**
 * Removes all namespaces of a lab, and with them its links and tables; tells how many there were. Throws a RangeError for
 * what is no name of a lab.
 */
export async function down(name: string): Promise<number> {
  const objection = labNameObjection(name);
  if (objection !== undefined) throw new RangeError(objection);
  const names = listNamespaces(labPrefix(name));
  await deleteNamespaces(names);
  return names.length;
}

/** `up`, `probe` and `down` in one go; leaves nothing behind, whatever happens. */
export async function run(plan: LabPlan, probes: LabProbes, options: ProbeOptions = {}): Promise<LabResult> {
  const start = performance.now();
  const lab = await up(plan, options);
  const built = performance.now();
  let result: LabResult;
  let downStart: number;
  try {
    result = await probe(plan, probes, options);
  } finally {
    downStart = performance.now();
    options.progress?.({ step: "removal", done: 0, total: labNamespaces(plan).length });
    await lab.down();
  }
  const end = performance.now();
  return {
    ...result,
    milliseconds: { up: Math.round(built - start), ...result.milliseconds, down: Math.round(end - downStart) },
  };
}
