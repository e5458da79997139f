/** Boxes of traffic as the matches of rules. */
import type { Interval } from "../net/intervals.ts";
import { headerKind } from "../net/protocol.ts";
import { fieldRange, type TrafficBox } from "../net/traffic.ts";
import { inRange, type Statement } from "./statement.ts";

/**
 * The rules that together match a box of traffic, on the tuple of the connection's first packet after translation: each
 * the matches of one.
 */
export function boxMatches({ protocols, first, second }: TrafficBox): readonly (readonly Statement[])[] {
  const protocol = inRange("meta l4proto", protocols);
  const full = fieldRange(protocols.start);
  switch (headerKind(protocols.start)) {
    case "none":
      return [[protocol]];
    case "ports":
      return [
        [
          protocol,
          ...(isWhole(first, full) ? [] : [inRange("ct original proto-src", first)]),
          ...(isWhole(second, full) ? [] : [inRange("ct reply proto-src", second)]),
        ],
      ];
    case "icmp":
      if (isWhole(first, full) && isWhole(second, full)) return [[protocol]];
      if (isWhole(second, full)) return [[protocol, typesAndCodes(first.start * 256, first.end * 256)]];
      return Array.from({ length: first.end - first.start }, (_, i) => {
        const type = (first.start + i) * 256;
        return [protocol, typesAndCodes(type + second.start, type + second.end)];
      });
  }
}

/** Conntrack keeps ICMP type and code where other protocols have the destination port. */
function typesAndCodes(start: number, end: number): Statement {
  return inRange("ct original proto-dst", { start, end });
}

function isWhole(range: Interval<number>, full: Interval<number>): boolean {
  return range.start === full.start && range.end === full.end;
}
