/** Which rules an endpoint has to obey in a direction, tier by tier: worked out once, asked about many peers. */
import type { Pod } from "../cluster/endpoint.ts";
import {
  type Direction,
  hasOpenTies,
  type Phase,
  type Policy,
  type Rule,
  rulesOf,
  type Tier,
} from "../policy/model.ts";
import type { Subject } from "../path/end.ts";
import type { Situation } from "../situation/situation.ts";
import { matchSubject } from "./match.ts";

export interface GoverningPolicy {
  readonly policy: Policy;
  readonly rules: readonly Rule[];
  /** False where the input does not tell whether the policy selects the endpoint. */
  readonly certain: boolean;
}

export interface GoverningTier {
  readonly tier: Tier;
  /** In evaluation order; policies in one group have no order among each other. */
  readonly groups: readonly (readonly GoverningPolicy[])[];
}

/** The tiers in which some policy governs the endpoint; empty where nothing does. */
export type Governance = readonly GoverningTier[];

/** O(policies). */
export function governanceOf(
  situation: Situation,
  direction: Direction,
  subject: Subject,
  phase: Phase = "normal",
): Governance {
  const contest = situation.assumptions["equal-priority"] === "contest";
  return situation.tiers.flatMap((tier) => {
    const groups: GoverningPolicy[][] = [];
    for (const policy of tier.policies) {
      const rules = rulesOf(policy, direction, phase);
      if (rules === undefined) continue;
      const selects = matchSubject(situation, policy.subject, subject);
      if (selects === false) continue;
      const member = { policy, rules, certain: selects === true };
      const group = groups.at(-1);
      const first = group?.[0]?.policy;
      const tied =
        contest && first !== undefined && hasOpenTies(first) && hasOpenTies(policy) && first.order === policy.order;
      if (tied && group !== undefined) group.push(member);
      else groups.push([member]);
    }
    return groups.length === 0 ? [] : [{ tier, groups }];
  });
}

/** What governs a pod, worked out once for each pod and direction. */
export class PodGovernance {
  readonly #situation: Situation;
  readonly #known = { ingress: new Map<Pod, Governance>(), egress: new Map<Pod, Governance>() };

  constructor(situation: Situation) {
    this.#situation = situation;
  }

  of(direction: Direction, pod: Pod): Governance {
    const known = this.#known[direction].get(pod) ?? governanceOf(this.#situation, direction, { kind: "pod", pod });
    this.#known[direction].set(pod, known);
    return known;
  }
}
