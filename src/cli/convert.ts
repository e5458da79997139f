/** `portcullis convert [paths...] --to LANGUAGE` */
import { readInputs } from "../input/read-inputs.ts";
import { convertPolicies, type Target, targetOf, TARGETS } from "../policy/conversion.ts";
import type { Manifest } from "../policy/manifest.ts";
import type { Resource } from "../resources/kinds.ts";
import { type Finding, finding } from "../source/finding.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { inputPaths } from "./load.ts";
import type { ReadingOptions } from "./options.ts";
import { findingLines } from "./output/findings.ts";
import { jsonText } from "./output/json.ts";
import { print, styled } from "./output/lines.ts";
import { counted, shortList } from "./output/words.ts";
import { yamlText } from "./output/yaml.ts";
import { UsageError } from "./usage-error.ts";

export interface ConvertOptions extends ReadingOptions {
  readonly to?: Target;
  readonly output: "yaml" | "json";
}

/** The converted policies on standard output: all of them, or none unless the user takes what there is. */
export async function convert(paths: readonly string[], options: ConvertOptions, io: Io): Promise<ExitCode> {
  const { resources, findings } = await readInputs(inputPaths(paths, options), {
    validation: options.validate,
    namespace: options.namespace,
    stdin: io.stdin,
  });
  // That a kind is replaced by a newer one is what the user is about to repair.
  report(
    findings.filter(({ code }) => code !== "PC125"),
    options,
    io,
  );
  const unread = errorsIn(findings);
  const takesRest = options.skipUnreadable === true;
  if (unread > 0 && !takesRest) return nothingWritten(unread, io);

  const target = options.to ?? onlyTarget(resources);
  const { converted, refusals } = convertPolicies(resources, target);
  report([...refusals, ...leftAlone(resources, target)], options, io);
  const errors = unread + refusals.length;
  if (errors > 0 && !takesRest) return nothingWritten(errors, io);
  if (errors === 0 && converted.length === 0) throw nothingFor(target);

  write(
    converted.map(({ manifest }) => manifest),
    options.output,
    io,
  );
  if (errors === 0) return EXIT.yes;
  print(io.stderr, io.env, [
    [styled("unsure", `${counted(errors, "error")} in the input; policies in error are not written.`)],
  ]);
  return EXIT.no;
}

function report(findings: readonly Finding[], { quiet }: ConvertOptions, io: Io): void {
  const shown = quiet === true ? findings.filter(({ severity }) => severity === "error") : findings;
  print(io.stderr, io.env, findingLines(shown));
}

function errorsIn(findings: readonly Finding[]): number {
  return findings.filter(({ severity }) => severity === "error").length;
}

function nothingWritten(errors: number, io: Io): ExitCode {
  print(io.stderr, io.env, [
    [
      styled("bad", `${counted(errors, "error")} in the input, so nothing is written.`),
      " Repair them, or use --skip-unreadable to write the rest.",
    ],
  ]);
  return EXIT.usage;
}

function write(manifests: readonly Manifest[], output: ConvertOptions["output"], io: Io): void {
  switch (output) {
    case "yaml":
      io.stdout.write(yamlText(manifests));
      break;
    case "json":
      io.stdout.write(jsonText({ apiVersion: "v1", kind: "List", items: manifests }));
      break;
  }
}

const NAMES: Readonly<Record<Target, { readonly language: string; readonly sources: string }>> = {
  calico: { language: "Calico", sources: "NetworkPolicy" },
  "cluster-network-policy": {
    language: "ClusterNetworkPolicy",
    sources: "AdminNetworkPolicy and BaselineAdminNetworkPolicy",
  },
};

function nothingFor(target: Target): UsageError {
  const { language, sources } = NAMES[target];
  return new UsageError(
    `nothing in the input can be converted to ${language}`,
    `--to ${target} converts ${sources}; name files that hold such policies`,
  );
}

/** Throws `UsageError` unless the policies leave one choice. */
function onlyTarget(resources: readonly Resource[]): Target {
  const targets = TARGETS.filter((target) => resources.some((resource) => targetOf(resource) === target));
  const [first] = targets;
  if (first === undefined) {
    throw new UsageError(
      "nothing in the input can be converted",
      "convert reads NetworkPolicy, AdminNetworkPolicy and BaselineAdminNetworkPolicy",
    );
  }
  if (targets.length === 1) return first;
  throw new UsageError(
    "the input holds policies for more than one language",
    `choose one: ${targets.map((target) => `--to ${target} for ${NAMES[target].sources}`).join(", ")}`,
  );
}

/** At most one finding, for the policies that are not converted because they are not for this target. */
function leftAlone(resources: readonly Resource[], target: Target): readonly Finding[] {
  const left = resources.filter((resource) => isPolicy(resource) && targetOf(resource) !== target);
  if (left.length === 0) return [];
  const names = shortList(left.map((resource) => resource.origin().resource));
  const message = `left as they are, because they do not become ${NAMES[target].language}: ${names}`;
  return [finding("PC151", message, "nothing to do; they go on beside what is written")];
}

function isPolicy({ kind }: Resource): boolean {
  return kind.endsWith("NetworkPolicy");
}
