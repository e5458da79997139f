/** What packets meet between leaving what is attached here and entering what is attached there. */
import { type AddressSet, addressSetText, addressText, single } from "../net/address.ts";
import type { Fact } from "../source/fact.ts";
import { areaOf, PUBLIC_ADDRESSES } from "../vpc/areas.ts";
import { entryTo, type Exit, exitOf, routeTo } from "../vpc/exit.ts";
import { type Attachment, routingTableOf } from "../vpc/lookup.ts";
import type { Header } from "./header.ts";
import type { Attached, Location } from "./location.ts";
import { aclStage, groupStage, type Networked, skipped } from "./network-filters.ts";
import type { Gateway, Leg, NetworkStage, Unrouted } from "./network-stage.ts";

/** A place that packets come from or go to; one that nothing is known about has been dealt with before. */
export type Place = Extract<Location, { kind: "attached" | "outside" }>;

/** Packets of one leg, with the addresses they bear. */
export interface Packets {
  readonly leg: Leg;
  readonly sender: Place;
  readonly receiver: Place;
  readonly source: AddressSet;
  readonly destination: AddressSet;
  readonly header: Header;
  /** Whether security groups judge them; those that answer what was admitted pass. */
  readonly asksGroups: boolean;
  /** Whether the destination is a pod's address, to which only routes of the networks' own lead. */
  readonly toPod: boolean;
}

/** The stages in order: out of the sender's interface and subnet, over to the receiver's subnet and interface. */
export function crossing(networked: Networked, packets: Packets): readonly NetworkStage[] {
  const { sender, receiver, header, leg, asksGroups } = packets;
  if (sender.kind === "outside" && receiver.kind === "outside") {
    return [skipped("network", "neither end is attached to a network in the input")];
  }
  const { near, far } = sights(networked, packets);
  const way = wayBetween(networked, packets);
  const isSameSubnet =
    sender.kind === "attached" &&
    receiver.kind === "attached" &&
    sender.attachment.subnet === receiver.attachment.subnet &&
    receiver.entry === undefined;
  const out =
    sender.kind !== "attached"
      ? []
      : [
          ...(asksGroups ? [groupStage(networked, sender.attachment, "outbound", { ...near, header, leg })] : []),
          ...(isSameSubnet
            ? insideSubnet(sender, leg)
            : [aclStage(networked, sender.attachment, "outbound", { ...near, header, leg })]),
        ];
  const into =
    receiver.kind !== "attached"
      ? []
      : [
          ...(isSameSubnet ? [] : [aclStage(networked, receiver.attachment, "inbound", { ...far, header, leg })]),
          ...(asksGroups ? [groupStage(networked, receiver.attachment, "inbound", { ...far, header, leg })] : []),
        ];
  return [...out, ...way, ...into];
}

function insideSubnet({ attachment }: Attached, leg: Leg): readonly NetworkStage[] {
  if (leg === "reply") return [];
  const reason = `both ends are in subnet ${attachment.subnet.name}; access lists filter only at its border`;
  return [skipped("acl outbound", reason)];
}

/** What filters at both ends see; they differ where a gateway between them translates. */
export function sights(
  { situation, vpc }: Networked,
  { sender, receiver, source, destination, leg }: Packets,
): { readonly near: Pick<Packets, "source" | "destination">; readonly far: Pick<Packets, "source" | "destination"> } {
  const plain = { source, destination };
  const asked = leg === "request" ? receiver : sender;
  const asker = leg === "request" ? sender : receiver;
  if (asked.kind !== "attached" || asked.entry === undefined) return { near: plain, far: plain };
  const own = asked.attachment.addresses;
  const outer = single(asked.entry.address);
  if (asker.kind === "outside") {
    const inner = leg === "request" ? { source, destination: own } : { source: own, destination };
    return { near: inner, far: inner };
  }
  const exit = exitOf(vpc, asker.attachment, outer, situation.assumptions["unlisted-routes"]);
  const public_ = publicAddressOf(exit);
  return leg === "request"
    ? { near: { source, destination: outer }, far: { source: public_, destination: own } }
    : { near: { source: own, destination: public_ }, far: { source: outer, destination } };
}

/** What the internet sees of a sender; any public address where it is not told. */
function publicAddressOf(exit: Exit): AddressSet {
  if (exit.kind === "floating address") return single(exit.address);
  if (exit.kind === "public gateway" && exit.gateway.address !== undefined) return single(exit.gateway.address);
  return PUBLIC_ADDRESSES;
}

/** Whether something leads there, and by what. The way back of what was let in is known. */
function wayBetween(networked: Networked, packets: Packets): readonly NetworkStage[] {
  const { sender, receiver, leg, toPod } = packets;
  if (toPod) return wayToPod(networked, packets);
  if (leg === "reply") return [];
  if (sender.kind === "attached") {
    const entry = receiver.kind === "attached" ? receiver.entry : undefined;
    const destination = entry === undefined ? packets.destination : single(entry.address);
    const { situation, vpc } = networked;
    const exit = exitOf(vpc, sender.attachment, destination, situation.assumptions["unlisted-routes"]);
    return [...exitStages(exit, receiver), ...entranceStages(receiver)];
  }
  if (receiver.kind !== "attached") return [];
  // Addresses on the internet are there for the internet.
  const isEntrance = receiver.entry !== undefined && areaOf(networked.vpc, packets.source) === "public";
  return isEntrance ? entranceStages(receiver) : entryStages(networked, packets, receiver);
}

function exitStages(exit: Exit, receiver: Place): readonly NetworkStage[] {
  switch (exit.kind) {
    case "local":
      return [];
    case "floating address":
      return [gateway(`floating address ${addressText(exit.address)}`, `sends on as ${addressText(exit.address)}`)];
    case "public gateway": {
      const { name, address, origin } = exit.gateway;
      const as = address === undefined ? "its own address" : addressText(address);
      return [gateway(`public gateway ${name}`, `sends on as ${as}`, origin)];
    }
    case "service gateway": {
      const as = exit.sources.length === 0 ? "an address of the VPC" : exit.sources.map(addressText).join(" or ");
      return [gateway("service gateway", `sends on as ${as}; no public gateway is needed`)];
    }
    case "route": {
      const { route, table } = exit;
      const text = `route ${route.name} of table ${table.name}`;
      if (route.nextHop === undefined || isAt(receiver, route.nextHop))
        return [gateway(text, "leads there", route.origin)];
      const fact = {
        text: `what ${addressText(route.nextHop)}, to which ${text} delivers, does with it`,
        remedy: "ask about that address, and about what lies behind it",
      };
      return [unrouted("request", { reason: `${text} delivers it to ${addressText(route.nextHop)}`, unknown: fact })];
    }
    case "none":
      return [unrouted("request", { ...exit, isAssumed: exit.assumed })];
    case "unknown":
      return [unrouted("request", { reason: exit.fact.text, unknown: exit.fact, isAssumed: exit.assumed })];
  }
}

function isAt(place: Place, address: bigint): boolean {
  return (
    place.kind === "attached" && place.attachment.addresses.some(({ start, end }) => start <= address && address < end)
  );
}

function entranceStages(receiver: Place): readonly Gateway[] {
  if (receiver.kind !== "attached" || receiver.entry === undefined) return [];
  const { name, addresses } = receiver.attachment;
  return [gateway(receiver.entry.text, `lets it in to ${name} (${addressSetText(addresses).join()})`)];
}

function entryStages(
  { situation, vpc }: Networked,
  { source }: Packets,
  { attachment }: Attached,
): readonly Unrouted[] {
  const entry = entryTo(vpc, source, attachment, situation.assumptions["unlisted-routes"]);
  return entry.kind === "none"
    ? [unrouted("request", { reason: entry.reason, isAssumed: entry.assumed })]
    : [unrouted("request", { reason: entry.fact.text, unknown: entry.fact, isAssumed: entry.assumed })];
}

/** Networks know the way to pods only by routes of their own; inside a subnet nodes know it themselves. */
function wayToPod({ vpc }: Networked, { sender, receiver, destination, leg }: Packets): readonly NetworkStage[] {
  const target = addressSetText(destination).join(", ");
  if (sender.kind !== "attached" || receiver.kind !== "attached") {
    const reason = `${target} is a pod's own address, which is not known outside the cluster`;
    return [unrouted(leg, { reason })];
  }
  const { attachment } = sender;
  if (attachment.subnet === receiver.attachment.subnet && sender.isHost) return [];
  const table = routingTableOf(vpc, attachment.subnet);
  const route = table && routeTo(table, attachment.subnet.zone, destination);
  if (route !== undefined && "text" in route) return [unrouted(leg, { reason: route.text, unknown: route })];
  if (route?.action === "deliver" && route.nextHop !== undefined && isAt(receiver, route.nextHop)) {
    return leg === "reply" ? [] : [gateway(`route ${route.name} of table ${table?.name}`, "leads there", route.origin)];
  }
  const where = table === undefined ? "the VPC" : `routing table ${table.name}`;
  const reason = `no route of ${where} leads to pod address ${target} by way of ${receiver.attachment.name}`;
  return [unrouted(leg, { reason })];
}

/** Packets that bear an address which is not the sender's own leave it only if its interface allows that. */
export function spoofing(attachment: Attachment, leg: Leg): readonly Unrouted[] {
  const { spoofing: isAllowed, kind, name } = attachment;
  // Managed workers may; that of others is in the export.
  if (isAllowed === true || (isAllowed === undefined && (kind === "worker" || kind === "unnamed"))) return [];
  const reason = `the interface of ${name} sends from no address but its own, and pods have others (IP spoofing is off)`;
  const fact: Fact = {
    text: `whether the interface of ${name} may send from addresses of pods (IP spoofing)`,
    remedy: "add the instances (ibmcloud is instances --output json)",
  };
  return [unrouted(leg, { reason, unknown: isAllowed === undefined ? fact : undefined })];
}

export function gateway(name: string, does: string, origin?: Gateway["origin"]): Gateway {
  return { kind: "gateway", name: "gateway", gateway: name, does, origin };
}

/** Nothing leads there, or it is not known. */
export function unrouted(
  leg: Leg,
  why: {
    readonly reason: string;
    readonly unknown?: Fact | undefined;
    readonly origin?: Unrouted["origin"];
    readonly isAssumed?: boolean;
  },
): Unrouted {
  return {
    kind: "unrouted",
    name: leg === "reply" ? "reply route" : "route",
    leg,
    reason: why.reason,
    origin: why.origin,
    unknown: why.unknown,
    assumption: why.isAssumed === true ? "unlisted-routes" : undefined,
  };
}
