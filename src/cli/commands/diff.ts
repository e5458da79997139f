/** `diff`: what opens and closes between two inputs. */
import type { Command } from "commander";
import type { DiffOptions } from "../diff.ts";
import type { Io } from "../io.ts";
import { outputOption, withInputOptions } from "../options.ts";
import type { Done } from "./definition.ts";

export function addDiff(program: Command, io: Io, done: Done): void {
  withInputOptions(
    program
      .command("diff")
      .summary("what opens and closes between two inputs")
      .description(
        "Connections that open and close between two inputs, exactly, with the policies that decided before and after.\n" +
          "Paths given with -f are read with both.",
      )
      .argument("<before>", DIFF_INPUT)
      .argument("<after>", "the same")
      .addOption(outputOption(["text", "json", "markdown"]))
      .option("--fail-on <kinds>", "what exit code 1 is for: opened, closed or any", "any"),
  )
    .addHelpText(
      "after",
      `
Examples:
  portcullis diff git:origin/main:policies policies/ -f cluster.jsonl
  portcullis diff git:HEAD~1 git:HEAD --fail-on opened
  portcullis diff before/ after/ -o markdown

Exit codes:
  0   nothing that --fail-on names has changed
  1   something has
  2   wrong usage, or input that cannot be used
  3   nothing has for certain, and of something it is not known, or was not
  70  a fault of Portcullis itself`,
    )
    .action(async (before: string, after: string, options: DiffOptions) => {
      const { diff } = await import("../diff.ts");
      done(await diff(before, after, options, io));
    });
}

const DIFF_INPUT = "a file, folder, glob, bundle, git:REF[:PATH], or -";
