/**
 * What is wanted, whatever language it was written in: tiers of policies of ordered rules. Every dialect is lowered to
 * this; verdicts, reachability and the kernel program know nothing else.
 */
import type { Selector } from "../labels/selector.ts";
import type { AddressSet } from "../net/address.ts";
import type { TrafficSet } from "../net/traffic.ts";
import type { Origin, Path } from "../source/origin.ts";

/** Seen from the pod that a policy governs: `ingress` is what comes to it. */
export type Direction = "ingress" | "egress";

export type Action = "allow" | "deny" | "pass";

/** Pods by their own labels and those of their namespace; both must hold. */
export interface PodPredicate {
  readonly namespaces: Selector;
  readonly pods: Selector;
}

/** What the other side of a rule must be: everything that is given must hold. */
export interface Peer {
  readonly pods: PodPredicate | undefined;
  readonly addresses: AddressSet | undefined;
  readonly origin: Origin;
}

/** One entry of a rule's ports: fixed traffic, or a port name that each destination pod resolves by itself. */
export type PortMatch =
  | { readonly kind: "traffic"; readonly traffic: TrafficSet; readonly origin: Origin }
  | { readonly kind: "named"; readonly name: string; readonly protocol: number; readonly origin: Origin };

export interface Rule {
  readonly action: Action;
  /** Alternatives; undefined: everyone. */
  readonly peers: readonly Peer[] | undefined;
  /** Alternatives; undefined: all traffic of every protocol. */
  readonly ports: readonly PortMatch[] | undefined;
  readonly origin: Origin;
}

export interface Policy {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly subject: PodPredicate;
  /** The rules of each direction the policy governs; undefined where it does not govern. Order counts. */
  readonly ingress: readonly Rule[] | undefined;
  readonly egress: readonly Rule[] | undefined;
  /** Lower comes first within a tier. */
  readonly order: number;
  readonly origin: Origin;
  /** The place of a field of the policy, as in the resource it came from. */
  readonly originAt: (path: Path) => Origin;
}

/** Policies evaluated together, in evaluation order. `defaultAction` meets what a governed endpoint's policies did not decide. */
export interface Tier {
  readonly name: string;
  readonly order: number;
  readonly defaultAction: "deny" | "pass";
  readonly policies: readonly Policy[];
}

export function rulesOf(policy: Policy, direction: Direction): readonly Rule[] | undefined {
  return direction === "ingress" ? policy.ingress : policy.egress;
}

/** Evaluation order: by order, then by name. */
export function inOrder<T extends { readonly order: number; readonly name: string }>(
  items: readonly T[],
): readonly T[] {
  return [...items].sort((a, b) => a.order - b.order || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** `accounts/backend-allow`. */
export function policyText(policy: Pick<Policy, "namespace" | "name">): string {
  return policy.namespace === "" ? policy.name : `${policy.namespace}/${policy.name}`;
}

/** Every address set that some rule names; they are where the address line is cut. */
export function* addressSetsOf(tiers: readonly Tier[]): Generator<AddressSet> {
  for (const peer of peersOf(tiers)) if (peer.addresses !== undefined) yield peer.addresses;
}

export function* peersOf(tiers: readonly Tier[]): Generator<Peer> {
  for (const rule of allRules(tiers)) yield* rule.peers ?? [];
}

export function* allRules(tiers: readonly Tier[]): Generator<Rule> {
  for (const tier of tiers) {
    for (const policy of tier.policies) {
      yield* policy.ingress ?? [];
      yield* policy.egress ?? [];
    }
  }
}
