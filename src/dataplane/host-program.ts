/**
 * What a node does at its host endpoints, as a value. Each phase of a host endpoint's policies is a stage: from the two ends
 * of a packet to what becomes of it. `docs/enforce.md` tells where the kernel asks which.
 */
import type { Address, Family } from "../net/address.ts";
import type { TrafficSet } from "../net/traffic.ts";
import type { Direction, Phase } from "../policy/model.ts";
import type { AddressLookup } from "./address-lookup.ts";

/** What two ends lead to. */
export type HostTarget =
  /** A rule allows all of it, so that later phases are not asked; where there are none, nothing denies it. */
  | { readonly kind: "admit" }
  /** No rule decides, and later phases are asked. */
  | { readonly kind: "pass" }
  | { readonly kind: "deny" }
  /** What the chain of that name says of it. */
  | { readonly kind: "traffic"; readonly chain: string };

/** Ends at the endpoint's own side for which all peers lead to the same are one row. */
export interface HostStageFamily {
  readonly family: Family;
  /** The row of the end at the endpoint's side: receivers of an ingress stage, senders of an egress one. */
  readonly here: AddressLookup<number>;
  /** What the other end leads to. */
  readonly rows: readonly [AddressLookup<HostTarget>, ...AddressLookup<HostTarget>[]];
}

/** Stages that let everything pass are left out. */
export interface HostStage {
  /** The name of the host endpoint. */
  readonly endpoint: string;
  readonly phase: Phase;
  readonly direction: Direction;
  readonly families: readonly [HostStageFamily, HostStageFamily];
}

/** The two phases whose rules may also leave packets to later phases. */
export type EarlyPhase = "untracked" | "pre-dnat";

/**
 * What an early phase does with traffic; named by its content. Untracked ones look at packets as they are, pre-DNAT ones at
 * connections as they were opened. What is in neither set is dropped.
 */
export interface EarlyTraffic {
  readonly name: string;
  readonly phase: EarlyPhase;
  readonly allowed: TrafficSet;
  readonly passing: TrafficSet;
  /** What log rules meet. */
  readonly logged: TrafficSet;
}

export interface HostInterface {
  readonly name: string;
  /** The name of the host endpoint that claims it. */
  readonly endpoint: string;
}

export interface HostProgram {
  readonly interfaces: readonly HostInterface[];
  /** The name of the host endpoint of all other interfaces, but those to pods and the loopback; undefined: there is none. */
  readonly others: string | undefined;
  /** The interfaces that lead to pods of the node. */
  readonly towardsPods: readonly string[];
  /** Whether these are not all of them, so that pods have to be told by their addresses. */
  readonly hasHiddenPods: boolean;
  readonly stages: readonly HostStage[];
  readonly earlyTraffic: readonly EarlyTraffic[];
  /** What nodes put packets of pods into on their way to each other, and the addresses of all nodes. */
  readonly carriers: TrafficSet;
  readonly nodes: readonly Address[];
}

export function stageAt(
  { stages }: HostProgram,
  endpoint: string,
  phase: Phase,
  direction: Direction,
): HostStage | undefined {
  return stages.find((one) => one.endpoint === endpoint && one.phase === phase && one.direction === direction);
}

/** The endpoints that claim interfaces, each once. */
export function endpointsIn({ interfaces, others }: HostProgram): readonly string[] {
  return [...new Set([...interfaces.map(({ endpoint }) => endpoint), ...(others === undefined ? [] : [others])])];
}

/** Whether the endpoint has a say about what ends or begins at the node itself. */
export function judgesLocal(program: HostProgram, endpoint: string): boolean {
  return program.stages.some(
    ({ endpoint: own, phase }) => own === endpoint && phase !== "forward" && phase !== "untracked",
  );
}

/** Whether it has a say about what the node forwards. */
export function judgesForwarded(program: HostProgram, endpoint: string): boolean {
  return program.stages.some(
    ({ endpoint: own, phase }) => own === endpoint && (phase === "forward" || phase === "pre-dnat"),
  );
}

/** The same for equal targets only. */
export function targetText(target: HostTarget): string {
  return target.kind === "traffic" ? target.chain : target.kind;
}

/** The same for equal rows only. */
export function rowText({ rest, blocks, addresses }: AddressLookup<HostTarget>): string {
  return [
    targetText(rest),
    ...blocks.map(({ block, value }) => `${block.start}-${block.end} ${targetText(value)}`),
    ...addresses.map(({ address, value }) => `${address} ${targetText(value)}`),
  ].join("\n");
}
