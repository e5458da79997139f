/** What a kernel tells of a flow, put into the words of the program that it enforces. */
import { type DropReason, meaningOf } from "../dataplane/log-prefix.ts";
import { generationStamped } from "../dataplane/program-chains.ts";
import { type Connection, type Tuple, untranslated } from "../net/tuple.ts";

/** What has passed in one direction. */
export interface Volume {
  readonly packets: bigint;
  readonly bytes: bigint;
}

export interface FlowEvent {
  /**
   * `denied`: a packet was, by policies. `dropped`: a packet was, whatever the policies say. `logged`: a packet met a log rule.
   * `allowed`: a connection came about. `ended`: one that came about is over.
   */
  readonly kind: "denied" | "dropped" | "logged" | "allowed" | "ended";
  /** Of packets that were dropped. */
  readonly reason: DropReason | undefined;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly connection: Connection;
  /** The generation of the program that decided; undefined: the kernel does not tell, or no policy was asked. */
  readonly generation: number | undefined;
  /** What has passed, where the kernel keeps accounts; of connections that ended. */
  readonly volumes: { readonly original: Volume; readonly reply: Volume } | undefined;
}

/** As the kernel's log tells of a packet. */
export interface PacketLogged {
  readonly prefix: string;
  readonly tuple: Tuple | undefined;
  readonly connection: Connection | undefined;
  readonly time: number | undefined;
}

/**
 * Whether only its connection tells which end opened it: a denied packet may be of a connection that an earlier generation
 * allowed, and an answer.
 */
export function needsConnection({ prefix, connection }: PacketLogged): boolean {
  const meaning = meaningOf(prefix);
  return connection === undefined && meaning?.kind === "denied" && meaning.isKnown;
}

/** Undefined where some other rule logged the packet, or neither its connection nor its headers can be read. */
export function eventOfPacket(packet: PacketLogged, now: number): FlowEvent | undefined {
  const meaning = meaningOf(packet.prefix);
  const connection = packet.connection ?? (packet.tuple && untranslated(packet.tuple));
  if (meaning === undefined || connection === undefined) return undefined;
  return {
    kind: meaning.kind,
    reason: meaning.kind === "dropped" ? meaning.reason : undefined,
    time: packet.time ?? now,
    connection,
    generation: meaning.kind === "denied" ? meaning.generation : undefined,
    volumes: undefined,
  };
}

/** As conntrack tells of a connection. */
export interface ConnectionTold {
  readonly kind: "began" | "ended";
  readonly connection: Connection & { readonly mark: number; readonly volumes: FlowEvent["volumes"] };
}

export function eventOfConnection({ kind, connection }: ConnectionTold, now: number): FlowEvent {
  const { original, reply, mark, volumes } = connection;
  const generation = generationStamped(mark);
  return {
    kind: kind === "began" ? "allowed" : "ended",
    reason: undefined,
    time: now,
    connection: { original, reply },
    generation: generation === 0 ? undefined : generation,
    volumes,
  };
}
