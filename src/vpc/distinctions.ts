/** Which addresses networks tell apart. */
import { type AddressSet, single } from "../net/address.ts";
import { unionOf } from "../net/intervals.ts";
import { PRIVATE_ADDRESSES } from "./areas.ts";
import type { Interface, VpcInventory } from "./model.ts";

/**
 * Sets of addresses such that networks treat two addresses alike which the same sets hold: of rules, subnets, routes, and
 * what is attached where. O(size of the inventory), once.
 */
export function networkAddressSets(vpc: VpcInventory): readonly AddressSet[] {
  const known = setsKnown.get(vpc) ?? addressSetsOf(vpc);
  setsKnown.set(vpc, known);
  return known;
}

/** An inventory is never changed, and every path through its networks asks what they tell apart. */
const setsKnown = new WeakMap<VpcInventory, readonly AddressSet[]>();

function addressSetsOf(vpc: VpcInventory): readonly AddressSet[] {
  const sets = [
    PRIVATE_ADDRESSES,
    vpc.serviceNetworks,
    ...vpc.subnets.map(({ addresses }) => addresses),
    ...vpc.acls.flatMap(({ rules }) => rules.flatMap(({ source, destination }) => [source, destination])),
    ...vpc.groups.flatMap(({ rules }) =>
      rules.flatMap(({ local, remote }) => (remote.kind === "addresses" ? [local, remote.addresses] : [local])),
    ),
    ...vpc.routingTables.flatMap(({ routes }) => routes.map(({ destination }) => destination)),
    ...vpc.routingTables.flatMap(({ routes }) =>
      routes.flatMap(({ nextHop }) => (nextHop === undefined ? [] : [single(nextHop)])),
    ),
    ...vpc.clusters.flatMap(({ podRange, serviceRange }) => [podRange, serviceRange]),
    ...attachedSets(vpc),
    ...vpc.interfaces.flatMap(({ floatingAddress }) =>
      floatingAddress === undefined ? [] : [single(floatingAddress)],
    ),
    ...vpc.strayAddresses.map(({ address }) => single(address)),
    ...vpc.loadBalancers.flatMap(({ addresses, privateAddresses }) => [...addresses, ...privateAddresses].map(single)),
  ];
  return [...new Map(sets.map((set) => [keyOf(set), set])).values()];
}

/** What is attached to subnets, alike where the same groups filter it and nothing else sets it apart. */
function attachedSets({ interfaces, workers }: VpcInventory): readonly AddressSet[] {
  const alike = new Map<string, AddressSet[]>();
  const add = (key: string, addresses: AddressSet): void => {
    alike.set(key, [...(alike.get(key) ?? []), addresses]);
  };
  for (const one of interfaces) add(traitsOf(one), unionOf(one.addresses.flatMap(single)));
  for (const worker of workers) {
    for (const { address, subnet, range } of worker.interfaces) {
      add(`worker ${worker.cluster} ${worker.id.split("-")[1]} ${subnet} ${keyOf(range ?? [])}`, single(address));
    }
  }
  return [...alike.values()].map((sets) => unionOf(sets.flat()));
}

function traitsOf({ kind, subnet, groups, floatingAddress, isFloatingTold, spoofing }: Interface): string {
  return JSON.stringify([kind, subnet, groups, floatingAddress?.toString(), isFloatingTold, spoofing]);
}

function keyOf(set: AddressSet): string {
  return set.map(({ start, end }) => `${start}-${end}`).join();
}
