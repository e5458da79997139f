/** `portcullis diff A B` */
import { type ChangeKind, differenceOf, flowsOfBoth } from "../reach/difference.ts";
import { toldDifference, type ToldDifference } from "./diff-story.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { load } from "./load.ts";
import type { InputOptions } from "./options.ts";
import { diffJson } from "./output/diff-json.ts";
import { diffMarkdown } from "./output/diff-markdown.ts";
import { diffLines } from "./output/diff-text.ts";
import { jsonText } from "./output/json.ts";
import { print } from "./output/lines.ts";
import { UsageError } from "./usage-error.ts";

export interface DiffOptions extends InputOptions {
  readonly output: "text" | "json" | "markdown";
  readonly failOn: string;
}

/** Which changes `--fail-on` means by its words. */
const MEANT: Readonly<Record<string, readonly ChangeKind[]>> = {
  opened: ["opened", "one-way"],
  closed: ["closed", "no longer one-way"],
  any: ["opened", "one-way", "closed", "no longer one-way"],
};

/** The difference on standard output. Throws `UsageError` for options that mean nothing. */
export async function diff(before: string, after: string, options: DiffOptions, io: Io): Promise<ExitCode> {
  const failing = failingKinds(options.failOn);
  if ([before, after, ...(options.filename ?? [])].filter((path) => path === "-").length > 1) {
    throw new UsageError("standard input is named twice", "name a file, folder or git:REF for one of them");
  }
  if (options.filename?.includes("-") === true) {
    throw new UsageError("standard input cannot be read with both", "write it to a file, and name that with -f");
  }
  // What both have in common comes first, so that the inputs themselves have the last word.
  const { filename = [], ...rest } = options;
  const old = await load([...filename, before], rest, io);
  const now = await load([...filename, after], rest, io);
  if (old === undefined || now === undefined) return EXIT.usage;
  const difference = toldDifference(differenceOf(...flowsOfBoth(old, now)), old, now);
  switch (options.output) {
    case "text":
      print(io.stdout, io.env, diffLines(difference));
      break;
    case "json":
      io.stdout.write(jsonText(diffJson(difference)));
      break;
    case "markdown":
      io.stdout.write(diffMarkdown(difference));
      break;
  }
  return exitOf(difference, failing);
}

function failingKinds(words: string): ReadonlySet<ChangeKind> {
  return new Set(
    words.split(",").flatMap((word) => {
      const kinds = Object.hasOwn(MEANT, word.trim()) ? MEANT[word.trim()] : undefined;
      if (kinds !== undefined) return kinds;
      throw new UsageError(
        `--fail-on: "${word}" is no kind of change`,
        "write opened, closed or any, or some of them with commas",
      );
    }),
  );
}

/** What is not known might be what the user wants to fail on; it is no less than that where nothing else is. */
function exitOf({ changes, added, removed }: ToldDifference, failing: ReadonlySet<ChangeKind>): ExitCode {
  const kinds = new Set([...changes, ...added, ...removed].map(({ row }) => row.kind));
  if ([...kinds].some((kind) => failing.has(kind))) return EXIT.no;
  return kinds.has("undecided") || kinds.has("decided") ? EXIT.undecided : EXIT.yes;
}
