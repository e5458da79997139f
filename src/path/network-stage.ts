/** What networks around the cluster do to a flow, as data. */
import type { AddressSet } from "../net/address.ts";
import type { Node } from "../cluster/endpoint.ts";
import type { AssumptionName } from "../situation/assumptions.ts";
import type { Fact } from "../source/fact.ts";
import type { Origin } from "../source/origin.ts";
import type { RuleList, Sight } from "../vpc/filter.ts";
import type { NetworkDirection } from "../vpc/model.ts";
import type { Carrier, Header } from "./header.ts";
import type { Skipped } from "./stage.ts";

/** The way there, and the way of what answers. What drops only answers makes a flow one-way. */
export type Leg = "request" | "reply";

export type NetworkFilterName = `${"" | "reply "}${"acl" | "security group"} ${NetworkDirection}`;

/** An access list of a subnet, or the groups of an interface, in one direction. */
export interface NetworkFilter extends RuleList, Sight {
  readonly kind: "network filter";
  readonly name: NetworkFilterName;
  readonly leg: Leg;
  readonly direction: NetworkDirection;
  /** What is asked: the name of the list, or of the groups. */
  readonly filter: string;
  /** Where its text stands; undefined for what has no rules. */
  readonly origin: Origin | undefined;
  /** Where it stands: a subnet, or what is attached to one. */
  readonly place: string;
  readonly header: Header;
  /** Why its rules are not known; undefined: they are. */
  readonly unknown: Fact | undefined;
  /** What was assumed about which rules these are. */
  readonly assumption: AssumptionName | undefined;
}

/** Packets travel inside others between two nodes. */
export interface Overlay {
  readonly kind: "overlay";
  readonly name: "overlay" | "reply overlay";
  readonly leg: Leg;
  readonly carrier: Carrier;
  readonly from: AddressSet;
  readonly to: AddressSet;
  readonly assumption: AssumptionName;
}

/** A node puts its own address in place of its pod's, and a port of its own choice. */
export interface Masquerade {
  readonly kind: "masquerade";
  readonly name: "masquerade";
  readonly node: Node;
  readonly address: AddressSet;
  readonly assumption: AssumptionName;
}

/** What takes packets out of the networks, or lets them in; filters on the inner side see inner addresses. */
export interface Gateway {
  readonly kind: "gateway";
  readonly name: "gateway";
  /** `public gateway pgw-1`, `floating address 198.51.100.7`, `load balancer web`. */
  readonly gateway: string;
  /** What happens there: `sends on as 198.51.100.7`. */
  readonly does: string;
  readonly origin: Origin | undefined;
}

/** Nothing leads there; or it is not known whether anything does. */
export interface Unrouted {
  readonly kind: "unrouted";
  readonly name: "route" | "reply route";
  readonly leg: Leg;
  readonly reason: string;
  readonly origin: Origin | undefined;
  /** What is not known; undefined: there is no route for certain. */
  readonly unknown: Fact | undefined;
  readonly assumption: AssumptionName | undefined;
}

export type NetworkStage = NetworkFilter | Overlay | Masquerade | Gateway | Unrouted | Skipped;

/** The stages of both legs, between the hosts of two ends. */
export interface NetworkPath {
  readonly request: readonly NetworkStage[];
  readonly reply: readonly NetworkStage[];
}

/** One way in which the ends of a flow may be placed; all nodes of a list stand for the same. */
export interface Placement {
  /** Undefined: the end is no pod, or it is known where it runs. */
  readonly from: readonly string[] | undefined;
  readonly to: readonly string[] | undefined;
  /** Whether both are on one and the same node of the lists. */
  readonly together: boolean;
}

export interface Alternative extends Placement, NetworkPath {}

/** What networks do to a flow depends on where pods will run that run nowhere yet. */
export interface Unplaced {
  readonly kind: "unplaced";
  readonly name: "placement";
  readonly fact: Fact;
  readonly alternatives: readonly Alternative[];
}
