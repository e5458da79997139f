/** Boxes of traffic as the matches of nft rules. */
import type { Interval } from "../net/intervals.ts";
import { headerKind, ICMP, ICMPV6, protocolText } from "../net/protocol.ts";
import { fieldRange, type TrafficBox } from "../net/traffic.ts";

/** What a rule has to match for one box of traffic, on the tuple of the connection's first packet after translation. */
export function boxMatches({ protocols, first, second }: TrafficBox): readonly string[] {
  const protocol = `meta l4proto ${protocolRange(protocols)}`;
  const full = fieldRange(protocols.start);
  switch (headerKind(protocols.start)) {
    case "none":
      return [protocol];
    case "ports":
      return [
        [
          protocol,
          ...(isWhole(first, full) ? [] : [`ct original proto-src ${numbers(first)}`]),
          ...(isWhole(second, full) ? [] : [`ct reply proto-src ${numbers(second)}`]),
        ].join(" "),
      ];
    case "icmp":
      if (isWhole(first, full) && isWhole(second, full)) return [protocol];
      if (isWhole(second, full)) return [icmpMatch(protocol, first.start * 256, first.end * 256)];
      return Array.from({ length: first.end - first.start }, (_, i) => {
        const type = (first.start + i) * 256;
        return icmpMatch(protocol, type + second.start, type + second.end);
      });
  }
}

/** Conntrack keeps ICMP type and code where other protocols have the destination port. */
function icmpMatch(protocol: string, start: number, end: number): string {
  return `${protocol} ct original proto-dst ${numbers({ start, end })}`;
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
