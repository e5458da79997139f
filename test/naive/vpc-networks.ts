/** Who and what is where in the networks: subnets, their ACLs and gateways, interfaces and their groups. */
import { contains, parseAddress, parseCidr, sameAddress } from "./address.ts";
import type { Address } from "./address.ts";
import type { RawAcl, RawNetworkInterface, RawNetworks, RawSecurityGroup, RawSubnet } from "./vpc-objects.ts";

/** Addresses of the provider's own services: reached from every subnet, without a gateway. */
const serviceNetworks = ["161.26.0.0/16", "166.8.0.0/14"].map(parseCidr);

const privateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"].map(
  parseCidr,
);

export function isService(address: Address): boolean {
  return serviceNetworks.some((network) => contains(network, address));
}

/** Is this an address that the internet routes? */
export function isPublic(address: Address): boolean {
  return !isService(address) && !privateNetworks.some((network) => contains(network, address));
}

export function subnetOf({ subnets }: RawNetworks, address: Address): RawSubnet | undefined {
  return subnets?.find(({ ipv4_cidr_block }) => contains(parseCidr(ipv4_cidr_block), address));
}

/** The subnet's own ACL, else its VPC's default; undefined where the export does not hold it. */
export function aclOf({ network_acls, vpcs }: RawNetworks, subnet: RawSubnet): RawAcl | undefined {
  const id = subnet.network_acl?.id ?? vpcs?.find((vpc) => vpc.id === subnet.vpc.id)?.default_network_acl?.id;
  return network_acls?.find((acl) => acl.id === id);
}

/** A gateway carries packets of its own zone while it is available. */
export function hasGateway({ public_gateways }: RawNetworks, subnet: RawSubnet): boolean {
  const gateway = public_gateways?.find(({ id }) => id === subnet.public_gateway?.id);
  return gateway?.status === "available" && gateway.zone.name === subnet.zone.name;
}

/** The interface that bears the private address. */
export function interfaceAt(networks: RawNetworks, address: Address): RawNetworkInterface | undefined {
  return interfacesOf(networks).find((own) => sameAddress(parseAddress(own.primary_ip.address), address));
}

/** The interface that a public address belongs to. */
export function interfaceBehind(networks: RawNetworks, address: Address): RawNetworkInterface | undefined {
  return interfacesOf(networks).find((own) =>
    (own.floating_ips ?? []).some((floating) => sameAddress(parseAddress(floating.address), address)),
  );
}

export function groupsOf({ security_groups }: RawNetworks, own: RawNetworkInterface): readonly RawSecurityGroup[] {
  return (security_groups ?? []).filter(({ id }) => own.security_groups.some((group) => group.id === id));
}

/**
 * The groups of a worker whose cluster has one that is named after it, and then the default group of the VPC: no export tells
 * them. Workers are called `kube-CLUSTER-...`. Undefined: no group has such a name.
 */
export function groupsByName(
  networks: RawNetworks,
  vpc: string,
  worker: string,
): readonly RawSecurityGroup[] | undefined {
  const groups = (networks.security_groups ?? []).filter((group) => group.vpc.id === vpc);
  const own = groups.find(({ name }) => name !== undefined && name === worker.split("-").slice(0, 2).join("-"));
  const standard = networks.vpcs?.find(({ id }) => id === vpc)?.default_security_group?.id;
  return own && groups.filter((group) => group === own || group.id === standard);
}

/** The addresses of those who are in the group. */
export function membersOf(networks: RawNetworks, group: string): readonly Address[] {
  return interfacesOf(networks)
    .filter(({ security_groups }) => security_groups.some(({ id }) => id === group))
    .map(({ primary_ip }) => parseAddress(primary_ip.address));
}

function interfacesOf({ instances }: RawNetworks): readonly RawNetworkInterface[] {
  return (instances ?? []).flatMap(({ network_interfaces }) => network_interfaces);
}
