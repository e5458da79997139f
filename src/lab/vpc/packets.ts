/** Packets of a VPC lab: what may be sent, what answers it, and how filters see both. Pure. */
import { type Address, addressText, containsAddress } from "../../net/address.ts";
import { naturalReply } from "../../net/natural-reply.ts";
import type { TrafficPoint } from "../../net/traffic.ts";
import type { SeenPacket } from "./judged.ts";
import type { VpcLabPlan } from "./vpc-plan.ts";

/** One packet and its answer. */
export interface VpcPacket {
  /** A host, or an address outside. */
  readonly from: Address;
  /** A host or an address outside; for packets from outside also a floating address or that of a gateway. */
  readonly to: Address;
  readonly traffic: TrafficPoint;
  /** What the receiver answers; by default {@link naturalReply}. Overlays answer otherwise: VXLAN again to port 4789. */
  readonly reply?: TrafficPoint | "none";
}

/** The answer to the packet; undefined: none. */
export function replyOf({ traffic, reply }: VpcPacket): TrafficPoint | undefined {
  return reply === "none" ? undefined : (reply ?? naturalReply(traffic));
}

/** The host that the packet is for after translation; undefined: somebody outside. */
export function receiverOf({ network }: Pick<VpcLabPlan, "network">, { from, to }: VpcPacket): Address | undefined {
  const hosts = network.subnets.flatMap((subnet) => subnet.hosts);
  const fromOutside = !hosts.some(({ address }) => address === from);
  return hosts.find(({ address, floating }) => address === to || (fromOutside && floating === to))?.address;
}

/** The packet and its answer as access lists see them: with the private addresses of hosts. */
export function seenByLists(
  plan: VpcLabPlan,
  packet: VpcPacket,
): { readonly request: SeenPacket; readonly reply: SeenPacket | undefined } {
  const destination = receiverOf(plan, packet) ?? packet.to;
  const reply = replyOf(packet);
  return {
    request: { source: packet.from, destination, traffic: packet.traffic },
    reply: reply && { source: destination, destination: packet.from, traffic: reply },
  };
}

/** Throws a RangeError for a packet that the lab cannot send or that nobody there could receive. */
export function assertSendable(plan: VpcLabPlan, packet: VpcPacket): void {
  const { network, subnets } = plan;
  const { from, to } = packet;
  const isHost = (address: Address): boolean =>
    subnets.some(({ hosts }) => hosts.some((one) => one.address === address));
  const isOutside = (address: Address): boolean => network.outside.includes(address);
  const refuse = (reason: string): never => {
    throw new RangeError(`no packet from ${addressText(from)} to ${addressText(to)}: ${reason}`);
  };
  if (from === to) refuse("it would never leave its sender");
  if (!isHost(from) && !isOutside(from)) refuse("the plan does not hold the sender");
  if (isOutside(from) && isOutside(to)) refuse("both are outside");
  const isTranslated = subnets.some(
    ({ gateway, hosts }) => gateway === to || hosts.some(({ floating }) => floating === to),
  );
  if (isHost(to) || (isOutside(from) ? isTranslated : isOutside(to))) return;
  const inside = subnets.some(({ subnet }) => containsAddress(subnet.addresses, to));
  refuse(inside ? "no host has the receiver's address" : "the plan does not hold the receiver");
}
