/** What the networks see of a packet between pods, nodes and others: nothing, the packet itself, another one, or a carrier. */
import { unstoppable } from "./flow.ts";
import type { End, Flow } from "./flow.ts";
import { IP_IN_IP, TCP, UDP, replyTo } from "./vpc-header.ts";
import type { Header } from "./vpc-header.ts";
import { hasGateway } from "./vpc-networks.ts";
import type { RawNetworks } from "./vpc-objects.ts";
import { nodeOf, placeOf } from "./vpc-places.ts";
import type { Place } from "./vpc-places.ts";

/** How packets between pods of different nodes travel; the first is what managed clusters do. */
export type Overlay = "ipip-cross-subnet" | "ipip" | "vxlan-cross-subnet" | "vxlan" | "wireguard" | "none";

/** Where ways may lead that no export lists (VPNs, transit gateways): to private addresses, nowhere, or anywhere. */
export type UnlistedRoutes = "private" | "none" | "unknown";

export interface Wire {
  readonly from: Place;
  readonly to: Place;
  /** `maybe`: only by a way that no export lists. */
  readonly isRouted: "yes" | "maybe" | "no";
  /** As the networks see the packet inside the VPC. */
  readonly forward: Header;
  /** Undefined: nothing comes back. */
  readonly reply: Header | undefined;
  /** What comes back is to security groups a connection of its own. */
  readonly isReplyNew: boolean;
  /** The first and last of the source ports that a node picks from; undefined: the port is that of the packet. */
  readonly picks: readonly [number, number] | undefined;
}

/** For connections of others, and by a hash of what is inside for tunnels of UDP. */
const PICKED: readonly [number, number] = [1024, 65_535];

type Carrier = "ipip" | "vxlan" | "wireguard";

const ports: Readonly<Record<Carrier, Omit<Header, "source" | "destination">>> = {
  ipip: { protocol: IP_IN_IP },
  vxlan: { protocol: UDP, sourcePort: 40_000, destinationPort: 4789 },
  wireguard: { protocol: UDP, sourcePort: 51_820, destinationPort: 51_820 },
};

/** Undefined: no network sees the packet, since it stays on one node. */
export function wireOf(
  networks: RawNetworks,
  flow: Flow,
  overlay: Overlay,
  unlisted: UnlistedRoutes,
): Wire | undefined {
  const nodes = [nodeOf(flow, flow.source), nodeOf(flow, flow.destination)];
  if (unstoppable(flow) !== undefined || (nodes[0] !== undefined && nodes[0] === nodes[1])) return undefined;
  const from = placeOf(networks, flow, flow.source);
  const to = placeOf(networks, flow, flow.destination);
  if (flow.destination.pod !== undefined) return wireToPod(flow, overlay, from, to, nodes[0] !== undefined);
  const forward = { ...headerOf(flow), source: seen(from, flow.source), destination: seen(to, flow.destination) };
  return {
    from,
    to,
    isRouted: isRouted(networks, from, to, unlisted),
    forward,
    reply: replyTo(forward),
    isReplyNew: false,
    picks: flow.source.pod !== undefined && hasPorts(forward) ? PICKED : undefined,
  };
}

/** Nodes know where pods are; the networks around them do not. */
function wireToPod(flow: Flow, overlay: Overlay, from: Place, to: Place, isFromNode: boolean): Wire {
  const raw = headerOf(flow);
  const asItIs = { from, to, forward: raw, reply: replyTo(raw), isReplyNew: false, picks: undefined };
  if (!isFromNode || from.kind !== "subnet" || to.kind !== "subnet") return { ...asItIs, isRouted: "no" };
  const isOneSubnet = from.plug.subnet === to.plug.subnet;
  const carrier = carrierOf(overlay, isOneSubnet);
  if (carrier === undefined) return { ...asItIs, isRouted: isOneSubnet ? "yes" : "no" };
  const [here, there] = [from.plug.address, to.plug.address];
  return {
    from,
    to,
    isRouted: "yes",
    forward: { source: here, destination: there, ...ports[carrier] },
    // The carrier of the reply is a packet of its own: it goes to the same port, not from it.
    reply: { source: there, destination: here, ...ports[carrier] },
    isReplyNew: carrier === "vxlan",
    picks: carrier === "vxlan" ? PICKED : undefined,
  };
}

function carrierOf(overlay: Overlay, isOneSubnet: boolean): Carrier | undefined {
  switch (overlay) {
    case "ipip":
    case "vxlan":
    case "wireguard":
      return overlay;
    case "ipip-cross-subnet":
      return isOneSubnet ? undefined : "ipip";
    case "vxlan-cross-subnet":
      return isOneSubnet ? undefined : "vxlan";
    case "none":
      return undefined;
  }
}

/** Filters see the private address of whoever is in the VPC, and of a pod its node's. */
function seen(place: Place, { address }: End) {
  return "plug" in place ? place.plug.address : address;
}

function hasPorts({ protocol }: Header): boolean {
  return protocol === TCP || protocol === UDP;
}

function headerOf({ packet, protocol, source, destination }: Flow): Header {
  const { sourcePort, destinationPort, icmpType, icmpCode } = packet;
  return {
    source: source.address,
    destination: destination.address,
    protocol,
    sourcePort,
    destinationPort,
    icmpType,
    icmpCode,
  };
}

/** Between subnets and to the provider's services always; to the internet by a gateway or an own address, back only by that. */
function isRouted(networks: RawNetworks, from: Place, to: Place, unlisted: UnlistedRoutes): Wire["isRouted"] {
  const [inside, outside] = from.kind === "subnet" ? [from, to] : [to, from];
  if (outside.kind === "subnet" || outside.kind === "service") return from.kind === "service" ? "no" : "yes";
  if (inside.kind === "floating" && outside.kind === "internet") return "yes";
  if (outside.kind === "private elsewhere") return unlisted === "none" ? "no" : "maybe";
  if (inside === from && inside.kind === "subnet") {
    const { own, subnet } = inside.plug;
    if ((own?.floating_ips ?? []).length > 0 || hasGateway(networks, subnet)) return "yes";
  }
  return unlisted === "unknown" ? "maybe" : "no";
}
