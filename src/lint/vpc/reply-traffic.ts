/** What connections look like to a filter without memory: which packets ask, which answer, and what answers what. */
import { covers, type Interval, intersect, overlaps, subtract } from "../../net/intervals.ts";
import { headerKind, ICMP, ICMPV6, TCP, UDP } from "../../net/protocol.ts";
import {
  ALL_TRAFFIC,
  allOf,
  box,
  boxesOf,
  fieldRange,
  intersectTraffic,
  NO_TRAFFIC,
  subtractTraffic,
  type TrafficBox,
  type TrafficSet,
  unionTraffic,
} from "../../net/traffic.ts";
import type { Box, Region } from "../../vpc/rule-region.ts";

type Ports = readonly Interval<number>[];

/** Source ports that a client may use, whatever its system and whatever translates its address. */
export const CLIENT_PORTS: Ports = [{ start: 1024, end: 65_536 }];
/** Source ports that Linux gives to clients. */
export const LINUX_CLIENT_PORTS: Ports = [{ start: 32_768, end: 61_000 }];
/** Every system takes client ports from here, so a rule for clients covers them. */
const SURE_CLIENT_PORTS: Ports = [{ start: 49_152, end: 61_000 }];
const LOW_PORTS: Ports = [{ start: 0, end: 1024 }];
/** Ports of services on every node. */
export const NODE_PORTS: Ports = [{ start: 30_000, end: 32_768 }];

/** UDP ports to which tunnels send in both directions, each packet with a source port of its own: VXLAN, Geneve, WireGuard. */
const CARRIER_PORTS: Ports = [port(4789), port(6081), port(8472), port(51_820), port(51_821)];
/** UDP ports to which packets are sent that nobody answers: SNMP traps, syslog, NetFlow, IPFIX, sFlow, StatsD. */
const UNANSWERED: Ports = [port(162), port(514), port(2055), port(4739), port(6343), port(8125)];
/** VRRP announces, and nobody answers. */
const UNANSWERED_PROTOCOLS: ReadonlySet<number> = new Set([112]);

/** ICMP types that ask, with the types that answer them. */
const ICMP_ANSWERS: ReadonlyMap<number, number> = new Map([
  [8, 0],
  [13, 14],
  [15, 16],
  [17, 18],
]);
const ICMPV6_ANSWERS: ReadonlyMap<number, number> = new Map([[128, 129]]);

/** Every protocol in which a filter sees no header of its own. */
const WITHOUT_HEADERS: TrafficSet = Array.from({ length: 256 }, (_, protocol) => protocol)
  .filter((protocol) => headerKind(protocol) !== "none")
  .reduce((rest, protocol) => subtractTraffic(rest, allOf(protocol)), ALL_TRAFFIC);

function port(number: number): Interval<number> {
  return { start: number, end: number + 1 };
}

/** The packets of a rule by what they are in a connection, as its ports tell. */
export interface Roles {
  /** Requests, as their destination ports are those of services. */
  readonly asking: TrafficSet;
  /** Replies: from services, to ports of clients. */
  readonly answering: TrafficSet;
  /** Requests among traffic that is not restricted, so that replies are among it too. */
  readonly open: TrafficSet;
}

/** Splits traffic by roles, with the ports on the side of clients cut down to those given where the traffic has any of them. */
export function rolesOf(traffic: TrafficSet, clients: Ports = LINUX_CLIENT_PORTS): Roles {
  const roles = { asking: NO_TRAFFIC, answering: NO_TRAFFIC, open: NO_TRAFFIC };
  for (const part of boxesOf(traffic)) {
    const role = roleOf(part);
    if (role === undefined) continue;
    roles[role] = unionTraffic(
      roles[role],
      role === "answering" ? repliesIn(part, clients) : requestsIn(part, clients),
    );
  }
  return roles;
}

function roleOf({ protocols, first, second }: TrafficBox): keyof Roles | undefined {
  const protocol = protocols.start;
  if (headerKind(protocol) === "none") {
    // Who admits every protocol does not mean any of these.
    return protocols.end - protocol > 1 || UNANSWERED_PROTOCOLS.has(protocol) ? undefined : "asking";
  }
  if (headerKind(protocol) === "icmp") {
    if (covers([first], [{ start: 0, end: 255 }])) return "open";
    const holds = (type: number): boolean => first.start <= type && type < first.end;
    if ([...answersOf(protocol).keys()].some(holds)) return "asking";
    return [...answersOf(protocol).values()].some(holds) ? "answering" : undefined;
  }
  const fromClients = covers([first], SURE_CLIENT_PORTS);
  const toClients = covers([second], SURE_CLIENT_PORTS);
  if (!toClients) return "asking";
  return fromClients && overlaps([second], LOW_PORTS) ? "open" : "answering";
}

function requestsIn(part: TrafficBox, clients: Ports): TrafficSet {
  const { first, second } = part;
  const protocol = part.protocols.start;
  switch (headerKind(protocol)) {
    case "none":
      return asTraffic(part);
    case "icmp": {
      const asked = [...answersOf(protocol).keys()].filter((type) => first.start <= type && type < first.end);
      // Who admits all ICMP means ping; the other questions are history.
      const types = covers([first], [{ start: 0, end: 255 }]) ? asked.slice(0, 1) : asked;
      return types.reduce((all, type) => unionTraffic(all, icmp(protocol, type, second)), NO_TRAFFIC);
    }
    case "ports": {
      const sources = intersect([first], clients);
      const destinations = protocol === UDP ? subtract([second], UNANSWERED) : [second];
      return box(protocol, sources.length === 0 ? [first] : sources, destinations);
    }
  }
}

/** Ports of clients are cut down to those given, where there are any of them. */
function repliesIn(part: TrafficBox, clients: Ports): TrafficSet {
  const protocol = part.protocols.start;
  if (headerKind(protocol) !== "ports") return asTraffic(part);
  const destinations = intersect([part.second], clients);
  return box(protocol, [part.first], destinations.length === 0 ? [part.second] : destinations);
}

/** Questions and answers of ICMP have code 0, so other codes that a rule admits ask nothing. */
function icmp(protocol: number, type: number, codes: Interval<number>): TrafficSet {
  return box(protocol, [port(type)], intersect([codes], [port(0)]));
}

/** Everything of TCP, UDP and ICMP that may be a reply. */
export const ALL_REPLIES: TrafficSet = [
  box(TCP, [fieldRange(TCP)], LINUX_CLIENT_PORTS),
  box(UDP, [fieldRange(UDP)], LINUX_CLIENT_PORTS),
  ...[...ICMP_ANSWERS.values()].map((type) => box(ICMP, [port(type)], [port(0)])),
].reduce(unionTraffic, NO_TRAFFIC);

/** What answers requests. Errors of ICMP and packets that nobody answers have no part in it. */
export function repliesTo(requests: TrafficSet): TrafficSet {
  return mirrored(requests, answersOf);
}

/** What replies answer: the inverse of `repliesTo`. */
export function requestsFor(replies: TrafficSet): TrafficSet {
  return mirrored(
    replies,
    (protocol) => new Map([...answersOf(protocol)].map(([question, answer]) => [answer, question])),
  );
}

/** The replies to a region of requests, in the direction of the replies. */
export function replyRegion(requests: Region): Region {
  return turned(requests, repliesTo);
}

/** The requests that a region of replies answers, in the direction of the requests. */
export function requestRegion(replies: Region): Region {
  return turned(replies, requestsFor);
}

function turned(region: Region, change: (traffic: TrafficSet) => TrafficSet): Region {
  return region.flatMap(({ source, destination, traffic }): readonly Box[] => {
    const changed = change(traffic);
    return changed.length === 0 ? [] : [{ source: destination, destination: source, traffic: changed }];
  });
}

function mirrored(traffic: TrafficSet, answers: (protocol: number) => ReadonlyMap<number, number>): TrafficSet {
  let result = intersectTraffic(traffic, WITHOUT_HEADERS);
  for (const part of boxesOf(traffic)) {
    const protocol = part.protocols.start;
    if (headerKind(protocol) === "ports") result = unionTraffic(result, mirroredPorts(protocol, part));
    if (headerKind(protocol) !== "icmp") continue;
    for (const [from, to] of answers(protocol)) {
      if (part.first.start > from || from >= part.first.end) continue;
      result = unionTraffic(result, icmp(protocol, to, part.second));
    }
  }
  return result;
}

/** Ports change sides, except for tunnels, which send to the same port in both directions. */
function mirroredPorts(protocol: number, { first, second }: TrafficBox): TrafficSet {
  if (protocol === UDP && covers(CARRIER_PORTS, [second])) return box(protocol, [first], [second]);
  return box(protocol, [second], [first]);
}

/** Whether a rule is about TCP between ports that are both of services, so that hardly any client's packet matches. */
export function joinsServicePorts(traffic: TrafficSet): boolean {
  const parts = [...boxesOf(traffic)];
  return (
    parts.length > 0 &&
    parts.every(
      ({ protocols, first, second }) =>
        protocols.start === TCP && [first, second].every((side) => !overlaps([side], LINUX_CLIENT_PORTS)),
    )
  );
}

function answersOf(protocol: number): ReadonlyMap<number, number> {
  if (protocol === ICMP) return ICMP_ANSWERS;
  return protocol === ICMPV6 ? ICMPV6_ANSWERS : new Map();
}

/** A box of one protocol as a set; protocols with ports or ICMP types have no neighbours of their kind. */
function asTraffic({ protocols, first, second }: TrafficBox): TrafficSet {
  return box(protocols.start, [first], [second]);
}
