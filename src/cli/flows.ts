/** `portcullis flows [paths...] --node NAME` */
import { compile } from "../dataplane/compile.ts";
import { provenanceOf } from "../dataplane/provenance.ts";
import {
  eventOfConnection,
  eventOfPacket,
  type FlowEvent,
  needsConnection,
  type PacketLogged,
} from "../flows/event.ts";
import { unchanging } from "../flows/history.ts";
import { type FlowRecord, flowRecord } from "../flows/record.ts";
import { Counting } from "../flows/tally.ts";
import { readConnections } from "../kernel/conntrack/events.ts";
import { openLookup } from "../kernel/conntrack/lookup.ts";
import { SystemCallError, SystemCallsUnavailableError } from "../kernel/errors.ts";
import { readLog } from "../kernel/nflog/log-reader.ts";
import type { Situation } from "../situation/situation.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { load } from "./load.ts";
import { nodeNamed } from "./node-named.ts";
import type { InputOptions } from "./options.ts";
import { jsonText } from "./output/json.ts";
import { flowJson, type Loss, summaryJson } from "./output/flow-json.ts";
import { flowLine, lossLines, summaryLines } from "./output/flow-text.ts";
import { print, styled } from "./output/lines.ts";
import { provenanceJson, provenanceLines } from "./output/provenance.ts";
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
  const bounds = {
    group: wholeNumber("--group", options.group, 0, 65_535),
    limit: options.limit === undefined ? Infinity : wholeNumber("--limit", options.limit, 1, 1e9),
    seconds: options.seconds === undefined ? undefined : wholeNumber("--seconds", options.seconds, 1, 1e6),
  };
  const situation = await load(paths, options, io);
  if (situation === undefined) return EXIT.usage;
  const node = nodeNamed(situation, options.node);
  if (options.explain !== undefined) return explain(situation, options, options.explain, io);
  const counting = new Counting();
  const history = unchanging(situation);
  let left = bounds.limit;
  const loss = await followed(options, bounds, io, (event, stop) => {
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

function report(counting: Counting, loss: Loss, { output, summary = false }: FlowsOptions, io: Io): void {
  print(io.stderr, io.env, lossLines(loss));
  if (!summary) return;
  const tally = counting.tally();
  if (output === "json") io.stdout.write(`${JSON.stringify(summaryJson(tally, loss))}\n`);
  else print(io.stdout, io.env, summaryLines(tally, loss));
}

/** Connections between others than pods are no flows that policies could speak of. */
function isWanted(
  { event, judged }: FlowRecord,
  { denied = false, allowed = false, ended = false }: FlowsOptions,
): boolean {
  if (judged !== undefined && judged.from.kind !== "pod" && judged.to.kind !== "pod") return false;
  if (event.kind === "ended") return ended;
  if (!denied && !allowed) return true;
  return (denied && event.kind === "denied") || (allowed && event.kind === "allowed");
}

interface Bounds {
  readonly group: number;
  readonly seconds: number | undefined;
}

type OnEvent = (event: FlowEvent, stop: () => void) => void;

/** Resolves with what was lost once it is stopped; rejects where the kernel cannot be read. */
function followed(options: FlowsOptions, { group, seconds }: Bounds, io: Io, onEvent: OnEvent): Promise<Loss> {
  const { denied = false, allowed = false, ended = false } = options;
  return new Promise((resolve, reject) => {
    // What was opened last is closed first.
    const closing: (() => void)[] = [];
    const readers: { readonly overruns: number; readonly lost?: number }[] = [];
    let isOver = false;
    const stop = (): void => {
      if (isOver) return;
      isOver = true;
      for (const close of closing.toReversed()) close();
      const sum = (of: (reader: (typeof readers)[number]) => number): number =>
        readers.reduce((total, reader) => total + of(reader), 0);
      resolve({ packets: sum(({ lost = 0 }) => lost), overruns: sum(({ overruns }) => overruns) });
    };
    const onFailure = (error: unknown): void => {
      for (const close of closing.toReversed()) close();
      reject(explained(error, group));
    };
    const add = (reader: (typeof readers)[number] & { close(): void }): void => {
      readers.push(reader);
      closing.push(() => reader.close());
    };
    try {
      if (denied || !allowed) {
        const lookup = openLookup();
        closing.push(() => lookup.close());
        const onPacket = (packet: PacketLogged): void => {
          const { tuple } = packet;
          const connection = tuple && needsConnection(packet) ? lookup.find(tuple) : packet.connection;
          const event = eventOfPacket({ ...packet, connection }, Date.now());
          if (event !== undefined) onEvent(event, stopSoon);
        };
        add(readLog({ group, onPacket, onFailure }));
      }
      if (allowed || ended || !denied) {
        add(readConnections({ onEvent: (told) => onEvent(eventOfConnection(told, Date.now()), stopSoon), onFailure }));
      }
    } catch (error) {
      onFailure(error);
      return;
    }
    print(io.stderr, io.env, [[styled("faint", `following flows of node ${options.node}; Ctrl-C ends`)]]);
    // Not while a reader is at its socket.
    function stopSoon(): void {
      setImmediate(stop);
    }
    if (seconds !== undefined) {
      const timer = setTimeout(stop, seconds * 1000);
      closing.push(() => clearTimeout(timer));
    }
    const takeBack = io.onInterrupt?.(stop);
    if (takeBack !== undefined) closing.push(takeBack);
  });
}

/** What a user can do about a kernel that does not tell. */
function explained(error: unknown, group: number): unknown {
  if (error instanceof SystemCallsUnavailableError) return new UsageError(error.reason, error.remedy);
  if (!(error instanceof SystemCallError)) return error;
  if (error.call === "nfnetlink_log" && error.errno === "EPERM" && process.getuid?.() === 0) {
    return new UsageError(
      `another process reads log group ${group}, and only one can`,
      "end it, or follow what it writes; --allowed does without the log",
    );
  }
  if (error.errno === "EPERM" || error.errno === "EACCES") {
    return new UsageError("flows are told to root only", "run it as root, or with CAP_NET_ADMIN, on the node itself");
  }
  return new UsageError(
    `the kernel does not tell of flows: ${error.message}`,
    "see that it has nfnetlink_log and nf_conntrack_netlink (modprobe nfnetlink_log nf_conntrack_netlink)",
  );
}

function explain(situation: Situation, options: FlowsOptions, name: string, io: Io): ExitCode {
  const node = nodeNamed(situation, options.node);
  const program = compile(situation, node, { table: "portcullis", generation: 1, denial: "drop", interfaces: [] });
  const found = provenanceOf(situation, program, name);
  if (found.kind === "unknown") throw new UsageError(`--explain: ${found.reason}`, found.remedy);
  if (options.output === "json") io.stdout.write(jsonText(provenanceJson(found)));
  else print(io.stdout, io.env, provenanceLines(found));
  return EXIT.yes;
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`${option}: "${text}" is not a whole number from ${least} to ${most}`, "write it in digits");
}
