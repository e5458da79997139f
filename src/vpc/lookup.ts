/** What stands where in the networks: the subnet of an address, what bears it, and the lists that filter there. */
import { type Address, type AddressSet, coversAddresses, single } from "../net/address.ts";
import { contains } from "../net/intervals.ts";
import type { Fact } from "../source/fact.ts";
import type { Acl, Interface, LoadBalancer, RoutingTable, Subnet, Vpc, VpcInventory, Worker } from "./model.ts";

/** Something with an address in a subnet, as filters and routes see it. */
export interface Attachment {
  readonly kind: Interface["kind"] | "unnamed";
  /** What bears the address, for messages: `worker kube-…-0001`, `instance db`. */
  readonly name: string;
  /** The addresses it may have; one, but for a block that nothing tells apart. */
  readonly addresses: AddressSet;
  readonly subnet: Subnet;
  /** The ids of its groups; undefined where the export does not tell. */
  readonly groups: readonly string[] | undefined;
  readonly floatingAddress: Address | undefined;
  /**
   * Undefined: nothing tells whether it has a floating address. Managed workers have none, nor has what the input does not
   * speak of, unless some floating address belongs to somebody whom it does not hold.
   */
  readonly isFloatingTold: true | undefined;
  /** Whether it may send from addresses that are not its own; undefined: not told. */
  readonly spoofing: boolean | undefined;
  /** The worker of a managed cluster that it is. */
  readonly worker: Pick<Worker, "id" | "cluster"> | undefined;
  /** What it takes for its own subnet, by its own address and mask. */
  readonly range: AddressSet;
}

export function vpcOf({ vpcs }: VpcInventory, id: string): Vpc | undefined {
  return vpcs.find((vpc) => vpc.id === id);
}

export function subnetById({ subnets }: VpcInventory, id: string | undefined): Subnet | undefined {
  return id === undefined ? undefined : subnets.find((subnet) => subnet.id === id);
}

/** The subnets that hold all of the addresses; several where networks that do not know each other use the same. O(subnets). */
export function subnetsAt({ subnets }: VpcInventory, where: AddressSet): readonly Subnet[] {
  return subnets.filter((subnet) => coversAddresses(subnet.addresses, where));
}

/** The worker that bears an address, with that interface. O(workers). */
export function workerAt(
  { workers }: VpcInventory,
  address: Address,
): { readonly worker: Worker; readonly own: Worker["interfaces"][number] } | undefined {
  for (const worker of workers) {
    const own = worker.interfaces.find((one) => one.address === address);
    if (own !== undefined) return { worker, own };
  }
  return undefined;
}

/** What bears an address in a subnet, or one that says nothing of its subnet. O(interfaces). */
export function interfaceAt({ interfaces }: VpcInventory, address: Address, subnet: Subnet): Interface | undefined {
  const bearers = interfaces.filter(({ addresses }) => addresses.includes(address));
  return (
    bearers.find((one) => one.subnet === subnet.id) ??
    bearers.find((one) => one.subnet === undefined && contains(subnet.addresses, address))
  );
}

/** What is attached to a subnet at an address, as far as the inventory tells. O(interfaces + workers). */
export function attachmentAt(inventory: VpcInventory, subnet: Subnet, address: Address): Attachment {
  const bearer = interfaceAt(inventory, address, subnet);
  const found = workerAt(inventory, address);
  const balancer = balancerAt(inventory, address);
  const kind =
    found !== undefined ? "worker" : (bearer?.kind ?? (balancer === undefined ? "unnamed" : "load balancer"));
  const name = found?.worker.id ?? bearer?.name ?? balancer?.name;
  const mayBeAstray = kind === "unnamed" && inventory.strayAddresses.length > 0;
  return {
    kind,
    name: name === undefined ? "an address" : `${kind} ${name}`,
    addresses: single(address),
    subnet,
    groups: bearer?.groups ?? balancer?.groups,
    floatingAddress: bearer?.floatingAddress,
    isFloatingTold: found !== undefined || (bearer === undefined && !mayBeAstray) ? true : bearer?.isFloatingTold,
    spoofing: bearer?.spoofing,
    worker: found?.worker,
    range: found?.own.range ?? subnet.addresses,
  };
}

/** The load balancer with this address, public or in a subnet. O(load balancers). */
export function balancerAt({ loadBalancers }: VpcInventory, address: Address): LoadBalancer | undefined {
  return loadBalancers.find(
    ({ addresses, privateAddresses }) => addresses.includes(address) || privateAddresses.includes(address),
  );
}

/** What stands behind a floating address, with the subnet it is attached to. O(interfaces). */
export function behindFloating(inventory: VpcInventory, address: Address): Attachment | undefined {
  const bearer = inventory.interfaces.find(({ floatingAddress }) => floatingAddress === address);
  const own = bearer?.addresses[0];
  if (bearer === undefined || own === undefined) return undefined;
  const subnet = subnetById(inventory, bearer.subnet) ?? subnetsAt(inventory, single(own))[0];
  return subnet === undefined ? undefined : attachmentAt(inventory, subnet, own);
}

/** The list that filters at the borders of a subnet. `unlisted`: the default list of its VPC, which is not in the input. */
export type AclOfSubnet =
  | { readonly kind: "acl"; readonly acl: Acl }
  | { readonly kind: "unlisted" }
  | { readonly kind: "missing"; readonly fact: Fact };

/** A subnet that names no list has the default one of its VPC. */
export function aclOf(inventory: VpcInventory, subnet: Subnet): AclOfSubnet {
  const standard = vpcOf(inventory, subnet.vpc)?.defaultAcl;
  const id = subnet.acl ?? standard;
  const acl = inventory.acls.find((one) => one.id === id);
  if (acl !== undefined) return { kind: "acl", acl };
  if (id === undefined || id === standard) return { kind: "unlisted" };
  const remedy = "add the network ACLs of the VPC (ibmcloud is network-acls --output json)";
  return { kind: "missing", fact: { text: `the rules of ACL ${id} of subnet ${subnet.name}`, remedy } };
}

/** The list of a subnet where the input holds it. */
export function knownAclOf(inventory: VpcInventory, subnet: Subnet): Acl | undefined {
  const found = aclOf(inventory, subnet);
  return found.kind === "acl" ? found.acl : undefined;
}

/** The subnet of an interface: the one it names, or the only one that holds its address; undefined where that is not told. */
export function subnetOf(
  inventory: Pick<VpcInventory, "subnets">,
  { subnet, addresses }: Interface,
): Subnet | undefined {
  if (subnet !== undefined) return inventory.subnets.find(({ id }) => id === subnet);
  const holding = inventory.subnets.filter((each) => addresses.some((address) => contains(each.addresses, address)));
  return holding.length === 1 ? holding[0] : undefined;
}

/** The table that routes for a subnet; undefined where the input has none. */
export function routingTableOf(inventory: VpcInventory, subnet: Subnet): RoutingTable | undefined {
  const id = subnet.routingTable ?? vpcOf(inventory, subnet.vpc)?.defaultRoutingTable;
  return inventory.routingTables.find((table) => table.id === id);
}
