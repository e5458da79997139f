/** Whole IPv4 packets as bytes, built and read. RFC 791. */
import type { Address } from "../net/address.ts";
import { type IpPacket, parseTransport, transportBytes } from "./transport-packet.ts";

const IP_HEADER = 20;
const TTL = 64;

/** The packet on the wire, IP header without checksum: raw sockets fill that in. Throws a RangeError for IPv6 addresses. */
export function ipPacketBytes(packet: IpPacket): Buffer {
  const transport = transportBytes(packet);
  const header = Buffer.alloc(IP_HEADER);
  header[0] = 0x45;
  header.writeUInt16BE(IP_HEADER + transport.length, 2);
  header[8] = TTL;
  header[9] = packet.traffic.protocol;
  header.writeUInt32BE(ipv4Number(packet.source), 12);
  header.writeUInt32BE(ipv4Number(packet.destination), 16);
  return Buffer.concat([header, transport]);
}

function ipv4Number(address: Address): number {
  if (address >= 1n << 32n) throw new RangeError("packets are made of IPv4 addresses only");
  return Number(address);
}

/** Reads a packet that a network delivered; undefined where it is no whole IPv4 packet of its first fragment. */
export function parseIpPacket(bytes: Buffer): IpPacket | undefined {
  if (bytes.length < IP_HEADER || (bytes[0] ?? 0) >> 4 !== 4) return undefined;
  const start = ((bytes[0] ?? 0) & 15) * 4;
  const isFragment = (bytes.readUInt16BE(6) & 0x1fff) !== 0;
  const content = parseTransport(bytes[9] ?? 0, bytes.subarray(start, Math.min(bytes.length, bytes.readUInt16BE(2))));
  if (isFragment || content === undefined) return undefined;
  return {
    source: BigInt(bytes.readUInt32BE(12)),
    destination: BigInt(bytes.readUInt32BE(16)),
    ...content,
  };
}
