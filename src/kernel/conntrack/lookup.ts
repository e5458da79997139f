/** Asking conntrack for the connection that a packet belongs to. */
import { familyOf } from "../../net/address.ts";
import { headerKind } from "../../net/protocol.ts";
import { type Tuple, untranslated } from "../../net/tuple.ts";
import { SystemCallError } from "../errors.ts";
import * as c from "../libc.ts";
import { EventSocket } from "../netlink/event-socket.ts";
import { putTuple, readConnection, type TrackedConnection } from "./connection.ts";
import { SUBSYSTEM } from "./events.ts";

/** IPCTNL_MSG_CT_GET of linux/netfilter/nfnetlink_conntrack.h. */
const GET = 1;
const BUFFER = 1024 * 1024;

export interface ConnectionLookup {
  /**
   * The connection of a packet as it stands in the forward hook, after its destination is translated, in whichever direction it
   * goes; undefined: none is established, or it is of ICMP. A few microseconds. Throws SystemCallError.
   */
  find(packet: Tuple): TrackedConnection | undefined;
  close(): void;
}

/** Needs CAP_NET_ADMIN. Throws SystemCallError and SystemCallsUnavailableError. */
export function openLookup(namespace?: string): ConnectionLookup {
  let found: TrackedConnection | undefined;
  const socket = EventSocket.open({
    namespace,
    what: "connections",
    subsystem: SUBSYSTEM,
    groups: [],
    buffer: BUFFER,
    receive: (_message, attributes) => {
      found = readConnection(attributes);
    },
    fail: (error) => {
      throw error;
    },
  });
  const ask = (tuple: Tuple): TrackedConnection | undefined => {
    found = undefined;
    const family = familyOf(tuple.source) === 4 ? c.AF_INET : c.AF_INET6;
    const refused = socket.tell({ message: GET, family }, (to) => putTuple(to, tuple));
    if (refused === undefined) return found;
    if (refused === "ENOENT") return undefined;
    throw new SystemCallError("ctnetlink", refused, "asking for a connection");
  };
  return {
    find(packet) {
      if (headerKind(packet.traffic.protocol) === "icmp") return undefined;
      // Turned round, a translated request is what its answer looks like.
      return ask(packet) ?? ask(untranslated(packet).reply);
    },
    close() {
      socket.close();
    },
  };
}
