/** From the paths and options of a command to a situation. */
import { readInputs } from "../input/read-inputs.ts";
import type { Resource } from "../resources/kinds.ts";
import { type Situation, situationOf } from "../situation/situation.ts";
import type { Io } from "./io.ts";
import { assumptionsOf, type InputOptions, podRangeOf, type ReadingOptions } from "./options.ts";
import { findingLines, passedOverFinding } from "./output/findings.ts";
import { type Line, print, styled } from "./output/lines.ts";
import { counted } from "./output/words.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Reads the input and prints what was found in it to standard error. Undefined when it has errors and no answer may be given:
 * exit code 2. Throws `UsageError` for options that mean nothing.
 */
export async function load(paths: readonly string[], options: InputOptions, io: Io): Promise<Situation | undefined> {
  return (await loadResources(paths, options, io))?.situation;
}

/** What was read, and what it comes to. */
export interface Loaded {
  readonly situation: Situation;
  readonly resources: readonly Resource[];
}

/** As `load`, with the objects that were read. */
export async function loadResources(
  paths: readonly string[],
  options: InputOptions,
  io: Io,
): Promise<Loaded | undefined> {
  const all = inputPaths(paths, options);
  const assumptions = assumptionsOf(options);
  const podRange = podRangeOf(options.podCidr);
  const reading = await readInputs(all, {
    validation: options.validate,
    namespace: options.namespace,
    stdin: io.stdin,
  });
  const { situation, findings } = situationOf(reading, { assumptions, podRange, vpc: reading.vpc });
  const passedOver = passedOverFinding(reading.passedOver);
  const found = [...reading.findings, ...findings, ...(passedOver === undefined ? [] : [passedOver])];
  const errors = found.filter(({ severity }) => severity === "error").length;
  const refused = errors > 0 && options.skipUnreadable !== true;
  const shown = options.quiet === true ? found.filter(({ severity }) => severity === "error") : found;
  print(io.stderr, io.env, [...findingLines(shown), ...(errors > 0 ? [errorSummary(errors, refused)] : [])]);
  return refused ? undefined : { situation, resources: reading.resources };
}

/** What the command line names to read, in its order. Throws `UsageError` where it names nothing. */
export function inputPaths(paths: readonly string[], options: ReadingOptions): readonly string[] {
  const all = [...paths, ...(options.filename ?? [])];
  if (all.length > 0) return all;
  throw new UsageError(
    "no input is named",
    "add files, folders, globs, or - for standard input (kubectl get pods,svc,netpol,ns,no -A -o yaml | portcullis ... -)",
  );
}

/** That there is no answer because of errors in the input, or what the answer is worth in spite of them. */
export function errorSummary(errors: number, refused: boolean): Line {
  return refused
    ? [
        styled("bad", `${counted(errors, "error")} in the input, so there is no answer.`),
        " Repair them, or use --skip-unreadable for an answer that is undecided where they could matter.",
      ]
    : [styled("unsure", `${counted(errors, "error")} in the input; answers they could touch are undecided.`)];
}
