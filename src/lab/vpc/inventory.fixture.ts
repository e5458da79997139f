/** For tests: VPC inventories from short texts, and the two zones of the founding document. */
import {
  type Address,
  type AddressSet,
  isAddressError,
  NO_ADDRESSES,
  parseAddress,
  parseCidr,
} from "../../net/address.ts";
import {
  fieldRange,
  allOf,
  ALL_TRAFFIC,
  box,
  NO_TRAFFIC,
  subtractTraffic,
  type TrafficSet,
  unionTraffic,
} from "../../net/traffic.ts";
import { ICMP, TCP, UDP } from "../../net/protocol.ts";
import type { Acl, FilterRule, NetworkDirection, Subnet, VpcInventory } from "../../vpc/model.ts";

export function address(text: string): Address {
  const parsed = parseAddress(text);
  if (isAddressError(parsed)) throw new Error(`${text}: ${parsed.reason}`);
  return parsed;
}

export function range(text: string): AddressSet {
  const parsed = parseCidr(text);
  if (isAddressError(parsed)) throw new Error(`${text}: ${parsed.reason}`);
  return [parsed.range];
}

export const ANY = "0.0.0.0/0";

/** What "all" matches for certain in a rule that allows. */
export const THREE_PROTOCOLS = [TCP, UDP, ICMP].map(allOf).reduce(unionTraffic);

/** A rule of `all`, or of the traffic given, from one CIDR to another. */
export function rule(
  name: string,
  action: FilterRule["action"],
  direction: NetworkDirection,
  source: string,
  destination: string,
  traffic?: TrafficSet,
): FilterRule {
  const all = action === "deny" ? ALL_TRAFFIC : THREE_PROTOCOLS;
  return {
    name,
    action,
    direction,
    source: range(source),
    destination: range(destination),
    traffic: traffic ?? all,
    legacyTraffic: traffic === undefined ? subtractTraffic(ALL_TRAFFIC, all) : NO_TRAFFIC,
    protocol: traffic === undefined ? "all" : "some",
    origin: { resource: "network acl", path: `rules.${name}`, file: "acl.json", line: 1, column: 1 },
  };
}

/** Traffic of one protocol to some destination ports, from any source port. */
export function toPort(protocol: number, first: number, last = first): TrafficSet {
  return box(protocol, [fieldRange(protocol)], [{ start: first, end: last + 1 }]);
}

/** Traffic of one protocol from some source ports, to any destination port. */
export function fromPort(protocol: number, first: number, last = first): TrafficSet {
  return box(protocol, [{ start: first, end: last + 1 }], [fieldRange(protocol)]);
}

export function acl(name: string, rules: readonly FilterRule[]): Acl {
  return { id: name, name, vpc: "vpc", rules, origin: originOf(name) };
}

export const ALLOW_ALL = acl("allow-all", [
  rule("allow-inbound", "allow", "inbound", ANY, ANY),
  rule("allow-outbound", "allow", "outbound", ANY, ANY),
]);

function originOf(resource: string) {
  return { resource, path: "", file: "vpc.json", line: 1, column: 1 };
}

export interface SubnetText {
  readonly cidr: string;
  readonly acl?: Acl;
  readonly vpc?: string;
  /** The address of its public gateway. */
  readonly gateway?: string;
  /** Hosts with an address of their own on the internet. */
  readonly floating?: Readonly<Record<string, string>>;
}

/** An inventory of subnets, by name. */
export function inventoryOf(
  subnets: Readonly<Record<string, SubnetText>>,
  more: Partial<VpcInventory> = {},
): VpcInventory {
  const entries = Object.entries(subnets);
  const gatewayId = (text: string): string => `gateway-${text}`;
  const gateways = [...new Set(entries.flatMap(([, { gateway }]) => gateway ?? []))];
  return {
    serviceNetworks: [...range("161.26.0.0/16"), ...range("166.8.0.0/14")],
    vpcs: [...new Set(entries.map(([, { vpc = "vpc" }]) => vpc))].map((id) => ({
      id,
      name: id,
      defaultAcl: ALLOW_ALL.id,
      defaultGroup: undefined,
      defaultRoutingTable: undefined,
      prefixes: NO_ADDRESSES,
      serviceSources: [],
      classicAccess: false,
      origin: originOf(id),
    })),
    subnets: entries.map(([name, text]): Subnet => ({
      id: name,
      name,
      vpc: text.vpc ?? "vpc",
      zone: `zone-${name}`,
      addresses: range(text.cidr),
      acl: text.acl?.id,
      publicGateway: text.gateway === undefined ? undefined : gatewayId(text.gateway),
      routingTable: undefined,
      origin: originOf(name),
    })),
    acls: [...new Set([ALLOW_ALL, ...entries.flatMap(([, text]) => text.acl ?? [])])],
    groups: [],
    publicGateways: gateways.map((text) => ({
      id: gatewayId(text),
      name: gatewayId(text),
      vpc: "vpc",
      zone: "zone",
      address: address(text),
      status: "available",
      origin: originOf(text),
    })),
    interfaces: entries.flatMap(([, { floating = {} }]) =>
      Object.entries(floating).map(([own, outside]) => ({
        kind: "instance" as const,
        name: own,
        id: own,
        subnet: undefined,
        addresses: [address(own)],
        groups: undefined,
        floatingAddress: address(outside),
        spoofing: undefined,
        origin: originOf(own),
      })),
    ),
    workers: [],
    clusters: [],
    loadBalancers: [],
    routingTables: [],
    complete: new Set(),
    gaps: [],
    ...more,
  };
}

/** The list of the founding document for the zone of `own`, where `other` is the subnet of the other zone. */
export function zoneList(name: string, other: string): Acl {
  const both = (what: string, cidr: string): readonly FilterRule[] => [
    rule(`allow-${what}-outbound`, "allow", "outbound", ANY, cidr),
    rule(`allow-${what}-inbound`, "allow", "inbound", cidr, ANY),
  ];
  return acl(name, [
    ...both("workers", other),
    ...both("161", "161.26.0.0/16"),
    ...both("166", "166.8.0.0/14"),
    ...both("corporate", "207.42.8.0/24"),
    rule("deny-all-outbound", "deny", "outbound", ANY, ANY),
    rule("deny-all-inbound", "deny", "inbound", ANY, ANY),
  ]);
}

export const ZONE1 = "10.240.0.0/24";
export const ZONE2 = "10.240.64.0/24";

/** Two zones with the lists of the founding document. */
export function twoZones(zone1: Partial<SubnetText> = {}): VpcInventory {
  return inventoryOf({
    zone1: { cidr: ZONE1, acl: zoneList("zone1-acl", ZONE2), ...zone1 },
    zone2: { cidr: ZONE2, acl: zoneList("zone2-acl", ZONE1) },
  });
}
