/** What follows the IP header, as bytes: any protocol, ports, ICMP type and code, built and read. RFC 792, 4443, 768, 9293, 9260. */
import { type Address, familyOf } from "../net/address.ts";
import { headerKind, ICMP, ICMPV6, SCTP, TCP, UDP } from "../net/protocol.ts";
import type { TrafficPoint } from "../net/traffic.ts";
import { bytesOfAddress } from "./ip-address.ts";

/** What a transport header and what is behind it say. */
export interface TransportContent {
  readonly traffic: TrafficPoint;
  /** Whether it looks like the first packet of a connection (TCP SYN, SCTP INIT) or the answer to one; for those that track. */
  readonly role: "request" | "reply";
  /** The four bytes after the checksum of an ICMP message; of an echo, identifier and sequence. 0 for others. */
  readonly icmpRest: number;
  readonly payload: Buffer;
}

export interface IpPacket extends TransportContent {
  readonly source: Address;
  readonly destination: Address;
}

/** Header and payload with their checksum, for either family. */
export function transportBytes(packet: IpPacket): Buffer {
  const { traffic, payload } = packet;
  switch (traffic.protocol) {
    case TCP:
      return withChecksum(Buffer.concat([tcpHeader(packet), payload]), 16, pseudoHeader(packet, 20));
    case UDP:
      return withChecksum(Buffer.concat([udpHeader(packet), payload]), 6, pseudoHeader(packet, 8));
    case ICMP:
      return withChecksum(Buffer.concat([icmpHeader(packet), payload]), 2, Buffer.alloc(0));
    case ICMPV6:
      return withChecksum(Buffer.concat([icmpHeader(packet), payload]), 2, pseudoHeader(packet, 8));
    case SCTP:
      return withCrc(Buffer.concat([sctpHeader(packet), payload]));
    default: {
      // Linux tells the sender of a refusal only if the packet has a right checksum, though nobody says where it would stand.
      const pseudo = familyOf(packet.source) === 4 ? Buffer.alloc(0) : pseudoHeader(packet, OTHER_HEADER);
      return withChecksum(Buffer.concat([otherHeader(packet), payload]), 6, pseudo);
    }
  }
}

const FIRST_SEQUENCE = { request: 1000, reply: 2000 } as const;
const WINDOW = 65_535;

function tcpHeader({ traffic, role }: IpPacket): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt16BE(traffic.first, 0);
  header.writeUInt16BE(traffic.second, 2);
  header.writeUInt32BE(FIRST_SEQUENCE[role], 4);
  if (role === "reply") header.writeUInt32BE(FIRST_SEQUENCE.request + 1, 8);
  header[12] = 5 << 4;
  header[13] = role === "request" ? 0x02 : 0x12;
  header.writeUInt16BE(WINDOW, 14);
  return header;
}

function udpHeader({ traffic, payload }: IpPacket): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(traffic.first, 0);
  header.writeUInt16BE(traffic.second, 2);
  header.writeUInt16BE(8 + payload.length, 4);
  return header;
}

function icmpHeader({ traffic, icmpRest }: IpPacket): Buffer {
  const header = Buffer.alloc(8);
  header[0] = traffic.first;
  header[1] = traffic.second;
  header.writeUInt32BE(icmpRest, 4);
  return header;
}

const SCTP_TAG = 0x50434c31;
const SCTP_INIT = { request: 1, reply: 2 } as const;
const SCTP_COMMON = 12;

/** Ports, tag and checksum, then one INIT or INIT ACK chunk; the payload follows where parameters would. */
function sctpHeader({ traffic, role, payload }: IpPacket): Buffer {
  const header = Buffer.alloc(SCTP_COMMON + 20);
  header.writeUInt16BE(traffic.first, 0);
  header.writeUInt16BE(traffic.second, 2);
  if (role === "reply") header.writeUInt32BE(SCTP_TAG, 4);
  header[SCTP_COMMON] = SCTP_INIT[role];
  header.writeUInt16BE(20 + payload.length, SCTP_COMMON + 2);
  header.writeUInt32BE(SCTP_TAG, SCTP_COMMON + 4);
  header.writeUInt32BE(WINDOW, SCTP_COMMON + 8);
  header.writeUInt16BE(1, SCTP_COMMON + 12);
  header.writeUInt16BE(1, SCTP_COMMON + 14);
  return header;
}

const OTHER_HEADER = 8;

/**
 * Of other protocols the two fields, where they have them. Without fields it is all zeros but for the checksum: what translates
 * addresses looks into GRE, and knows version 0 only.
 */
function otherHeader({ traffic }: IpPacket): Buffer {
  const header = Buffer.alloc(OTHER_HEADER);
  switch (headerKind(traffic.protocol)) {
    case "ports":
      header.writeUInt16BE(traffic.first, 0);
      header.writeUInt16BE(traffic.second, 2);
      break;
    case "icmp":
      header[0] = traffic.first;
      header[1] = traffic.second;
      break;
    case "none":
      break;
  }
  return header;
}

/** The bytes of the IP header that checksums cover too. RFC 9293, RFC 8200. */
function pseudoHeader({ source, destination, traffic, payload }: IpPacket, headerLength: number): Buffer {
  const rest = Buffer.alloc(familyOf(source) === 4 ? 4 : 8);
  rest.writeUInt16BE(headerLength + payload.length, 2);
  rest[rest.length === 4 ? 1 : 7] = traffic.protocol;
  return Buffer.concat([bytesOfAddress(source), bytesOfAddress(destination), rest]);
}

function withChecksum(segment: Buffer, offset: number, pseudo: Buffer): Buffer {
  const padding = Buffer.alloc(segment.length % 2);
  segment.writeUInt16BE(internetChecksum(Buffer.concat([pseudo, segment, padding])), offset);
  return segment;
}

/** RFC 1071; 0 is written as its other form, since in UDP it means "none". */
function internetChecksum(bytes: Buffer): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += bytes.readUInt16BE(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum === 0xffff ? 0xffff : ~sum & 0xffff;
}

function withCrc(segment: Buffer): Buffer {
  segment.writeUInt32LE(crc32c(segment), 8);
  return segment;
}

/** CRC-32C, bit by bit: there are few such packets. */
function crc32c(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}

/** Reads what follows an IP header; undefined where it is cut off. */
export function parseTransport(protocol: number, transport: Buffer): TransportContent | undefined {
  const length = transportHeaderLength(protocol, transport);
  if (transport.length < length) return undefined;
  const kind = headerKind(protocol);
  return {
    traffic:
      kind === "none"
        ? { protocol, first: 0, second: 0 }
        : kind === "icmp"
          ? { protocol, first: transport[0] ?? 0, second: transport[1] ?? 0 }
          : { protocol, first: transport.readUInt16BE(0), second: transport.readUInt16BE(2) },
    role: protocol === TCP && ((transport[13] ?? 0) & 0x10) !== 0 ? "reply" : "request",
    icmpRest: kind === "icmp" ? transport.readUInt32BE(4) : 0,
    payload: transport.subarray(length),
  };
}

function transportHeaderLength(protocol: number, transport: Buffer): number {
  switch (protocol) {
    case TCP:
      return Math.max(20, ((transport[12] ?? 0) >> 4) * 4);
    case SCTP:
      return SCTP_COMMON + 20;
    default:
      return OTHER_HEADER;
  }
}
