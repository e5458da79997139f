/** What networks around the cluster let through, as exact traffic sets. */
import { intersect } from "../net/intervals.ts";
import { icmpReply } from "../net/natural-reply.ts";
import { headerKind } from "../net/protocol.ts";
import {
  ALL_TRAFFIC,
  allOf,
  box,
  boxesOf,
  fieldRange,
  intersectTraffic,
  isNoTraffic,
  NO_TRAFFIC,
  subtractTraffic,
  type TrafficBox,
  type TrafficSet,
  unionTraffic,
} from "../net/traffic.ts";
import { at, type Header, MASQUERADE_PORTS } from "../path/header.ts";
import type { NetworkFilter } from "../path/network-stage.ts";
import type { Situation } from "../situation/situation.ts";
import { passingList } from "../vpc/filter.ts";

/** What passes a filter, in terms of the flow; the rest is refused. */
export interface Passing {
  readonly allowed: TrafficSet;
  readonly undecided: TrafficSet;
}

/** Flows of which the filter passes every packet it may see, and those of which it may pass some. O(rules) set operations. */
export function passingAt({ assumptions }: Situation, stage: NetworkFilter): Passing {
  if (stage.unknown !== undefined) return { allowed: NO_TRAFFIC, undecided: ALL_TRAFFIC };
  const passing = passingList(stage, stage, assumptions["overlay-matched-by-legacy-all"]);
  const refused = subtractTraffic(subtractTraffic(ALL_TRAFFIC, passing.allowed), passing.undecided);
  const allowed = everywhere(stage.header, passing.allowed);
  // What has no packet here is refused by nobody.
  const denied = intersectTraffic(everywhere(stage.header, refused), somewhere(stage.header, ALL_TRAFFIC));
  return { allowed, undecided: subtractTraffic(subtractTraffic(ALL_TRAFFIC, allowed), denied) };
}

/** Flows all of whose packets, as they look there, are in the set. */
function everywhere(header: Header, seen: TrafficSet): TrafficSet {
  return subtractTraffic(ALL_TRAFFIC, somewhere(header, subtractTraffic(ALL_TRAFFIC, seen)));
}

/** Flows some of whose packets, as they look there, are in the set. */
function somewhere(header: Header, seen: TrafficSet): TrafficSet {
  if (header.kind === "carrier") {
    return isNoTraffic(intersectTraffic(seen, header.traffic)) ? NO_TRAFFIC : ALL_TRAFFIC;
  }
  const isPlain = !header.isReply && !header.masqueraded && header.destinationPort === undefined;
  if (isPlain) return seen;
  let flows = intersectTraffic(seen, WITHOUT_FIELDS);
  for (const region of boxesOf(subtractTraffic(seen, WITHOUT_FIELDS))) {
    for (let protocol = region.protocols.start; protocol < region.protocols.end; protocol++) {
      flows = unionTraffic(flows, flowsInto(header, protocol, region));
    }
  }
  return flows;
}

/** Protocols of which filters see nothing but their number look the same everywhere. */
const WITHOUT_FIELDS: TrafficSet = Array.from({ length: 256 }, (_, protocol) => protocol)
  .filter((protocol) => headerKind(protocol) === "none")
  .map(allOf)
  .reduce(unionTraffic, NO_TRAFFIC);

/** The flows of one protocol with a packet in the region. */
function flowsInto(header: Extract<Header, { kind: "flow" }>, protocol: number, region: TrafficBox): TrafficSet {
  const { isReply, masqueraded, destinationPort } = header;
  const whole = fieldRange(protocol);
  switch (headerKind(protocol)) {
    case "none":
      return allOf(protocol);
    case "icmp": {
      if (!isReply) return box(protocol, [region.first], [region.second]);
      if (intersect([region.second], [at(0)]).length === 0) return NO_TRAFFIC;
      const asking = Array.from({ length: whole.end }, (_, type) => type).filter((type) => {
        const reply = icmpReply(protocol, type);
        return reply !== undefined && region.first.start <= reply && reply < region.first.end;
      });
      return asking.map((type) => box(protocol, [at(type)], [whole])).reduce(unionTraffic, NO_TRAFFIC);
    }
    case "ports": {
      const [source, destination] = isReply ? [region.second, region.first] : [region.first, region.second];
      const picked = masqueraded ? (intersect([source], [MASQUERADE_PORTS]).length > 0 ? [whole] : []) : [source];
      const kept =
        destinationPort === undefined
          ? [destination]
          : intersect([destination], [at(destinationPort)]).length > 0
            ? [whole]
            : [];
      return box(protocol, picked, kept);
    }
  }
}
