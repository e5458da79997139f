/** The five-tuple of a packet, and the two of a tracked connection: before and after translation. */
import type { Address } from "./address.ts";
import { headerKind } from "./protocol.ts";
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

/** The connection of a packet that nothing translates. */
export function untranslated(original: Tuple): Connection {
  const { source, destination, traffic } = original;
  const turned = headerKind(traffic.protocol) === "ports" ? { first: traffic.second, second: traffic.first } : {};
  return { original, reply: { source: destination, destination: source, traffic: { ...traffic, ...turned } } };
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
