/** The policies of the input, lowered and put into their tiers. */
import { lowerCalicoPolicy } from "../policy/dialects/calico/lower.ts";
import { lowerClusterPolicy } from "../policy/dialects/cluster-policy/lower.ts";
import { lowerNetworkPolicy } from "../policy/dialects/kubernetes/lower.ts";
import {
  ADMIN_TIER,
  BASELINE_TIER,
  comparePolicies,
  DEFAULT_TIER,
  policiesInOrder,
  type Policy,
  type Tier,
  tiersInOrder,
} from "../policy/model.ts";
import type { StagedAction } from "../resources/calico-kinds.ts";
import { ofKind } from "../resources/by-kind.ts";
import type { PolicyResource, Resource } from "../resources/kinds.ts";

/** Tiers in evaluation order: as enforced, and as they will be once everything staged is live. */
export interface Tiers {
  readonly enforced: readonly Tier[];
  /** Undefined where nothing is staged. */
  readonly pending: readonly Tier[] | undefined;
}

interface Placed {
  readonly tier: string;
  readonly policy: Policy;
  /** Two policies with one identity replace each other. */
  readonly identity: string;
}

interface Staged extends Placed {
  readonly action: StagedAction;
}

const POLICY_KINDS = [
  "NetworkPolicy",
  "StagedKubernetesNetworkPolicy",
  "CalicoNetworkPolicy",
  "GlobalNetworkPolicy",
  "StagedNetworkPolicy",
  "StagedGlobalNetworkPolicy",
  "ClusterNetworkPolicy",
  "AdminNetworkPolicy",
  "BaselineAdminNetworkPolicy",
] as const satisfies readonly PolicyResource["kind"][];

/** O(policies), once the resources of each kind are known. */
export function tiersOf(resources: readonly Resource[]): Tiers {
  const enforced: Placed[] = [];
  const staged: Staged[] = [];
  for (const resource of ofKind(resources, ...POLICY_KINDS)) {
    const policy = place(resource);
    if ("action" in policy) staged.push(policy);
    else enforced.push(policy);
  }
  return {
    enforced: tiersWith(resources, enforced),
    pending: staged.length === 0 ? undefined : tiersWith(resources, enact(enforced, staged)),
  };
}

/**
 * The tiers of some resources once one of those has gone and another has come; undefined where they have to be made anew.
 * `resources`: those that there are then. O(policies), of which none is compared but a few.
 */
export function tiersAfter(
  tiers: Tiers,
  gone: Resource | undefined,
  come: Resource | undefined,
  resources: readonly Resource[],
): Tiers {
  const [old, now] = [placeOf(gone), placeOf(come)];
  const isPlain = [
    [gone, old],
    [come, now],
  ].every(([resource, placed]) => resource === undefined || (placed !== undefined && !("action" in placed)));
  if (tiers.pending !== undefined || !isPlain) return tiersOf(resources);
  const without = old === undefined ? tiers.enforced : withoutPolicy(tiers.enforced, old);
  const enforced = now === undefined ? without : without && withPolicy(without, now);
  return enforced === undefined ? tiersOf(resources) : { enforced, pending: undefined };
}

/** Undefined for what is no policy. */
function placeOf(resource: Resource | undefined): Placed | Staged | undefined {
  return resource && ofKind([resource], ...POLICY_KINDS).map(place)[0];
}

function withoutPolicy(tiers: readonly Tier[], { tier: name, policy }: Placed): readonly Tier[] | undefined {
  const index = tiers.findIndex((tier) => tier.name === name);
  const tier = tiers[index];
  const place = tier?.policies.indexOf(policy) ?? -1;
  if (tier === undefined || place < 0 || tier.policies.length === 1) return undefined;
  return tiers.with(index, { ...tier, policies: tier.policies.toSpliced(place, 1) });
}

/** Undefined where there is no such tier yet, or other policies decide between equal ones. */
function withPolicy(tiers: readonly Tier[], { tier: name, policy }: Placed): readonly Tier[] | undefined {
  const index = tiers.findIndex((tier) => tier.name === name);
  const tier = tiers[index];
  if (tier === undefined) return undefined;
  const behind = tier.policies.findIndex((other) => comparePolicies(policy, other) <= 0);
  const place = behind < 0 ? tier.policies.length : behind;
  const next = tier.policies[place];
  if (next !== undefined && comparePolicies(policy, next) === 0) return undefined;
  return tiers.with(index, { ...tier, policies: tier.policies.toSpliced(place, 0, policy) });
}

/** Set replaces or adds, Delete removes; Learn and Ignore change nothing. */
function enact(enforced: readonly Placed[], staged: readonly Staged[]): readonly Placed[] {
  const acting = staged.filter(({ action }) => action === "Set" || action === "Delete");
  const replaced = new Set(acting.map(({ identity }) => identity));
  return [
    ...enforced.filter(({ identity }) => !replaced.has(identity)),
    ...acting.filter(({ action }) => action === "Set"),
  ];
}

/** Lowering a policy takes time, and gives the same each time. */
const placed = new WeakMap<Resource, Placed | Staged>();

/** The policy of a resource, the same object each time. */
function place(resource: PolicyResource): Placed | Staged {
  const known = placed.get(resource) ?? lowered(resource);
  placed.set(resource, known);
  return known;
}

function lowered(resource: PolicyResource): Placed | Staged {
  const { metadata, origin } = resource;
  const identity = (kind: string): string => `${kind} ${metadata.namespace}/${metadata.name}`;
  switch (resource.kind) {
    case "NetworkPolicy":
      return {
        tier: DEFAULT_TIER.name,
        policy: lowerNetworkPolicy(resource.kind, metadata, resource.spec, origin),
        identity: identity("KubernetesNetworkPolicy"),
      };
    case "StagedKubernetesNetworkPolicy":
      return {
        tier: DEFAULT_TIER.name,
        policy: lowerNetworkPolicy(resource.kind, metadata, resource.spec, origin),
        identity: identity("KubernetesNetworkPolicy"),
        action: resource.spec.stagedAction,
      };
    case "CalicoNetworkPolicy":
    case "GlobalNetworkPolicy": {
      const kind = resource.kind === "CalicoNetworkPolicy" ? "NetworkPolicy" : resource.kind;
      return {
        tier: resource.spec.tier,
        policy: lowerCalicoPolicy(kind, metadata, resource.spec, origin),
        identity: identity(kind),
      };
    }
    case "StagedNetworkPolicy":
    case "StagedGlobalNetworkPolicy":
      return {
        tier: resource.spec.tier,
        policy: lowerCalicoPolicy(resource.kind, metadata, resource.spec, origin),
        identity: identity(resource.kind === "StagedNetworkPolicy" ? "NetworkPolicy" : "GlobalNetworkPolicy"),
        action: resource.spec.stagedAction,
      };
    case "ClusterNetworkPolicy":
    case "AdminNetworkPolicy":
    case "BaselineAdminNetworkPolicy":
      return {
        tier: resource.spec.tier === "Admin" ? ADMIN_TIER.name : BASELINE_TIER.name,
        policy: lowerClusterPolicy(resource),
        identity: identity(resource.kind),
      };
  }
}

/**
 * Tiers that a policy names and nobody defined come after all others and end in deny: nothing may be let through because a
 * Tier object is missing.
 */
function tiersWith(resources: readonly Resource[], policies: readonly Placed[]): readonly Tier[] {
  const defined = new Map<string, Omit<Tier, "policies">>(
    [ADMIN_TIER, DEFAULT_TIER, BASELINE_TIER].map((tier) => [tier.name, tier]),
  );
  for (const resource of ofKind(resources, "Tier")) {
    if (defined.has(resource.metadata.name)) continue;
    const { order, defaultAction } = resource.spec;
    defined.set(resource.metadata.name, {
      name: resource.metadata.name,
      order: order ?? Number.POSITIVE_INFINITY,
      defaultAction: defaultAction === "Pass" ? "pass" : "deny",
    });
  }
  const known = tiersInOrder(
    [...defined.values()].map((tier) => ({ ...tier, policies: members(policies, tier.name) })),
  );
  const unknown = [...new Set(policies.map(({ tier }) => tier))]
    .filter((name) => !defined.has(name))
    .sort()
    .map((name): Tier => ({
      name,
      order: Number.POSITIVE_INFINITY,
      defaultAction: "deny",
      policies: members(policies, name),
    }));
  return [...known, ...unknown].filter(({ policies }) => policies.length > 0);
}

function members(policies: readonly Placed[], tier: string): readonly Policy[] {
  return policiesInOrder(policies.filter((item) => item.tier === tier).map(({ policy }) => policy));
}
