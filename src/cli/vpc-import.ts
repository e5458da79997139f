/** `portcullis vpc import [paths...]` */
import { readInputs } from "../input/read-inputs.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { inputPaths } from "./load.ts";
import type { ReadingOptions } from "./options.ts";
import { findingLines } from "./output/findings.ts";
import { jsonText } from "./output/json.ts";
import { print, styled } from "./output/lines.ts";
import { vpcImportJson } from "./output/vpc-import-json.ts";
import { vpcImportLines } from "./output/vpc-import-text.ts";
import { counted } from "./output/words.ts";
import { UsageError } from "./usage-error.ts";

export interface VpcImportOptions extends ReadingOptions {
  readonly output: "text" | "json";
}

/** What was understood, on standard output; exit code 3 where the input speaks of something it does not tell. */
export async function vpcImport(paths: readonly string[], options: VpcImportOptions, io: Io): Promise<ExitCode> {
  const { vpc, findings } = await readInputs(inputPaths(paths, options), {
    validation: options.validate,
    namespace: options.namespace,
    stdin: io.stdin,
  });
  const errors = findings.filter(({ severity }) => severity === "error");
  print(io.stderr, io.env, findingLines(options.quiet === true ? errors : findings));
  if (errors.length > 0 && options.skipUnreadable !== true) {
    const advice = " Repair them, or use --skip-unreadable to see what could be read.";
    print(io.stderr, io.env, [[styled("bad", `${counted(errors.length, "error")} in the input.`), advice]]);
    return EXIT.usage;
  }
  if (vpc === undefined) {
    throw new UsageError(
      "nothing in the input tells of a VPC",
      "give exports; `portcullis vpc import --help` lists them",
    );
  }
  if (options.output === "json") io.stdout.write(jsonText(vpcImportJson(vpc)));
  else print(io.stdout, io.env, vpcImportLines(vpc));
  return errors.length > 0 || vpc.gaps.length > 0 ? EXIT.undecided : EXIT.yes;
}
