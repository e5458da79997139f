/** What belongs together in an inventory. */
import { containsAddress } from "../net/address.ts";
import type { Acl, Interface, Subnet, VpcInventory } from "./model.ts";

/** The access list of a subnet: its own, or the default of its VPC; undefined where the input does not hold it. */
export function aclOf({ acls, vpcs }: Pick<VpcInventory, "acls" | "vpcs">, subnet: Subnet): Acl | undefined {
  const id = subnet.acl ?? vpcs.find((vpc) => vpc.id === subnet.vpc)?.defaultAcl;
  return id === undefined ? undefined : acls.find((acl) => acl.id === id);
}

/** The subnet of an interface: the one it names, or the only one that holds its address; undefined where that is not told. */
export function subnetOf(
  { subnets }: Pick<VpcInventory, "subnets">,
  { subnet, addresses }: Interface,
): Subnet | undefined {
  if (subnet !== undefined) return subnets.find(({ id }) => id === subnet);
  const holding = subnets.filter((each) => addresses.some((address) => containsAddress(each.addresses, address)));
  return holding.length === 1 ? holding[0] : undefined;
}
