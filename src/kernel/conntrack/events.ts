/** What conntrack tells of connections that begin and end. */
import { EventSocket } from "../netlink/event-socket.ts";
import { readConnection, type TrackedConnection } from "./connection.ts";

/** `began`: its first packet has passed all filters. `ended`: closed, timed out or deleted. */
export interface ConnectionEvent {
  readonly kind: "began" | "ended";
  readonly connection: TrackedConnection;
}

export interface ConnectionReader {
  /** How often the kernel threw events away because they were not read fast enough. */
  readonly overruns: number;
  /** Reads all that waits, and stops. */
  close(): void;
}

export interface ConnectionReading {
  /** Undefined: the namespace of this process. */
  readonly namespace?: string | undefined;
  readonly onEvent: (event: ConnectionEvent) => void;
  /** Called once with what makes reading on impossible. */
  readonly onFailure: (error: unknown) => void;
}

/** NFNL_SUBSYS_CTNETLINK of linux/netfilter/nfnetlink.h. */
export const SUBSYSTEM = 1;
/** NFNLGRP_CONNTRACK_NEW and NFNLGRP_CONNTRACK_DESTROY. */
const GROUPS = [1, 3];
/** IPCTNL_MSG_CT_NEW and IPCTNL_MSG_CT_DELETE. */
const NEW = 0;
const DELETE = 2;

const BUFFER = 32 * 1024 * 1024;

/** Needs CAP_NET_ADMIN. Throws SystemCallError and SystemCallsUnavailableError. */
export function readConnections({ namespace, onEvent, onFailure }: ConnectionReading): ConnectionReader {
  const socket = EventSocket.open({
    namespace,
    what: "connection events",
    subsystem: SUBSYSTEM,
    groups: GROUPS,
    buffer: BUFFER,
    receive: (message, attributes) => {
      const connection = message === NEW || message === DELETE ? readConnection(attributes) : undefined;
      if (connection !== undefined) onEvent({ kind: message === NEW ? "began" : "ended", connection });
    },
    fail: onFailure,
  });
  socket.follow();
  return {
    get overruns() {
      return socket.overruns;
    },
    close() {
      socket.drain();
      socket.close();
    },
  };
}
