/** Situations that change resource by resource: what did not change is shared with the situation before. */
import { type Inventory, inventoryOf } from "../cluster/inventory.ts";
import { changedPart, inventoryWith, type NamespaceParts, partsOf } from "../cluster/namespace-parts.ts";
import type { NamespaceResource, Resource } from "../resources/kinds.ts";
import type { Blind, Reading } from "../resources/reading.ts";
import { profilesOf } from "./profiles.ts";
import { type Situation, situationFrom, type SituationOptions } from "./situation.ts";
import { type Tiers, tiersAfter, tiersOf } from "./tiers.ts";

/** Which resource: there is one of each kind, namespace and name. */
export type ResourceName = Pick<Resource, "kind"> & {
  readonly metadata: Pick<Resource["metadata"], "namespace" | "name">;
};

/** A resource comes, in place of the one of its name if there is one, or goes. */
export type Edit =
  | { readonly kind: "put"; readonly resource: Resource }
  | { readonly kind: "remove"; readonly resource: ResourceName };

/** A situation with the resources it is made of. */
export interface Edition {
  readonly situation: Situation;
  /** By namespace; those of the cluster under the empty name. Treat as opaque, like all that follows. */
  readonly resources: ReadonlyMap<string, readonly Resource[]>;
  readonly parts: NamespaceParts;
  readonly tiers: Tiers;
  readonly policies: readonly Resource[];
  readonly blinds: readonly Blind[];
  readonly options: SituationOptions;
}

/** Of resources of one name the last one counts. O(resources). */
export function editionOf(reading: Reading, options: SituationOptions): Edition {
  const named = new Map(reading.resources.map((resource) => [keyOf(resource), resource]));
  const resources = new Map<string, Resource[]>();
  for (const resource of named.values()) {
    const { namespace } = resource.metadata;
    const known = resources.get(namespace);
    if (known === undefined) resources.set(namespace, [resource]);
    else known.push(resource);
  }
  const all = [...resources.values()].flat();
  const policies = all.filter(decidesInTiers);
  const tiers = tiersOf(policies);
  const { inventory } = inventoryOf(all);
  const parts = { inventory, tiers, profiles: profilesOf(all) };
  const situation = situationFrom(parts, reading.blinds, options);
  return { situation, resources, parts: partsOf(inventory), tiers, policies, blinds: reading.blinds, options };
}

/**
 * The edition after an edit. O(resources of the namespace + policies where it is one) and copies of lists; everything is made
 * anew, policies left aside, for kinds of the cluster such as nodes, global network sets, host endpoints and profiles.
 */
export function edited(edition: Edition, edit: Edit): Edition {
  const { resource } = edit;
  const { namespace } = resource.metadata;
  const resources = new Map(edition.resources);
  const before = edition.resources.get(namespace) ?? [];
  const own = changedList(before, edit);
  if (own.length === 0) resources.delete(namespace);
  else resources.set(namespace, own);
  const isPolicy = decidesInTiers(resource);
  const policies = isPolicy ? changedList(edition.policies, edit) : edition.policies;
  const [gone, come] = [before.find(isNamed(resource)), edit.kind === "put" ? edit.resource : undefined];
  const tiers = isPolicy ? tiersAfter(edition.tiers, gone, come, policies) : edition.tiers;
  const { inventory, parts } = inventoryAfter(edition, resource, resources);
  const profiles = resource.kind === "Profile" ? profilesOf(own) : edition.situation.profiles;
  return {
    ...edition,
    situation: situationFrom({ inventory, tiers, profiles }, edition.blinds, edition.options),
    resources,
    parts,
    tiers,
    policies,
  };
}

function inventoryAfter(
  { situation: { inventory }, parts }: Edition,
  { kind, metadata }: ResourceName,
  resources: Edition["resources"],
): { readonly inventory: Inventory; readonly parts: NamespaceParts } {
  const all = (): readonly Resource[] => [...resources.values()].flat();
  const name = kind === "Namespace" ? metadata.name : metadata.namespace;
  const before = parts.get(name);
  const own = resources.get(name) ?? [];
  const namespace = kind === "Namespace" || name !== "" ? namespaceNamed(resources, name) : undefined;
  const exists = namespace !== undefined || own.length > 0;
  // Policies matter to the inventory only where nothing else speaks of their namespace.
  if (decidesInTiers({ kind }) && (name === "" || (exists && before !== undefined))) return { inventory, parts };
  if (name === "") {
    const anew = inventoryOf(all()).inventory;
    return { inventory: anew, parts: partsOf(anew) };
  }
  const after = exists ? changedPart(name, namespace, own, kind, before) : undefined;
  const changed = new Map(parts);
  if (after === undefined) changed.delete(name);
  else changed.set(name, after);
  return { inventory: inventoryWith(inventory, changed, [before, after], all), parts: changed };
}

function namespaceNamed(resources: Edition["resources"], name: string): NamespaceResource | undefined {
  return resources
    .get("")
    ?.find(
      (resource): resource is NamespaceResource => resource.kind === "Namespace" && resource.metadata.name === name,
    );
}

function changedList(list: readonly Resource[], { kind, resource }: Edit): readonly Resource[] {
  const index = list.findIndex(isNamed(resource));
  if (kind === "remove") return index < 0 ? list : list.toSpliced(index, 1);
  return index < 0 ? [...list, resource] : list.with(index, resource);
}

function isNamed({ kind, metadata: { namespace, name } }: ResourceName): (resource: Resource) => boolean {
  return (other) => other.metadata.name === name && other.metadata.namespace === namespace && other.kind === kind;
}

function keyOf({ kind, metadata }: ResourceName): string {
  return `${kind} ${metadata.namespace}/${metadata.name}`;
}

/** Whether a kind has a place in the tiers: policies, and tiers themselves. */
function decidesInTiers({ kind }: Pick<Resource, "kind">): boolean {
  switch (kind) {
    case "NetworkPolicy":
    case "StagedKubernetesNetworkPolicy":
    case "CalicoNetworkPolicy":
    case "GlobalNetworkPolicy":
    case "StagedNetworkPolicy":
    case "StagedGlobalNetworkPolicy":
    case "ClusterNetworkPolicy":
    case "AdminNetworkPolicy":
    case "BaselineAdminNetworkPolicy":
    case "Tier":
      return true;
    default:
      return false;
  }
}
