/**
 * What is wanted, whatever language it was written in: tiers of policies of ordered rules. Every dialect is lowered to
 * this; verdicts, reachability and the kernel program know nothing else. Selectors speak of the labels that
 * `cluster/labelled.ts` defines.
 */
import type { Selector } from "../labels/selector.ts";
import type { AddressSet, Family } from "../net/address.ts";
import type { Intervals } from "../net/intervals.ts";
import type { TrafficSet } from "../net/traffic.ts";
import type { Fact } from "../source/fact.ts";
import type { Origin, Path } from "../source/origin.ts";

/** Seen from the endpoint that a policy governs: `ingress` is what comes to it. */
export type Direction = "ingress" | "egress";

/** `log` is no decision: the rule is noted and the next one asked. `pass` leaves the tier. */
export type Action = "allow" | "deny" | "pass" | "log";

/** A Service as rules name it: its endpoints, ready or not. */
export interface ServiceName {
  readonly namespace: string;
  readonly name: string;
}

/** What one side of a rule must be: everything that is given must hold of the same address. */
export interface Peer {
  /** Some object that bears the address satisfies it. */
  readonly selector: Selector | undefined;
  /** No object that bears the address satisfies it; also holds of addresses that nothing known bears. */
  readonly notSelector: Selector | undefined;
  readonly addresses: AddressSet | undefined;
  /** The address is an endpoint of the Service, whatever the port. */
  readonly service: ServiceName | undefined;
  /** Something about the peer that no input tells, such as what a domain name resolves to. */
  readonly unknown: Fact | undefined;
  readonly origin: Origin;
}

/** Ports of one side of the packet. Names and Services are resolved at that side. */
export type PortChoice =
  | { readonly kind: "numbers"; readonly ports: Intervals<number> }
  /** Undefined protocol: that of the port. `among`: only objects it selects lend their ports. */
  | {
      readonly kind: "named";
      readonly name: string;
      readonly protocol: number | undefined;
      readonly among: Selector | undefined;
    }
  | { readonly kind: "service"; readonly service: ServiceName };

/** One of `anyOf` holds; with `negated`, none does. */
export interface PortCondition {
  readonly side: "source" | "destination";
  readonly negated: boolean;
  readonly anyOf: readonly PortChoice[];
}

/** An alternative of a rule's traffic: within the set, and every condition holds. */
export interface TrafficMatch {
  readonly within: TrafficSet;
  readonly conditions: readonly PortCondition[];
  readonly origin: Origin;
}

export interface Rule {
  readonly action: Action;
  /** Alternatives; undefined: everyone. */
  readonly source: readonly Peer[] | undefined;
  readonly destination: readonly Peer[] | undefined;
  /** Alternatives; undefined: all traffic of every protocol. */
  readonly traffic: readonly TrafficMatch[] | undefined;
  /** Undefined: both. */
  readonly family: Family | undefined;
  /** What the rule also asks and no packet header tells, such as an HTTP path. */
  readonly unknown: Fact | undefined;
  readonly origin: Origin;
}

/**
 * When a policy is asked. `normal`: about what pods and processes of the node send and receive. The others exist for host
 * endpoints only: `untracked` before connections are tracked, `pre-dnat` before Services translate the destination,
 * `forward` about what the node forwards.
 */
export type Phase = "untracked" | "pre-dnat" | "normal" | "forward";

/** Untracked and pre-DNAT policies never isolate: what their rules leave over goes on to the next phase. */
export function endsInPass(phase: Phase): boolean {
  return phase === "untracked" || phase === "pre-dnat";
}

/** The language a policy is written in. */
export type Dialect = "kubernetes" | "calico" | "cluster-policy";

/** Whether the language leaves open which of two policies of one order comes first. */
export function hasOpenTies(policy: Pick<Policy, "dialect">): boolean {
  return policy.dialect === "cluster-policy";
}

export interface Policy {
  /** What users call its kind. */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** The endpoints it governs. */
  readonly subject: Selector;
  readonly phases: readonly Phase[];
  /** The rules of each direction the policy governs; undefined where it does not govern. Order counts. */
  readonly ingress: readonly Rule[] | undefined;
  readonly egress: readonly Rule[] | undefined;
  /** Lower comes first within a tier. */
  readonly order: number;
  /** What decides between equal orders, compared code unit by code unit. */
  readonly tieBreak: string;
  readonly dialect: Dialect;
  readonly origin: Origin;
  /** The place of a field of the policy, as in the resource it came from. */
  readonly originAt: (path: Path) => Origin;
}

/** Rules that an endpoint names itself, asked after all tiers. */
export interface Profile {
  readonly name: string;
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

/** Policies evaluated together, in evaluation order. `defaultAction` meets what a governed endpoint's policies left over. */
export interface Tier {
  readonly name: string;
  readonly order: number;
  readonly defaultAction: "deny" | "pass";
  readonly policies: readonly Policy[];
}

/** The tiers that every cluster has, with the names that Calico gives them; names decide between tiers of one order. */
export const ADMIN_TIER = { name: "kube-admin", order: 1_000, defaultAction: "pass" } as const;
export const DEFAULT_TIER = { name: "default", order: 1_000_000, defaultAction: "deny" } as const;
export const BASELINE_TIER = { name: "kube-baseline", order: 10_000_000, defaultAction: "pass" } as const;

/** Where Kubernetes NetworkPolicies stand among the policies of the default tier. */
export const NETWORK_POLICY_ORDER = 1000;

/** Undefined where the policy does not govern. */
export function rulesOf(policy: Policy, direction: Direction, phase: Phase): readonly Rule[] | undefined {
  if (!policy.phases.includes(phase)) return undefined;
  return direction === "ingress" ? policy.ingress : policy.egress;
}

/** The side of a rule that is not the governed pod. */
export function otherSide(rule: Rule, direction: Direction): readonly Peer[] | undefined {
  return direction === "ingress" ? rule.source : rule.destination;
}

/** Policies of one tier in evaluation order. */
export function policiesInOrder(policies: readonly Policy[]): readonly Policy[] {
  return [...policies].sort(comparePolicies);
}

/** Negative where the first comes first; 0 where nothing decides between them. */
export function comparePolicies(a: Policy, b: Policy): number {
  return compare(a.order, b.order) || compare(a.tieBreak, b.tieBreak);
}

/** Tiers in evaluation order: by order, then by name. */
export function tiersInOrder(tiers: readonly Tier[]): readonly Tier[] {
  return [...tiers].sort((a, b) => compare(a.order, b.order) || compare(a.name, b.name));
}

function compare<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `accounts/backend-allow`. */
export function policyText(policy: Pick<Policy, "namespace" | "name">): string {
  return policy.namespace === "" ? policy.name : `${policy.namespace}/${policy.name}`;
}

/** What holds rules by direction: tiers, or profiles put together. */
export interface RuleGroup {
  readonly policies: readonly Pick<Policy, "ingress" | "egress">[];
}

export function* allRules(tiers: readonly RuleGroup[]): Generator<Rule> {
  for (const tier of tiers) {
    for (const policy of tier.policies) {
      yield* policy.ingress ?? [];
      yield* policy.egress ?? [];
    }
  }
}

export function* allPeers(tiers: readonly RuleGroup[]): Generator<Peer> {
  for (const rule of allRules(tiers)) {
    yield* rule.source ?? [];
    yield* rule.destination ?? [];
  }
}

export function* allPortChoices(tiers: readonly RuleGroup[]): Generator<PortChoice> {
  for (const rule of allRules(tiers)) {
    for (const match of rule.traffic ?? []) for (const condition of match.conditions) yield* condition.anyOf;
  }
}

/** Every Service that some rule names. */
export function servicesNamed(tiers: readonly RuleGroup[]): readonly ServiceName[] {
  const named = new Map<string, ServiceName>();
  const add = (service: ServiceName): void => void named.set(`${service.namespace}/${service.name}`, service);
  for (const peer of allPeers(tiers)) if (peer.service !== undefined) add(peer.service);
  for (const choice of allPortChoices(tiers)) if (choice.kind === "service") add(choice.service);
  return [...named.values()];
}
