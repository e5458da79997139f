/** Probes of a lab as packets for the naive reading. */
import type { LabProbe } from "../../src/lab/probes.ts";
import { CLIENT_PORT } from "../../src/lab/reasoning.ts";
import { addressText, familyOf } from "../../src/net/address.ts";
import { headerKind, ICMP } from "../../src/net/protocol.ts";
import type { RawPacket } from "../naive/raw-objects.ts";

const NAMES = { tcp: "TCP", udp: "UDP", sctp: "SCTP" } as const;

export function rawPacket({ from, to, traffic }: LabProbe): RawPacket {
  const ends = { source: addressText(from.address), destination: addressText(to.address) };
  switch (traffic.protocol) {
    case "tcp":
    case "udp":
    case "sctp": {
      const ports = { sourcePort: traffic.sourcePort ?? CLIENT_PORT, destinationPort: traffic.port };
      return { ...ends, protocol: NAMES[traffic.protocol], ...ports };
    }
    case "crafted": {
      const { protocol, first, second } = traffic.point;
      if (headerKind(protocol) !== "icmp") return { ...ends, protocol };
      return { ...ends, protocol: protocol === ICMP ? "ICMP" : "ICMPv6", icmpType: first, icmpCode: second };
    }
    case "icmp":
      break;
  }
  return familyOf(from.address) === 4
    ? { ...ends, protocol: "ICMP", icmpType: 8, icmpCode: 0 }
    : { ...ends, protocol: "ICMPv6", icmpType: 128, icmpCode: 0 };
}
