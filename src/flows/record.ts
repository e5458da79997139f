/** One flow as the kernel saw it, with who is at its ends and which policies decided. */
import type { Service } from "../cluster/service.ts";
import { isRedirected, judgedTuple, type Tuple } from "../net/tuple.ts";
import { type End, endAt } from "../path/end.ts";
import type { Situation } from "../situation/situation.ts";
import type { FlowEvent } from "./event.ts";
import { type History, situationOf } from "./history.ts";
import { pendingReplay, type Replay, replay } from "./replay.ts";

export interface FlowRecord {
  readonly event: FlowEvent;
  /** Original source, destination after translation: what policies are asked about. */
  readonly tuple: Tuple;
  /** Undefined where the situation of the event's generation is not known. */
  readonly judged: Judged | undefined;
}

export interface Judged {
  readonly from: End;
  readonly to: End;
  /** The Service at the address that was asked for, where something redirected the connection. */
  readonly service: Service | undefined;
  readonly replay: Replay;
  /** Once everything staged is live; undefined where nothing is staged. */
  readonly pending: Replay | undefined;
  /** Whether the kernel did what the policies say. */
  readonly agrees: boolean;
}

/** Pure; O(policies). */
export function flowRecord(event: FlowEvent, history: History, node: string): FlowRecord {
  const situation = situationOf(history, event.generation);
  const tuple = judgedTuple(event.connection);
  return { event, tuple, judged: situation && judgedBy(situation, event, tuple, node) };
}

function judgedBy(situation: Situation, event: FlowEvent, tuple: Tuple, node: string): Judged {
  const { connection, reason } = event;
  const { inventory } = situation;
  const ends = { from: endAt(inventory, tuple.source), to: endAt(inventory, tuple.destination) };
  if (reason !== undefined) return { ...ends, ...UNASKED, replay: { ...UNASKED.replay, reason } };
  const told = replay(situation, node, connection);
  return {
    ...ends,
    service: isRedirected(connection) ? inventory.serviceAt.get(connection.original.destination) : undefined,
    replay: told,
    pending: pendingReplay(situation, node, connection),
    agrees: agreement(event, told),
  };
}

/** Of packets that no policy was asked about. */
const UNASKED = {
  service: undefined,
  replay: { verdict: "denied", deciders: [], reason: undefined, missing: [] },
  pending: undefined,
  agrees: true,
} as const;

/** What is undecided is denied; a log rule says nothing of what became of the packet. */
function agreement({ kind }: FlowEvent, { verdict }: Replay): boolean {
  const passes = verdict === "allowed" || verdict === "ungoverned";
  return kind === "logged" || (kind === "denied") !== passes;
}
