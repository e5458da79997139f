/** Places that answer packets made by hand, and that know what has reached them. */
import { naturalReply } from "../net/natural-reply.ts";
import { headerKind } from "../net/protocol.ts";
import type { TrafficPoint } from "../net/traffic.ts";
import { SystemCallError } from "./errors.ts";
import { type HeardPacket, PacketEnd, type PacketPlace } from "./packet-end.ts";
import { PlaceIndex } from "./place-index.ts";

export interface PacketServerPlace extends PacketPlace {
  readonly identity: string;
  /** The IP protocol. */
  readonly protocol: number;
}

/** What ends the payload of a request and of its answer, so that an echo is not taken for an answer of ours. */
const MARK = { request: "?", reply: "!" } as const;

/** The payload by which a packet is known again. `text` has no mark in it. */
export function payloadOf(text: string, role: keyof typeof MARK): Buffer {
  return Buffer.from(`${text}${MARK[role]}`, "latin1");
}

/** The text of a payload of that role; undefined: it is none. */
export function textIn(payload: Buffer, role: keyof typeof MARK): string | undefined {
  const text = payload.toString("latin1");
  return text.endsWith(MARK[role]) ? text.slice(0, -1) : undefined;
}

/** What answers the packet. Of ICMP with another code than 0 nobody says how it is answered, so it is not. */
export function answerTo(traffic: TrafficPoint): TrafficPoint | undefined {
  const isOdd = headerKind(traffic.protocol) === "icmp" && traffic.second !== 0;
  return isOdd ? undefined : naturalReply(traffic);
}

interface Server extends PacketServerPlace {
  readonly end: PacketEnd;
  /** Texts of requests that arrived and have not been asked for. */
  readonly arrived: Set<string>;
}

/** Servers of packets. They read and answer only when someone asks: nothing is spent on waiting. */
export class PacketServers {
  readonly #index = new PlaceIndex<Server>();
  readonly #ends: PacketEnd[] = [];

  /** Hears and answers from now on. Throws SystemCallError or RangeError. */
  open(place: PacketServerPlace): void {
    const end = PacketEnd.open(place, place.protocol);
    this.#ends.push(end);
    this.#index.add({ ...place, end, arrived: new Set() });
  }

  /**
   * Who has received the request with this text, sought at the address it went to and among those that are expected, all of
   * whom now answer what they have received.
   */
  arrivedAt(text: string, protocol: number, address: string, expected: readonly string[]): string | undefined {
    let identity: string | undefined;
    for (const server of this.#index.find(address, expected)) {
      if (server.protocol !== protocol) continue;
      for (let packet = server.end.hear(); packet !== undefined; packet = server.end.hear()) attend(server, packet);
      if (server.arrived.has(text)) identity = server.identity;
    }
    return identity;
  }

  /** What has been asked for often enough. */
  forget(text: string, address: string, expected: readonly string[]): void {
    for (const server of this.#index.find(address, expected)) server.arrived.delete(text);
  }

  close(): void {
    for (const end of this.#ends.splice(0)) end.close();
  }
}

function attend({ end, arrived }: Server, packet: HeardPacket): void {
  const text = textIn(packet.payload, "request");
  if (text === undefined) return;
  arrived.add(text);
  const traffic = answerTo(packet.traffic);
  if (traffic === undefined) return;
  try {
    end.send(packet.from, { ...packet, traffic, role: "reply", payload: payloadOf(text, "reply") });
  } catch (error) {
    // An answer that policy refuses on the spot is for the client to miss.
    if (!(error instanceof SystemCallError)) throw error;
  }
}
