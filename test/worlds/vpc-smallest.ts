import { parseAddress } from "../naive/address.ts";
import { isNode } from "../naive/raw-objects.ts";
import type { RawObject } from "../naive/raw-objects.ts";
import { subnetOf } from "../naive/vpc-networks.ts";
import type { RawNetworks } from "../naive/vpc-objects.ts";

/**
 * The networks without one object, one rule or one tie between objects; what something else refers to stays, so all of them
 * are valid.
 */
export function smallerNetworks(networks: RawNetworks, objects: readonly RawObject[]): readonly RawNetworks[] {
  return [
    ...withoutWorkers(networks),
    ...withoutServers(networks),
    ...withoutSubnets(networks, objects),
    ...withoutGateways(networks),
    ...withoutAcls(networks),
    ...withoutRules(networks),
  ];
}

function withoutWorkers({ workers, ...others }: RawNetworks): readonly RawNetworks[] {
  return workers === undefined ? [] : [others];
}

function withoutServers(networks: RawNetworks): readonly RawNetworks[] {
  const { instances = [], floating_ips = [] } = networks;
  return instances.map(({ network_interfaces }, index) => {
    const gone = new Set(network_interfaces.map(({ id }) => id));
    return {
      ...networks,
      instances: instances.toSpliced(index, 1),
      floating_ips: floating_ips.filter(({ target }) => !gone.has(target?.id ?? "")),
    };
  });
}

function withoutSubnets(networks: RawNetworks, objects: readonly RawObject[]): readonly RawNetworks[] {
  const { subnets = [], instances = [] } = networks;
  const ofNodes = objects
    .filter(isNode)
    .flatMap(({ status }) => (status?.addresses ?? []).filter(({ type }) => type === "InternalIP"))
    .map(({ address }) => subnetOf(networks, parseAddress(address))?.id);
  const inUse = new Set([
    ...ofNodes,
    ...instances.flatMap(({ network_interfaces }) => network_interfaces.map(({ subnet }) => subnet.id)),
  ]);
  return subnets.flatMap(({ id }, index) =>
    inUse.has(id) ? [] : [{ ...networks, subnets: subnets.toSpliced(index, 1) }],
  );
}

/** Gateways that serve no subnet, and what ties a subnet to one. */
function withoutGateways(networks: RawNetworks): readonly RawNetworks[] {
  const { subnets = [], public_gateways = [] } = networks;
  const serving = new Set(subnets.map(({ public_gateway }) => public_gateway?.id));
  return [
    ...public_gateways.flatMap(({ id }, index) =>
      serving.has(id) ? [] : [{ ...networks, public_gateways: public_gateways.toSpliced(index, 1) }],
    ),
    ...subnets.flatMap(({ public_gateway: gateway, ...subnet }, index) =>
      gateway === undefined ? [] : [{ ...networks, subnets: subnets.with(index, subnet) }],
    ),
  ];
}

/** Lists that are on no subnet and no VPC's default. */
function withoutAcls(networks: RawNetworks): readonly RawNetworks[] {
  const { vpcs = [], subnets = [], network_acls = [] } = networks;
  const inUse = new Set([
    ...subnets.map(({ network_acl }) => network_acl?.id),
    ...vpcs.map(({ default_network_acl }) => default_network_acl?.id),
  ]);
  return network_acls.flatMap(({ id }, index) =>
    inUse.has(id) ? [] : [{ ...networks, network_acls: network_acls.toSpliced(index, 1) }],
  );
}

function withoutRules(networks: RawNetworks): readonly RawNetworks[] {
  const { network_acls = [], security_groups = [] } = networks;
  return [
    ...network_acls.flatMap((acl, index) =>
      withoutOne(acl.rules).map((rules) => ({
        ...networks,
        network_acls: network_acls.with(index, { ...acl, rules }),
      })),
    ),
    ...security_groups.flatMap((group, index) =>
      withoutOne(group.rules).map((rules) => ({
        ...networks,
        security_groups: security_groups.with(index, { ...group, rules }),
      })),
    ),
  ];
}

function withoutOne<T>(list: readonly T[]): readonly (readonly T[])[] {
  return list.map((_, index) => list.toSpliced(index, 1));
}
