/** Boxes of traffic as the matches of nft rules. */
import type { Interval } from "../net/intervals.ts";
import { headerKind, ICMP, ICMPV6, protocolText } from "../net/protocol.ts";
import { fieldRange, type TrafficBox } from "../net/traffic.ts";

/** Where rules find the two fields of a header. */
export interface HeaderFields {
  readonly sourcePort: string;
  readonly destinationPort: string;
  /** The ICMP type in the upper byte, the code in the lower. */
  readonly typeAndCode: string;
}

/** The tuple of the connection's first packet after translation; conntrack keeps ICMP type and code where others have a port. */
const CONNECTION: HeaderFields = {
  sourcePort: "ct original proto-src",
  destinationPort: "ct reply proto-src",
  typeAndCode: "ct original proto-dst",
};

/** The packet itself, whatever it belongs to. */
export const PACKET: HeaderFields = { sourcePort: "th sport", destinationPort: "th dport", typeAndCode: "@th,0,16" };

/** What a rule has to match for one box of traffic, by default on the connection. */
export function boxMatches(
  { protocols, first, second }: TrafficBox,
  fields: HeaderFields = CONNECTION,
): readonly string[] {
  const protocol = `meta l4proto ${protocolRange(protocols)}`;
  const full = fieldRange(protocols.start);
  const icmpMatch = (start: number, end: number): string =>
    `${protocol} ${fields.typeAndCode} ${numbers({ start, end })}`;
  switch (headerKind(protocols.start)) {
    case "none":
      return [protocol];
    case "ports":
      return [
        [
          protocol,
          ...(isWhole(first, full) ? [] : [`${fields.sourcePort} ${numbers(first)}`]),
          ...(isWhole(second, full) ? [] : [`${fields.destinationPort} ${numbers(second)}`]),
        ].join(" "),
      ];
    case "icmp":
      if (isWhole(first, full) && isWhole(second, full)) return [protocol];
      if (isWhole(second, full)) return [icmpMatch(first.start * 256, first.end * 256)];
      return Array.from({ length: first.end - first.start }, (_, i) => {
        const type = (first.start + i) * 256;
        return icmpMatch(type + second.start, type + second.end);
      });
  }
}

function isWhole(range: Interval<number>, full: Interval<number>): boolean {
  return range.start === full.start && range.end === full.end;
}

function numbers({ start, end }: Interval<number>): string {
  return end - start === 1 ? String(start) : `${start}-${end - 1}`;
}

function protocolRange({ start, end }: Interval<number>): string {
  if (end - start > 1) return `${start}-${end - 1}`;
  return start === ICMPV6 ? "ipv6-icmp" : start === ICMP ? "icmp" : protocolText(start);
}
