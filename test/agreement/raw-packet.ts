/** A probe of a lab as the naive reading takes packets. */
import type { LabProbe } from "../../src/lab/probes.ts";
import { CLIENT_PORT } from "../../src/lab/reasoning.ts";
import { addressText, familyOf } from "../../src/net/address.ts";
import type { RawPacket } from "../naive/raw-objects.ts";

export function rawPacket({ from, to, traffic }: LabProbe): RawPacket {
  const ends = { source: addressText(from.address), destination: addressText(to.address) };
  if (traffic.protocol !== "icmp") {
    return {
      ...ends,
      protocol: traffic.protocol === "tcp" ? "TCP" : "UDP",
      sourcePort: traffic.sourcePort ?? CLIENT_PORT,
      destinationPort: traffic.port,
    };
  }
  return familyOf(from.address) === 4
    ? { ...ends, protocol: "ICMP", icmpType: 8, icmpCode: 0 }
    : { ...ends, protocol: "ICMPv6", icmpType: 128, icmpCode: 0 };
}
