/** What governs pods, for all of them at once. */
import { numbersFrom, numbersIn } from "../net/bit-set.ts";
import { type Direction, type Policy, rulesOf } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import { holdsOf } from "./extent.ts";
import { type Governance, type GoverningPolicy, type GoverningTier, groupsOf } from "./governance.ts";
import type { LabelledObjects } from "./labelled-objects.ts";
import { differenceOf } from "./list-difference.ts";

/** What governs some pods in one direction. Equal ones are one object. */
export interface Governed {
  readonly governance: Governance;
}

/** Gives equal governances one object, for every situation: they name the same policies, as they are, in the same tiers. */
export class GovernedTable {
  readonly #policies = new WeakMap<Policy, number>();
  readonly #known = new Map<string, Governed>();
  #policyCount = 0;

  one(direction: Direction, governance: Governance): Governed {
    const tiers = governance.map(({ tier, groups }) => {
      const members = groups.flatMap((group) =>
        group.map(({ policy, certain }) => `${this.#numberOf(policy)}${certain ? "" : "?"}`),
      );
      return `${tier.defaultAction} ${members.join()}`;
    });
    const text = `${direction} ${tiers.join(";")}`;
    const known = this.#known.get(text) ?? { governance };
    this.#known.set(text, known);
    return known;
  }

  #numberOf(policy: Policy): number {
    const known = this.#policies.get(policy) ?? this.#policyCount++;
    this.#policies.set(policy, known);
    return known;
  }

  /** How many it remembers. */
  get size(): number {
    return this.#known.size;
  }

  /** Forgets all others. */
  keep(some: ReadonlySet<Governed>): void {
    for (const [text, governed] of this.#known) if (!some.has(governed)) this.#known.delete(text);
  }
}

/** A tier as one direction sees it. */
interface TierList {
  readonly tier: GoverningTier["tier"];
  /** All of its policies. */
  readonly of: readonly Policy[];
  /** Those that govern the direction. */
  readonly policies: readonly Policy[];
}

/** A policy that governs an object, and the tier in which it does. */
interface Member extends GoverningPolicy {
  readonly tier: GoverningTier["tier"];
}

/**
 * What governs the pods of one direction, object by object. It is made from that of a situation before: policies that came or
 * went concern the objects that they select, and all others keep what governed them, as the same object.
 */
export class GovernanceIndex {
  readonly #tiers: readonly TierList[];
  /** In evaluation order, by object; undefined where no policy governs it. */
  readonly #members: readonly (readonly Member[] | undefined)[];
  readonly #governed: readonly (Governed | undefined)[];
  readonly #ungoverned: Governed;

  private constructor(
    tiers: readonly TierList[],
    members: readonly (readonly Member[] | undefined)[],
    governed: readonly (Governed | undefined)[],
    ungoverned: Governed,
  ) {
    this.#tiers = tiers;
    this.#members = members;
    this.#governed = governed;
    this.#ungoverned = ungoverned;
  }

  /** O(policies), and what policies that are not in `before` select; without it O(policies x objects they select). */
  static of(
    situation: Situation,
    direction: Direction,
    objects: LabelledObjects,
    table: GovernedTable,
    before: GovernanceIndex | undefined,
  ): GovernanceIndex {
    const tiers = tierListsOf(situation, direction, before === undefined ? [] : before.#tiers);
    const base = before !== undefined && sameTiers(before.#tiers, tiers) ? before : undefined;
    const known = base === undefined ? [] : base.#members;
    const { gone, come } = changedPolicies(base === undefined ? [] : base.#tiers, tiers);
    if (base !== undefined && gone.size === 0 && come.size === 0 && known.length === objects.count) return base;
    const entering = enteringMembers(tiers, direction, objects, (policy) => (come.has(policy) ? 0 : known.length));
    const touched = new Set(entering.keys());
    for (const { subject } of gone) {
      for (const object of numbersIn(objects.selectedBy(subject).extent.possible)) touched.add(object);
    }
    const inOrder = orderOf(tiers);
    const members = [...known];
    const governed = base === undefined ? [] : [...base.#governed];
    members.length = governed.length = objects.count;
    for (const object of touched) {
      const stayed = (known[object] ?? []).filter(({ policy }) => !gone.has(policy));
      const own = inOrder(stayed, entering.get(object) ?? []);
      members[object] = own.length === 0 ? undefined : own;
      governed[object] = own.length === 0 ? undefined : table.one(direction, governanceFrom(situation, own));
    }
    return new GovernanceIndex(tiers, members, governed, table.one(direction, []));
  }

  /** What governs pods that are the object to the subject selectors of policies. */
  of(object: number | undefined): Governed {
    return (object === undefined ? undefined : this.#governed[object]) ?? this.#ungoverned;
  }

  /** The objects that something else governs than in an earlier index. O(objects). */
  changedSince(before: GovernanceIndex): readonly number[] {
    const changed: number[] = [];
    for (const [object, governed] of this.#governed.entries())
      if (governed !== before.#governed[object]) changed.push(object);
    return changed;
  }

  /** All that governs any object. */
  all(): ReadonlySet<Governed> {
    return new Set([this.#ungoverned, ...this.#governed.filter((governed) => governed !== undefined)]);
  }
}

/** The policies of each tier that govern the direction; tiers that are the same as before are the same objects. */
function tierListsOf({ tiers }: Situation, direction: Direction, before: readonly TierList[]): readonly TierList[] {
  return tiers.map(({ name, order, defaultAction, policies }, i) => {
    const known = before[i];
    const isSame =
      known?.tier.name === name && known.tier.order === order && known.tier.defaultAction === defaultAction;
    if (isSame && known.of === policies) return known;
    return {
      tier: isSame ? known.tier : { name, order, defaultAction },
      of: policies,
      policies: policies.filter((policy) => rulesOf(policy, direction, "normal") !== undefined),
    };
  });
}

function sameTiers(a: readonly TierList[], b: readonly TierList[]): boolean {
  return a.length === b.length && a.every(({ tier }, i) => tier === b[i]?.tier);
}

function changedPolicies(
  before: readonly TierList[],
  now: readonly TierList[],
): { readonly gone: ReadonlySet<Policy>; readonly come: ReadonlySet<Policy> } {
  const differences = now.flatMap((list, i) =>
    list === before[i] ? [] : [differenceOf(before[i]?.policies ?? [], list.policies)],
  );
  return {
    gone: new Set(differences.flatMap(({ gone }) => gone)),
    come: new Set(differences.flatMap(({ come }) => come)),
  };
}

/** By object, from the one on that `since` tells of each policy, what governs it. */
function enteringMembers(
  tiers: readonly TierList[],
  direction: Direction,
  objects: LabelledObjects,
  since: (policy: Policy) => number,
): ReadonlyMap<number, readonly Member[]> {
  const entering = new Map<number, Member[]>();
  for (const { tier, policies } of tiers) {
    for (const policy of policies) {
      const start = since(policy);
      if (start === objects.count) continue;
      const rules = rulesOf(policy, direction, "normal") ?? [];
      const { extent } = objects.selectedBy(policy.subject);
      for (const object of numbersFrom(extent.possible, start)) {
        const member = { tier, policy, rules, certain: holdsOf(extent, object) === true };
        const known = entering.get(object);
        if (known === undefined) entering.set(object, [member]);
        else known.push(member);
      }
    }
  }
  return entering;
}

/** Puts two lists in evaluation order together. */
function orderOf(
  tiers: readonly TierList[],
): (stayed: readonly Member[], entering: readonly Member[]) => readonly Member[] {
  let places: ReadonlyMap<Policy, number> | undefined;
  return (stayed, entering) => {
    if (stayed.length === 0 || entering.length === 0) return stayed.length === 0 ? entering : stayed;
    const placeOf = (places ??= new Map(tiers.flatMap(({ policies }) => policies).map((policy, i) => [policy, i])));
    return [...stayed, ...entering].sort((a, b) => (placeOf.get(a.policy) ?? 0) - (placeOf.get(b.policy) ?? 0));
  };
}

function governanceFrom(situation: Situation, members: readonly Member[]): Governance {
  const tiers: { readonly tier: GoverningTier["tier"]; readonly own: Member[] }[] = [];
  for (const member of members) {
    const last = tiers.at(-1);
    if (last?.tier === member.tier) last.own.push(member);
    else tiers.push({ tier: member.tier, own: [member] });
  }
  return tiers.map(({ tier, own }) => ({ tier, groups: groupsOf(situation, own) }));
}
