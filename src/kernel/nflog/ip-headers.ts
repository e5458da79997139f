/** The five-tuple of a packet from its first bytes: IPv4 (RFC 791) and IPv6 with extension headers (RFC 8200). */
import { headerKind } from "../../net/protocol.ts";
import type { TrafficPoint } from "../../net/traffic.ts";
import type { Tuple } from "../../net/tuple.ts";
import { addressOfBytes } from "../ip-address.ts";
import { viewOf } from "../netlink/bytes.ts";

const IPV4_HEADER = 20;
const IPV6_HEADER = 40;

/** Undefined where the bytes do not reach to the ports, or the packet is a later fragment, which has none. */
export function readTuple(packet: Uint8Array): Tuple | undefined {
  switch ((packet[0] ?? 0) >> 4) {
    case 4:
      return packet.length < IPV4_HEADER ? undefined : readIpv4(packet);
    case 6:
      return packet.length < IPV6_HEADER ? undefined : readIpv6(packet);
    default:
      return undefined;
  }
}

function readIpv4(packet: Uint8Array): Tuple | undefined {
  const start = ((packet[0] ?? 0) & 15) * 4;
  const isLaterFragment = (viewOf(packet).getUint16(6) & 0x1fff) !== 0;
  const traffic = isLaterFragment ? undefined : readTraffic(packet[9] ?? 0, packet.subarray(start));
  if (traffic === undefined) return undefined;
  return {
    source: addressOfBytes(packet.subarray(12, 16)),
    destination: addressOfBytes(packet.subarray(16, 20)),
    traffic,
  };
}

function readIpv6(packet: Uint8Array): Tuple | undefined {
  const upper = upperLayer(packet);
  const traffic = upper && readTraffic(upper.protocol, packet.subarray(upper.start));
  if (traffic === undefined) return undefined;
  return {
    source: addressOfBytes(packet.subarray(8, 24)),
    destination: addressOfBytes(packet.subarray(24, 40)),
    traffic,
  };
}

/** Extension headers by number: hop-by-hop and destination options, routing, mobility; fragment; authentication. */
const OPTIONS = new Set([0, 43, 60, 135]);
const FRAGMENT = 44;
const AUTHENTICATION = 51;

function upperLayer(packet: Uint8Array): { readonly protocol: number; readonly start: number } | undefined {
  let protocol = packet[6] ?? 0;
  let start = IPV6_HEADER;
  while (OPTIONS.has(protocol) || protocol === FRAGMENT || protocol === AUTHENTICATION) {
    if (start + 8 > packet.length) return undefined;
    const length = packet[start + 1] ?? 0;
    if (protocol === FRAGMENT && viewOf(packet).getUint16(start + 2) >> 3 !== 0) return undefined;
    const next = packet[start] ?? 0;
    start += protocol === FRAGMENT ? 8 : protocol === AUTHENTICATION ? (length + 2) * 4 : (length + 1) * 8;
    protocol = next;
  }
  return { protocol, start };
}

function readTraffic(protocol: number, header: Uint8Array): TrafficPoint | undefined {
  switch (headerKind(protocol)) {
    case "none":
      return { protocol, first: 0, second: 0 };
    case "icmp":
      return header.length < 2 ? undefined : { protocol, first: header[0] ?? 0, second: header[1] ?? 0 };
    case "ports": {
      if (header.length < 4) return undefined;
      const view = viewOf(header);
      return { protocol, first: view.getUint16(0), second: view.getUint16(2) };
    }
  }
}
