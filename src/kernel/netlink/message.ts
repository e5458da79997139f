/** Messages of nf_tables: `struct nlmsghdr` of linux/netlink.h, `struct nfgenmsg` of linux/netfilter/nfnetlink.h, attributes. */
import { Attributes } from "./attribute.ts";
import { type Bytes, LITTLE_ENDIAN, viewOf } from "./bytes.ts";

/** Flags of requests, linux/netlink.h. */
export const NLM_F_REQUEST = 0x1;
export const NLM_F_ACK = 0x4;
/** NLM_F_ROOT and NLM_F_MATCH: every object, in as many parts as it takes. */
export const NLM_F_DUMP = 0x300;
/** The object must not exist. */
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;
/** At the end of a chain. */
export const NLM_F_APPEND = 0x800;

/** Flags of answers. */
const NLM_F_DUMP_INTR = 0x10;
const NLM_F_ACK_TLVS = 0x200;

const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;

/** NFNL_SUBSYS_NFTABLES, the upper byte of the type. */
const SUBSYSTEM = 10;
/** NFNL_SUBSYS_CTNETLINK and IPCTNL_MSG_CT_GET, of linux/netfilter/nfnetlink_conntrack.h. */
const CONNTRACK = 1;
const GET_CONNECTIONS = 1;
const NFNL_MSG_BATCH_BEGIN = 0x10;
const NFNL_MSG_BATCH_END = 0x11;

/** `enum nf_tables_msg_types` of linux/netfilter/nf_tables.h. */
export const MESSAGE = {
  newTable: 0,
  getTable: 1,
  deleteTable: 2,
  newChain: 3,
  getChain: 4,
  deleteChain: 5,
  newRule: 6,
  getRule: 7,
  deleteRule: 8,
  newSet: 9,
  getSet: 10,
  deleteSet: 11,
  newElements: 12,
  getElements: 13,
  deleteElements: 14,
  newGeneration: 15,
  getGeneration: 16,
} as const;

export type MessageKind = keyof typeof MESSAGE;

/** NFPROTO_INET of linux/netfilter.h: the family of tables that see both IPv4 and IPv6. */
export const INET = 1;
const UNSPECIFIED = 0;

const HEADER_SIZE = 16;
const FAMILY_HEADER_SIZE = 4;
/** Before the attributes of a message. */
export const HEADERS_SIZE = HEADER_SIZE + FAMILY_HEADER_SIZE;

export interface Header {
  readonly flags: number;
  readonly sequence: number;
}

/** Begins a message of nf_tables; what is returned is for {@link endMessage}. */
export function beginMessage(to: Bytes, kind: MessageKind, header: Header): number {
  return putHeaders(to, (SUBSYSTEM << 8) | MESSAGE[kind], header, INET, 0);
}

/** Begins the question for the connections of every family. */
export function beginConnectionsQuestion(to: Bytes, header: Header): number {
  return putHeaders(to, (CONNTRACK << 8) | GET_CONNECTIONS, header, UNSPECIFIED, 0);
}

export function beginBatchStart(to: Bytes, header: Header): number {
  return putHeaders(to, NFNL_MSG_BATCH_BEGIN, header, UNSPECIFIED, SUBSYSTEM);
}

export function beginBatchEnd(to: Bytes, header: Header): number {
  return putHeaders(to, NFNL_MSG_BATCH_END, header, UNSPECIFIED, SUBSYSTEM);
}

/** Begins a message of another subsystem of netfilter; what is returned is for {@link endMessage}. `resource`: a log group, for one. */
export function beginMessageOf(
  to: Bytes,
  type: { readonly subsystem: number; readonly message: number; readonly family?: number },
  header: Header,
  resource: number,
): number {
  return putHeaders(to, (type.subsystem << 8) | type.message, header, type.family ?? UNSPECIFIED, resource);
}

function putHeaders(to: Bytes, type: number, { flags, sequence }: Header, family: number, resource: number): number {
  const at = to.length;
  to.hostU32(0);
  to.hostU16(type);
  to.hostU16(flags | NLM_F_REQUEST);
  to.hostU32(sequence);
  // The port of the sender, which the kernel fills in.
  to.hostU32(0);
  to.u8(family);
  // NFNETLINK_V0
  to.u8(0);
  to.u16(resource);
  return at;
}

export function endMessage(to: Bytes, at: number): void {
  to.setHostU32(at, to.length - at);
}

const FLAGS_OFFSET = 6;

/** Gives the message that begins at `at` other flags. */
export function setFlags(to: Bytes, at: number, flags: number): void {
  to.setHostU16(at + FLAGS_OFFSET, flags | NLM_F_REQUEST);
}

/** A message from the kernel. */
export type Answer =
  /** An object; `attributes` lie in the buffer that was read. */
  | {
      readonly kind: "object";
      readonly sequence: number;
      readonly message: number;
      readonly family: number;
      readonly attributes: Uint8Array;
      /** The table changed since the dump began. */
      readonly interrupted: boolean;
    }
  /** Number 0: the message is acknowledged. `offset`: where in the message the kernel found the fault. */
  | {
      readonly kind: "error";
      readonly sequence: number;
      readonly number: number;
      readonly detail: ErrorDetail;
    }
  /** The last part of a dump. */
  | { readonly kind: "done"; readonly sequence: number; readonly interrupted: boolean };

export interface ErrorDetail {
  /** In the refused message, from its first byte: the attribute that the kernel complains of. */
  readonly offset?: number;
  /** What the kernel says in words. */
  readonly text?: string;
}

/** The messages of one datagram that are of the subsystems of netfilter that are given: else nf_tables and conntrack. */
export function* answersIn(
  datagram: Uint8Array,
  subsystems: readonly number[] = [SUBSYSTEM, CONNTRACK],
): Generator<Answer> {
  const view = viewOf(datagram);
  for (let at = 0; at + HEADER_SIZE <= datagram.length;) {
    const length = view.getUint32(at, LITTLE_ENDIAN);
    if (length < HEADER_SIZE || at + length > datagram.length) return;
    const answer = answerOf(datagram.subarray(at, at + length), subsystems);
    if (answer !== undefined) yield answer;
    at += (length + 3) & ~3;
  }
}

function answerOf(bytes: Uint8Array, subsystems: readonly number[]): Answer | undefined {
  const view = viewOf(bytes);
  const type = view.getUint16(4, LITTLE_ENDIAN);
  const flags = view.getUint16(FLAGS_OFFSET, LITTLE_ENDIAN);
  const sequence = view.getUint32(8, LITTLE_ENDIAN);
  const interrupted = (flags & NLM_F_DUMP_INTR) !== 0;
  if (type === NLMSG_DONE) return { kind: "done", sequence, interrupted };
  if (type === NLMSG_ERROR) {
    const number = -view.getInt32(HEADER_SIZE, LITTLE_ENDIAN);
    return { kind: "error", sequence, number, detail: (flags & NLM_F_ACK_TLVS) === 0 ? {} : detailOf(bytes) };
  }
  if (!subsystems.includes(type >> 8) || bytes.length < HEADERS_SIZE) return undefined;
  return {
    kind: "object",
    sequence,
    message: type & 0xff,
    family: view.getUint8(HEADER_SIZE),
    attributes: bytes.subarray(HEADERS_SIZE),
    interrupted,
  };
}

/** `enum nlmsgerr_attrs` of linux/netlink.h. */
const NLMSGERR_ATTR_MSG = 1;
const NLMSGERR_ATTR_OFFS = 2;

/**
 * The attributes behind `struct nlmsgerr`, which holds the error and, since the sockets here ask for no more
 * (NETLINK_CAP_ACK), the header of the refused message.
 */
function detailOf(bytes: Uint8Array): ErrorDetail {
  const attributes = new Attributes(bytes.subarray(HEADER_SIZE + 4 + HEADER_SIZE));
  const text = attributes.text(NLMSGERR_ATTR_MSG);
  const offset = attributes.raw(NLMSGERR_ATTR_OFFS);
  return {
    ...(text === undefined ? {} : { text }),
    ...(offset === undefined ? {} : { offset: viewOf(offset).getUint32(0, LITTLE_ENDIAN) }),
  };
}
