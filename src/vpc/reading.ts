/**
 * What one text tells of the networks: pieces, to be put together by `vpcInventoryOf`. Exports spread one object over
 * several collections, and several files, so a piece is what one place tells.
 */
import type { Address, AddressSet } from "../net/address.ts";
import type { Blind } from "../resources/reading.ts";
import type { Fact } from "../source/fact.ts";
import type { Finding } from "../source/finding.ts";
import type { Origin } from "../source/origin.ts";
import type { Command } from "./commands.ts";
import type {
  Cluster,
  Interface,
  LoadBalancer,
  PublicGateway,
  Route,
  RoutingTable,
  SecurityGroup,
  Subnet,
  Vpc,
  VpcKind,
  Worker,
} from "./model.ts";
import type { WrittenAcl } from "./written-acl.ts";

export interface VpcReading {
  readonly objects: readonly VpcObject[];
  /** Kinds of which the text holds a whole collection. */
  readonly complete: ReadonlySet<VpcKind>;
  /** Parts of collections that an API handed out page by page. */
  readonly pages: readonly Page[];
  /** What its scripts do, in their order. */
  readonly commands: readonly Command[];
  /** What the text speaks of and cannot be taken into account. */
  readonly gaps: readonly Fact[];
  readonly findings: readonly Finding[];
  readonly blinds: readonly Blind[];
  /** How many objects were passed over that have no say in who may talk, by what they are. */
  readonly passedOver: ReadonlyMap<string, number>;
}

/** One page of a collection. */
export interface Page {
  readonly kind: VpcKind;
  /** How many objects it holds. */
  readonly count: number;
  /** How many the collection has; undefined where the page does not tell. */
  readonly total: number | undefined;
  /** Whether another page follows. */
  readonly goesOn: boolean;
  readonly origin: Origin;
}

/** References are ids as written. An id that ends in `-.` is the beginning of one, as tables shorten them. */
export interface Pieces {
  readonly vpc: Vpc;
  readonly "address prefix": AddressPrefix;
  readonly subnet: Subnet;
  readonly "reserved ip": ReservedIp;
  readonly "network acl": WrittenAcl;
  readonly "security group": SecurityGroup;
  readonly "group members": GroupMembers;
  readonly "public gateway": PublicGateway;
  readonly "floating ip": FloatingIp;
  readonly interface: OwnedInterface;
  readonly "virtual interface": VirtualInterface;
  readonly "endpoint gateway": EndpointGateway;
  readonly worker: Worker;
  readonly cluster: Cluster;
  readonly "load balancer": WrittenLoadBalancer;
  readonly listener: Listener;
  readonly pool: Pool;
  readonly "pool member": PoolMember;
  readonly "routing table": WrittenRoutingTable;
  readonly route: WrittenRoute;
}

export type PieceKind = keyof Pieces;

export interface Piece<K extends PieceKind> {
  readonly kind: K;
  readonly value: Pieces[K];
}

export type VpcObject = { readonly [K in PieceKind]: Piece<K> }[PieceKind];

export interface AddressPrefix {
  readonly id: string;
  /** Undefined where the export does not tell. */
  readonly vpc: string | undefined;
  readonly addresses: AddressSet;
  readonly origin: Origin;
}

/** An address that a subnet keeps for somebody. */
export interface ReservedIp {
  readonly id: string;
  readonly address: Address;
  /** Undefined where the export does not tell. */
  readonly subnet: string | undefined;
  readonly origin: Origin;
}

/** The ids of everything a group is attached to. */
export interface GroupMembers {
  /** The group. */
  readonly id: string;
  readonly members: readonly string[];
  readonly origin: Origin;
}

export interface FloatingIp {
  readonly id: string;
  readonly address: Address;
  /** The id of the interface it belongs to, or of a gateway; undefined: of nobody. */
  readonly target: string | undefined;
  readonly origin: Origin;
}

export interface OwnedInterface extends Interface {
  /** The id of the instance; undefined where the export does not tell. */
  readonly owner: string | undefined;
}

/** An interface that exists by itself and is attached to something. */
export interface VirtualInterface extends Interface {
  /** The id of the attachment, which is the id the instance calls its interface by; undefined: of nobody. */
  readonly target: string | undefined;
}

/** Addresses inside subnets that lead to a service of the provider. */
export interface EndpointGateway {
  readonly id: string;
  readonly name: string;
  readonly groups: readonly string[] | undefined;
  /** Its reserved addresses: by id, and with the address and subnet where they stand beside it. */
  readonly ips: readonly {
    readonly id: string;
    readonly address: Address | undefined;
    readonly subnet: string | undefined;
  }[];
  readonly origin: Origin;
}

export interface WrittenLoadBalancer extends Omit<LoadBalancer, "listeners"> {
  /** Ids. */
  readonly listeners: readonly string[];
}

export interface Listener {
  readonly id: string;
  readonly protocol: number;
  /** First and last. */
  readonly ports: readonly [number, number];
  /** The ids of every pool it may hand a connection to, as far as they are told. */
  readonly pools: readonly string[];
  /** Whether it has policies that the export only names: they may lead to further pools. */
  readonly hasUntoldPolicies: boolean;
  readonly origin: Origin;
}

export interface Pool {
  readonly id: string;
  /** Ids. */
  readonly members: readonly string[];
  readonly origin: Origin;
}

export interface PoolMember {
  readonly id: string;
  readonly target:
    | { readonly kind: "address"; readonly address: Address }
    /** An instance, or a load balancer, by its id. */
    | { readonly kind: "object"; readonly id: string };
  readonly port: number;
  readonly origin: Origin;
}

export interface WrittenRoutingTable extends Omit<RoutingTable, "routes" | "vpc"> {
  /** Undefined where the export does not tell. */
  readonly vpc: string | undefined;
  /** Ids. */
  readonly routes: readonly string[];
}

export interface WrittenRoute extends Route {
  readonly id: string;
}
