/** The part of a VPC inventory that packets between given places pass: subnets with lists, gateways and hosts. Pure. */
import { type Address, addressText, type AddressSet, containsAddress, familyOf, single } from "../../net/address.ts";
import { overlaps } from "../../net/intervals.ts";
import type { Fact } from "../../source/fact.ts";
import { gatewayLack } from "../../vpc/exit.ts";
import { aclOf, attachmentAt, routingTableOf, subnetsAt, vpcOf } from "../../vpc/lookup.ts";
import type { Acl, Route, Subnet, VpcInventory } from "../../vpc/model.ts";
import { AddressPool, blockOf, UNROUTABLE } from "../address-pool.ts";

/** An address in a subnet. */
export interface NetworkHost {
  readonly address: Address;
  /** Its own address on the internet; undefined: none. */
  readonly floating: Address | undefined;
}

export interface NetworkSubnet {
  readonly subnet: Subnet;
  /** Undefined: none that the input holds, so that nothing is filtered. */
  readonly acl: Acl | undefined;
  /** What the internet sees of hosts without a floating address; undefined: they do not reach it. */
  readonly gateway: Address | undefined;
  /** What the service network sees of its hosts. */
  readonly serviceSource: Address;
  /** Of its routing table, for its zone. */
  readonly routes: readonly Route[];
  readonly hosts: readonly NetworkHost[];
}

export interface Network {
  readonly subnets: readonly NetworkSubnet[];
  /** Addresses outside of all subnets, of service networks too. */
  readonly outside: readonly Address[];
  readonly serviceNetworks: AddressSet;
  /** Lists of which the input knows no more than that they are there; nothing is filtered in their place. */
  readonly missing: readonly Fact[];
  readonly notes: readonly string[];
}

/** A subnet with the addresses of its hosts. */
export interface Inhabited {
  readonly subnet: Subnet;
  readonly addresses: readonly Address[];
}

/**
 * Puts each address into the subnet that holds it, or outside. Throws a RangeError for what cannot be built: IPv6 and
 * unroutable addresses, overlapping subnets, a subnet whose access list is not told. O(addresses x subnets).
 */
export function networkOf(inventory: VpcInventory, addresses: readonly Address[]): Network {
  const wanted = sorted(addresses);
  for (const address of wanted) refuseUnusable(address);
  const inhabited = inventory.subnets
    .map((subnet) => ({ subnet, addresses: wanted.filter((one) => containsAddress(subnet.addresses, one)) }))
    .filter((one) => one.addresses.length > 0);
  const overlap = overlapIn(inhabited);
  if (overlap !== undefined) throw new RangeError(overlap);
  const outside = wanted.filter((address) => subnetsAt(inventory, single(address)).length === 0);
  const network = networkWith(inventory, inhabited, outside);
  const [missing] = network.missing;
  if (missing !== undefined) throw new RangeError(`${missing.text} are not known: ${missing.remedy}`);
  return network;
}

function refuseUnusable(address: Address): void {
  if (familyOf(address) !== 4)
    throw new RangeError(`${addressText(address)}: the networks of a VPC lab speak IPv4 only`);
  if (containsAddress(UNROUTABLE, address)) {
    throw new RangeError(`${addressText(address)} is none that packets can be routed to`);
  }
}

/** Why one router cannot hold all of these subnets; undefined where it can. */
export function overlapIn(inhabited: readonly Inhabited[]): string | undefined {
  for (const [i, { subnet: one }] of inhabited.entries()) {
    const other = inhabited.slice(i + 1).find(({ subnet }) => overlaps(one.addresses, subnet.addresses));
    if (other !== undefined) return `subnets ${one.name} and ${other.subnet.name} overlap; one lab cannot hold both`;
  }
  return undefined;
}

/** Where gateways get an address when the inventory does not tell: for benchmarks, RFC 2544, so nobody's. */
const GATEWAY_RANGE = [blockOf("198.18.0.0/15")];

/** The network of these hosts, which are in the given subnets and do not overlap. O(hosts x interfaces). */
export function networkWith(
  inventory: VpcInventory,
  inhabited: readonly Inhabited[],
  outside: readonly Address[],
): Network {
  const take = gatewayAddresses(inventory, [...inhabited.flatMap(({ addresses }) => addresses), ...outside]);
  const lists = inhabited.map(({ subnet }) => aclOf(inventory, subnet));
  const given = new Map(inventory.publicGateways.map(({ id, address }) => [id, address ?? take()]));
  const usable = (subnet: Subnet): Address | undefined => {
    const gateway = inventory.publicGateways.find(({ id }) => id === subnet.publicGateway);
    return gateway === undefined || gatewayLack(gateway, subnet) !== undefined ? undefined : given.get(gateway.id);
  };
  return {
    subnets: inhabited.map(({ subnet, addresses }, i): NetworkSubnet => {
      const found = lists[i];
      return {
        subnet,
        acl: found?.kind === "acl" ? found.acl : undefined,
        gateway: usable(subnet),
        serviceSource: serviceSourceOf(inventory, subnet) ?? take(),
        routes: (routingTableOf(inventory, subnet)?.routes ?? []).filter(({ zone }) => zone === subnet.zone),
        hosts: sorted(addresses).map((address) => ({
          address,
          floating: attachmentAt(inventory, subnet, address).floatingAddress,
        })),
      };
    }),
    outside: sorted(outside),
    serviceNetworks: inventory.serviceNetworks,
    missing: lists.flatMap((list) => (list.kind === "missing" ? [list.fact] : [])),
    notes: [
      ...groupNotes(inventory),
      ...inhabited
        .filter((_, i) => lists[i]?.kind === "unlisted")
        .map(({ subnet }) => `the default ACL of subnet ${subnet.name} is not in the input; nothing is filtered there`),
    ],
  };
}

/** What a lab says of security groups, which it does not build. */
export function groupNotes({ groups }: VpcInventory): readonly string[] {
  if (groups.length === 0) return [];
  return ["security groups are not built: only access lists, gateways, routes and floating addresses are"];
}

/** Hands out addresses of gateways that nothing else has. */
function gatewayAddresses(inventory: VpcInventory, others: readonly Address[]): () => Address {
  const pool = new AddressPool([
    ...others,
    ...inventory.interfaces.flatMap(({ floatingAddress }) => floatingAddress ?? []),
    ...inventory.publicGateways.flatMap(({ address }) => address ?? []),
    ...inventory.vpcs.flatMap(({ serviceSources }) => serviceSources.map(({ address }) => address)),
  ]);
  return () => {
    const address = pool.take(GATEWAY_RANGE);
    if (address === undefined) throw new RangeError("there are more gateways without address than a lab can give one");
    return address;
  };
}

function serviceSourceOf(inventory: VpcInventory, { vpc, zone }: Subnet): Address | undefined {
  return vpcOf(inventory, vpc)?.serviceSources.find((source) => source.zone === zone)?.address;
}

function sorted(addresses: readonly Address[]): readonly Address[] {
  return [...new Set(addresses)].sort((a, b) => (a < b ? -1 : 1));
}
