/** One policy stage of one packet: the tiers in order, with what decided and what would have to be known. */
import type { TrafficPoint } from "../net/traffic.ts";
import { type End, isContested } from "../path/end.ts";
import type { PolicyFilter } from "../path/stage.ts";
import {
  endsInPass,
  hasOpenTies,
  type Peer,
  type Phase,
  type Policy,
  policyText,
  type Rule,
  rulesOf,
  type Tier,
  type TrafficMatch,
} from "../policy/model.ts";
import type { Blind } from "../resources/reading.ts";
import type { AssumptionName } from "../situation/assumptions.ts";
import { profileRules } from "../situation/profiles.ts";
import type { Situation } from "../situation/situation.ts";
import { distinctFacts, type Fact } from "../source/fact.ts";
import { lineText } from "../source/origin.ts";
import { matchRule, matchSubject, type RuleMatch } from "./match.ts";

/**
 * What settled a stage. `isolation`: policies govern the subject and none of their rules met the packet. `open`: nothing has
 * to say. The others exist at host endpoints only.
 */
export type Decision =
  | {
      readonly kind: "rule";
      readonly action: "allow" | "deny";
      readonly tier: Tier;
      readonly policy: Policy;
      readonly rule: Rule;
      readonly peer: Peer | undefined;
      readonly traffic: TrafficMatch | undefined;
    }
  | { readonly kind: "isolation"; readonly action: "deny"; readonly tier: Tier; readonly policies: readonly Policy[] }
  | { readonly kind: "open"; readonly action: "allow" }
  | HostDecision;

export type HostDecision =
  | { readonly kind: "failsafe"; readonly action: "allow" }
  /** Packets of pods travel in it. */
  | { readonly kind: "carrier"; readonly action: "allow" }
  | { readonly kind: "earlier phase"; readonly action: "allow"; readonly phase: Phase }
  /** The rule allows it, and nothing allows its untracked replies; or the rule refuses its replies, tracked as they are. */
  | {
      readonly kind: "no reply";
      readonly action: "deny";
      readonly policy: Policy;
      readonly rule: Rule;
      readonly refusesReply: boolean;
    }
  /** A profile's rule; without rule, what `why` says. */
  | {
      readonly kind: "profile";
      readonly action: "allow" | "deny";
      readonly profile: string | undefined;
      readonly rule: Rule | undefined;
      readonly why: string;
    };

/** What happened on the way to the decision without deciding. */
export type Step =
  | { readonly kind: "log" | "pass"; readonly tier: Tier; readonly policy: Policy; readonly rule: Rule }
  /** Policies of the tier govern the pod, none of their rules met the packet, and the tier then passes. */
  | { readonly kind: "fell through"; readonly tier: Tier; readonly policies: readonly Policy[] };

export interface FilterReport {
  readonly verdict: "allowed" | "denied" | "undecided";
  /** The policies that govern the subject in this direction, in evaluation order, as far as the tiers were asked. */
  readonly governing: readonly Policy[];
  /** What decided; undefined when the stage is undecided. */
  readonly decision: Decision | undefined;
  readonly steps: readonly Step[];
  /** The facts that are not known and would decide. Empty unless undecided. */
  readonly missing: readonly Fact[];
  /** Assumptions the verdict rests on. */
  readonly assumptions: readonly AssumptionName[];
}

/** What the rules of tiers and profiles alone say. */
export interface RulesReport extends FilterReport {
  /** Whether a rule allows the packet, rather than that none denies it; undefined: not known. */
  readonly ruleAllows: boolean | undefined;
}

/** Judges one packet by tiers and profiles. O(rules of the governing policies). */
export function judgeRules(situation: Situation, stage: PolicyFilter, point: TrafficPoint): RulesReport {
  const walk = new Walk(situation, stage, point);
  const decisions = walk.from(0);
  const actions = new Set(decisions.map((decision) => decision.action));
  const denies = actions.has("deny");
  const inconclusive = stage.host?.inconclusive;
  const outside = [
    ...blindFacts(situation, stage),
    ...(isContested(stage.here) || isContested(stage.peer) ? [CONTESTED] : []),
    ...(stage.openIf !== undefined && denies ? [stage.openIf] : []),
    ...(inconclusive !== undefined && decisions.some(({ kind }) => kind === "rule") ? [inconclusive] : []),
  ];
  const [decision] = decisions;
  const asked = stage.askedBy !== undefined && denies ? [stage.askedBy] : [];
  const isOpen = outside.length > 0 || walk.tied;
  const base = {
    governing: walk.governing,
    steps: walk.steps,
    assumptions: [...new Set([...walk.assumptions, ...asked])],
    ruleAllows: ruleAllows(decisions, isOpen),
  };
  if (actions.size !== 1 || decision === undefined || isOpen) {
    return {
      ...base,
      verdict: "undecided",
      decision: undefined,
      missing: distinctFacts([...walk.missing, ...outside]),
    };
  }
  return { ...base, verdict: decision.action === "allow" ? "allowed" : "denied", decision, missing: [] };
}

function ruleAllows(decisions: readonly Decision[], isOpen: boolean): boolean | undefined {
  const isAllow = ({ kind, action }: Decision): boolean => kind === "rule" && action === "allow";
  if (!decisions.some(isAllow)) return false;
  return decisions.every(isAllow) && !isOpen ? true : undefined;
}

const CONTESTED: Fact = {
  text: "which pod bears the address that several pods claim",
  remedy: "take all pods from one moment of the cluster, or remove the one that is gone",
};

/** What could filter the subject's packets and cannot be taken into account. */
function blindFacts(situation: Situation, { subject }: PolicyFilter): readonly Fact[] {
  const own = subject.kind === "pod" ? subject.pod.namespace.name : undefined;
  return situation.blinds.filter((blind) => blind.namespace === undefined || blind.namespace === own).map(blindFact);
}

function blindFact(blind: Blind): Fact {
  const place = `what ${blind.what} (${lineText(blind.origin)}) does`;
  return blind.why === "not modelled"
    ? {
        text: `${place}, which Portcullis does not model`,
        remedy: "leave it out of the input for an answer about the other policies alone",
      }
    : { text: `${place}, which could not be read`, remedy: "repair it; the errors above say how" };
}

/** A walk through the tiers that follows both ways wherever a match is not known. */
class Walk {
  readonly governing: Policy[] = [];
  readonly steps: Step[] = [];
  readonly missing: Fact[] = [];
  readonly assumptions: AssumptionName[] = [];
  /** True once policies of one priority disagreed. */
  tied = false;
  readonly #situation: Situation;
  readonly #stage: PolicyFilter;
  readonly #point: TrafficPoint;
  readonly #from: End;
  readonly #to: End;

  constructor(situation: Situation, stage: PolicyFilter, point: TrafficPoint) {
    this.#situation = situation;
    this.#stage = stage;
    this.#point = point;
    this.#from = stage.direction === "ingress" ? stage.peer : stage.here;
    this.#to = stage.direction === "ingress" ? stage.here : stage.peer;
  }

  /** The decisions possible from a tier on; more than one when facts are missing. */
  from(tierIndex: number): readonly Decision[] {
    const tier = this.#situation.tiers[tierIndex];
    if (tier === undefined) return this.#afterTiers();
    const possible: Decision[] = [];
    const candidates = tier.policies.map((policy) => ({ policy, governs: this.#governs(policy) }));
    const governing = candidates.filter(({ governs }) => governs !== false).map(({ policy }) => policy);
    if (governing.length === 0) return this.from(tierIndex + 1);
    // Without a policy that governs for certain the tier may not apply at all.
    if (!candidates.some(({ governs }) => governs === true)) possible.push(...this.from(tierIndex + 1));
    this.governing.push(...governing);
    for (const group of groupsOf(governing)) {
      const outcomes = this.#outcomes(tier, tierIndex, group);
      possible.push(...outcomes.flatMap(({ decisions }) => decisions));
      if (outcomes.some(({ certain }) => certain)) return possible;
    }
    if (tier.defaultAction === "pass" || endsInPass(this.#stage.phase)) {
      this.steps.push({ kind: "fell through", tier, policies: governing });
      return [...this.from(tierIndex + 1), ...possible];
    }
    return [{ kind: "isolation", action: "deny", tier, policies: governing }, ...possible];
  }

  /** A pod's profile allows, a host endpoint has those it names; only the normal phase asks them. */
  #afterTiers(): readonly Decision[] {
    const { subject, phase, direction } = this.#stage;
    if (subject.kind === "pod" || phase !== "normal") return [{ kind: "open", action: "allow" }];
    const possible: Decision[] = [];
    for (const name of subject.profiles) {
      const rules = profileRules(this.#situation, name, direction);
      if (rules === "allow" || rules === "missing") {
        const action = rules === "allow" ? "allow" : "deny";
        const why = rules === "allow" ? "which allows everything" : "which does not exist and so denies everything";
        return [{ kind: "profile", action, profile: name, rule: undefined, why }, ...possible];
      }
      for (const rule of rules) {
        if (rule.action === "log") continue;
        const match = matchRule(this.#situation, rule, this.#from, this.#to, this.#point);
        if (match.holds !== undefined) this.assumptions.push(...match.assumptions);
        if (match.holds === false) continue;
        if (match.holds === undefined) this.missing.push(...match.missing);
        // A profile has no next tier to pass to.
        const action = rule.action === "allow" ? "allow" : "deny";
        possible.unshift({ kind: "profile", action, profile: name, rule, why: "" });
        if (match.holds) return possible;
      }
    }
    const why =
      subject.profiles.length === 0 ? "no policy governs it and it has no profile" : "none of its profiles decides";
    return [{ kind: "profile", action: "deny", profile: undefined, rule: undefined, why }, ...possible];
  }

  #governs(policy: Policy): boolean | undefined {
    if (rulesOf(policy, this.#stage.direction, this.#stage.phase) === undefined) return false;
    const match = matchSubject(this.#situation, policy.subject, this.#stage.subject);
    if (match.holds === undefined) this.missing.push(...match.missing);
    else this.assumptions.push(...match.assumptions);
    return match.holds;
  }

  /** What the policies of a group may decide: all of them at once, or by name as far as they are asked. */
  #outcomes(tier: Tier, tierIndex: number, group: readonly Policy[]): readonly Outcome[] {
    if (this.#situation.assumptions["equal-priority"] === "contest") {
      const outcomes = group.map((policy) => this.#firstDecisions(tier, tierIndex, policy));
      this.#noteTie(outcomes);
      return outcomes;
    }
    const outcomes: Outcome[] = [];
    for (const policy of group) {
      outcomes.push(this.#firstDecisions(tier, tierIndex, policy));
      if (outcomes.at(-1)?.certain === true) break;
    }
    // Those behind are not asked; whether they would disagree is looked at aside.
    const aside = new Walk(this.#situation, this.#stage, this.#point);
    const behind = group.slice(outcomes.length).map((policy) => aside.#firstDecisions(tier, tierIndex, policy));
    if (disagreeing([...outcomes, ...behind]).length > 0) this.assumptions.push("equal-priority");
    return outcomes;
  }

  /** What the rules of one policy may decide first; `certain` when one of them does for sure. */
  #firstDecisions(tier: Tier, tierIndex: number, policy: Policy): Outcome {
    const subject = matchSubject(this.#situation, policy.subject, this.#stage.subject);
    const decisions: Decision[] = [];
    const actions: Rule["action"][] = [];
    for (const rule of rulesOf(policy, this.#stage.direction, this.#stage.phase) ?? []) {
      const match = matchRule(this.#situation, rule, this.#from, this.#to, this.#point);
      if (match.holds !== undefined) this.assumptions.push(...match.assumptions);
      if (match.holds === false) continue;
      if (match.holds === undefined) this.missing.push(...match.missing);
      if (rule.action === "log") {
        this.steps.push({ kind: "log", tier, policy, rule });
        continue;
      }
      actions.push(rule.action);
      if (rule.action === "pass") {
        this.steps.push({ kind: "pass", tier, policy, rule });
        decisions.unshift(...this.from(tierIndex + 1));
      } else {
        decisions.unshift(decisionOf(this.#stage, tier, policy, rule, rule.action, match));
      }
      if (match.holds) return { policy, decisions, actions, certain: subject.holds === true };
    }
    return { policy, decisions, actions, certain: false };
  }

  #noteTie(outcomes: readonly Outcome[]): void {
    const deciding = disagreeing(outcomes);
    if (deciding.length === 0) return;
    this.tied = true;
    const [first] = deciding;
    const names = deciding.map(({ policy }) => policyText(policy));
    this.missing.push({
      text: `which of ${names.join(" and ")} comes first, all with priority ${first?.policy.order} (${deciding.map(({ policy }) => lineText(policy.origin)).join(", ")})`,
      remedy:
        "give them different priorities, or use --assume equal-priority=by-name where the cluster decides by name",
    });
  }
}

/** Policies whose order among each other is open stand together; every other one stands alone. */
function groupsOf(policies: readonly Policy[]): readonly (readonly Policy[])[] {
  const groups: Policy[][] = [];
  for (const policy of policies) {
    const [first] = groups.at(-1) ?? [];
    const tied = first !== undefined && hasOpenTies(first) && hasOpenTies(policy) && first.order === policy.order;
    if (tied) groups.at(-1)?.push(policy);
    else groups.push([policy]);
  }
  return groups;
}

/** The policies of a group that decide, where they do not decide alike. */
function disagreeing(outcomes: readonly Outcome[]): readonly Outcome[] {
  const deciding = outcomes.filter(({ actions }) => actions.length > 0);
  return deciding.length > 1 && new Set(deciding.flatMap(({ actions }) => actions)).size > 1 ? deciding : [];
}

interface Outcome {
  readonly policy: Policy;
  readonly decisions: readonly Decision[];
  /** The actions of the rules that decided, or may. */
  readonly actions: readonly Rule["action"][];
  readonly certain: boolean;
}

function decisionOf(
  stage: PolicyFilter,
  tier: Tier,
  policy: Policy,
  rule: Rule,
  action: "allow" | "deny",
  match: RuleMatch,
): Decision {
  const peer = stage.direction === "ingress" ? match.source : match.destination;
  return { kind: "rule", action, tier, policy, rule, peer, traffic: match.traffic };
}
