/**
 * The kernel program of a node as a value: a few big maps, whatever the number of policies, and shared traffic chains.
 * `docs/how-it-works.md` walks a packet through it.
 */
import type { Address, Family } from "../net/address.ts";
import type { Interval } from "../net/intervals.ts";
import type { TrafficSet } from "../net/traffic.ts";
import type { HostProgram } from "./host-program.ts";

/** What a pair of peer class and local pod leads to. Pairs without an entry are denied. */
export type Target =
  | { readonly kind: "admit" }
  /** Only the traffic of the shared chain of that name passes. */
  | { readonly kind: "traffic"; readonly chain: string };

export interface PairEntry {
  readonly peerClass: number;
  readonly pod: Address;
  readonly target: Target;
}

/** The class of every address of a block; blocks are disjoint and in order, and addresses in none are of class 0, the rest of the world. */
export interface ClassEntry {
  readonly block: Interval<bigint>;
  readonly peerClass: number;
}

export interface FamilyProgram {
  readonly family: Family;
  /** Local pods that some policy governs in the direction; no other pod is touched. */
  readonly isolatedEgress: readonly Address[];
  readonly isolatedIngress: readonly Address[];
  /** Every pod of the node, governed or not. */
  readonly localPods: readonly Address[];
  /** Single addresses (pods, and nodes that rules select), looked up by hash before the blocks that hold them. */
  readonly addressClasses: readonly ClassEntry[];
  /** Blocks of addresses that rules name. */
  readonly blockClasses: readonly ClassEntry[];
  readonly egress: readonly PairEntry[];
  readonly ingress: readonly PairEntry[];
}

/** A chain that lets exactly `traffic` pass; named by its content, so equal sets share one chain. */
export interface TrafficChain {
  readonly name: string;
  readonly traffic: TrafficSet;
  /** What log rules meet, passing or not. */
  readonly logged: TrafficSet;
}

/** A pod's interface on the node, and the only addresses it may send from. */
export interface BoundInterface {
  readonly name: string;
  readonly addresses: readonly Address[];
}

export interface Program {
  readonly node: string;
  readonly table: string;
  /** Stamped on admitted connections, 1 to 65535; a connection with another stamp is judged anew. */
  readonly generation: number;
  /** What denied packets meet. */
  readonly denial: "reject" | "drop";
  /** What becomes of connections of pods to this node itself; denied ones are of governed pods, dropped ones of any. */
  readonly toOwnNode: "allow" | "judge" | "drop";
  readonly interfaces: readonly BoundInterface[];
  readonly families: readonly [FamilyProgram, FamilyProgram];
  readonly trafficChains: readonly TrafficChain[];
  /** What happens at the node's own interfaces; undefined: policy governs none of them. */
  readonly hosts: HostProgram | undefined;
  /** Why the node enforces less than the policies say; empty when it enforces all of it. */
  readonly degraded: readonly string[];
}
