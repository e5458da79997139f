import * as fc from "fast-check";
import type { RawCalicoPolicy, RawCalicoPolicySpec, RawStagedPolicy, RawTier } from "../naive/calico-objects.ts";
import type { RawNetworkPolicy } from "../naive/raw-objects.ts";
import { buildCalicoRule, calicoRuleDraft } from "./calico-rules.ts";
import type { Surroundings } from "./calico-rules.ts";
import { chance, nameOf, seldom, written } from "./draft.ts";
import type { DraftOf } from "./draft.ts";
import type { Inventory } from "./inventory.ts";
import { reference, resolveSome } from "./reference.ts";
import { accountSelectorText, endpointSelectorText, namespaceSelectorText } from "./selector-texts.ts";
import { tierNames } from "./vocabulary.ts";

// Tiers

export const tierDraft = fc.record({
  name: fc.constantFrom(...tierNames),
  order: fc.constantFrom(undefined, -5, 500, 1000, 1500.5, 2_000_000, 20_000_000),
  defaultAction: fc.constantFrom(undefined, "Deny", "Pass", "Pass"),
});

export function buildTier({ name, order, defaultAction }: DraftOf<typeof tierDraft>): RawTier {
  return {
    apiVersion: "projectcalico.org/v3",
    kind: "Tier",
    metadata: { name },
    spec: written({ order, defaultAction }),
  };
}

// Policies

const rules: fc.Arbitrary<readonly DraftOf<typeof calicoRuleDraft>[] | undefined> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constant([]) },
  { weight: 7, arbitrary: fc.array(calicoRuleDraft, { minLength: 1, maxLength: 4 }) },
);

export const calicoPolicyDraft = fc.record({
  /** Among them names that sort otherwise alone than before a slash. */
  name: fc.constantFrom<string[]>("a", "a-1", "a.x", "a0", "policy-1", "policy-2", "policy-3", "z"),
  kind: fc.constantFrom("NetworkPolicy" as const, "GlobalNetworkPolicy" as const),
  namespace: reference,
  isStoredForm: chance(1, 12),
  tier: fc.oneof(
    { weight: 6, arbitrary: fc.constant("default" as const) },
    { weight: 4, arbitrary: fc.constant("own" as const) },
    { weight: 1, arbitrary: fc.constantFrom("kube-admin" as const, "kube-baseline" as const) },
  ),
  ownTier: reference,
  saysDefaultTier: fc.boolean(),
  order: fc.constantFrom(undefined, undefined, undefined, 1000, 1000, 1000, 10, 10, -1.5, 999.5, 1001),
  selector: seldom(endpointSelectorText, 3),
  namespaceSelector: seldom(namespaceSelectorText, 3),
  serviceAccountSelector: seldom(accountSelectorText, 6),
  types: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 4, arbitrary: fc.constantFrom(["Ingress"], ["Egress"]) },
    { weight: 4, arbitrary: fc.constantFrom(["Ingress", "Egress"], ["Egress", "Ingress"]) },
  ),
  ingress: rules,
  egress: rules,
  isUntracked: chance(1, 24),
});
export type CalicoPolicyDraft = DraftOf<typeof calicoPolicyDraft>;

export function buildCalicoPolicy(draft: CalicoPolicyDraft, surroundings: Surroundings): RawCalicoPolicy {
  const { name, kind, isStoredForm } = draft;
  const namespace = kind === "NetworkPolicy" ? namespaceOf(draft, surroundings.inventory) : undefined;
  return {
    apiVersion: isStoredForm ? "crd.projectcalico.org/v1" : "projectcalico.org/v3",
    kind,
    metadata: { name, ...written({ namespace }) },
    spec: buildSpec(draft, namespace, surroundings),
  };
}

/** Policies stand where pods are. */
function namespaceOf({ namespace }: CalicoPolicyDraft, { namespaces, pods }: Inventory): string {
  const inhabited = namespaces.filter((candidate) =>
    pods.some(({ metadata }) => metadata?.namespace === nameOf(candidate)),
  );
  return nameOf(resolveSome(namespace, inhabited, nameOf));
}

function buildSpec(
  draft: CalicoPolicyDraft,
  namespace: string | undefined,
  surroundings: Surroundings,
): RawCalicoPolicySpec {
  const isGlobal = namespace === undefined;
  const tier = tierOf(draft, surroundings.tiers);
  const { selector, namespaceSelector, serviceAccountSelector, types } = draft;
  const isUntracked = isGlobal && draft.isUntracked;
  return written({
    tier: tier === "default" && !draft.saysDefaultTier ? undefined : tier,
    order: isShared(tier) ? fractional(draft.order) : draft.order,
    selector,
    namespaceSelector: isGlobal ? namespaceSelector : undefined,
    serviceAccountSelector,
    types,
    ingress: draft.ingress?.map((rule) => buildCalicoRule(rule, "ingress", namespace, surroundings)),
    egress: draft.egress?.map((rule) => buildCalicoRule(rule, "egress", namespace, surroundings)),
    doNotTrack: isUntracked ? true : undefined,
    applyOnForward: isUntracked ? true : undefined,
  });
}

function tierOf({ tier, ownTier }: CalicoPolicyDraft, tiers: readonly RawTier[]): string {
  if (tier !== "own") return tier;
  return tiers.length === 0 ? "default" : nameOf(resolveSome(ownTier, tiers, nameOf));
}

/** Cluster policies stand there too, at whole numbers; nothing says who comes first at the same one. */
function isShared(tier: string): boolean {
  return tier === "kube-admin" || tier === "kube-baseline";
}

function fractional(order: number | undefined): number | undefined {
  return order !== undefined && Number.isInteger(order) ? order + 0.5 : order;
}

// Staged policies

export const stagedAction = fc.constantFrom(undefined, "Set", "Set", "Delete", "Learn", "Ignore");

export const stagedDraft = fc.record({ policy: calicoPolicyDraft, stagedAction });

export function buildStaged(
  { policy: draft, stagedAction }: DraftOf<typeof stagedDraft>,
  surroundings: Surroundings,
): RawStagedPolicy {
  const { apiVersion, kind, metadata, spec } = buildCalicoPolicy({ ...draft, isUntracked: false }, surroundings);
  const own = stagedAction === "Delete" ? {} : spec;
  return {
    ...written({ apiVersion }),
    kind: `Staged${kind}`,
    metadata: { ...metadata },
    spec: { ...own, ...written({ stagedAction }) },
  };
}

/** A Kubernetes NetworkPolicy, staged by Calico. */
export function buildStagedKubernetes(
  { metadata, spec }: RawNetworkPolicy,
  action: DraftOf<typeof stagedAction>,
): RawStagedPolicy {
  return {
    apiVersion: "projectcalico.org/v3",
    kind: "StagedKubernetesNetworkPolicy",
    metadata: { ...metadata },
    spec: { ...(action === "Delete" ? {} : spec), ...written({ stagedAction: action }) },
  };
}
