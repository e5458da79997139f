/** `portcullis lab run|up|probe|reload|plan [paths...]` and `portcullis lab down` */
import { labCapabilities } from "../kernel/capabilities.ts";
import { MissingProgramError, SystemCallsUnavailableError } from "../kernel/errors.ts";
import { runChange } from "../lab/change/change.ts";
import { planChange } from "../lab/change/plan.ts";
import { LabExistsError, LabMissingError, OtherLabError, OtherPlacesError } from "../lab/errors.ts";
import { down, run, up } from "../lab/lab.ts";
import { probe } from "../lab/measure.ts";
import { planProbes } from "../lab/probes.ts";
import type { LabProgress } from "../lab/progress.ts";
import { type Realization, realize } from "../lab/realize.ts";
import type { LabResult } from "../lab/report.ts";
import { reload } from "../lab/standing.ts";
import { labNameObjection, type LabPlan, planLab } from "../lab/topology.ts";
import type { Situation } from "../situation/situation.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { load } from "./load.ts";
import type { InputOptions } from "./options.ts";
import { jsonText } from "./output/json.ts";
import { changeLines } from "./output/lab-change-text.ts";
import { downJson, planJson, resultJson, standingJson } from "./output/lab-json.ts";
import { downLines, planLines, resultLines, standingLines } from "./output/lab-text.ts";
import { type Line, print, styled } from "./output/lines.ts";
import { UsageError } from "./usage-error.ts";

export interface LabName {
  readonly name: string;
  readonly output: "text" | "json";
}

export interface LabOptions extends InputOptions, LabName {
  readonly denial: "reject" | "drop";
  readonly limit: string;
  /** Of `run`: the paths of a second situation, into which the lab is changed; what `-f` names is read with both. */
  readonly change?: readonly string[];
}

/** Builds, probes or both, or loads anew. Throws `UsageError` for a bad name or limit, and for a lab that is or is not there. */
export async function labOnInput(
  step: "run" | "up" | "probe" | "reload",
  paths: readonly string[],
  options: LabOptions,
  io: Io,
): Promise<ExitCode> {
  const limit = limitOf(options.limit);
  checkName(options.name);
  const situation = await load(paths, options, io);
  if (situation === undefined || !isCapable(io)) return EXIT.usage;
  if (options.change !== undefined) return changed(situation, options.change, limit, options, io);
  const plan = planned(situation, options, io);
  if (plan === undefined) return EXIT.usage;
  return explained(async () => {
    const progress = progressOn(io);
    if (step === "up" || step === "reload") {
      if (step === "up") await (await up(plan, { progress })).release();
      else await reload(plan);
      clearProgress(io);
      if (options.output === "json") io.stdout.write(jsonText(standingJson(plan)));
      else print(io.stdout, io.env, standingLines(plan, step === "up" ? "UP" : "RELOADED"));
      return EXIT.yes;
    }
    const probes = planProbes(plan, { limit });
    const result = await (step === "run" ? run : probe)(plan, probes, { progress });
    clearProgress(io);
    return reported(plan, result, options, io);
  });
}

async function changed(
  situation: Situation,
  paths: readonly string[],
  limit: number,
  options: LabOptions,
  io: Io,
): Promise<ExitCode> {
  const next = await load(paths, options, io);
  if (next === undefined) return EXIT.usage;
  const [before, after] = [realized(situation, io), realized(next, io)];
  if (before === undefined || after === undefined) return EXIT.usage;
  const plan = planChange(before, after, options.name, { denial: options.denial });
  if (plan.kind === "impossible") {
    throw new UsageError(
      `--change: a lab that stands cannot become the second input: ${plan.why}`,
      "name input with the same pods, nodes and networks, and other policies or Services",
    );
  }
  return explained(async () => {
    const probes = planProbes(plan.after, { limit });
    const { change, after: result } = await runChange(plan.before, plan.after, probes, { progress: progressOn(io) });
    clearProgress(io);
    if (options.output === "json") io.stdout.write(jsonText(resultJson(plan.after, result, change)));
    else print(io.stdout, io.env, [...changeLines(change), ...resultLines(plan.after, result)]);
    return change.differences.length === 0 && result.differences.length === 0 ? EXIT.yes : EXIT.no;
  });
}

export interface LabPlanOptions extends InputOptions, LabName {
  readonly denial: LabOptions["denial"];
  readonly node?: string;
}

/** What would be built, or the program of one node; needs neither root nor Linux. Throws `UsageError`. */
export async function labPlan(paths: readonly string[], options: LabPlanOptions, io: Io): Promise<ExitCode> {
  checkName(options.name);
  const situation = await load(paths, options, io);
  if (situation === undefined) return EXIT.usage;
  const plan = planned(situation, options, io);
  if (plan === undefined) return EXIT.usage;
  const node = plan.nodes.find((candidate) => candidate.node.name === options.node);
  if (options.node !== undefined && node === undefined) {
    throw new UsageError(
      `--node: the lab would have no node ${JSON.stringify(options.node)}`,
      `choose ${plan.nodes.map((candidate) => candidate.node.name).join(" or ")}`,
    );
  }
  if (options.output === "json") io.stdout.write(jsonText(planJson(plan, node)));
  else if (node === undefined) print(io.stdout, io.env, planLines(plan));
  else io.stdout.write(node.ruleset);
  return EXIT.yes;
}

/** Removes a lab; one that is not there is no error. */
export async function labDown({ name, output }: LabName, io: Io): Promise<ExitCode> {
  checkName(name);
  if (!isCapable(io)) return EXIT.usage;
  return explained(async () => {
    const removed = await down(name);
    if (output === "json") io.stdout.write(jsonText(downJson(name, removed)));
    else print(io.stdout, io.env, downLines(name, removed));
    return EXIT.yes;
  });
}

function checkName(name: string): void {
  const objection = labNameObjection(name);
  if (objection !== undefined) throw new UsageError(`--name: ${objection}`, "leave it out for a lab called lab");
}

function limitOf(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new UsageError(`--limit: "${text}" is no number of probes`, "write a number from 1 to 9999999");
}

/** Says what the machine lacks. */
function isCapable(io: Io): boolean {
  const capabilities = labCapabilities();
  if (capabilities.ok) return true;
  print(io.stderr, io.env, [
    [styled("bad", "a lab cannot be built on this machine")],
    ...capabilities.missing.flatMap(({ what, remedy }): readonly Line[] => [
      [`  ${what}`],
      [styled("faint", `    ${remedy}`)],
    ]),
  ]);
  return false;
}

function planned(situation: Situation, { name, denial }: LabPlanOptions, io: Io): LabPlan | undefined {
  const found = realized(situation, io);
  return found && planLab(found, name, { denial });
}

function realized(situation: Situation, io: Io): Extract<Realization, { kind: "realized" }> | undefined {
  const realization = realize(situation);
  if (realization.kind === "realized") return realization;
  print(io.stderr, io.env, [
    [styled("bad", "no lab can be built from this input")],
    ...realization.obstacles.flatMap(({ message, remedy }): readonly Line[] => [
      [`  ${message}`],
      [styled("faint", `    ${remedy}`)],
    ]),
  ]);
  return undefined;
}

function reported(plan: LabPlan, result: LabResult, { output }: LabName, io: Io): ExitCode {
  if (output === "json") io.stdout.write(jsonText(resultJson(plan, result)));
  else print(io.stdout, io.env, resultLines(plan, result));
  return result.differences.length === 0 ? EXIT.yes : EXIT.no;
}

/** Errors that the user can do something about, as usage errors; all others are faults. */
async function explained(work: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SystemCallsUnavailableError) throw new UsageError(error.reason, error.remedy);
    if (
      error instanceof LabExistsError ||
      error instanceof LabMissingError ||
      error instanceof OtherLabError ||
      error instanceof OtherPlacesError ||
      error instanceof MissingProgramError
    ) {
      const [what = error.message, ...remedy] = error.message.split(": ");
      throw new UsageError(what, remedy.join(": "));
    }
    throw error;
  }
}

const STEPS: Readonly<Record<LabProgress["step"], string>> = {
  namespaces: "making namespaces",
  network: "wiring the network",
  programs: "loading programs",
  servers: "opening servers",
  probes: "probing",
  change: "changing it under way",
  removal: "taking down",
};

const CLEAR_LINE = "\r\u001b[K";

function progressOn(io: Io): (progress: LabProgress) => void {
  if (!io.stderr.isTerminal) return () => undefined;
  let last = "";
  return ({ step, done, total }) => {
    const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
    const text = `${STEPS[step]} ${percent}%`;
    if (text !== last) io.stderr.write(`${CLEAR_LINE}${text}`);
    last = text;
  };
}

function clearProgress(io: Io): void {
  if (io.stderr.isTerminal) io.stderr.write(CLEAR_LINE);
}
