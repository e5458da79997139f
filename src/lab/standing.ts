/** What is loaded into a lab that stands, and loading something else into it. Needs root on Linux. */
import { ipBatch, listNamespaces } from "../kernel/namespaces.ts";
import { deleteTable, listTable, loadRuleset } from "../kernel/nft.ts";
import { LabMissingError, OtherLabError, OtherPlacesError } from "./errors.ts";
import { labNamespaces, type LabPlan, labPrefix, rulesOfGeneration } from "./topology.ts";
import { outsideAddressCommands } from "./wiring.ts";

/** A table outside that says which plan is loaded; it holds nothing but the name of a set, and no packet sees it. */
const RECORD = { family: "inet", name: "portcullis_lab_record" } as const;

interface Loaded {
  readonly fingerprint: string;
  readonly generation: number;
}

/** Writes down that the plan is loaded; the last step of building a lab. */
export async function recordLoaded(plan: LabPlan, generation: number): Promise<void> {
  const set = `plan_${plan.fingerprint}_${generation}`;
  await loadRuleset(plan.outside.namespace, `table inet ${RECORD.name} {\n\tset ${set} {\n\t\ttype mark\n\t}\n}\n`);
}

/** The same in a lab in which another plan was loaded. */
export async function recordLoadedAnew(plan: LabPlan, generation: number): Promise<void> {
  await deleteTable(plan.outside.namespace, RECORD);
  await recordLoaded(plan, generation);
}

async function loadedIn(plan: LabPlan): Promise<Loaded | undefined> {
  const listing = await listTable(plan.outside.namespace, RECORD);
  const [, fingerprint, generation] = /\bset plan_([0-9a-f]+)_(\d+)\b/.exec(listing ?? "") ?? [];
  return fingerprint === undefined ? undefined : { fingerprint, generation: Number(generation) };
}

/** Throws {@link LabMissingError}, or {@link OtherPlacesError} unless the lab has the places of the plan. */
function assertSamePlaces(plan: LabPlan): void {
  const found = listNamespaces(labPrefix(plan.name));
  if (found.length === 0) throw new LabMissingError(plan.name);
  const wanted = new Set(labNamespaces(plan));
  if (found.length !== wanted.size || !found.every((name) => wanted.has(name))) throw new OtherPlacesError(plan.name);
}

/**
 * Throws {@link LabMissingError}, {@link OtherPlacesError}, or {@link OtherLabError} unless the lab stands and this very plan
 * is loaded.
 */
export async function assertLoaded(plan: LabPlan): Promise<void> {
  assertSamePlaces(plan);
  if ((await loadedIn(plan))?.fingerprint !== plan.fingerprint) throw new OtherLabError(plan.name);
}

const GENERATIONS = 65_535;

/**
 * Loads the programs, Services and outside addresses of a plan into a lab that stands with the same pods and nodes: what a
 * cluster goes through when policies or endpoints change. Each node changes at once, with the next generation, so that
 * connections are judged anew; those that a Service has translated stay with their backend. Throws {@link LabMissingError},
 * {@link OtherPlacesError} and the errors of `kernel/`; a lab that was left half-way has to be loaded again or built anew.
 */
export async function reload(plan: LabPlan): Promise<void> {
  assertSamePlaces(plan);
  const before = await loadedIn(plan);
  const generation = ((before?.generation ?? 0) % GENERATIONS) + 1;
  await deleteTable(plan.outside.namespace, RECORD);
  await ipBatch(outsideAddressCommands(plan.outside.addresses), plan.outside.namespace);
  for (const { namespace, ruleset } of plan.network?.rulesets ?? []) await loadRuleset(namespace, ruleset);
  for (const node of plan.nodes) await loadRuleset(node.namespace, rulesOfGeneration(plan, node, generation));
  await recordLoaded(plan, generation);
}
