/** Logged packets as the kernel writes them: `enum nfulnl_attr_type` of linux/netfilter/nfnetlink_log.h. */
import type { Connection, Tuple } from "../../net/tuple.ts";
import { readConnection } from "../conntrack/connection.ts";
import type { Attributes } from "../netlink/attribute.ts";
import { viewOf } from "../netlink/bytes.ts";
import { readTuple } from "./ip-headers.ts";

const NFULA_PACKET_HDR = 1;
const NFULA_MARK = 2;
const NFULA_TIMESTAMP = 3;
const NFULA_IFINDEX_INDEV = 4;
const NFULA_IFINDEX_OUTDEV = 5;
const NFULA_PAYLOAD = 9;
const NFULA_PREFIX = 10;
const NFULA_SEQ = 12;
const NFULA_CT = 18;

export interface LoggedPacket {
  /** The text of the rule that logged it. */
  readonly prefix: string;
  readonly hook: "prerouting" | "input" | "forward" | "output" | "postrouting" | undefined;
  readonly mark: number;
  /** Numbers of interfaces; undefined: none. */
  readonly inInterface: number | undefined;
  readonly outInterface: number | undefined;
  /** Milliseconds since 1970 at which the packet came in; undefined where the kernel did not note it. */
  readonly time: number | undefined;
  /** As its headers stand where it was logged; undefined where they cannot be read, as of a later fragment. */
  readonly tuple: Tuple | undefined;
  /** The connection it belongs to or would have begun; undefined: none, or conntrack does not tell. */
  readonly connection: Connection | undefined;
  /** Counts the packets logged to the group. */
  readonly sequence: number | undefined;
}

const HOOKS = ["prerouting", "input", "forward", "output", "postrouting"] as const;

export function readPacket(attributes: Attributes): LoggedPacket {
  const payload = attributes.raw(NFULA_PAYLOAD);
  const connection = attributes.nested(NFULA_CT);
  return {
    prefix: attributes.text(NFULA_PREFIX) ?? "",
    hook: HOOKS[attributes.raw(NFULA_PACKET_HDR)?.[2] ?? -1],
    mark: attributes.u32(NFULA_MARK) ?? 0,
    inInterface: attributes.u32(NFULA_IFINDEX_INDEV),
    outInterface: attributes.u32(NFULA_IFINDEX_OUTDEV),
    time: readTime(attributes.raw(NFULA_TIMESTAMP)),
    tuple: payload && readTuple(payload),
    connection: connection && readConnection(connection),
    sequence: attributes.u32(NFULA_SEQ),
  };
}

/** Seconds and microseconds, each of 64 bits. */
function readTime(bytes: Uint8Array | undefined): number | undefined {
  if (bytes === undefined || bytes.length < 16) return undefined;
  const view = viewOf(bytes);
  return Number(view.getBigUint64(0) * 1000n + view.getBigUint64(8) / 1000n);
}
