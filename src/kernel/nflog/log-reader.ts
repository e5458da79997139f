/** Reads the packets that rules log to a group (NFLOG), in a network namespace. */
import { putRaw, putU16, putU32, putU8 } from "../netlink/attribute.ts";
import { Bytes } from "../netlink/bytes.ts";
import { EventSocket } from "../netlink/event-socket.ts";
import { SystemCallError } from "../errors.ts";
import { type LoggedPacket, readPacket } from "./packet.ts";

export interface LogReading {
  /** Undefined: the namespace of this process. */
  readonly namespace?: string | undefined;
  readonly group: number;
  /** Bytes that may wait to be read. */
  readonly buffer?: number;
  readonly onPacket: (packet: LoggedPacket) => void;
  /** Called once with what makes reading on impossible. */
  readonly onFailure: (error: unknown) => void;
}

export interface LogReader {
  /** Packets that the kernel logged and could not deliver, as far as later packets show. */
  readonly lost: number;
  /** How often the kernel found the buffer full. */
  readonly overruns: number;
  /** Whether the kernel tells the connections of packets; not all are built to. */
  readonly tellsConnections: boolean;
  /** Reads all that waits, and stops. */
  close(): void;
}

/** NFNL_SUBSYS_ULOG of linux/netfilter/nfnetlink.h. */
const SUBSYSTEM = 4;
const NFULNL_MSG_PACKET = 0;
const NFULNL_MSG_CONFIG = 1;

const NFULA_CFG_CMD = 1;
const NFULA_CFG_MODE = 2;
const NFULA_CFG_NLBUFSIZ = 3;
const NFULA_CFG_TIMEOUT = 4;
const NFULA_CFG_QTHRESH = 5;
const NFULA_CFG_FLAGS = 6;
const BIND = 1;
const COPY_PACKET = 2;
const FLAG_SEQ = 1;
const FLAG_CONNTRACK = 4;

/** Bytes of each packet: an IPv6 header with some extension headers, and ports. */
const COPIED = 128;
const BUFFER = 32 * 1024 * 1024;
/** Packets that the kernel gathers before it sends them on, and how long it gathers, in hundredths of a second. */
const GATHERED = 64;
const GATHERING = 1;
const DATAGRAM = 0x10000;

/**
 * Binds to the group; only one process at a time can. Needs CAP_NET_ADMIN. Throws SystemCallError (EPERM: the capability is
 * lacking or another process reads the group) and SystemCallsUnavailableError.
 */
export function readLog({ namespace, group, buffer = BUFFER, onPacket, onFailure }: LogReading): LogReader {
  let expected: number | undefined;
  let lost = 0;
  const socket = EventSocket.open({
    namespace,
    what: `packets logged to group ${group}`,
    subsystem: SUBSYSTEM,
    groups: [],
    buffer,
    receive: (message, attributes) => {
      if (message !== NFULNL_MSG_PACKET) return;
      const packet = readPacket(attributes);
      if (packet.sequence !== undefined) {
        // A group counts from 0, in 32 bits.
        lost += (packet.sequence - (expected ?? 0)) >>> 0;
        expected = (packet.sequence + 1) >>> 0;
      }
      onPacket(packet);
    },
    fail: onFailure,
  });
  let tellsConnections = true;
  try {
    tellsConnections = bind(socket, group);
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.follow();
  return {
    tellsConnections,
    get lost() {
      return lost;
    },
    get overruns() {
      return socket.overruns;
    },
    close() {
      socket.drain();
      socket.close();
    },
  };
}

/** Returns whether packets come with their connections. */
function bind(socket: EventSocket, group: number): boolean {
  const refused = configure(socket, group, (to) => {
    putU8(to, NFULA_CFG_CMD, BIND);
    const mode = new Bytes();
    mode.u32(COPIED);
    mode.u8(COPY_PACKET);
    mode.u8(0);
    putRaw(to, NFULA_CFG_MODE, mode.written());
    putU32(to, NFULA_CFG_NLBUFSIZ, DATAGRAM);
    putU32(to, NFULA_CFG_TIMEOUT, GATHERING);
    putU32(to, NFULA_CFG_QTHRESH, GATHERED);
    putU16(to, NFULA_CFG_FLAGS, FLAG_SEQ);
  });
  if (refused !== undefined) throw new SystemCallError("nfnetlink_log", refused, `binding to log group ${group}`);
  // Kernels without the glue of the two subsystems refuse the flag, and change nothing.
  return configure(socket, group, (to) => putU16(to, NFULA_CFG_FLAGS, FLAG_SEQ | FLAG_CONNTRACK)) === undefined;
}

function configure(socket: EventSocket, group: number, body: (to: Bytes) => void): string | undefined {
  return socket.tell({ message: NFULNL_MSG_CONFIG, resource: group }, body);
}
