/** For tests: small VPC inventories, and the two zones of the founding document. */
import type { Acl, VpcInventory } from "../../vpc/model.ts";
import {
  aclFrom,
  addressFrom,
  gatewayFrom,
  interfaceFrom,
  networksFrom,
  subnetFrom,
} from "../../vpc/networks.fixture.ts";

export interface SubnetText {
  readonly cidr: string;
  /** The rules of its list, as `aclFrom` reads them; by default everything that three protocols say. */
  readonly rules?: readonly string[];
  readonly vpc?: string;
  /** The address of its public gateway. */
  readonly gateway?: string;
  /** Hosts with an address of their own on the internet. */
  readonly floating?: Readonly<Record<string, string>>;
}

const ALLOW_ALL = ["allow-in: allow inbound all any any", "allow-out: allow outbound all any any"];

/** Subnets by name, each in a zone of its own. */
export function inventoryOf(
  subnets: Readonly<Record<string, SubnetText>>,
  more: Partial<VpcInventory> = {},
): VpcInventory {
  const entries = Object.entries(subnets).map(([name, text]) => ({ name, vpc: "vpc-1", rules: ALLOW_ALL, ...text }));
  return networksFrom({
    subnets: entries.map(({ name, cidr, vpc, gateway }) =>
      subnetFrom(name, cidr, name, { vpc, acl: listName(name), publicGateway: gateway && `${name}-gateway` }),
    ),
    acls: entries.map(({ name, rules, vpc }): Acl => aclFrom(listName(name), rules, vpc)),
    publicGateways: entries.flatMap(({ name, vpc, gateway }) =>
      gateway === undefined ? [] : [gatewayFrom(`${name}-gateway`, name, { vpc, address: addressFrom(gateway) })],
    ),
    interfaces: entries.flatMap(({ name, floating = {} }) =>
      Object.entries(floating).map(([own, outside]) =>
        interfaceFrom(own, own, name, { floatingAddress: addressFrom(outside) }),
      ),
    ),
    ...more,
  });
}

function listName(subnet: string): string {
  return `${subnet}-acl`;
}

/** The list of the founding document for a zone, where `other` is the subnet of the other zone. */
function zoneRules(other: string): readonly string[] {
  const both = (what: string, cidr: string): readonly string[] => [
    `allow-${what}-outbound: allow outbound all any ${cidr}`,
    `allow-${what}-inbound: allow inbound all ${cidr} any`,
  ];
  return [
    ...both("workers", other),
    ...both("161", "161.26.0.0/16"),
    ...both("166", "166.8.0.0/14"),
    ...both("corporate", "207.42.8.0/24"),
    "deny-all-outbound: deny outbound all any any",
    "deny-all-inbound: deny inbound all any any",
  ];
}

export const ZONE1 = "10.240.0.0/24";
export const ZONE2 = "10.240.64.0/24";

/** Two zones with the lists of the founding document. */
export function twoZones(zone1: Partial<SubnetText> = {}, more: Partial<VpcInventory> = {}): VpcInventory {
  return inventoryOf(
    { zone1: { cidr: ZONE1, rules: zoneRules(ZONE2), ...zone1 }, zone2: { cidr: ZONE2, rules: zoneRules(ZONE1) } },
    more,
  );
}
