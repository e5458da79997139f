/** A situation: one immutable value that answers are about. Who is there, what is wanted, what is not known. */
import { inventoryOf, type Inventory } from "../cluster/inventory.ts";
import { type AddressSet, IPV4 } from "../net/address.ts";
import { unionOf } from "../net/intervals.ts";
import type { Profile, Tier } from "../policy/model.ts";
import type { Blind, Reading } from "../resources/reading.ts";
import type { Finding } from "../source/finding.ts";
import type { VpcInventory } from "../vpc/model.ts";
import type { Assumptions } from "./assumptions.ts";
import { odditiesOf } from "./oddities/oddities.ts";
import { profilesOf } from "./profiles.ts";
import { type Tiers, tiersOf } from "./tiers.ts";

export interface Situation {
  readonly inventory: Inventory;
  /** In evaluation order, those with policies. */
  readonly tiers: readonly Tier[];
  /** The tiers once everything staged is live; undefined where nothing is staged. */
  readonly pendingTiers: readonly Tier[] | undefined;
  /** The profiles that host endpoints may name. */
  readonly profiles: ReadonlyMap<string, Profile>;
  /** What may filter packets and cannot be taken into account. */
  readonly blinds: readonly Blind[];
  readonly assumptions: Assumptions;
  /** Where a pod that has no address yet will get one. */
  readonly podRange: AddressSet;
  /** The networks around the cluster; undefined: the input does not speak of any, and nothing is asked of them. */
  readonly vpc: VpcInventory | undefined;
}

export interface SituationOptions {
  readonly assumptions: Assumptions;
  /** The addresses pods get; undefined: what the nodes tell, else any IPv4 address. */
  readonly podRange: AddressSet | undefined;
  readonly vpc?: VpcInventory | undefined;
}

/** Pure; O(resources) but for Services resolved by selector. */
export function situationOf(
  reading: Reading,
  options: SituationOptions,
): { readonly situation: Situation; readonly findings: readonly Finding[] } {
  const { inventory, findings } = inventoryOf(reading.resources);
  const parts = { inventory, tiers: tiersOf(reading.resources), profiles: profilesOf(reading.resources) };
  const situation = situationFrom(parts, reading.blinds, options);
  return { situation, findings: [...findings, ...odditiesOf(situation)] };
}

/** A situation put together. `blinds`: what could not be read, or is not modelled. */
export function situationFrom(
  { inventory, tiers, profiles }: Pick<Situation, "inventory" | "profiles"> & { readonly tiers: Tiers },
  blinds: readonly Blind[],
  options: SituationOptions,
): Situation {
  const told = unionOf([
    ...inventory.nodes.flatMap((node) => node.podRange),
    ...(options.vpc?.clusters ?? []).flatMap((cluster) => cluster.podRange),
  ]);
  return {
    inventory,
    tiers: tiers.enforced,
    pendingTiers: tiers.pending,
    profiles,
    blinds: [...blinds, ...unclearHostEndpoints(inventory)],
    assumptions: options.assumptions,
    podRange: options.podRange ?? (told.length > 0 ? told : [IPV4]),
    vpc: options.vpc,
  };
}

/** Profiles that Calico makes of namespaces and service accounts; host endpoints hardly ever name them. */
const MADE_BY_CALICO = /^(kns|ksa)\./;

/** Host endpoints that could be anywhere, as no address of their node is known, or whose profiles are not modelled. */
function unclearHostEndpoints({ hostEndpoints, nodes }: Inventory): readonly Blind[] {
  const located = new Set(nodes.filter(({ addresses }) => addresses.length > 0).map(({ name }) => name));
  return hostEndpoints
    .filter(({ node, profiles }) => !located.has(node) || profiles.some((name) => MADE_BY_CALICO.test(name)))
    .map(({ name, node, origin }) => ({
      what: located.has(node)
        ? `HostEndpoint ${name}`
        : `HostEndpoint ${name} of node/${node}, whose address is not in the input,`,
      why: "not modelled",
      namespace: undefined,
      origin: origin(),
    }));
}

/** The situation as it will be once everything staged is live; undefined where nothing is staged. */
export function pendingSituation(situation: Situation): Situation | undefined {
  const { pendingTiers } = situation;
  return pendingTiers === undefined ? undefined : { ...situation, tiers: pendingTiers, pendingTiers: undefined };
}
