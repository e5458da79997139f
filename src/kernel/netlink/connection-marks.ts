/** The marks of tracked connections. */
import type { NetlinkSocket } from "./socket.ts";

/** CTA_MARK of `enum ctattr_type` of linux/netfilter/nfnetlink_conntrack.h. */
const CTA_MARK = 8;

/** Each mark once, 0 left out. The event loop runs meanwhile. About a microsecond a connection. Throws NetlinkError. */
export async function readConnectionMarks(socket: NetlinkSocket): Promise<ReadonlySet<number>> {
  const marks = new Set<number>();
  for await (const connection of socket.connections()) {
    const mark = connection.u32(CTA_MARK);
    if (mark !== undefined && mark !== 0) marks.add(mark);
  }
  return marks;
}
