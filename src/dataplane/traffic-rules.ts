/** Boxes of traffic as the matches of rules. */
import type { Interval } from "../net/intervals.ts";
import { headerKind, ICMP } from "../net/protocol.ts";
import { fieldRange, type TrafficBox } from "../net/traffic.ts";
import { inRange, type NumberField, type Statement } from "./statement.ts";

/**
 * What the traffic is read from: the connection's first packet as it is after translation, or as it was sent, or the packet
 * at hand alone.
 */
export type TrafficView = "translated" | "original" | "header";

const PORTS: Readonly<Record<TrafficView, readonly [source: NumberField, destination: NumberField]>> = {
  translated: ["ct original proto-src", "ct reply proto-src"],
  original: ["ct original proto-src", "ct original proto-dst"],
  header: ["th sport", "th dport"],
};

/** The rules that together match a box of traffic: each the matches of one. */
export function boxMatches(
  { protocols, first, second }: TrafficBox,
  view: TrafficView = "translated",
): readonly (readonly Statement[])[] {
  const [source, destination] = PORTS[view];
  const protocol = inRange("meta l4proto", protocols);
  const full = fieldRange(protocols.start);
  switch (headerKind(protocols.start)) {
    case "none":
      return [[protocol]];
    case "ports":
      return [
        [
          protocol,
          ...(isWhole(first, full) ? [] : [inRange(source, first)]),
          ...(isWhole(second, full) ? [] : [inRange(destination, second)]),
        ],
      ];
    case "icmp":
      if (isWhole(first, full) && isWhole(second, full)) return [[protocol]];
      // These fields say of which protocol they are.
      if (view === "header") return [messages(protocols.start, first, second, full)];
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

function messages(
  protocol: number,
  types: Interval<number>,
  codes: Interval<number>,
  full: Interval<number>,
): readonly Statement[] {
  const [type, code] =
    protocol === ICMP ? (["icmp type", "icmp code"] as const) : (["icmpv6 type", "icmpv6 code"] as const);
  return [
    ...(isWhole(types, full) ? [] : [inRange(type, types)]),
    ...(isWhole(codes, full) ? [] : [inRange(code, codes)]),
  ];
}

function isWhole(range: Interval<number>, full: Interval<number>): boolean {
  return range.start === full.start && range.end === full.end;
}
