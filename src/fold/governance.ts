/** Which rules an endpoint has to obey in a direction, tier by tier: worked out once, asked about many peers. */
import { numbersIn } from "../net/bit-set.ts";
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
import { ContentNumbers } from "./content-numbers.ts";
import { holdsOf } from "./extent.ts";
import type { LabelledObjects } from "./labelled-objects.ts";
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
function groupsOf({ assumptions }: Situation, members: readonly GoverningPolicy[]): GoverningTier["groups"] {
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

/** A governance, with a number that equal ones share. */
export interface Governed {
  readonly number: number;
  readonly governance: Governance;
}

/** Gives governances their numbers, which hold for every situation: they say which policies, as they are, and in which tiers. */
export class GovernanceNumbers {
  readonly #policies = new WeakMap<Policy, number>();
  readonly #governances = new ContentNumbers();
  #count = 0;

  ofPolicy(policy: Policy): number {
    const known = this.#policies.get(policy) ?? this.#count++;
    this.#policies.set(policy, known);
    return known;
  }

  of(text: string): number {
    return this.#governances.of(text);
  }
}

/** What governs the pods of one direction. */
export class GovernanceIndex {
  readonly #situation: Situation;
  readonly #numbers: GovernanceNumbers;
  readonly #members: readonly { readonly tier: Tier; readonly byObject: ReadonlyMap<number, GoverningPolicy[]> }[];
  readonly #known = new Map<number | undefined, Governed>();

  /** O(policies x objects that they select). */
  constructor(situation: Situation, direction: Direction, objects: LabelledObjects, numbers: GovernanceNumbers) {
    this.#situation = situation;
    this.#numbers = numbers;
    this.#members = situation.tiers.map((tier) => {
      const byObject = new Map<number, GoverningPolicy[]>();
      for (const policy of tier.policies) {
        const rules = rulesOf(policy, direction, "normal");
        if (rules === undefined) continue;
        const { extent } = objects.selectedBy(policy.subject);
        for (const object of numbersIn(extent.possible)) {
          const member = { policy, rules, certain: holdsOf(extent, object) === true };
          const known = byObject.get(object);
          if (known === undefined) byObject.set(object, [member]);
          else known.push(member);
        }
      }
      return { tier, byObject };
    });
  }

  /** What governs pods that are the object to the subject selectors of policies. */
  of(object: number | undefined): Governed {
    const known = this.#known.get(object) ?? this.#governed(object);
    this.#known.set(object, known);
    return known;
  }

  #governed(object: number | undefined): Governed {
    const tiers = this.#members.flatMap(({ tier, byObject }) => {
      const members = object === undefined ? undefined : byObject.get(object);
      return members === undefined ? [] : [{ tier, members }];
    });
    const text = tiers.map(({ tier, members }) => {
      const list = members.map(({ policy, certain }) => `${this.#numbers.ofPolicy(policy)}${certain ? "" : "?"}`);
      return `${tier.defaultAction} ${list.join()}`;
    });
    return {
      number: this.#numbers.of(text.join(";")),
      governance: tiers.map(({ tier, members }) => ({ tier, groups: groupsOf(this.#situation, members) })),
    };
  }
}
