/** What traffic a question means, at a destination and at a Service. */
import { portsNamed, type Service } from "../cluster/service.ts";
import { subtract, unionOf } from "../net/intervals.ts";
import { headerKind } from "../net/protocol.ts";
import {
  box,
  fieldRange,
  intersectTraffic,
  isNoTraffic,
  NO_TRAFFIC,
  subtractTraffic,
  toPorts,
  type TrafficSet,
  unionTraffic,
} from "../net/traffic.ts";
import { witnessOf } from "../net/traffic-text.ts";
import { type End, familyOfEnd } from "../path/end.ts";
import { type Asked, everythingOf } from "../path/reference.ts";

export interface Wanted {
  readonly asked: Asked;
  /** Restricts the source port of TCP, UDP and SCTP. */
  readonly sourcePort: number | undefined;
}

const PROTOCOLS_WITH_PORTS: readonly number[] = Array.from({ length: 256 }, (_, protocol) => protocol).filter(
  (protocol) => headerKind(protocol) === "ports",
);

/** The traffic a question means at a destination. */
export function askedTraffic({ asked, sourcePort }: Wanted, to: End): TrafficSet {
  return withSourcePort(askedAt(asked, to), sourcePort);
}

function askedAt(asked: Asked, to: End): TrafficSet {
  switch (asked.kind) {
    case "everything":
      return everythingOf(familyOfEnd(to));
    case "traffic":
      return asked.traffic;
    case "named":
      if (to.kind !== "pod") return NO_TRAFFIC;
      return toPorts(
        asked.protocol,
        unionOf(portsNamed(to.pod.ports, asked.name, asked.protocol).map((port) => ({ start: port, end: port + 1 }))),
      );
  }
}

/** Protocols without ports have no source port either and stay as they are. */
function withSourcePort(traffic: TrafficSet, sourcePort: number | undefined): TrafficSet {
  if (sourcePort === undefined) return traffic;
  return PROTOCOLS_WITH_PORTS.reduce((rest, protocol) => {
    const others = box(protocol, subtract([fieldRange(protocol)], single(sourcePort)), [fieldRange(protocol)]);
    return subtractTraffic(rest, others);
  }, traffic);
}

function single(port: number): readonly { readonly start: number; readonly end: number }[] {
  return [{ start: port, end: port + 1 }];
}

export interface ServicePortAsked {
  readonly protocol: number;
  readonly port: number;
  readonly traffic: TrafficSet;
}

/** The ports of a Service that a question means: those it lists, and one more for asked traffic that it does not list. */
export function portsAsked(service: Service, { asked, sourcePort }: Wanted): readonly ServicePortAsked[] {
  const listed = service.ports
    .filter(({ name, protocol }) => asked.kind !== "named" || (name === asked.name && protocol === asked.protocol))
    .map(({ protocol, port }) => ({ protocol, port, traffic: toPorts(protocol, single(port)) }));
  const restricted = listed
    .map((item) => ({
      ...item,
      traffic: withSourcePort(
        asked.kind === "traffic" ? intersectTraffic(item.traffic, asked.traffic) : item.traffic,
        sourcePort,
      ),
    }))
    .filter(({ traffic }) => !isNoTraffic(traffic));
  if (asked.kind !== "traffic") return restricted;
  const rest = subtractTraffic(
    withSourcePort(asked.traffic, sourcePort),
    listed.map(({ traffic }) => traffic).reduce(unionTraffic, NO_TRAFFIC),
  );
  const witness = witnessOf(rest);
  return witness === undefined
    ? restricted
    : [...restricted, { protocol: witness.protocol, port: witness.second, traffic: rest }];
}
