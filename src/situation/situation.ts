/** A situation: one immutable value that answers are about. Who is there, what is wanted, what is not known. */
import { inventoryOf, type Inventory } from "../cluster/inventory.ts";
import { type AddressSet, IPV4 } from "../net/address.ts";
import { unionOf } from "../net/intervals.ts";
import { networkPolicyTier } from "../policy/dialects/kubernetes/lower.ts";
import { inOrder, type Tier } from "../policy/model.ts";
import type { NetworkPolicyResource } from "../resources/kinds.ts";
import type { Blind, Reading } from "../resources/reading.ts";
import type { Finding } from "../source/finding.ts";
import type { Assumptions } from "./assumptions.ts";

export interface Situation {
  readonly inventory: Inventory;
  /** In evaluation order. */
  readonly tiers: readonly Tier[];
  /** What may filter packets and cannot be taken into account. */
  readonly blinds: readonly Blind[];
  readonly assumptions: Assumptions;
  /** Where a pod that has no address yet will get one. */
  readonly podRange: AddressSet;
}

export interface SituationOptions {
  readonly assumptions: Assumptions;
  /** The addresses pods get; undefined: what the nodes tell, else any IPv4 address. */
  readonly podRange: AddressSet | undefined;
}

/** Pure; O(resources) but for Services resolved by selector. */
export function situationOf(
  reading: Reading,
  options: SituationOptions,
): { readonly situation: Situation; readonly findings: readonly Finding[] } {
  const { inventory, findings } = inventoryOf(reading.resources);
  const policies = reading.resources.filter(
    (resource): resource is NetworkPolicyResource => resource.kind === "NetworkPolicy",
  );
  const told = unionOf(inventory.nodes.flatMap((node) => node.podRange));
  const situation: Situation = {
    inventory,
    tiers: inOrder([networkPolicyTier(policies)]),
    blinds: reading.blinds,
    assumptions: options.assumptions,
    podRange: options.podRange ?? (told.length > 0 ? told : [IPV4]),
  };
  return { situation, findings };
}
