/** `portcullis flows [paths...] --node NAME` */
import { unchanging } from "../flows/history.ts";
import { type FlowRecord, flowRecord } from "../flows/record.ts";
import { Counting } from "../flows/tally.ts";
import { explainName } from "./explain-name.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { type Following, followFlows } from "./follow-flows.ts";
import type { Io } from "./io.ts";
import { load } from "./load.ts";
import { nodeNamed } from "./node-named.ts";
import type { InputOptions } from "./options.ts";
import { flowJson, type Loss, summaryJson } from "./output/flow-json.ts";
import { flowLine, lossLines, summaryLines } from "./output/flow-text.ts";
import { print } from "./output/lines.ts";
import { UsageError } from "./usage-error.ts";

export interface FlowsOptions extends InputOptions {
  readonly node: string;
  readonly output: "text" | "json";
  readonly group: string;
  readonly denied?: boolean;
  readonly allowed?: boolean;
  readonly ended?: boolean;
  readonly limit?: string;
  readonly seconds?: string;
  readonly summary?: boolean;
  readonly explain?: string;
}

/**
 * Follows the kernel until the limit, the time or an interruption. Throws `UsageError` for options that mean nothing, a node that
 * is not in the input, and a kernel that does not tell.
 */
export async function flows(paths: readonly string[], options: FlowsOptions, io: Io): Promise<ExitCode> {
  const limit = options.limit === undefined ? Infinity : wholeNumber("--limit", options.limit, 1, 1e9);
  const following = followingOf(options);
  const situation = await load(paths, options, io);
  if (situation === undefined) return EXIT.usage;
  const node = nodeNamed(situation, options.node);
  if (options.explain !== undefined) {
    return explainName(situation, node, { name: options.explain, output: options.output }, io);
  }
  const counting = new Counting();
  const history = unchanging(situation);
  let left = limit;
  const loss = await followFlows(following, io, (event, stop) => {
    const record = flowRecord(event, history, node.name);
    if (left <= 0 || !isWanted(record, options)) return;
    counting.add(record);
    if (options.output === "json") io.stdout.write(`${JSON.stringify(flowJson(record))}\n`);
    else print(io.stdout, io.env, [flowLine(record)]);
    left--;
    if (left === 0) stop();
  });
  report(counting, loss, options, io);
  return EXIT.yes;
}

function followingOf({
  node,
  denied = false,
  allowed = false,
  ended = false,
  group,
  seconds,
}: FlowsOptions): Following {
  const number = wholeNumber("--group", group, 0, 65_535);
  return {
    node,
    group: denied || !allowed ? number : undefined,
    connections: allowed || ended || !denied,
    seconds: seconds === undefined ? undefined : wholeNumber("--seconds", seconds, 1, 1e6),
  };
}

function report(counting: Counting, loss: Loss, { output, summary = false }: FlowsOptions, io: Io): void {
  print(io.stderr, io.env, lossLines(loss));
  if (!summary) return;
  const tally = counting.tally();
  if (output === "json") io.stdout.write(`${JSON.stringify(summaryJson(tally, loss))}\n`);
  else print(io.stdout, io.env, summaryLines(tally, loss));
}

/**
 * Connections between others than pods are no flows that policies could speak of; but who sends from an address that is not its
 * own is nobody that the input knows.
 */
export function isOfPods({ event, judged }: FlowRecord): boolean {
  return event.kind === "dropped" || judged === undefined || judged.from.kind === "pod" || judged.to.kind === "pod";
}

function isWanted(record: FlowRecord, { denied = false, allowed = false, ended = false }: FlowsOptions): boolean {
  const { event } = record;
  if (!isOfPods(record)) return false;
  if (event.kind === "dropped") return denied || !allowed;
  if (event.kind === "ended") return ended;
  if (!denied && !allowed) return true;
  return (denied && event.kind === "denied") || (allowed && event.kind === "allowed");
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`${option}: "${text}" is not a whole number from ${least} to ${most}`, "write it in digits");
}
