/** Programs of classic BPF (linux/filter.h) that choose what a raw socket receives. */
import { endianness } from "node:os";
import type { Family } from "../net/address.ts";
import { ECHO_REQUEST } from "./sockets.ts";

type Instruction = readonly [code: number, operand: number, skipWhenTrue?: number, skipWhenFalse?: number];

/** Raw IPv4 sockets see the IP header, whose length goes to the index register; raw IPv6 sockets do not. */
const LOAD_INDEX: Readonly<Record<Family, Instruction>> = { 4: [0xb1, 0], 6: [0x01, 0] };
const LOAD_BYTE = 0x50;
const LOAD_HALF = 0x48;
const AND = 0x54;
const JUMP_IF_EQUAL = 0x15;
const RETURN = 0x06;
const ACCEPT: Instruction = [RETURN, 0xffff];
const IGNORE: Instruction = [RETURN, 0];

const TCP_DESTINATION_PORT = 2;
const TCP_FLAGS = 13;
const SYN = 0x02;
const ACK = 0x10;

/** Accepts the TCP packets that ask for a connection to `port`. */
export function connectionRequests(family: Family, port: number): Uint8Array {
  return program([
    LOAD_INDEX[family],
    [LOAD_HALF, TCP_DESTINATION_PORT],
    [JUMP_IF_EQUAL, port, 0, 4],
    [LOAD_BYTE, TCP_FLAGS],
    [AND, SYN | ACK],
    [JUMP_IF_EQUAL, SYN, 0, 1],
    ACCEPT,
    IGNORE,
  ]);
}

/** Accepts the echo requests of ICMP or ICMPv6. */
export function echoRequests(family: Family): Uint8Array {
  return program([LOAD_INDEX[family], [LOAD_BYTE, 0], [JUMP_IF_EQUAL, ECHO_REQUEST[family], 0, 1], ACCEPT, IGNORE]);
}

const DESTINATION_UNREACHABLE: Readonly<Record<Family, number>> = { 4: 3, 6: 1 };

/** Accepts the messages of ICMP or ICMPv6 that a packet could not be delivered. RFC 792, RFC 4443. */
export function undeliverable(family: Family): Uint8Array {
  const type = DESTINATION_UNREACHABLE[family];
  return program([LOAD_INDEX[family], [LOAD_BYTE, 0], [JUMP_IF_EQUAL, type, 0, 1], ACCEPT, IGNORE]);
}

function program(instructions: readonly Instruction[]): Uint8Array {
  const little = endianness() === "LE";
  const view = new DataView(new ArrayBuffer(instructions.length * 8));
  for (const [index, [code, operand, whenTrue = 0, whenFalse = 0]] of instructions.entries()) {
    view.setUint16(index * 8, code, little);
    view.setUint8(index * 8 + 2, whenTrue);
    view.setUint8(index * 8 + 3, whenFalse);
    view.setUint32(index * 8 + 4, operand, little);
  }
  return new Uint8Array(view.buffer);
}
