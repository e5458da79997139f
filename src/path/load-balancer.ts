/** How connections of clients outside the cluster reach what stands behind a load balancer of the network. */
import { type Address, addressSetText, single } from "../net/address.ts";
import { type Attachment, attachmentAt, subnetById, subnetsAt } from "../vpc/lookup.ts";
import type { LoadBalancer, Subnet } from "../vpc/model.ts";
import { gateway } from "./crossing.ts";
import type { End } from "./end.ts";
import type { Header } from "./header.ts";
import type { Attached } from "./location.ts";
import { locateAddresses, locateNode } from "./location.ts";
import { aclStage, groupStage, type Networked } from "./network-filters.ts";
import { networkPath } from "./network-path.ts";
import type { NetworkPath, NetworkStage } from "./network-stage.ts";

/** Where a load balancer is attached; several where it stands in several subnets. `asked`: the address clients use. */
export function balancerPlaces({ vpc }: Networked, balancer: LoadBalancer, asked: Address): readonly Attached[] {
  const { privateAddresses, addresses, subnets, name } = balancer;
  const own = privateAddresses.includes(asked) ? [asked] : privateAddresses;
  const known = own.flatMap((address) => {
    const subnet = subnetsAt(vpc, single(address)).find(({ id }) => subnets.length === 0 || subnets.includes(id));
    return subnet === undefined ? [] : [attachmentAt(vpc, subnet, address)];
  });
  // Where its own addresses are not told, it has some address of its subnets.
  const places = known.length > 0 ? known : subnets.flatMap((id) => somewhereIn(subnetById(vpc, id), balancer));
  const isPublic = addresses.includes(asked) && !privateAddresses.includes(asked);
  const entry = isPublic ? { address: asked, text: `load balancer ${name}` } : undefined;
  return places.map((attachment) => ({ kind: "attached", attachment, node: undefined, isHost: false, entry }));
}

function somewhereIn(subnet: Subnet | undefined, { name, groups }: LoadBalancer): readonly Attachment[] {
  if (subnet === undefined) return [];
  const { addresses } = subnet;
  const common = { floatingAddress: undefined, isFloatingTold: true, spoofing: undefined, worker: undefined } as const;
  return [
    { ...common, kind: "load balancer", name: `load balancer ${name}`, addresses, subnet, groups, range: addresses },
  ];
}

/** A connection through a load balancer to one of its members. */
export interface Balanced {
  readonly client: End;
  readonly balancer: LoadBalancer;
  readonly place: Attached;
  /** The port clients use. */
  readonly port: number;
  readonly member: End;
  readonly memberPort: number;
}

/** A proxy splits the connection in two; one that passes packets on leaves the way back to the member. */
export function balancedPath(networked: Networked, balanced: Balanced): NetworkPath {
  const { client, balancer, place, port } = balanced;
  const front = networkPath(
    networked,
    { end: client, node: undefined },
    { end: { kind: "outside", where: place.attachment.addresses }, node: undefined, at: place },
    { destination: port, isSourcePicked: false },
  );
  return balancer.kind === "application" ? proxied(networked, balanced, front) : passedOn(networked, balanced, front);
}

function proxied(networked: Networked, balanced: Balanced, front: NetworkPath): NetworkPath {
  const { place, member, memberPort, balancer } = balanced;
  const inner: Attached = { ...place, entry: undefined };
  const back = networkPath(
    networked,
    { end: { kind: "outside", where: place.attachment.addresses }, node: undefined, at: inner },
    { end: member, node: undefined },
    { destination: memberPort, isSourcePicked: true },
  );
  const step = gateway(
    `load balancer ${balancer.name}`,
    `opens a connection of its own from ${addressSetText(place.attachment.addresses).join()} to ${memberText(balanced)}`,
    balancer.origin,
  );
  return { request: [...front.request, step, ...back.request], reply: [...back.reply, ...front.reply] };
}

function passedOn(networked: Networked, balanced: Balanced, front: NetworkPath): NetworkPath {
  const { place, balancer } = balanced;
  const step = gateway(
    `load balancer ${balancer.name}`,
    `passes it on to ${memberText(balanced)}, which answers the client directly`,
    balancer.origin,
  );
  const behind = memberStages(networked, balanced);
  return {
    request: [...front.request, step, ...behind.request],
    // What answers does not come by the load balancer's own subnet.
    reply: [...behind.reply, ...front.reply.filter((stage) => !isOf(stage, place))],
  };
}

function isOf(stage: NetworkStage, { attachment }: Attached): boolean {
  return (
    stage.kind === "network filter" &&
    stage.place === `subnet ${attachment.subnet.name}` &&
    stage.direction === "outbound"
  );
}

/** What filters at the member, which sees the client's own address. */
function memberStages(networked: Networked, { client, place, member, memberPort }: Balanced): NetworkPath {
  const { situation, vpc } = networked;
  const sender = locateAddresses(situation, vpc, client.where);
  const receiver =
    member.kind === "node"
      ? locateNode(vpc, member.node, 4, member.where[0]?.start)
      : locateAddresses(situation, vpc, member.where);
  if (receiver.kind !== "attached" || (sender.kind !== "attached" && sender.kind !== "outside")) {
    return { request: [], reply: [] };
  }
  const { attachment } = receiver;
  const source = sender.kind === "attached" ? sender.attachment.addresses : sender.where;
  const sight = { source, destination: attachment.addresses };
  const header: Header = { kind: "flow", isReply: false, masqueraded: false, destinationPort: memberPort };
  const there = { ...sight, header, leg: "request" } as const;
  const back = {
    source: sight.destination,
    destination: sight.source,
    header: { ...header, isReply: true },
    leg: "reply",
  } as const;
  const isBesideBalancer = place.attachment.subnet === attachment.subnet;
  const isBesideClient = sender.kind === "attached" && sender.attachment.subnet === attachment.subnet;
  return {
    request: [
      ...(isBesideBalancer ? [] : [aclStage(networked, attachment, "inbound", there)]),
      groupStage(networked, attachment, "inbound", there),
    ],
    reply: isBesideClient ? [] : [aclStage(networked, attachment, "outbound", back)],
  };
}

function memberText({ member, memberPort }: Balanced): string {
  const name = member.kind === "node" ? `node/${member.node.name}` : addressSetText(member.where).join();
  return `${name} port ${memberPort}`;
}
