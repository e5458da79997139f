/** One policy stage of one packet: the tiers in order, with what decided and what would have to be known. */
import type { Blind } from "../resources/reading.ts";
import type { TrafficPoint } from "../net/traffic.ts";
import { isContested } from "../path/end.ts";
import type { PolicyFilter } from "../path/path.ts";
import { type Peer, type Policy, type PortMatch, type Rule, rulesOf, type Tier } from "../policy/model.ts";
import type { AssumptionName } from "../situation/assumptions.ts";
import type { Situation } from "../situation/situation.ts";
import { lineText } from "../source/origin.ts";
import { matchPod, matchRule } from "./match.ts";

/** What settled a stage. `isolation`: policies govern the pod and none of their rules met the packet. */
export type Decision =
  | {
      readonly kind: "rule";
      readonly action: "allow" | "deny";
      readonly tier: Tier;
      readonly policy: Policy;
      readonly rule: Rule;
      readonly peer: Peer | undefined;
      readonly port: PortMatch | undefined;
    }
  | { readonly kind: "isolation"; readonly action: "deny"; readonly tier: Tier; readonly policies: readonly Policy[] }
  | { readonly kind: "open"; readonly action: "allow" };

export interface FilterReport {
  readonly verdict: "allowed" | "denied" | "undecided";
  /** The policies that govern the pod in this direction, in evaluation order. */
  readonly governing: readonly Policy[];
  /** What decided; undefined when the stage is undecided. */
  readonly decision: Decision | undefined;
  /** The facts that are not known and would decide. Empty unless undecided. */
  readonly missing: readonly string[];
  /** Assumptions the verdict rests on. */
  readonly assumptions: readonly AssumptionName[];
}

/** Judges one packet at one policy stage. O(rules of the governing policies). */
export function judgeFilter(situation: Situation, stage: PolicyFilter, point: TrafficPoint): FilterReport {
  const walk = new Walk(situation, stage, point);
  const decisions = walk.from(0);
  const actions = new Set(decisions.map((decision) => decision.action));
  const missing = [...walk.missing, ...blindFacts(situation, stage)];
  if (isContested(stage.subject) || isContested(stage.peer))
    missing.push("which pod bears the address that several pods claim");
  if (stage.openIf !== undefined && actions.has("deny")) missing.push(stage.openIf);
  const [decision] = decisions;
  const asked = stage.askedBy !== undefined && actions.has("deny") ? [stage.askedBy] : [];
  const base = { governing: walk.governing, assumptions: [...new Set([...walk.assumptions, ...asked])] };
  const certain = actions.size === 1 && decision !== undefined && missing.length === walk.missing.length;
  if (!certain) return { ...base, verdict: "undecided", decision: undefined, missing: [...new Set(missing)] };
  return { ...base, verdict: decision.action === "allow" ? "allowed" : "denied", decision, missing: [] };
}

/** What could filter the pod's packets and cannot be taken into account. */
function blindFacts(situation: Situation, stage: PolicyFilter): readonly string[] {
  const own = stage.subject.pod.namespace.name;
  return situation.blinds.filter((blind) => blind.namespace === undefined || blind.namespace === own).map(blindText);
}

function blindText(blind: Blind): string {
  const how = blind.why === "not modelled" ? "which Portcullis does not model" : "which could not be read";
  return `what ${blind.what} (${lineText(blind.origin)}) does, ${how}`;
}

/** A walk through the tiers that follows both ways wherever a match is not known. */
class Walk {
  readonly governing: Policy[] = [];
  readonly missing: string[] = [];
  readonly assumptions: AssumptionName[] = [];
  readonly #situation: Situation;
  readonly #stage: PolicyFilter;
  readonly #point: TrafficPoint;

  constructor(situation: Situation, stage: PolicyFilter, point: TrafficPoint) {
    this.#situation = situation;
    this.#stage = stage;
    this.#point = point;
  }

  /** The decisions possible from a tier on; more than one when facts are missing. */
  from(tierIndex: number): readonly Decision[] {
    const tier = this.#situation.tiers[tierIndex];
    // After all tiers comes the pod's profile, which allows.
    if (tier === undefined) return [{ kind: "open", action: "allow" }];
    const { direction, subject, peer } = this.#stage;
    const to = direction === "ingress" ? subject : peer;
    const governing = tier.policies.filter(
      (policy) =>
        rulesOf(policy, direction) !== undefined && matchPod(this.#situation, policy.subject, subject).holds !== false,
    );
    this.governing.push(...governing);
    const possible: Decision[] = [];
    for (const policy of governing) {
      for (const rule of rulesOf(policy, direction) ?? []) {
        const match = matchRule(this.#situation, rule, peer, to, this.#point);
        if (match.holds !== undefined) this.assumptions.push(...match.assumptions);
        if (match.holds === false) continue;
        const decisions: readonly Decision[] =
          rule.action === "pass"
            ? this.from(tierIndex + 1)
            : [{ kind: "rule", action: rule.action, tier, policy, rule, peer: match.peer, port: match.port }];
        if (match.holds) return [...decisions, ...possible];
        possible.push(...decisions);
        this.missing.push(...match.missing);
      }
    }
    if (governing.length === 0 || tier.defaultAction === "pass") return [...this.from(tierIndex + 1), ...possible];
    return [{ kind: "isolation", action: "deny", tier, policies: governing }, ...possible];
  }
}
