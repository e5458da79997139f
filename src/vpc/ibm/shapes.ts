/** The objects of the VPC API that are read: what they are called, what only they have, and how to read them. */
import type { Cursor } from "../../resources/schema/cursor.ts";
import type { VpcKind } from "../model.ts";
import type { VpcObject } from "../reading.ts";
import { cluster, worker } from "./clusters.ts";
import type { ObjectFields } from "./object-fields.ts";
import { endpointGateway, floatingIp, publicGateway } from "./gateways.ts";
import { instance, networkInterface, virtualInterface } from "./instances.ts";
import { listener, loadBalancer, pool, poolMember } from "./load-balancers.ts";
import { networkAcl } from "./network-acl.ts";
import { route, routingTable } from "./routing-tables.ts";
import { securityGroup } from "./security-group.ts";
import { addressPrefix, reservedIp, subnet, vpc } from "./vpc.ts";

export interface Shape {
  /** How messages call the object. */
  readonly noun: string;
  /** What its `resource_type` or the type in its `crn` is. */
  readonly type: string;
  /** The names of collections of it. */
  readonly collections: readonly string[];
  /** The kind that a collection of it makes known whole; undefined for parts of others. */
  readonly kind: VpcKind | undefined;
  /** Whether fields say that it is one, where nothing else does. */
  readonly fits: (fields: ObjectFields) => boolean;
  readonly read: (at: Cursor) => readonly VpcObject[];
}

/** More particular shapes stand first. */
export const SHAPES: readonly Shape[] = [
  {
    noun: "VPC",
    type: "vpc",
    collections: ["vpcs"],
    kind: "vpc",
    fits: (fields) => fields.hasAny("default_network_acl", "cse_source_ips", "classic_access"),
    read: vpc,
  },
  {
    noun: "subnet",
    type: "subnet",
    collections: ["subnets"],
    kind: "subnet",
    fits: (fields) => fields.has("ipv4_cidr_block"),
    read: subnet,
  },
  {
    noun: "network ACL",
    type: "network-acl",
    collections: ["network_acls"],
    kind: "network acl",
    fits: (fields) => fields.lists("rules") && (fields.lists("subnets") || fields.listsWith("rules", "action")),
    read: (at) => [{ kind: "network acl", value: networkAcl(at) }],
  },
  {
    noun: "security group",
    type: "security-group",
    collections: ["security_groups"],
    kind: "security group",
    // Groups of older API versions list their interfaces instead of targets.
    fits: (fields) =>
      fields.lists("rules") &&
      (fields.lists("targets") || fields.lists("network_interfaces") || fields.listsWith("rules", "remote")),
    read: securityGroup,
  },
  {
    noun: "public gateway",
    type: "public-gateway",
    collections: ["public_gateways"],
    kind: "public gateway",
    fits: (fields) => fields.has("floating_ip", "zone"),
    read: publicGateway,
  },
  {
    noun: "endpoint gateway",
    type: "endpoint-gateway",
    collections: ["endpoint_gateways"],
    kind: "endpoint gateway",
    fits: (fields) => fields.lists("ips") && fields.hasAny("service_endpoint", "service_endpoints"),
    read: endpointGateway,
  },
  {
    noun: "virtual network interface",
    type: "virtual-network-interface",
    collections: ["virtual_network_interfaces", "virtual_nis"],
    kind: undefined,
    fits: (fields) => fields.lists("ips") && fields.hasAny("allow_ip_spoofing", "enable_infrastructure_nat"),
    read: virtualInterface,
  },
  {
    noun: "instance",
    type: "instance",
    collections: ["instances"],
    kind: "instance",
    fits: (fields) => fields.lists("network_attachments") || fields.lists("network_interfaces"),
    read: instance,
  },
  {
    noun: "bare metal server",
    type: "bare-metal-server",
    collections: ["bare_metal_servers"],
    kind: undefined,
    fits: () => false,
    read: instance,
  },
  {
    noun: "network interface",
    type: "network-interface",
    collections: ["network_interfaces"],
    kind: undefined,
    fits: (fields) => fields.has("subnet") && fields.hasAny("primary_ip", "primary_ipv4_address"),
    read: networkInterface,
  },
  {
    noun: "load balancer",
    type: "load-balancer",
    collections: ["load_balancers"],
    kind: "load balancer",
    fits: (fields) => fields.has("is_public") && fields.hasAny("listeners", "pools", "private_ips"),
    read: loadBalancer,
  },
  {
    noun: "listener",
    type: "load-balancer-listener",
    collections: ["listeners"],
    kind: undefined,
    fits: (fields) =>
      fields.has("protocol") && fields.hasAny("default_pool", "connection_limit", "accept_proxy_protocol"),
    read: listener,
  },
  {
    noun: "pool",
    type: "load-balancer-pool",
    collections: ["pools"],
    kind: undefined,
    fits: (fields) => fields.has("algorithm") && fields.hasAny("members", "health_monitor"),
    read: pool,
  },
  {
    noun: "pool member",
    type: "load-balancer-pool-member",
    collections: ["members"],
    kind: undefined,
    fits: (fields) => fields.has("target", "port") && fields.hasAny("weight", "health"),
    read: poolMember,
  },
  {
    noun: "routing table",
    type: "routing-table",
    collections: ["routing_tables"],
    kind: "routing table",
    fits: (fields) => fields.lists("routes") && fields.hasAny("is_default", "route_vpc_zone_ingress"),
    read: routingTable,
  },
  {
    noun: "route",
    type: "route",
    collections: ["routes"],
    kind: undefined,
    fits: (fields) => fields.has("destination", "next_hop", "zone"),
    read: route,
  },
  {
    noun: "floating IP",
    type: "floating-ip",
    collections: ["floating_ips"],
    kind: "floating ip",
    fits: (fields) => fields.has("address", "zone") && fields.hasAny("target", "status"),
    read: floatingIp,
  },
  {
    noun: "reserved IP",
    type: "subnet-reserved-ip",
    collections: ["reserved_ips"],
    kind: undefined,
    fits: (fields) => fields.has("address", "auto_delete"),
    read: reservedIp,
  },
  {
    noun: "address prefix",
    type: "address-prefix",
    collections: ["address_prefixes"],
    kind: undefined,
    fits: (fields) => fields.has("cidr", "has_subnets"),
    read: addressPrefix,
  },
  {
    noun: "worker",
    type: "worker",
    collections: ["workers"],
    kind: "worker",
    fits: (fields) =>
      fields.hasAny("networkInterfaces", "networkInformation") && fields.hasAny("poolID", "poolName", "kubeVersion"),
    read: worker,
  },
  {
    noun: "cluster",
    type: "cluster",
    collections: ["iks_clusters", "clusters"],
    kind: "cluster",
    fits: (fields) => fields.has("id", "name") && fields.hasAny("masterKubeVersion", "podSubnet"),
    read: cluster,
  },
];
