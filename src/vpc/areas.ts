/** What kind of addresses lie outside the subnets. */
import {
  type AddressSet,
  ALL_ADDRESSES,
  type Cidr,
  coversAddresses,
  isAddressError,
  parseCidr,
} from "../net/address.ts";
import { overlaps, subtract, unionOf } from "../net/intervals.ts";
import type { VpcInventory } from "./model.ts";

/** Blocks that no public gateway leads to, of the IANA special-purpose registries; blocks for documentation stand for public ones. */
export const PRIVATE_ADDRESSES: AddressSet = unionOf(
  [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/3",
    "::/3",
    "4000::/2",
    "8000::/1",
  ]
    .map(parseCidr)
    .filter((cidr): cidr is Cidr => !isAddressError(cidr))
    .map((cidr) => cidr.range),
);

export const PUBLIC_ADDRESSES: AddressSet = subtract(ALL_ADDRESSES, PRIVATE_ADDRESSES);

/** `mixed`: some are of one kind and some of another. */
export type Area = "service network" | "private" | "public" | "mixed";

/** For addresses outside the subnets. Service networks look public and are not the internet. */
export function areaOf({ serviceNetworks }: Pick<VpcInventory, "serviceNetworks">, addresses: AddressSet): Area {
  if (coversAddresses(serviceNetworks, addresses)) return "service network";
  if (overlaps(serviceNetworks, addresses)) return "mixed";
  if (coversAddresses(PRIVATE_ADDRESSES, addresses)) return "private";
  return overlaps(PRIVATE_ADDRESSES, addresses) ? "mixed" : "public";
}
