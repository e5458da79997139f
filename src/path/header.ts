/** How the header of a flow's packets looks at a place on its way, as a set where nobody knows it exactly. */
import type { Interval } from "../net/intervals.ts";
import { icmpReply } from "../net/natural-reply.ts";
import { headerKind, UDP } from "../net/protocol.ts";
import type { Assumptions } from "../situation/assumptions.ts";
import { allOf, box, NO_TRAFFIC, type TrafficPoint, type TrafficSet } from "../net/traffic.ts";

/**
 * `flow`: the header of the flow itself. A masquerading node picks the source port; a Service or load balancer that comes
 * later leaves another destination port here. The reply has its ports swapped. `carrier`: one header for whatever is inside.
 */
export type Header =
  | {
      readonly kind: "flow";
      readonly isReply: boolean;
      readonly masqueraded: boolean;
      /** Undefined: the port the flow has at its destination. */
      readonly destinationPort: number | undefined;
    }
  | { readonly kind: "carrier"; readonly traffic: TrafficSet };

/** The source ports that a masquerading node picks from. */
export const MASQUERADE_PORTS: Interval<number> = { start: 1024, end: 65_536 };

const EPHEMERAL: Interval<number> = { start: 1024, end: 65_536 };

export type Carrier = "IP-in-IP" | "VXLAN" | "WireGuard";

/** IP-in-IP has no ports; VXLAN hashes what it carries into the source port and always goes to the same port, replies too. */
export const CARRIER_TRAFFIC: Readonly<Record<Carrier, TrafficSet>> = {
  "IP-in-IP": allOf(4),
  VXLAN: box(UDP, [EPHEMERAL], [at(4789)]),
  WireGuard: box(UDP, [at(51_820)], [at(51_820)]),
};

/** What nodes put packets of pods into, for others at least outside their own subnet. */
export const CARRIERS: Readonly<Record<Assumptions["pod-overlay"], Carrier | undefined>> = {
  "ipip-cross-subnet": "IP-in-IP",
  ipip: "IP-in-IP",
  "vxlan-cross-subnet": "VXLAN",
  vxlan: "VXLAN",
  wireguard: "WireGuard",
  none: undefined,
};

/** What nodes put packets of pods into, for some of each other or all. */
export function carrierTraffic({ "pod-overlay": mode }: Pick<Assumptions, "pod-overlay">): TrafficSet {
  const carrier = CARRIERS[mode];
  return carrier === undefined ? NO_TRAFFIC : CARRIER_TRAFFIC[carrier];
}

export function at(value: number): Interval<number> {
  return { start: value, end: value + 1 };
}

/** What a filter may see of one packet; nothing where no packet comes back. */
export function seenAs(header: Header, { protocol, first, second }: TrafficPoint): TrafficSet {
  if (header.kind === "carrier") return header.traffic;
  const { isReply, masqueraded, destinationPort } = header;
  switch (headerKind(protocol)) {
    case "ports": {
      const from = masqueraded ? MASQUERADE_PORTS : at(first);
      const to = at(destinationPort ?? second);
      return isReply ? box(protocol, [to], [from]) : box(protocol, [from], [to]);
    }
    case "icmp": {
      if (!isReply) return box(protocol, [at(first)], [at(second)]);
      const type = icmpReply(protocol, first);
      return type === undefined ? NO_TRAFFIC : box(protocol, [at(type)], [at(0)]);
    }
    case "none":
      return allOf(protocol);
  }
}
