/** The part of a VPC inventory that packets between given addresses pass: subnets with lists, gateways and hosts. Pure. */
import { type Address, addressText, type AddressSet, containsAddress, familyOf } from "../../net/address.ts";
import { overlaps, unionOf } from "../../net/intervals.ts";
import type { Acl, Subnet, VpcInventory } from "../../vpc/model.ts";
import { AddressPool, blockOf, UNROUTABLE } from "../address-pool.ts";

/** An address in a subnet. */
export interface NetworkHost {
  readonly address: Address;
  /** Its own address on the internet; undefined: none. */
  readonly floating: Address | undefined;
}

export interface NetworkSubnet {
  readonly subnet: Subnet;
  readonly acl: Acl;
  /** What the internet sees of hosts without a floating address; undefined: they do not reach it. */
  readonly gateway: Address | undefined;
  /** What the service network sees of its hosts. */
  readonly serviceSource: Address;
  readonly hosts: readonly NetworkHost[];
}

export interface Network {
  /** Those that hold one of the addresses, in the order of the inventory. */
  readonly subnets: readonly NetworkSubnet[];
  /** The addresses that no subnet holds. */
  readonly outside: readonly Address[];
  readonly serviceNetworks: AddressSet;
  readonly notes: readonly string[];
}

/** Where gateways get an address when the inventory does not tell: for benchmarks, RFC 2544, so nobody's. */
const GATEWAY_RANGE = [blockOf("198.18.0.0/15")];

/**
 * Puts each address into the subnet that holds it, or outside. Throws a RangeError for what cannot be built: IPv6 and
 * unroutable addresses, overlapping subnets, a subnet whose access list is not told. O(addresses x subnets).
 */
export function networkOf(inventory: VpcInventory, addresses: readonly Address[]): Network {
  const wanted = [...new Set(addresses)].sort((a, b) => (a < b ? -1 : 1));
  for (const address of wanted) refuseUnusable(address);
  const held = inventory.subnets.filter(({ addresses: range }) => wanted.some((one) => containsAddress(range, one)));
  refuseOverlaps(held);
  const floatingOf = new Map(
    inventory.interfaces.flatMap(({ addresses: own, floatingAddress }) =>
      floatingAddress === undefined ? [] : own.map((address) => [address, floatingAddress] as const),
    ),
  );
  const pool = new AddressPool([
    ...wanted,
    ...floatingOf.values(),
    ...inventory.publicGateways.flatMap(({ address }) => address ?? []),
    ...inventory.vpcs.flatMap(({ serviceSources }) => serviceSources.map(({ address }) => address)),
  ]);
  const gateways = gatewayAddresses(inventory, pool);
  const inside = unionOf(held.flatMap(({ addresses: range }) => range));
  return {
    subnets: held.map((subnet) => ({
      subnet,
      acl: listOf(inventory, subnet),
      gateway: subnet.publicGateway === undefined ? undefined : gateways.get(subnet.publicGateway),
      serviceSource: serviceSourceOf(inventory, subnet) ?? taken(pool),
      hosts: wanted
        .filter((address) => containsAddress(subnet.addresses, address))
        .map((address) => ({ address, floating: floatingOf.get(address) })),
    })),
    outside: wanted.filter((address) => !containsAddress(inside, address)),
    serviceNetworks: inventory.serviceNetworks,
    notes: notesOn(inventory, held),
  };
}

function refuseUnusable(address: Address): void {
  if (familyOf(address) !== 4)
    throw new RangeError(`${addressText(address)}: the networks of a VPC lab speak IPv4 only`);
  if (containsAddress(UNROUTABLE, address)) {
    throw new RangeError(`${addressText(address)} is none that packets can be routed to`);
  }
}

function refuseOverlaps(subnets: readonly Subnet[]): void {
  subnets.forEach((one, i) => {
    const other = subnets.slice(i + 1).find(({ addresses }) => overlaps(one.addresses, addresses));
    if (other !== undefined) {
      throw new RangeError(`subnets ${one.name} and ${other.name} overlap; one lab cannot hold both`);
    }
  });
}

/** The list of a subnet, by default its VPC's. */
function listOf({ acls, vpcs }: VpcInventory, subnet: Subnet): Acl {
  const id = subnet.acl ?? vpcs.find((vpc) => vpc.id === subnet.vpc)?.defaultAcl;
  const acl = acls.find((candidate) => candidate.id === id);
  if (acl === undefined) {
    throw new RangeError(
      `the access list of subnet ${subnet.name} is not in the input; add it, or leave out the subnet's addresses`,
    );
  }
  return acl;
}

/** What each available gateway turns sources into. */
function gatewayAddresses({ publicGateways }: VpcInventory, pool: AddressPool): ReadonlyMap<string, Address> {
  return new Map(
    publicGateways
      .filter(({ status }) => status === "available")
      .map(({ id, address }) => [id, address ?? taken(pool)] as const),
  );
}

function taken(pool: AddressPool): Address {
  const address = pool.take(GATEWAY_RANGE);
  if (address === undefined) throw new RangeError("there are more gateways without address than a lab can give one");
  return address;
}

function serviceSourceOf({ vpcs }: VpcInventory, subnet: Subnet): Address | undefined {
  const vpc = vpcs.find(({ id }) => id === subnet.vpc);
  return vpc?.serviceSources.find(({ zone }) => zone === subnet.zone)?.address;
}

function notesOn({ interfaces, routingTables }: VpcInventory, subnets: readonly Subnet[]): readonly string[] {
  const grouped = interfaces.some(({ groups }) => groups !== undefined && groups.length > 0);
  const names = new Set(subnets.map(({ vpc }) => vpc));
  const routed = routingTables.filter(({ vpc, routes }) => names.has(vpc) && routes.length > 0);
  return [
    ...(grouped ? ["security groups are not built: only access lists, gateways and floating addresses are"] : []),
    ...(routed.length > 0
      ? [
          `the routes of ${routed.map(({ name }) => name).join(", ")} are not built: subnets of one VPC reach each other`,
        ]
      : []),
  ];
}
