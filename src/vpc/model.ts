/**
 * The networks around a cluster: subnets with their access lists, groups and gateways, whoever sells them. What one
 * provider calls things, and how its exports look, is a matter of `vpc/<provider>/` alone.
 */
import type { Address, AddressSet } from "../net/address.ts";
import type { TrafficSet } from "../net/traffic.ts";
import type { Fact } from "../source/fact.ts";
import type { Origin } from "../source/origin.ts";

/** Out of a subnet or interface, or into it. */
export type NetworkDirection = "inbound" | "outbound";

/** One line of an access list or of a group, its remote side resolved to addresses. */
export interface FilterRule {
  readonly name: string;
  readonly action: "allow" | "deny";
  readonly direction: NetworkDirection;
  readonly source: AddressSet;
  readonly destination: AddressSet;
  /** What it matches for certain. */
  readonly traffic: TrafficSet;
  /**
   * What it matches beside `traffic` if a legacy "all" means every protocol (assumption `overlay-matched-by-legacy-all`);
   * empty for every other rule.
   */
  readonly legacyTraffic: TrafficSet;
  /** The protocol in the provider's words, for messages: `tcp`, `all`, `icmp_tcp_udp`. */
  readonly protocol: string;
  /** Where it is written; path `rules[2]`, for `position 3` of its list. */
  readonly origin: Origin;
}

/** An ordered, stateless list: in each direction the first rule that matches decides, and none means deny. */
export interface Acl {
  readonly id: string;
  readonly name: string;
  readonly vpc: string;
  /** Both directions, in evaluation order. */
  readonly rules: readonly FilterRule[];
  readonly origin: Origin;
}

/** One side of a group's rule that names another group: whoever is a member of it. */
export type GroupPeer =
  | { readonly kind: "addresses"; readonly addresses: AddressSet }
  | { readonly kind: "group"; readonly group: string };

/** Allow-only, in any order, stateful: replies of admitted flows pass. */
export interface GroupRule {
  readonly name: string;
  readonly direction: NetworkDirection;
  /** Addresses of the member's own that it concerns. */
  readonly local: AddressSet;
  readonly remote: GroupPeer;
  readonly traffic: TrafficSet;
  readonly legacyTraffic: TrafficSet;
  readonly protocol: string;
  readonly origin: Origin;
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly vpc: string;
  readonly rules: readonly GroupRule[];
  readonly origin: Origin;
}

/** A gateway by which a subnet's interfaces reach the internet, and nobody reaches them. */
export interface PublicGateway {
  readonly id: string;
  readonly name: string;
  readonly vpc: string;
  readonly zone: string;
  /** What the internet sees; undefined where the export does not tell. */
  readonly address: Address | undefined;
  /** Only an available gateway carries anything. */
  readonly status: string;
  readonly origin: Origin;
}

export interface Subnet {
  readonly id: string;
  readonly name: string;
  readonly vpc: string;
  readonly zone: string;
  readonly addresses: AddressSet;
  /** The id of its access list; undefined where the export does not tell: then the default of its VPC counts. */
  readonly acl: string | undefined;
  /** The id of its public gateway; undefined: none. */
  readonly publicGateway: string | undefined;
  /** The id of its routing table; undefined: the default of its VPC. */
  readonly routingTable: string | undefined;
  readonly origin: Origin;
}

/** What bears an address in a subnet. */
export interface Interface {
  readonly kind: "worker" | "instance" | "load balancer" | "endpoint gateway" | "other";
  /** The name of what it belongs to: a worker, an instance, a load balancer. */
  readonly name: string;
  readonly id: string;
  /** The id of its subnet; undefined where the export does not tell: then the subnet that holds the address. */
  readonly subnet: string | undefined;
  readonly addresses: readonly Address[];
  /** The ids of its groups; undefined where the export does not tell, as for workers. */
  readonly groups: readonly string[] | undefined;
  /** Its own address on the internet, one to one and in both directions; undefined: none. */
  readonly floatingAddress: Address | undefined;
  /** Undefined: the export does not tell whether it has a floating address. */
  readonly isFloatingTold: true | undefined;
  /** Whether it may send from addresses that are not its own, as raw pod traffic does; undefined: not told. */
  readonly spoofing: boolean | undefined;
  readonly origin: Origin;
}

/** A floating address of something that the input does not tell of. */
export interface StrayAddress {
  readonly address: Address;
  /** The id of what bears it. */
  readonly target: string;
}

/** A worker of a managed cluster: the node of that address. */
export interface Worker {
  readonly id: string;
  readonly cluster: string | undefined;
  readonly pool: string | undefined;
  readonly zone: string;
  /** With the CIDR of the subnet where the export tells it. */
  readonly interfaces: readonly {
    readonly subnet: string | undefined;
    readonly address: Address;
    readonly range: AddressSet | undefined;
    readonly primary: boolean;
  }[];
  readonly version: string | undefined;
  readonly state: string | undefined;
  readonly origin: Origin;
}

export interface Cluster {
  readonly id: string;
  readonly name: string;
  readonly vpc: string | undefined;
  readonly podRange: AddressSet;
  readonly serviceRange: AddressSet;
  readonly version: string | undefined;
  readonly origin: Origin;
}

export interface LoadBalancer {
  readonly id: string;
  readonly name: string;
  /** `application`: a proxy, whose own addresses the members see. `network`: passes packets on, and members reply directly. */
  readonly kind: "application" | "network";
  readonly isPublic: boolean;
  readonly addresses: readonly Address[];
  /** Its own addresses inside its subnets. */
  readonly privateAddresses: readonly Address[];
  readonly subnets: readonly string[];
  readonly groups: readonly string[];
  readonly listeners: readonly {
    readonly protocol: number;
    readonly port: number;
    readonly members: readonly { readonly address: Address; readonly port: number }[];
  }[];
  readonly origin: Origin;
}

/** Where a route of a table leads. */
export type RouteAction = "deliver" | "delegate" | "delegate_vpc" | "drop";

export interface Route {
  readonly name: string;
  readonly zone: string;
  readonly destination: AddressSet;
  readonly action: RouteAction;
  /** For `deliver`: the address that takes the packets; undefined where the next hop is no address. */
  readonly nextHop: Address | undefined;
  readonly origin: Origin;
}

export interface RoutingTable {
  readonly id: string;
  readonly name: string;
  readonly vpc: string;
  readonly routes: readonly Route[];
  readonly origin: Origin;
}

export interface Vpc {
  readonly id: string;
  readonly name: string;
  readonly defaultAcl: string | undefined;
  readonly defaultGroup: string | undefined;
  readonly defaultRoutingTable: string | undefined;
  /** Prefixes that its subnets are taken from; empty where the export does not tell. */
  readonly prefixes: AddressSet;
  /** What the service network sees of each zone. */
  readonly serviceSources: readonly { readonly zone: string; readonly address: Address }[];
  readonly classicAccess: boolean;
  readonly origin: Origin;
}

/** Everything known about the networks around a cluster. Lists hold each id once. */
export interface VpcInventory {
  /** Addresses of the provider's own services: not the internet, and reached without a gateway. */
  readonly serviceNetworks: AddressSet;
  readonly vpcs: readonly Vpc[];
  readonly subnets: readonly Subnet[];
  readonly acls: readonly Acl[];
  readonly groups: readonly SecurityGroup[];
  readonly publicGateways: readonly PublicGateway[];
  readonly interfaces: readonly Interface[];
  /** Addresses on the internet of something in the networks that the input does not hold. */
  readonly strayAddresses: readonly StrayAddress[];
  readonly workers: readonly Worker[];
  readonly clusters: readonly Cluster[];
  readonly loadBalancers: readonly LoadBalancer[];
  readonly routingTables: readonly RoutingTable[];
  /** Kinds of objects of which the input holds a collection, even an empty one: what is not there does not exist. */
  readonly complete: ReadonlySet<VpcKind>;
  /** What the input speaks of and does not tell. */
  readonly gaps: readonly Fact[];
}

export type VpcKind =
  | "vpc"
  | "subnet"
  | "network acl"
  | "security group"
  | "public gateway"
  | "floating ip"
  | "instance"
  | "worker"
  | "cluster"
  | "load balancer"
  | "endpoint gateway"
  | "routing table";
