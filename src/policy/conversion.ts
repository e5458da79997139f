/** Policies of one language into another, all of an input at once, so that none takes the place of another. */
import type {
  AdminNetworkPolicyResource,
  BaselineAdminNetworkPolicyResource,
} from "../resources/cluster-policy-kinds.ts";
import type { NetworkPolicyResource, PolicyResource, Resource } from "../resources/kinds.ts";
import { type Finding, finding } from "../source/finding.ts";
import { positionText } from "../source/origin.ts";
import { raiseNetworkPolicy } from "./dialects/calico/raise.ts";
import { raiseElderPolicy } from "./dialects/cluster-policy/raise.ts";
import type { Manifest } from "./manifest.ts";

/** The languages that policies can be converted to. */
export const TARGETS = ["calico", "cluster-network-policy"] as const;
export type Target = (typeof TARGETS)[number];

/** What a kind of policy can become; undefined: nothing. */
export function targetOf({ kind }: Pick<Resource, "kind">): Target | undefined {
  switch (kind) {
    case "NetworkPolicy":
      return "calico";
    case "AdminNetworkPolicy":
    case "BaselineAdminNetworkPolicy":
      return "cluster-network-policy";
    default:
      return undefined;
  }
}

export interface Conversion {
  /** In the order of the input. Put in place of their sources, they leave every verdict as it was. */
  readonly converted: readonly { readonly source: PolicyResource; readonly manifest: Manifest }[];
  /** Errors: the policies that have no exact form, each field with its reason. */
  readonly refusals: readonly Finding[];
}

/** Converts what can become `target`; all else is left alone. O(policies). */
export function convertPolicies(resources: readonly Resource[], target: Target): Conversion {
  const owners = ownersOf(resources);
  const converted: { readonly source: PolicyResource; readonly manifest: Manifest }[] = [];
  const refusals: Finding[] = [];
  for (const source of resources) {
    if (!isConvertible(source) || targetOf(source) !== target) continue;
    const raised = source.kind === "NetworkPolicy" ? raiseNetworkPolicy(source) : raiseElderPolicy(source);
    const other = owners.get(identityAfter(source) ?? "")?.find((owner) => owner !== source);
    if ("refusals" in raised) refusals.push(...raised.refusals);
    else if (other !== undefined) refusals.push(collision(source, other));
    else converted.push({ source, manifest: raised.manifest });
  }
  return { converted, refusals };
}

type Convertible = NetworkPolicyResource | AdminNetworkPolicyResource | BaselineAdminNetworkPolicyResource;

function isConvertible(resource: Resource): resource is Convertible {
  return targetOf(resource) !== undefined;
}

function collision(source: Resource, other: Resource): Finding {
  const origin = source.origin(["metadata", "name"]);
  const there = other.origin();
  const message = `${origin.resource} cannot be converted: with its name it would stand in the way of ${there.resource} (${positionText(there)})`;
  const remedy = "rename one of the two; converted policies keep their names";
  return finding("PC150", message, remedy, { position: origin, resource: origin.resource });
}

/** Who has, or would have, or is about a name among the policies that conversion writes. */
function ownersOf(resources: readonly Resource[]): ReadonlyMap<string, readonly Resource[]> {
  const owners = new Map<string, Resource[]>();
  for (const resource of resources) {
    const identity = identityAfter(resource);
    if (identity !== undefined) owners.set(identity, [...(owners.get(identity) ?? []), resource]);
  }
  return owners;
}

/** A staged policy is about the enforced one of its name. */
function identityAfter({ kind, metadata }: Resource): string | undefined {
  switch (kind) {
    case "NetworkPolicy":
    case "CalicoNetworkPolicy":
    case "StagedNetworkPolicy":
    case "StagedKubernetesNetworkPolicy":
      return `calico ${metadata.namespace}/${metadata.name}`;
    case "AdminNetworkPolicy":
    case "BaselineAdminNetworkPolicy":
    case "ClusterNetworkPolicy":
      return `cluster ${metadata.name}`;
    default:
      return undefined;
  }
}
