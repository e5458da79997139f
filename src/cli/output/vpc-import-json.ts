/** The networks around a cluster as `portcullis/vpc-import/v1`: docs/schemas/vpc-import.v1.json. */
import { type Address, type AddressSet, addressSetText, addressText } from "../../net/address.ts";
import { protocolText } from "../../net/protocol.ts";
import { isNoTraffic, type TrafficSet } from "../../net/traffic.ts";
import type {
  Acl,
  Cluster,
  GroupRule,
  Interface,
  LoadBalancer,
  PublicGateway,
  RoutingTable,
  SecurityGroup,
  Subnet,
  Vpc,
  VpcInventory,
  Worker,
} from "../../vpc/model.ts";
import { type Json, missingJson, originJson } from "./json.ts";
import { legacyRules } from "./vpc-words.ts";
import { trafficJson } from "./why-json.ts";

/** Lists are sorted by name, then id; rules of access lists stand in the order in which they count. */
export function vpcImportJson(inventory: VpcInventory): Json {
  const legacy = legacyRules(inventory);
  return {
    schema: "portcullis/vpc-import/v1",
    serviceNetworks: addressSetText(inventory.serviceNetworks),
    vpcs: sorted(inventory.vpcs).map(vpcJson),
    subnets: sorted(inventory.subnets).map(subnetJson),
    acls: sorted(inventory.acls).map(aclJson),
    groups: sorted(inventory.groups).map(groupJson),
    publicGateways: sorted(inventory.publicGateways).map(gatewayJson),
    interfaces: sorted(inventory.interfaces).map(interfaceJson),
    workers: inventory.workers.toSorted(byId).map(workerJson),
    clusters: sorted(inventory.clusters).map(clusterJson),
    loadBalancers: sorted(inventory.loadBalancers).map(loadBalancerJson),
    routingTables: sorted(inventory.routingTables).map(routingTableJson),
    complete: [...inventory.complete].sort(),
    missing: missingJson(inventory.gaps),
    assumptions: legacy === 0 ? [] : [{ name: "overlay-matched-by-legacy-all", rules: legacy }],
  };
}

function sorted<T extends { readonly id: string; readonly name: string }>(list: readonly T[]): readonly T[] {
  return list.toSorted((a, b) => compare(a.name, b.name) || byId(a, b));
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function addressJson(address: Address | undefined): string | undefined {
  return address === undefined ? undefined : addressText(address);
}

function rangesJson(set: AddressSet): Json {
  return addressSetText(set);
}

/** What is matched for certain, and what else if a legacy "all" means every protocol. */
function matchJson({ traffic, legacyTraffic }: { traffic: TrafficSet; legacyTraffic: TrafficSet }): {
  readonly [key: string]: Json | undefined;
} {
  return {
    traffic: trafficJson(traffic),
    legacyTraffic: isNoTraffic(legacyTraffic) ? undefined : trafficJson(legacyTraffic),
  };
}

function vpcJson(vpc: Vpc): Json {
  return {
    id: vpc.id,
    name: vpc.name,
    defaultAcl: vpc.defaultAcl,
    defaultGroup: vpc.defaultGroup,
    defaultRoutingTable: vpc.defaultRoutingTable,
    prefixes: rangesJson(vpc.prefixes),
    serviceSources: vpc.serviceSources.map(({ zone, address }) => ({ zone, address: addressText(address) })),
    classicAccess: vpc.classicAccess,
    origin: originJson(vpc.origin),
  };
}

function subnetJson(subnet: Subnet): Json {
  return {
    id: subnet.id,
    name: subnet.name,
    vpc: subnet.vpc,
    zone: subnet.zone,
    addresses: rangesJson(subnet.addresses),
    acl: subnet.acl,
    publicGateway: subnet.publicGateway,
    routingTable: subnet.routingTable,
    origin: originJson(subnet.origin),
  };
}

function aclJson({ id, name, vpc, rules, origin }: Acl): Json {
  return {
    id,
    name,
    vpc,
    rules: rules.map((rule) => ({
      name: rule.name,
      direction: rule.direction,
      action: rule.action,
      protocol: rule.protocol,
      ...matchJson(rule),
      source: rangesJson(rule.source),
      destination: rangesJson(rule.destination),
      origin: originJson(rule.origin),
    })),
    origin: originJson(origin),
  };
}

function groupJson({ id, name, vpc, rules, origin }: SecurityGroup): Json {
  return { id, name, vpc, rules: rules.map(groupRuleJson), origin: originJson(origin) };
}

function groupRuleJson(rule: GroupRule): Json {
  const { remote } = rule;
  return {
    name: rule.name,
    direction: rule.direction,
    protocol: rule.protocol,
    ...matchJson(rule),
    local: rangesJson(rule.local),
    remote: remote.kind === "group" ? undefined : rangesJson(remote.addresses),
    remoteGroup: remote.kind === "group" ? remote.group : undefined,
    origin: originJson(rule.origin),
  };
}

function gatewayJson({ id, name, vpc, zone, address, status, origin }: PublicGateway): Json {
  return { id, name, vpc, zone, address: addressJson(address), status, origin: originJson(origin) };
}

function interfaceJson(each: Interface): Json {
  return {
    kind: each.kind,
    name: each.name,
    id: each.id,
    subnet: each.subnet,
    addresses: each.addresses.map(addressText),
    groups: each.groups,
    floatingAddress: addressJson(each.floatingAddress),
    spoofing: each.spoofing,
    origin: originJson(each.origin),
  };
}

function workerJson(worker: Worker): Json {
  return {
    id: worker.id,
    cluster: worker.cluster,
    pool: worker.pool,
    zone: worker.zone,
    interfaces: worker.interfaces.map(({ subnet, address, range, primary }) => ({
      subnet,
      address: addressText(address),
      range: range && rangesJson(range),
      primary,
    })),
    version: worker.version,
    state: worker.state,
    origin: originJson(worker.origin),
  };
}

function clusterJson({ id, name, vpc, podRange, serviceRange, version, origin }: Cluster): Json {
  return {
    id,
    name,
    vpc,
    podRange: rangesJson(podRange),
    serviceRange: rangesJson(serviceRange),
    version,
    origin: originJson(origin),
  };
}

function loadBalancerJson(balancer: LoadBalancer): Json {
  return {
    id: balancer.id,
    name: balancer.name,
    kind: balancer.kind,
    isPublic: balancer.isPublic,
    addresses: balancer.addresses.map(addressText),
    privateAddresses: balancer.privateAddresses.map(addressText),
    subnets: balancer.subnets,
    groups: balancer.groups,
    listeners: balancer.listeners.map(({ protocol, port, members }) => ({
      protocol: protocolText(protocol),
      port,
      members: members.map((member) => ({ address: addressText(member.address), port: member.port })),
    })),
    origin: originJson(balancer.origin),
  };
}

function routingTableJson({ id, name, vpc, routes, origin }: RoutingTable): Json {
  return {
    id,
    name,
    vpc,
    routes: routes.map((route) => ({
      name: route.name,
      zone: route.zone,
      destination: rangesJson(route.destination),
      action: route.action,
      nextHop: addressJson(route.nextHop),
      origin: originJson(route.origin),
    })),
    origin: originJson(origin),
  };
}
