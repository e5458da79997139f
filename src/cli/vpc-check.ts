/** `portcullis vpc check [paths...]` */
import { inventoryOf } from "../cluster/inventory.ts";
import { readInputs } from "../input/read-inputs.ts";
import { checkVpc } from "../lint/vpc/vpc-rules.ts";
import type { Severity } from "../source/codes.ts";
import type { Finding } from "../source/finding.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { errorSummary, inputPaths } from "./load.ts";
import { assumptionsOf, type ReadingOptions } from "./options.ts";
import { findingLines, sortedFindings } from "./output/findings.ts";
import { jsonText } from "./output/json.ts";
import { print } from "./output/lines.ts";
import { checkJson } from "./output/vpc-check-json.ts";
import { checkLines } from "./output/vpc-check-text.ts";
import { UsageError } from "./usage-error.ts";

export interface VpcCheckOptions extends ReadingOptions {
  readonly assume?: readonly string[];
  readonly failOn: Severity;
  readonly output: "text" | "json";
}

/**
 * The findings on standard output; what hinders reading on standard error. Exit code 1 where a finding is at or above
 * `--fail-on`. Throws `UsageError` where the input holds no networks.
 */
export async function vpcCheck(paths: readonly string[], options: VpcCheckOptions, io: Io): Promise<ExitCode> {
  const assumptions = assumptionsOf({ profile: "kubernetes", ...options });
  const reading = await readInputs(inputPaths(paths, options), {
    validation: options.validate,
    namespace: options.namespace,
    stdin: io.stdin,
  });
  const refused = report(
    reading.findings.filter((one) => !isAnswer(one)),
    options,
    io,
  );
  if (refused) return EXIT.usage;
  const { vpc, resources, blinds } = reading;
  if (vpc === undefined) {
    throw new UsageError(
      "nothing in the input tells of a VPC",
      "give exports; `portcullis vpc import --help` lists them",
    );
  }
  const { inventory } = inventoryOf(resources);
  const found = sortedFindings([...reading.findings.filter(isAnswer), ...checkVpc({ vpc, inventory, assumptions })]);
  const result = { found, networks: vpc, blinds };
  switch (options.output) {
    case "text":
      print(io.stdout, io.env, checkLines(result));
      break;
    case "json":
      io.stdout.write(jsonText(checkJson(result)));
      break;
  }
  return found.some(({ severity }) => RANK[severity] >= RANK[options.failOn]) ? EXIT.no : EXIT.yes;
}

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

/** What came up in reading networks, and does not hinder it, is what the command is asked for. */
function isAnswer({ code, severity }: Finding): boolean {
  return code.startsWith("PC20") && severity !== "error";
}

/** Prints what came up in reading; whether there is no answer because of it. */
function report(findings: readonly Finding[], { quiet, skipUnreadable }: VpcCheckOptions, io: Io): boolean {
  const errors = findings.filter(({ severity }) => severity === "error");
  const refused = errors.length > 0 && skipUnreadable !== true;
  const summary = errors.length > 0 ? [errorSummary(errors.length, refused)] : [];
  print(io.stderr, io.env, [...findingLines(quiet === true ? errors : findings), ...summary]);
  return refused;
}
