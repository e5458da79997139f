/** Traffic sets in words and as plain data for JSON. */
import type { Interval } from "./intervals.ts";
import { headerKind, protocolText, SCTP, TCP, UDP } from "./protocol.ts";
import {
  ALL_TRAFFIC,
  boxesOf,
  equalTraffic,
  fieldRange,
  isNoTraffic,
  subtractTraffic,
  type TrafficBox,
  type TrafficPoint,
  type TrafficSet,
} from "./traffic.ts";

/** One entry of a `traffic` list in JSON. Ranges are `"80"` or `"8000-8080"`; a field that is absent is not restricted. */
export interface TrafficEntry {
  /** A protocol's name, its number as text, or `all`. */
  readonly protocol: string;
  readonly ports?: readonly string[];
  readonly sourcePorts?: readonly string[];
  readonly icmpType?: readonly string[];
  readonly icmpCode?: readonly string[];
}

/** The set as a list of entries, in order of protocol. O(boxes). */
export function trafficEntries(set: TrafficSet): readonly TrafficEntry[] {
  if (equalTraffic(set, ALL_TRAFFIC)) return [{ protocol: "all" }];
  // Boxes of one protocol run and first field follow each other: they become one entry with several ranges.
  const groups = new Map<string, TrafficBox[]>();
  for (const box of boxesOf(set)) {
    const key = `${box.protocols.start}-${box.protocols.end} ${box.first.start}-${box.first.end}`;
    groups.set(key, [...(groups.get(key) ?? []), box]);
  }
  return [...groups.values()].flatMap((boxes) => {
    const [box] = boxes;
    return box === undefined
      ? []
      : [
          entryOf(
            box,
            boxes.map(({ second }) => second),
          ),
        ];
  });
}

function entryOf({ protocols, first }: TrafficBox, seconds: readonly Interval<number>[]): TrafficEntry {
  const protocol = protocols.end - protocols.start === 1 ? protocolText(protocols.start) : rangeText(protocols);
  const kind = headerKind(protocols.start);
  if (kind === "none") return { protocol };
  const full = fieldRange(protocols.start);
  const whole = (range: Interval<number> | undefined): boolean => range?.start === full.start && range.end === full.end;
  const firsts = whole(first) ? undefined : [rangeText(first)];
  const secondTexts = whole(seconds[0]) ? undefined : seconds.map(rangeText);
  return kind === "icmp"
    ? { protocol, ...(firsts && { icmpType: firsts }), ...(secondTexts && { icmpCode: secondTexts }) }
    : { protocol, ...(firsts && { sourcePorts: firsts }), ...(secondTexts && { ports: secondTexts }) };
}

function rangeText({ start, end }: Interval<number>): string {
  return end - start === 1 ? String(start) : `${start}-${end - 1}`;
}

/** `all`, `TCP 80,443, UDP 53`, `TCP 80 from 1024-65535`, `all but TCP 25`, `none`. */
export function trafficText(set: TrafficSet): string {
  if (isNoTraffic(set)) return "none";
  const entries = trafficEntries(set);
  if (entries.length > 4) {
    const rest = trafficEntries(subtractTraffic(ALL_TRAFFIC, set));
    if (rest.length < entries.length) return `all but ${rest.map(entryText).join(", ")}`;
  }
  return entries.map(entryText).join(", ");
}

function entryText({ protocol, ports, sourcePorts, icmpType, icmpCode }: TrafficEntry): string {
  return [
    protocolLabel(protocol),
    ...(ports ? [` ${ports.join(",")}`] : []),
    ...(icmpType ? [` type ${icmpType.join(",")}`] : []),
    ...(icmpCode ? [` code ${icmpCode.join(",")}`] : []),
    ...(sourcePorts ? [` from ${sourcePorts.join(",")}`] : []),
  ].join("");
}

/** A protocol's name as people write it; numbers and ranges of numbers stay. */
function protocolLabel(protocol: string): string {
  if (protocol === "icmpv6") return "ICMPv6";
  return protocol === "all" ? protocol : protocol.toUpperCase();
}

/** `TCP 8080`, `ICMP type 8`, `protocol 47`: one packet in words. */
export function pointText({ protocol, first, second }: TrafficPoint): string {
  const name = protocolText(protocol);
  switch (headerKind(protocol)) {
    case "ports":
      return `${protocolLabel(name)} ${second}`;
    case "icmp":
      return `${protocolLabel(name)} type ${first} code ${second}`;
    case "none":
      return name === String(protocol) ? `protocol ${protocol}` : name.toUpperCase();
  }
}

/** The source port of example packets: the first of the range that systems hand out. */
const SOURCE_PORT = 32_768;
/** Destination ports a reader knows, in order of preference for examples. */
const KNOWN_PORTS: readonly number[] = [80, 443, 8080, 53];
const PREFERRED_PROTOCOLS: readonly number[] = [TCP, UDP, SCTP];

/** A packet of the set that reads naturally; undefined for the empty set. */
export function witnessOf(set: TrafficSet): TrafficPoint | undefined {
  const boxes = [...boxesOf(set)];
  const box =
    PREFERRED_PROTOCOLS.flatMap((protocol) => boxes.filter(({ protocols }) => holds(protocols, protocol)))[0] ??
    boxes[0];
  if (box === undefined) return undefined;
  const protocol = PREFERRED_PROTOCOLS.find((candidate) => holds(box.protocols, candidate)) ?? box.protocols.start;
  const ports = headerKind(protocol) === "ports";
  const second = ports ? KNOWN_PORTS.find((port) => holds(box.second, port)) : undefined;
  return {
    protocol,
    first: ports && holds(box.first, SOURCE_PORT) ? SOURCE_PORT : box.first.start,
    // Port 0 is legal on the wire but nobody asks about it.
    second: second ?? (ports && box.second.start === 0 && box.second.end > 1 ? 1 : box.second.start),
  };
}

function holds({ start, end }: Interval<number>, point: number): boolean {
  return start <= point && point < end;
}
