/** Which object of the VPC API a JSON object is, by what it says of itself or by the fields that only it has. */
import type { Cursor } from "../../resources/schema/cursor.ts";
import type { MapNode, Node } from "../../resources/yaml/nodes.ts";
import type { VpcKind } from "../model.ts";
import type { VpcObject } from "../reading.ts";
import { cluster, worker } from "./clusters.ts";
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
  readonly fits: (fields: Fields) => boolean;
  readonly read: (at: Cursor) => readonly VpcObject[];
}

/** The names of the fields of an object, and a way to look at the first item of a list. */
class Fields {
  readonly #node: MapNode;

  constructor(node: MapNode) {
    this.#node = node;
  }

  has(...names: readonly string[]): boolean {
    return names.every((name) => this.#node.entries.has(name));
  }

  hasAny(...names: readonly string[]): boolean {
    return names.some((name) => this.#node.entries.has(name));
  }

  /** Whether the field is a list. */
  lists(name: string): boolean {
    return this.#node.entries.get(name)?.value.kind === "list";
  }

  /** Whether the field is a list whose first item has the field `inside`. */
  listsWith(name: string, inside: string): boolean {
    const value = this.#node.entries.get(name)?.value;
    const [first] = value?.kind === "list" ? value.items : [];
    return first?.kind === "map" && first.entries.has(inside);
  }
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

const BY_TYPE: ReadonlyMap<string, Shape> = new Map(SHAPES.map((shape) => [shape.type, shape]));
const BY_COLLECTION: ReadonlyMap<string, Shape> = new Map(
  SHAPES.flatMap((shape) => shape.collections.map((name) => [name, shape] as const)),
);

/** The shape of the items of a collection of this name. */
export function collectionShape(name: string): Shape | undefined {
  return BY_COLLECTION.get(name);
}

/** Undefined for what is no object of the VPC API, or of a kind that is not known. */
export function shapeOf(node: Node): Shape | undefined {
  if (node.kind !== "map" || isKubernetes(node)) return undefined;
  const type = resourceType(node);
  const typed = type === undefined ? undefined : BY_TYPE.get(type);
  if (typed !== undefined) return typed;
  const fields = new Fields(node);
  return type === undefined ? SHAPES.find(({ fits }) => fits(fields)) : undefined;
}

/** Whether this is an object of a cluster, which is never one of a VPC. */
export function isKubernetes(node: MapNode): boolean {
  return textAt(node, "apiVersion") !== undefined && textAt(node, "kind") !== undefined;
}

/**
 * The type that an object of the VPC API says it has, with hyphens: from `resource_type`, or from its `crn`, whose fifth
 * part names the service and whose ninth the type.
 */
export function resourceType(node: MapNode): string | undefined {
  const parts = textAt(node, "crn")?.split(":");
  if (parts?.[0] === "crn" && parts[4] === "is" && parts[8] !== undefined && parts[8] !== "") return parts[8];
  return textAt(node, "resource_type")?.replaceAll("_", "-");
}

export function textAt(node: MapNode, field: string): string | undefined {
  const value = node.entries.get(field)?.value;
  return value?.kind === "scalar" && typeof value.value === "string" ? value.value : undefined;
}
