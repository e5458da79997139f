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
