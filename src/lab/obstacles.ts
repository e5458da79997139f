/** What no lab can be built from. */
import { type Pod, podText } from "../cluster/endpoint.ts";
import type { Inventory } from "../cluster/inventory.ts";
import { type Address, addressText, containsAddress } from "../net/address.ts";
import { positionText } from "../source/origin.ts";
import { UNROUTABLE } from "./address-pool.ts";

/** Why a situation cannot be built, and what to do about it. */
export interface Obstacle {
  readonly message: string;
  readonly remedy: string;
}

export function obstaclesIn(inventory: Inventory): readonly Obstacle[] {
  return [...contestedAddresses(inventory), ...unusableAddresses(inventory)];
}

function contestedAddresses(inventory: Inventory): readonly Obstacle[] {
  const holders = new Map<Address, string[]>();
  const claim = (address: Address, holder: string): void => {
    holders.set(address, [...(holders.get(address) ?? []), holder]);
  };
  for (const pod of inventory.pods) for (const address of new Set(pod.addresses)) claim(address, placedText(pod));
  for (const node of inventory.nodes)
    for (const address of new Set(node.addresses)) claim(address, `node/${node.name}`);
  return [...holders]
    .filter(([, claimants]) => claimants.length > 1)
    .map(([address, claimants]) => ({
      message: `${addressText(address)} is the address of ${claimants.join(" and ")}; a lab cannot give it to both`,
      remedy: "take the objects from one moment of the cluster, or remove the one that is gone",
    }));
}

function unusableAddresses(inventory: Inventory): readonly Obstacle[] {
  const bad = (address: Address): boolean => containsAddress(UNROUTABLE, address);
  return [
    ...inventory.pods.map((pod) => ({ holder: () => placedText(pod), addresses: pod.addresses })),
    ...inventory.nodes.map((node) => ({ holder: () => `node/${node.name}`, addresses: node.addresses })),
  ].flatMap(({ holder, addresses }) =>
    addresses.filter(bad).map((address) => ({
      message: `${addressText(address)}, the address of ${holder()}, is none that packets can be routed to`,
      remedy: "remove the address from the status, or the object from the input",
    })),
  );
}

/** A pod and where it stands in the input. */
export function placedText(pod: Pod): string {
  return `${podText(pod)} (${positionText(pod.origin())})`;
}
