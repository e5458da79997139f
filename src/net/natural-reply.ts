/** What the answer to a packet looks like, whoever gives it. */
import { headerKind, ICMP, ICMPV6 } from "./protocol.ts";
import type { TrafficPoint } from "./traffic.ts";

/** ICMP requests and the types of their answers, RFC 792 and 950. */
const ICMP_REPLIES: ReadonlyMap<number, number> = new Map([
  [8, 0],
  [13, 14],
  [15, 16],
  [17, 18],
]);

/** The same of ICMPv6, RFC 4443 and 4620. */
const ICMPV6_REPLIES: ReadonlyMap<number, number> = new Map([
  [128, 129],
  [139, 140],
]);

/** By protocol, the types of ICMP that ask for an answer: only they begin what connection tracking takes for a connection. */
export const ICMP_REQUESTS: ReadonlyMap<number, ReadonlyMap<number, number>> = new Map([
  [ICMP, ICMP_REPLIES],
  [ICMPV6, ICMPV6_REPLIES],
]);

/** The type of the message that answers; undefined: none does. */
export function icmpReply(protocol: number, type: number): number | undefined {
  return ICMP_REQUESTS.get(protocol)?.get(type);
}

/**
 * What an answer to the packet looks like: ports swapped; the reply type of an ICMP request, none of any other ICMP; the
 * same protocol where there are neither.
 */
export function naturalReply({ protocol, first, second }: TrafficPoint): TrafficPoint | undefined {
  switch (headerKind(protocol)) {
    case "ports":
      return { protocol, first: second, second: first };
    case "icmp": {
      const type = icmpReply(protocol, first);
      return type === undefined ? undefined : { protocol, first: type, second: 0 };
    }
    case "none":
      return { protocol, first, second };
  }
}
