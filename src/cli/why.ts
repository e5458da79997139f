/** `portcullis why FROM TO [paths...]` */
import { type Asked, isReferenceError, parseAsked, type ReferenceError, splitDestination } from "../path/reference.ts";
import { foldedAnswer } from "../reach/folded-question.ts";
import { type EndsReference, parseEnds, resolveEnds } from "../reach/named-ends.ts";
import type { Question } from "../reach/question.ts";
import { pendingSituation, type Situation } from "../situation/situation.ts";
import { EXIT, type ExitCode, exitOf } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { load } from "./load.ts";
import type { InputOptions } from "./options.ts";
import { jsonText } from "./output/json.ts";
import { print } from "./output/lines.ts";
import { whyJson } from "./output/why-json.ts";
import { pendingLines, whyLines } from "./output/why-text.ts";
import { UsageError } from "./usage-error.ts";
import { whyAnswer } from "./why-answer.ts";

export interface WhyOptions extends InputOptions {
  readonly output: "text" | "json";
  readonly sourcePort?: string;
}

/** Answers on standard output. Throws `UsageError` for ends that are none or do not exist. */
export async function why(
  from: string,
  to: string,
  paths: readonly string[],
  options: WhyOptions,
  io: Io,
): Promise<ExitCode> {
  const ends = parseQuestion(from, to, options);
  const situation = await load(paths, options, io);
  if (situation === undefined) return EXIT.usage;
  const question: Question = {
    from: checked("FROM", resolveEnds(situation, ends.from)),
    to: checked("TO", resolveEnds(situation, ends.to)),
    asked: ends.asked,
    sourcePort: ends.sourcePort,
  };
  return report(situation, question, options, io);
}

function report(situation: Situation, question: Question, { output }: WhyOptions, io: Io): ExitCode {
  const result = whyAnswer(situation, question, foldedAnswer(situation, question));
  const next = pendingSituation(situation);
  const pending = next && whyAnswer(next, question, foldedAnswer(next, question));
  switch (output) {
    case "text":
      print(io.stdout, io.env, [
        ...whyLines(result, situation.assumptions),
        ...(pending === undefined ? [] : pendingLines(result, pending, situation.assumptions)),
      ]);
      break;
    case "json":
      io.stdout.write(jsonText(whyJson(result, pending, situation.assumptions)));
      break;
  }
  return exitOf(result.verdict);
}

interface Ends {
  readonly from: EndsReference;
  readonly to: EndsReference;
  readonly asked: Asked;
  readonly sourcePort: number | undefined;
}

/** All that can be wrong without reading any input is said before reading it. */
function parseQuestion(from: string, to: string, { namespace = "default", sourcePort }: WhyOptions): Ends {
  const source = splitDestination(from);
  if (source.traffic !== undefined) {
    throw new UsageError(
      `FROM takes no port, and "${from}" has one`,
      "write the port behind TO; --source-port restricts the port the connection comes from",
    );
  }
  const destination = splitDestination(to);
  return {
    from: checked("FROM", parseEnds(source.end, namespace)),
    to: checked("TO", parseEnds(destination.end, namespace), "; paths come after FROM and TO"),
    asked: checked("TO", parseAsked(destination.traffic)),
    sourcePort: sourcePort === undefined ? undefined : portOf(sourcePort),
  };
}

function checked<T extends object>(end: "FROM" | "TO", value: T | ReferenceError, hint = ""): T {
  if (isReferenceError(value)) throw new UsageError(`${end}: ${value.error}`, `${value.remedy}${hint}`);
  return value;
}

function portOf(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new UsageError(`--source-port: "${text}" is not a port`, "write a number from 0 to 65535");
}
