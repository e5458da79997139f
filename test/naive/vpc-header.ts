/** What the filters of a network see of a packet, and of the packet that answers it. */
import type { Address } from "./address.ts";

export interface Header {
  readonly source: Address;
  readonly destination: Address;
  readonly protocol: number;
  readonly sourcePort?: number | undefined;
  readonly destinationPort?: number | undefined;
  readonly icmpType?: number | undefined;
  readonly icmpCode?: number | undefined;
}

export const ICMP = 1;
export const IP_IN_IP = 4;
export const TCP = 6;
export const UDP = 17;

const answeredBy = new Map([
  [8, 0],
  [13, 14],
  [15, 16],
  [17, 18],
]);

/**
 * The packet that comes back: addresses and ports change places, an ICMP request is answered by its reply. Undefined: nothing
 * comes back, as for ICMP messages that ask nothing.
 */
export function replyTo(header: Header): Header | undefined {
  const { source, destination, protocol, sourcePort, destinationPort, icmpType } = header;
  const turned = { source: destination, destination: source, protocol };
  if (protocol !== ICMP) return { ...turned, sourcePort: destinationPort, destinationPort: sourcePort };
  const reply = answeredBy.get(icmpType ?? -1);
  return reply === undefined ? undefined : { ...turned, icmpType: reply, icmpCode: 0 };
}
