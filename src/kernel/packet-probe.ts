/** A probe by a packet made by hand, and what becomes of it. */
import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { ICMP, ICMPV6 } from "../net/protocol.ts";
import type { TrafficPoint } from "../net/traffic.ts";
import { SystemCallError } from "./errors.ts";
import { addressOfBytes } from "./ip-address.ts";
import { addressBytes } from "./open-socket.ts";
import { PacketEnd, type PacketPlace } from "./packet-end.ts";
import { undeliverable } from "./packet-filter.ts";
import { answerTo, type PacketServers, payloadOf, textIn } from "./packet-servers.ts";

export interface PacketRequest {
  readonly from: PacketPlace;
  readonly destination: string;
  readonly expected: readonly string[];
  readonly traffic: TrafficPoint;
}

/** `answer`: it came, or none was due. `arrivedAt`: who has received the request. */
export interface PacketFate {
  readonly end: "answer" | "refused" | "timeout";
  /** How it was refused: a symbolic error number, or `ICMP` with type and code. */
  readonly refusal: string | undefined;
  readonly arrivedAt: string | undefined;
}

/** How long to wait before looking again, in milliseconds: as a rule all is over before the first look. */
const LONGEST_PAUSE = 20;

/**
 * Sends one packet with `text` in its payload and looks for it at the servers, and for what comes back at its sender. The kernel
 * reports refusals of such packets to no socket, so they are found by the text that they quote. Throws SystemCallError where no
 * socket can be opened.
 */
export async function probeByPacket(
  servers: PacketServers,
  { from, destination, expected, traffic }: PacketRequest,
  text: string,
  timeout: number,
): Promise<PacketFate> {
  const { family, bytes } = addressBytes(destination);
  const ends: PacketEnd[] = [];
  const open = (protocol: number, filter?: Uint8Array): PacketEnd => {
    const end = PacketEnd.open(from, protocol, filter);
    ends.push(end);
    return end;
  };
  try {
    const sender = open(traffic.protocol);
    const errors = open(family === 4 ? ICMP : ICMPV6, undeliverable(family));
    const payload = payloadOf(text, "request");
    const to = addressOfBytes(bytes);
    try {
      sender.send(to, { traffic, role: "request", icmpRest: randomInt(2 ** 32), payload });
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      return { end: "refused", refusal: error.errno, arrivedAt: undefined };
    }
    const isAnswerDue = answerTo(traffic) !== undefined;
    const until = performance.now() + timeout;
    for (let wait = 0; ; wait = Math.min(2 * wait + 1, LONGEST_PAUSE)) {
      const arrivedAt = servers.arrivedAt(text, traffic.protocol, destination, expected);
      if (arrivedAt !== undefined && (!isAnswerDue || hasAnswer(sender, text))) {
        return { end: "answer", refusal: undefined, arrivedAt };
      }
      const refusal = refusalOf(errors, text);
      if (refusal !== undefined) return { end: "refused", refusal, arrivedAt };
      if (performance.now() > until) return { end: "timeout", refusal: undefined, arrivedAt };
      await pause(wait);
    }
  } finally {
    servers.forget(text, destination, expected);
    for (const end of ends) end.close();
  }
}

function hasAnswer(sender: PacketEnd, text: string): boolean {
  for (let packet = sender.hear(); packet !== undefined; packet = sender.hear()) {
    if (textIn(packet.payload, "reply") === text) return true;
  }
  return false;
}

function refusalOf(errors: PacketEnd, text: string): string | undefined {
  for (let packet = errors.hear(); packet !== undefined; packet = errors.hear()) {
    const { traffic, payload } = packet;
    if (payload.includes(text, 0, "latin1")) return `ICMP ${traffic.first}.${traffic.second}`;
  }
  return undefined;
}
