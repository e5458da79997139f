/** The five-tuple of a packet, and the two of a tracked connection: before and after translation. */
import type { Address } from "./address.ts";
import { headerKind, ICMP, ICMPV6 } from "./protocol.ts";
import type { TrafficPoint } from "./traffic.ts";

export interface Tuple {
  readonly source: Address;
  readonly destination: Address;
  readonly traffic: TrafficPoint;
}

/** A connection as its first packet and its first answer show it; where something translates, they differ. */
export interface Connection {
  readonly original: Tuple;
  readonly reply: Tuple;
}

/** The connection that a packet begins which nothing translates; an echo reply belongs to that of its request. */
export function untranslated(packet: Tuple): Connection {
  const turned = turnedRound(packet);
  const isAnswer = ECHO_REQUESTS.has(keyOf(packet.traffic));
  return isAnswer ? { original: turned, reply: packet } : { original: packet, reply: turned };
}

/** By protocol and type, the type of the other way: RFC 792 and RFC 4443. */
const ECHO_REQUESTS: ReadonlyMap<string, number> = new Map([
  [`${ICMP} 0`, 8],
  [`${ICMPV6} 129`, 128],
]);
const ECHO_REPLIES: ReadonlyMap<string, number> = new Map([
  [`${ICMP} 8`, 0],
  [`${ICMPV6} 128`, 129],
]);

function keyOf({ protocol, first }: TrafficPoint): string {
  return `${protocol} ${first}`;
}

function turnedRound({ source, destination, traffic }: Tuple): Tuple {
  return { source: destination, destination: source, traffic: answering(traffic) };
}

function answering(traffic: TrafficPoint): TrafficPoint {
  if (headerKind(traffic.protocol) === "ports") return { ...traffic, first: traffic.second, second: traffic.first };
  const key = keyOf(traffic);
  return { ...traffic, first: ECHO_REPLIES.get(key) ?? ECHO_REQUESTS.get(key) ?? traffic.first };
}

/** What policies are asked about: the original source, and the destination after translation. */
export function judgedTuple({ original, reply }: Connection): Tuple {
  const { source, traffic } = original;
  const isPorts = headerKind(traffic.protocol) === "ports";
  return {
    source,
    destination: reply.source,
    traffic: isPorts ? { ...traffic, second: reply.traffic.first } : traffic,
  };
}

/** Whether something sends the connection to another destination than it asked for. */
export function isRedirected(connection: Connection): boolean {
  const judged = judgedTuple(connection);
  const { destination, traffic } = connection.original;
  return judged.destination !== destination || judged.traffic.second !== traffic.second;
}
