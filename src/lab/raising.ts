/** Making planned namespaces real: links, addresses, routes and rulesets, many at a time. */
import { createNamespaces, ipBatch, listNamespaces } from "../kernel/namespaces.ts";
import { loadRuleset } from "../kernel/nft.ts";
import { type Reaper, startReaper } from "../kernel/reaper.ts";
import { PROBE_SYSCTLS, writeSysctls } from "../kernel/sysctls.ts";
import type { Family } from "../net/address.ts";
import { LabExistsError } from "./errors.ts";
import type { LabOptions, LabProgress } from "./progress.ts";
import type { NamespaceSetup } from "./namespace-setup.ts";
import { labPrefix } from "./topology.ts";

/** A lab that stands. Until `release` it falls with this process, whatever ends it. */
export interface StandingLab {
  /** Lets the lab outlive this process. */
  release(): Promise<void>;
  down(): Promise<void>;
}

/** All that a plan wants of the kernel. */
export interface Building {
  readonly name: string;
  readonly families: readonly Family[];
  /** Lines of `ip -batch` that make the links between the namespaces. */
  readonly links: readonly string[];
  readonly setups: readonly NamespaceSetup[];
  /** What `nft -f` loads, and where. */
  readonly rulesets: readonly { readonly namespace: string; readonly ruleset: string }[];
}

/**
 * Builds it; `last` is done once everything is loaded. Throws {@link LabExistsError}, the errors of `kernel/` and the
 * signal's reason; then nothing is left behind.
 */
export async function raise(
  building: Building,
  { progress = () => undefined, signal }: LabOptions,
  last: () => Promise<void> = async () => undefined,
): Promise<StandingLab> {
  const prefix = labPrefix(building.name);
  const existing = listNamespaces(prefix);
  if (existing.length > 0) throw new LabExistsError(building.name, existing);
  const reaper = await startReaper(prefix);
  progress({ step: "namespaces", done: 0, total: building.setups.length });
  try {
    await createNamespaces(building.setups.map(({ namespace }) => namespace));
  } catch (error) {
    // It has removed what it made; what is left belongs to somebody who was quicker.
    await reaper.release();
    throw error;
  }
  try {
    await build(building, progress, signal);
    await last();
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
  { families, setups, links, rulesets }: Building,
  progress: (progress: LabProgress) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const total = setups.length;
  signal?.throwIfAborted();
  progress({ step: "network", done: 0, total });
  const general = Object.entries(PROBE_SYSCTLS).filter(([key]) => families.includes(6) || !key.startsWith("net.ipv6."));
  for (const { namespace, sysctls } of setups) {
    writeSysctls(namespace, { ...Object.fromEntries(general), ...sysctls });
  }
  await ipBatch(links);
  let wired = 0;
  await inLanes(setups, async ({ namespace, commands, rules }) => {
    signal?.throwIfAborted();
    await ipBatch(commands, namespace);
    for (const family of [4, 6] as const) await ipBatch(rules?.[family] ?? [], namespace, family);
    progress({ step: "network", done: ++wired, total });
  });
  let loaded = 0;
  await inLanes(rulesets, async ({ namespace, ruleset }) => {
    signal?.throwIfAborted();
    await loadRuleset(namespace, ruleset);
    progress({ step: "programs", done: ++loaded, total: rulesets.length });
  });
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
