/** Which rules an endpoint has to obey in a direction, tier by tier: worked out once, asked about many peers. */
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
  readonly tier: Omit<Tier, "policies">;
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
  return situation.tiers.flatMap((tier) => {
    const members = tier.policies.flatMap((policy): readonly GoverningPolicy[] => {
      const rules = rulesOf(policy, direction, phase);
      const selects = rules !== undefined && matchSubject(situation, policy.subject, subject);
      return rules === undefined || selects === false ? [] : [{ policy, rules, certain: selects === true }];
    });
    return members.length === 0 ? [] : [{ tier, groups: groupsOf(situation, members) }];
  });
}

/** Policies of one order have none among each other where their language leaves it open and nobody assumes one. */
export function groupsOf({ assumptions }: Situation, members: readonly GoverningPolicy[]): GoverningTier["groups"] {
  const groups: GoverningPolicy[][] = [];
  for (const member of members) {
    const group = groups.at(-1);
    const first = group?.[0]?.policy;
    const { policy } = member;
    const tied =
      assumptions["equal-priority"] === "contest" &&
      first !== undefined &&
      hasOpenTies(first) &&
      hasOpenTies(policy) &&
      first.order === policy.order;
    if (tied && group !== undefined) group.push(member);
    else groups.push([member]);
  }
  return groups;
}
