/** How a subnet reaches the internet, or is reached from there, whatever its access list says. */
import { type AddressSet, containsAddress } from "../../net/address.ts";
import { overlaps } from "../../net/intervals.ts";
import type { Interface, PublicGateway, Subnet, VpcInventory } from "../../vpc/model.ts";

/** The gateway of a subnet; undefined where it has none, or one that the input does not hold. */
export function gatewayOf({ publicGateway }: Subnet, { publicGateways }: VpcInventory): PublicGateway | undefined {
  return publicGateways.find(({ id }) => id === publicGateway);
}

/** Whether packets between the subnet and the public addresses given can have a way at all. */
export function hasWayTo(subnet: Subnet, addresses: AddressSet, networks: VpcInventory): boolean {
  return (
    subnet.publicGateway !== undefined ||
    networks.interfaces.some((one) => one.floatingAddress !== undefined && isIn(one, subnet)) ||
    networks.loadBalancers.some(({ isPublic, subnets }) => isPublic && subnets.includes(subnet.id)) ||
    hasRouteTo(subnet, addresses, networks)
  );
}

/** Whether an interface is in the subnet; where the export does not tell, its address does. */
export function isIn({ subnet: id, addresses }: Interface, subnet: Subnet): boolean {
  return id === undefined ? addresses.some((address) => containsAddress(subnet.addresses, address)) : id === subnet.id;
}

/** A route of its own, as VPNs and transit bring them. */
function hasRouteTo({ routingTable, vpc }: Subnet, addresses: AddressSet, networks: VpcInventory): boolean {
  const id = routingTable ?? networks.vpcs.find((one) => one.id === vpc)?.defaultRoutingTable;
  const table = networks.routingTables.find((one) => one.id === id);
  return (
    table?.routes.some(({ action, destination }) => action !== "drop" && overlaps(destination, addresses)) === true
  );
}
