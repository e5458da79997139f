/** Boxes of traffic as the matches of rules that look at the packet itself, whatever connection it belongs to. */
import type { Interval } from "../../net/intervals.ts";
import { headerKind } from "../../net/protocol.ts";
import { fieldRange, type TrafficBox } from "../../net/traffic.ts";

/** What a rule has to match for one box: always one match, as all fields are compared by themselves. */
export function packetMatch({ protocols, first, second }: TrafficBox): string {
  const [one, other] = FIELDS[headerKind(protocols.start)];
  const full = fieldRange(protocols.start);
  return [
    `meta l4proto ${rangeText(protocols)}`,
    ...(one === undefined || isWhole(first, full) ? [] : [`${one} ${rangeText(first)}`]),
    ...(other === undefined || isWhole(second, full) ? [] : [`${other} ${rangeText(second)}`]),
  ].join(" ");
}

/** Where the two fields stand: ports, or the type and the code of ICMP. */
const FIELDS = { ports: ["th sport", "th dport"], icmp: ["@th,0,8", "@th,8,8"], none: [] } as const;

function isWhole(range: Interval<number>, full: Interval<number>): boolean {
  return range.start === full.start && range.end === full.end;
}

function rangeText({ start, end }: Interval<number>): string {
  return end - start === 1 ? String(start) : `${start}-${end - 1}`;
}
