/** How packets leave a subnet for what lies outside it, and whether anything lets them in. */
import { type Address, addressText, type AddressSet, addressSetText, coversAddresses } from "../net/address.ts";
import { overlaps } from "../net/intervals.ts";
import type { Fact } from "../source/fact.ts";
import type { Origin } from "../source/origin.ts";
import { areaOf } from "./areas.ts";
import { type Attachment, routingTableOf, vpcOf } from "./lookup.ts";
import type { PublicGateway, Route, RoutingTable, VpcInventory } from "./model.ts";

/** What VPNs, transit gateways and other ways that no export lists may lead to. */
export type UnlistedRoutes = "private" | "none" | "unknown";

/** How packets leave. `assumed`: it rests on what is assumed about routes that are not listed. */
export type Exit =
  /** To another subnet of the same VPC. */
  | { readonly kind: "local" }
  | { readonly kind: "floating address"; readonly address: Address }
  | { readonly kind: "public gateway"; readonly gateway: PublicGateway }
  /** To the provider's own services; `sources` is what they see. */
  | { readonly kind: "service gateway"; readonly sources: readonly Address[] }
  | { readonly kind: "route"; readonly route: Route; readonly table: RoutingTable }
  | { readonly kind: "none"; readonly reason: string; readonly origin: Origin | undefined; readonly assumed: boolean }
  | { readonly kind: "unknown"; readonly fact: Fact; readonly assumed: boolean };

/** Where a subnet's packets to the destination go; custom routes come first. O(subnets + routes). */
export function exitOf(
  inventory: VpcInventory,
  from: Attachment,
  destination: AddressSet,
  unlisted: UnlistedRoutes,
): Exit {
  const { subnet } = from;
  const table = routingTableOf(inventory, subnet);
  const route = table && routeTo(table, subnet.zone, destination);
  if (route !== undefined && "text" in route) return { kind: "unknown", fact: route, assumed: false };
  const isOwn = inventory.subnets.some((one) => one.vpc === subnet.vpc && coversAddresses(one.addresses, destination));
  if (table !== undefined && route !== undefined) {
    const end = byRoute(table, route, isOwn);
    if (end !== undefined) return end;
  }
  if (isOwn) return { kind: "local" };
  switch (areaOf(inventory, destination)) {
    case "service network":
      return { kind: "service gateway", sources: serviceSources(inventory, from) };
    case "private":
      return unlisted === "none"
        ? none(`nothing in VPC ${vpcName(inventory, from)} leads to ${textOf(destination)}`, undefined, true)
        : { kind: "unknown", fact: unlistedFact(destination), assumed: true };
    case "public":
      return publicExit(inventory, from, destination, unlisted);
    case "mixed":
      return { kind: "unknown", fact: mixedFact(destination), assumed: false };
  }
}

/** The most specific route of the zone; a fact where routes tell the addresses apart; undefined: none. */
export function routeTo({ routes }: RoutingTable, zone: string, destination: AddressSet): Route | Fact | undefined {
  const candidates = routes
    .filter((route) => route.zone === zone && overlaps(route.destination, destination))
    .sort((a, b) => (sizeOf(a.destination) < sizeOf(b.destination) ? -1 : 1));
  const [best] = candidates;
  if (best === undefined || coversAddresses(best.destination, destination)) return best;
  return mixedFact(destination);
}

function sizeOf(addresses: AddressSet): bigint {
  return addresses.reduce((sum, { start, end }) => sum + end - start, 0n);
}

/** Undefined: the system's own routes count. */
function byRoute(table: RoutingTable, route: Route, isOwn: boolean): Exit | undefined {
  switch (route.action) {
    case "deliver":
      return { kind: "route", route, table };
    case "drop":
      return none(`route ${route.name} of table ${table.name} drops it`, route.origin, false);
    case "delegate":
      return undefined;
    case "delegate_vpc":
      return isOwn
        ? undefined
        : none(`route ${route.name} of table ${table.name} keeps it inside the VPC`, route.origin, false);
  }
}

/** An address of its own replaces the gateway of the subnet. */
function publicExit(
  inventory: VpcInventory,
  { subnet, floatingAddress, isFloatingTold, name }: Attachment,
  destination: AddressSet,
  unlisted: UnlistedRoutes,
): Exit {
  if (floatingAddress !== undefined) return { kind: "floating address", address: floatingAddress };
  if (subnet.publicGateway === undefined) {
    if (isFloatingTold === undefined) return { kind: "unknown", fact: floatingFact(name), assumed: false };
    if (unlisted === "unknown") return { kind: "unknown", fact: unlistedFact(destination), assumed: true };
    const reason = `subnet ${subnet.name} has no public gateway, and ${name} no floating address`;
    return none(reason, subnet.origin, false);
  }
  const gateway = inventory.publicGateways.find(({ id }) => id === subnet.publicGateway);
  if (gateway === undefined) {
    const fact = {
      text: `whether public gateway ${subnet.publicGateway} of subnet ${subnet.name} is available`,
      remedy: "add the public gateways (ibmcloud is public-gateways --output json)",
    };
    return { kind: "unknown", fact, assumed: false };
  }
  const lacking = gatewayLack(gateway, subnet);
  if (lacking === undefined) return { kind: "public gateway", gateway };
  if (isFloatingTold === undefined) return { kind: "unknown", fact: floatingFact(name), assumed: false };
  if (unlisted === "unknown") return { kind: "unknown", fact: unlistedFact(destination), assumed: true };
  return none(lacking, gateway.origin, false);
}

/** Why a gateway carries nothing for a subnet; undefined where it does. */
export function gatewayLack(
  { name, status, zone, vpc }: PublicGateway,
  subnet: Attachment["subnet"],
): string | undefined {
  if (status !== "available") return `public gateway ${name} of subnet ${subnet.name} is ${status}, not available`;
  if (zone !== subnet.zone) {
    return `public gateway ${name} is in zone ${zone}, and subnet ${subnet.name} in ${subnet.zone}`;
  }
  return vpc === subnet.vpc ? undefined : `public gateway ${name} is in another VPC than subnet ${subnet.name}`;
}

function none(reason: string, origin: Origin | undefined, assumed: boolean): Exit {
  return { kind: "none", reason, origin, assumed };
}

function serviceSources(inventory: VpcInventory, { subnet }: Attachment): readonly Address[] {
  const sources = vpcOf(inventory, subnet.vpc)?.serviceSources ?? [];
  return sources.filter(({ zone }) => zone === subnet.zone).map(({ address }) => address);
}

function vpcName(inventory: VpcInventory, { subnet }: Attachment): string {
  return vpcOf(inventory, subnet.vpc)?.name ?? subnet.vpc;
}

/** The first few ranges: enough to know what is meant. */
function textOf(addresses: AddressSet): string {
  const ranges = addressSetText(addresses);
  return ranges.length <= 4 ? ranges.join(", ") : `${ranges.slice(0, 3).join(", ")} and ${ranges.length - 3} more`;
}

function unlistedFact(destination: AddressSet): Fact {
  return {
    text: `whether a VPN, a transit gateway or a direct link leads to ${textOf(destination)}`,
    remedy: "use --assume unlisted-routes=none if nothing does",
  };
}

function floatingFact(name: string): Fact {
  return {
    text: `whether ${name} has a floating address`,
    remedy: "add the floating IPs (ibmcloud is floating-ips --output json)",
  };
}

function mixedFact(destination: AddressSet): Fact {
  return {
    text: `which address of ${textOf(destination)} is meant`,
    remedy: "ask about one address or a smaller block",
  };
}

/** Whether anything lets connections in from there to an address of a subnet. */
export type Entry =
  | { readonly kind: "none"; readonly reason: string; readonly assumed: boolean }
  | { readonly kind: "unknown"; readonly fact: Fact; readonly assumed: boolean };

/** For connections to the private address itself, as nobody outside the VPC can send them but by a way that is not listed. */
export function entryTo(inventory: VpcInventory, source: AddressSet, to: Attachment, unlisted: UnlistedRoutes): Entry {
  const address = to.addresses[0]?.start;
  const target = address === undefined ? to.name : addressText(address);
  switch (areaOf(inventory, source)) {
    case "service network":
      return { kind: "none", reason: "the provider's services open no connections into a VPC", assumed: false };
    case "public":
      return unlisted === "unknown"
        ? { kind: "unknown", fact: unlistedFact(to.addresses), assumed: true }
        : {
            kind: "none",
            reason: `the internet cannot reach ${target}: only a floating address or a load balancer lets connections in`,
            assumed: false,
          };
    case "private":
      return unlisted === "none"
        ? { kind: "none", reason: `nothing leads from ${textOf(source)} to ${target}`, assumed: true }
        : { kind: "unknown", fact: unlistedFact(source), assumed: true };
    case "mixed":
      return { kind: "unknown", fact: mixedFact(source), assumed: false };
  }
}
