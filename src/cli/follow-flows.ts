/** Following what the kernel of this machine tells of flows, until somebody ends it. */
import {
  eventOfConnection,
  eventOfPacket,
  type FlowEvent,
  needsConnection,
  type PacketLogged,
} from "../flows/event.ts";
import { readConnections } from "../kernel/conntrack/events.ts";
import { openLookup } from "../kernel/conntrack/lookup.ts";
import { SystemCallError, SystemCallsUnavailableError } from "../kernel/errors.ts";
import { readLog } from "../kernel/nflog/log-reader.ts";
import type { Io } from "./io.ts";
import type { Loss } from "./output/flow-json.ts";
import { print, styled } from "./output/lines.ts";
import { UsageError } from "./usage-error.ts";

export interface Following {
  readonly node: string;
  /** A network namespace; undefined: that of this process. */
  readonly namespace?: string | undefined;
  /** The log group to read for denied packets; undefined: it is not read. */
  readonly group: number | undefined;
  /** Whether connections are followed. */
  readonly connections: boolean;
  /** When to stop by itself. */
  readonly seconds: number | undefined;
}

/** Called with each event; `stop` ends it all after the event. */
export type OnEvent = (event: FlowEvent, stop: () => void) => void;

interface Reader {
  readonly overruns: number;
  readonly lost?: number;
  close(): void;
}

/** Resolves with what was lost once it is stopped; rejects with a `UsageError` where the kernel does not tell. */
export function followFlows(following: Following, io: Io, onEvent: OnEvent): Promise<Loss> {
  return new Promise((resolve, reject) => {
    const readers: Reader[] = [];
    // What was opened last is closed first.
    const closing: (() => void)[] = [];
    let isOver = false;
    const close = (): void => {
      isOver = true;
      for (const one of closing.toReversed()) one();
    };
    const stop = (): void => {
      if (isOver) return;
      close();
      resolve(lossOf(readers));
    };
    const onFailure = (error: unknown): void => {
      if (!isOver) close();
      reject(explained(error, following));
    };
    // Not while a reader is at its socket.
    const handOn = (event: FlowEvent): void => onEvent(event, () => setImmediate(stop));
    try {
      for (const reader of openReaders(following, handOn, onFailure, closing)) readers.push(reader);
    } catch (error) {
      onFailure(error);
      return;
    }
    print(io.stderr, io.env, [[styled("faint", `following flows of node ${following.node}; Ctrl-C ends`)]]);
    if (following.seconds !== undefined) {
      const timer = setTimeout(stop, following.seconds * 1000);
      closing.push(() => clearTimeout(timer));
    }
    const takeBack = io.onInterrupt?.(stop);
    if (takeBack !== undefined) closing.push(takeBack);
  });
}

/** Opens what is wanted, and notes in `closing` how to close each. */
function openReaders(
  { namespace, group, connections }: Following,
  onEvent: (event: FlowEvent) => void,
  onFailure: (error: unknown) => void,
  closing: (() => void)[],
): readonly Reader[] {
  const readers: Reader[] = [];
  const opened = (reader: Reader): void => {
    readers.push(reader);
    closing.push(() => reader.close());
  };
  if (group !== undefined) {
    const lookup = openLookup(namespace);
    closing.push(() => lookup.close());
    const onPacket = (packet: PacketLogged): void => {
      const { tuple } = packet;
      const connection = tuple && needsConnection(packet) ? lookup.find(tuple) : packet.connection;
      const event = eventOfPacket({ ...packet, connection }, Date.now());
      if (event !== undefined) onEvent(event);
    };
    opened(readLog({ namespace, group, onPacket, onFailure }));
  }
  if (connections) {
    opened(readConnections({ namespace, onEvent: (told) => onEvent(eventOfConnection(told, Date.now())), onFailure }));
  }
  return readers;
}

function lossOf(readers: readonly Reader[]): Loss {
  return {
    packets: readers.reduce((sum, { lost = 0 }) => sum + lost, 0),
    overruns: readers.reduce((sum, { overruns }) => sum + overruns, 0),
  };
}

/** What a user can do about a kernel that does not tell. */
function explained(error: unknown, { group }: Following): unknown {
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
