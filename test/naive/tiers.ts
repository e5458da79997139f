/**
 * The order in which policies of every language speak, and what one side of a packet hears: tiers by order and name, in each
 * tier the policies that select the pod by order and name, in each policy the first rule that matches.
 */
import { calicoDecision, calicoPolicyGoverns } from "./calico-policy.ts";
import { isCalicoPolicy, isTier } from "./calico-objects.ts";
import type { RawCalicoPolicy } from "./calico-objects.ts";
import { requireValidCalicoPolicy } from "./calico-policy-validity.ts";
import { isFilled } from "./calico-rule.ts";
import { clusterDecision, clusterPolicyGoverns, modernised } from "./cluster-policy.ts";
import { isClusterPolicy, isElderPolicy } from "./cluster-policy-objects.ts";
import type { RawClusterPolicy } from "./cluster-policy-objects.ts";
import { requireValidClusterPolicy, requireValidElderPolicy } from "./cluster-policy-validity.ts";
import { namespaceOf } from "./flow.ts";
import type { Direction, Flow } from "./flow.ts";
import { admits, isolates } from "./network-policy.ts";
import { requireValidPolicy } from "./network-policy-validity.ts";
import { isNetworkPolicy } from "./raw-objects.ts";
import type { RawNetworkPolicy, RawObject, RawPod } from "./raw-objects.ts";

export type Action = "allow" | "deny" | "pass";

interface Tier {
  readonly name: string;
  readonly order: number;
  readonly end: "deny" | "pass";
}

/** A policy of any language, at its place. */
export interface RankedPolicy {
  readonly kind: string;
  readonly tier: string;
  readonly order: number;
  /** Decides between equal orders, byte by byte. */
  readonly rank: string;
  /** Policies with priorities have no order among equals: any of them may come first. */
  readonly hasPriority: boolean;
  readonly governs: (pod: RawPod, direction: Direction) => boolean;
  /** Undefined where no rule matches. */
  readonly decides: (flow: Flow, direction: Direction) => Action | undefined;
}

/** What one side says, and who said it. */
export interface SideReading {
  readonly verdict: "allowed" | "denied" | "undecided";
  /** `profile`: no tier decided; a pod's namespace allows. */
  readonly by: "rule" | "end of tier" | "equal priorities" | "profile" | "profile after pass";
  readonly kind?: string;
  readonly tier?: string;
}

const builtInTiers: readonly Tier[] = [
  { name: "kube-admin", order: 1000, end: "pass" },
  { name: "default", order: 1_000_000, end: "deny" },
  { name: "kube-baseline", order: 10_000_000, end: "pass" },
];

/** In the order in which they speak. A tier without order is last. The built-in ones are always there and as they are. */
export function tiersOf(objects: readonly RawObject[]): readonly Tier[] {
  const own = objects.filter(isTier).flatMap(({ metadata, spec }): readonly Tier[] => {
    const name = metadata?.name ?? "";
    if (builtInTiers.some((tier) => tier.name === name)) return [];
    return [{ name, order: spec?.order ?? Infinity, end: spec?.defaultAction === "Pass" ? "pass" : "deny" }];
  });
  return [...builtInTiers, ...own].sort((a, b) => compare(a.order, b.order) || compare(a.name, b.name));
}

/** The enforced policies of all languages. Throws on one that its API refuses, and on one in a tier nobody knows. */
export function policiesOf(objects: readonly RawObject[]): readonly RankedPolicy[] {
  const clusterPolicies = objects.filter(isClusterPolicy);
  const elders = objects.filter(isElderPolicy);
  clusterPolicies.forEach(requireValidClusterPolicy);
  elders.forEach(requireValidElderPolicy);
  const ranked = [
    ...objects.filter(isNetworkPolicy).map(rankedNetworkPolicy),
    ...objects.filter(isCalicoPolicy).map((policy) => rankedCalicoPolicy(objects, policy)),
    ...clusterPolicies.map((policy) => rankedClusterPolicy(objects, policy, policy.kind)),
    ...elders.map((elder) => rankedClusterPolicy(objects, modernised(elder), elder.kind)),
  ];
  requireKnownOrder(objects, ranked);
  return ranked;
}

function rankedNetworkPolicy(policy: RawNetworkPolicy): RankedPolicy {
  requireValidPolicy(policy);
  return {
    kind: policy.kind,
    tier: "default",
    order: 1000,
    rank: `${policy.metadata?.name ?? ""}/${namespaceOf(policy)}/KubernetesNetworkPolicy`,
    hasPriority: false,
    governs: (pod, direction) => isolates(policy, pod, direction),
    decides: (flow, direction) => (admits(flow, policy, direction) ? "allow" : undefined),
  };
}

function rankedCalicoPolicy(objects: readonly RawObject[], policy: RawCalicoPolicy): RankedPolicy {
  requireValidCalicoPolicy(policy);
  const { kind, metadata, spec } = policy;
  const namespace = kind === "NetworkPolicy" ? namespaceOf(policy) : "";
  return {
    kind: `Calico ${kind}`,
    tier: isFilled(spec?.tier) ? spec.tier : "default",
    order: spec?.order ?? Infinity,
    rank: `${metadata?.name ?? ""}/${namespace}/${kind}`,
    hasPriority: false,
    governs: (pod, direction) => calicoPolicyGoverns(objects, policy, pod, direction),
    decides: (flow, direction) => calicoDecision(flow, policy, direction),
  };
}

function rankedClusterPolicy(objects: readonly RawObject[], policy: RawClusterPolicy, kind: string): RankedPolicy {
  return {
    kind,
    tier: policy.spec.tier === "Admin" ? "kube-admin" : "kube-baseline",
    order: policy.spec.priority,
    rank: `${policy.metadata?.name ?? ""}//${kind}`,
    hasPriority: true,
    governs: (pod, direction) => clusterPolicyGoverns(objects, policy, pod, direction),
    decides: (flow, direction) => clusterDecision(flow, policy, direction),
  };
}

function requireKnownOrder(objects: readonly RawObject[], policies: readonly RankedPolicy[]): void {
  const tiers = tiersOf(objects);
  const stranger = policies.find(({ tier }) => !tiers.some(({ name }) => name === tier));
  if (stranger !== undefined) throw new Error(`policy ${stranger.rank} is in the unknown tier "${stranger.tier}"`);
  const withPriority = policies.filter(({ hasPriority }) => hasPriority);
  const baseline = withPriority.filter(({ tier }) => tier === "kube-baseline");
  if (baseline.length > 1 && baseline.some(({ kind }) => kind === "BaselineAdminNetworkPolicy")) {
    throw new Error("a BaselineAdminNetworkPolicy has no place among other Baseline policies");
  }
  for (const { tier, order, rank } of policies.filter(({ hasPriority }) => !hasPriority)) {
    if (withPriority.some((other) => other.tier === tier && other.order === order)) {
      throw new Error(`policy ${rank} has no place beside a cluster policy of the same order`);
    }
  }
}

/** What the policies say about the packet at one of its ends. */
export function sideReading(
  flow: Flow,
  tiers: readonly Tier[],
  policies: readonly RankedPolicy[],
  pod: RawPod,
  direction: Direction,
): SideReading {
  let isPassed = false;
  for (const tier of tiers) {
    const applicable = policies
      .filter((policy) => policy.tier === tier.name && policy.governs(pod, direction))
      .sort((a, b) => compare(a.order, b.order) || compare(a.rank, b.rank));
    if (applicable.length === 0) continue;
    const decision = firstDecision(flow, applicable, direction);
    if (decision === "undecided") return { verdict: "undecided", by: "equal priorities", tier: tier.name };
    if (decision !== undefined && decision.action !== "pass") {
      const verdict = decision.action === "allow" ? "allowed" : "denied";
      return { verdict, by: "rule", kind: decision.kind, tier: tier.name };
    }
    isPassed ||= decision?.action === "pass";
    if (decision === undefined && tier.end === "deny") {
      return { verdict: "denied", by: "end of tier", tier: tier.name };
    }
  }
  return { verdict: "allowed", by: isPassed ? "profile after pass" : "profile" };
}

function firstDecision(
  flow: Flow,
  policies: readonly RankedPolicy[],
  direction: Direction,
): { readonly action: Action; readonly kind: string } | "undecided" | undefined {
  for (const [index, policy] of policies.entries()) {
    const action = policy.decides(flow, direction);
    if (action === undefined) continue;
    const equals = policies
      .slice(index + 1)
      .filter((other) => policy.hasPriority && other.hasPriority && other.order === policy.order)
      .map((other) => other.decides(flow, direction));
    if (equals.some((other) => other !== undefined && other !== action)) return "undecided";
    return { action, kind: policy.kind };
  }
  return undefined;
}

function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
