/** Building a planned lab in the kernel and taking it down. Needs root on Linux: see `labCapabilities`. */
import { deleteNamespaces, listNamespaces } from "../kernel/namespaces.ts";
import { probe, type ProbeOptions } from "./measure.ts";
import type { LabProbes } from "./probes.ts";
import type { LabOptions } from "./progress.ts";
import { raise, type StandingLab } from "./raising.ts";
import type { LabResult } from "./report.ts";
import { recordLoaded } from "./standing.ts";
import { labNameObjection, labNamespaces, type LabPlan, labPrefix } from "./topology.ts";

/**
 * Builds the lab; every program is loaded when the promise resolves. Throws LabExistsError, the errors of `kernel/`
 * and the signal's reason; then nothing is left behind.
 */
export async function up(plan: LabPlan, options: LabOptions = {}): Promise<StandingLab> {
  return raise(plan, options, () => recordLoaded(plan, plan.generation));
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
