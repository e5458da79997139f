/** Which addresses are private, public, or neither. */
import type { AddressSet } from "../../net/address.ts";
import { equal, subtract, unionOf } from "../../net/intervals.ts";
import { PUBLIC_ADDRESSES } from "../../vpc/areas.ts";
import type { VpcInventory } from "../../vpc/model.ts";
import { blocks } from "./blocks.ts";

/** The private blocks of IPv4 (RFC 1918). */
const PRIVATE_BLOCKS: readonly AddressSet[] = [blocks("10.0.0.0/8"), blocks("172.16.0.0/12"), blocks("192.168.0.0/16")];

export const PRIVATE: AddressSet = unionOf(PRIVATE_BLOCKS.flat());

/** Whether addresses are exactly one of the private blocks, as people write who mean any private network. */
export function isPrivateBlock(addresses: AddressSet): boolean {
  return PRIVATE_BLOCKS.some((block) => equal(block, addresses));
}

/** The internet as a VPC sees it: without the provider's services, whose addresses look public, and without its own subnets. */
export function publicOf({ serviceNetworks, subnets }: VpcInventory): AddressSet {
  return subtract(PUBLIC_ADDRESSES, unionOf([...serviceNetworks, ...subnets.flatMap(({ addresses }) => addresses)]));
}
