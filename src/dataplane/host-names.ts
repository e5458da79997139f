/** What chains and sets of host endpoints are called in the kernel. */
import type { Family } from "../net/address.ts";
import { contentHash } from "./content-hash.ts";
import type { HostStage } from "./host-program.ts";

/** Where packets are sent to the chain of their interface's host endpoint. */
export type Dispatch =
  | "untracked_in"
  | "untracked_out"
  | "pre_dnat"
  | "hosts_input"
  | "hosts_output"
  | "hosts_forward_in"
  | "hosts_forward_out"
  | "hosts_judged_in"
  | "hosts_judged_out";

/** Where the numbers of traffic of early phases lead to. */
export const EARLY_TRAFFIC_MAP = "early_traffic";
/** The interfaces that the host endpoint of all others leaves out. */
export const APART = "apart_interfaces";
/** The addresses of the cluster's nodes, of each family. */
export const CLUSTER_NODES = { 4: "cluster_nodes4", 6: "cluster_nodes6" } as const;

/** The map from interfaces to chains. */
export function dispatchMap(name: Dispatch): string {
  return `${name}_at`;
}

/** Whether a set belongs to host endpoints. */
export function isHostSet(name: string): boolean {
  const known: readonly string[] = [EARLY_TRAFFIC_MAP, APART, ...Object.values(CLUSTER_NODES)];
  return known.includes(name) || name.startsWith("host_") || name.endsWith("_at");
}

/** Names of host endpoints may hold what names of chains may not. */
export function endpointChain(endpoint: string, what: string): string {
  return `host_${contentHash(endpoint)}_${what}`;
}

export function stageChain({
  endpoint,
  phase,
  direction,
}: Pick<HostStage, "endpoint" | "phase" | "direction">): string {
  return endpointChain(endpoint, `${phase.replace("-", "_")}_${direction}`);
}

export function familyChain(stage: Parameters<typeof stageChain>[0], family: Family): string {
  return `${stageChain(stage)}${family}`;
}

/** A stage with several rows has a chain for each, named by its content. */
export function rowChain(stage: Parameters<typeof stageChain>[0], family: Family, content: string): string {
  return `${familyChain(stage, family)}_${contentHash(content)}`;
}
