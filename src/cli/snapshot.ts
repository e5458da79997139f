/** `portcullis snapshot [paths...] -o FILE` */
import { writeFile } from "node:fs/promises";
import { recordInputs } from "../input/bundle-recording.ts";
import { errorCode } from "../input/files.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { inputPaths } from "./load.ts";
import type { ReadingOptions } from "./options.ts";
import { findingLines } from "./output/findings.ts";
import { print, styled } from "./output/lines.ts";
import { counted } from "./output/words.ts";
import { UsageError } from "./usage-error.ts";

export interface SnapshotOptions extends ReadingOptions {
  /** Where to; `-` is standard output. */
  readonly output: string;
}

/** Writes everything that is read of the input as one bundle. Throws `UsageError` where it cannot be written. */
export async function snapshot(paths: readonly string[], options: SnapshotOptions, io: Io): Promise<ExitCode> {
  const { findings, lines } = await recordInputs(inputPaths(paths, options), {
    validation: options.validate,
    namespace: options.namespace,
    stdin: io.stdin,
  });
  const errors = findings.filter(({ severity }) => severity === "error");
  print(io.stderr, io.env, findingLines(options.quiet === true ? errors : findings));
  if (errors.length > 0 && options.skipUnreadable !== true) {
    print(io.stderr, io.env, [
      [
        styled("bad", `${counted(errors.length, "error")} in the input, so no bundle is written.`),
        " Repair them, or use --skip-unreadable to record what cannot be read as unknown.",
      ],
    ]);
    return EXIT.usage;
  }
  if (options.output === "-") for (const line of lines()) io.stdout.write(line);
  else await write(options.output, lines());
  return EXIT.yes;
}

async function write(path: string, lines: Iterable<string>): Promise<void> {
  try {
    await writeFile(path, lines);
  } catch (error) {
    throw new UsageError(
      `${path} cannot be written (${errorCode(error)})`,
      "name a file in a folder that you may write to",
    );
  }
}
