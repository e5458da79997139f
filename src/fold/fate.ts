/** What may become of packets at one stage: the rules of all tiers folded into sets. */
import { type Family, familyOf } from "../net/address.ts";
import {
  ALL_TRAFFIC,
  intersectTraffic,
  isNoTraffic,
  NO_TRAFFIC,
  subtractTraffic,
  type TrafficSet,
  unionTraffic,
} from "../net/traffic.ts";
import type { End } from "../path/end.ts";
import type { PolicyFilter } from "../path/stage.ts";
import { endsInPass, type Rule } from "../policy/model.ts";
import { profileRules } from "../situation/profiles.ts";
import type { Situation } from "../situation/situation.ts";
import type { Governance, GoverningPolicy } from "./governance.ts";
import { anyOf, matchPeer, type Ternary } from "./match.ts";
import { type Bounds, ruleTraffic } from "./rule-traffic.ts";

/** Packets by what may become of them; those in both sets hang on facts that are missing. */
export interface Fate {
  readonly canAllow: TrafficSet;
  readonly canDeny: TrafficSet;
  /** No rule decides about them, and nothing denies what no rule decides about. */
  readonly canEnd: TrafficSet;
  /** Policies of one priority disagree about them. */
  readonly tied: TrafficSet;
  readonly logged: TrafficSet;
}

const NO_FATE: Fate = {
  canAllow: NO_TRAFFIC,
  canDeny: NO_TRAFFIC,
  canEnd: NO_TRAFFIC,
  tied: NO_TRAFFIC,
  logged: NO_TRAFFIC,
};

function join(a: Fate, b: Fate): Fate {
  if (a === NO_FATE) return b;
  if (b === NO_FATE) return a;
  return {
    canAllow: unionTraffic(a.canAllow, b.canAllow),
    canDeny: unionTraffic(a.canDeny, b.canDeny),
    canEnd: unionTraffic(a.canEnd, b.canEnd),
    tied: unionTraffic(a.tied, b.tied),
    logged: unionTraffic(a.logged, b.logged),
  };
}

/** What the rules of one policy may do first with packets, by action; `left` are those that may go on to the next policy. */
interface FirstActions {
  readonly allow: TrafficSet;
  readonly deny: TrafficSet;
  readonly pass: TrafficSet;
  readonly logged: TrafficSet;
  readonly left: TrafficSet;
}

/** What is known of a stage beforehand. */
export interface Foreknown {
  /** That of the stage's subject, direction and phase. */
  readonly governance: Governance;
  /** Says of each of its rules whether it is about the ends of the stage at all; undefined: they are matched. */
  readonly meets?: (rule: Rule) => Ternary;
  /** Says what traffic each of its rules speaks of; undefined: what it does between the ends of the stage. */
  readonly speaksOf?: (rule: Rule) => Bounds;
}

/** The tiers from the first on, then profiles, for one stage. */
export class Fold {
  readonly #situation: Situation;
  readonly #stage: PolicyFilter;
  readonly #governance: Governance;
  readonly #from: End;
  readonly #to: End;
  readonly #meets: (rule: Rule) => Ternary;
  readonly #speaksOf: (rule: Rule) => Bounds;

  constructor(situation: Situation, stage: PolicyFilter, { governance, meets, speaksOf }: Foreknown) {
    this.#situation = situation;
    this.#stage = stage;
    this.#governance = governance;
    this.#from = stage.direction === "ingress" ? stage.peer : stage.here;
    this.#to = stage.direction === "ingress" ? stage.here : stage.peer;
    this.#meets = meets ?? ((rule) => this.#matches(rule));
    this.#speaksOf = speaksOf ?? ((rule) => ruleTraffic(situation, rule, this.#from, this.#to));
  }

  fate(): Fate {
    return this.from(0, ALL_TRAFFIC);
  }

  /** The fate of the packets of `region` from the n-th governing tier on. */
  from(index: number, region: TrafficSet): Fate {
    if (isNoTraffic(region)) return NO_FATE;
    const governing = this.#governance[index];
    if (governing === undefined) return this.#afterTiers(region);
    let fate = NO_FATE;
    let active = region;
    for (const group of governing.groups) {
      if (isNoTraffic(active)) break;
      const members = group.flatMap((member) => this.#firstActions(member, active) ?? []);
      if (members.length === 0) continue;
      for (const { allow, deny, pass, logged } of members) {
        fate = join(fate, { ...NO_FATE, canAllow: allow, canDeny: deny, logged });
        fate = join(fate, this.from(index + 1, pass));
      }
      if (members.length > 1) fate = join(fate, { ...NO_FATE, tied: disagreement(members) });
      active = members.map(({ left }) => left).reduce(intersectTraffic, active);
    }
    // Without a policy that governs for certain the tier may not apply at all.
    const applies = governing.groups.some((group) => group.some(({ certain }) => certain));
    const passes = governing.tier.defaultAction === "pass" || endsInPass(this.#stage.phase);
    if (passes || !applies) fate = join(fate, this.from(index + 1, active));
    return passes ? fate : join(fate, { ...NO_FATE, canDeny: active });
  }

  /** A pod's profile allows, a host endpoint has those it names; only the normal phase asks them. */
  #afterTiers(region: TrafficSet): Fate {
    const { subject, phase, direction } = this.#stage;
    if (subject.kind === "pod" || phase !== "normal") return { ...NO_FATE, canEnd: region };
    let fate = NO_FATE;
    let active = region;
    for (const name of subject.profiles) {
      const rules = profileRules(this.#situation, name, direction);
      if (rules === "allow") return join(fate, { ...NO_FATE, canEnd: active });
      if (rules === "missing") break;
      const first = this.#firstActions({ rules, certain: true }, active);
      if (first === undefined) continue;
      const { allow, deny, pass, left } = first;
      // A profile has no next tier to pass to.
      fate = join(fate, { ...NO_FATE, canEnd: allow, canDeny: unionTraffic(deny, pass) });
      active = left;
    }
    return join(fate, { ...NO_FATE, canDeny: active });
  }

  /** Undefined where no rule is about the ends: all packets are left. */
  #firstActions(
    { rules, certain }: Pick<GoverningPolicy, "rules" | "certain">,
    region: TrafficSet,
  ): FirstActions | undefined {
    let active = region;
    let actions: Record<Rule["action"], TrafficSet> | undefined;
    for (const rule of rules) {
      if (isNoTraffic(active)) break;
      const meets = this.#meets(rule);
      if (meets === false) continue;
      const { certain: hit, possible } = this.#hit(rule, active);
      actions ??= { allow: NO_TRAFFIC, deny: NO_TRAFFIC, pass: NO_TRAFFIC, log: NO_TRAFFIC };
      actions[rule.action] = unionTraffic(actions[rule.action], possible);
      if (rule.action !== "log" && meets === true) active = subtractTraffic(active, hit);
    }
    if (actions === undefined) return undefined;
    const { allow, deny, pass, log } = actions;
    return { allow, deny, pass, logged: log, left: certain ? active : region };
  }

  #hit(rule: Rule, active: TrafficSet): Bounds {
    const { certain, possible } = this.#speaksOf(rule);
    const hit = intersectTraffic(active, certain);
    return { certain: hit, possible: certain === possible ? hit : intersectTraffic(active, possible) };
  }

  #matches(rule: Rule): Ternary {
    const family = familyOf(this.#to.where[0]?.start ?? 0n);
    return meetsRule(rule, family, (side) => {
      const end = side === "source" ? this.#from : this.#to;
      return anyOf((rule[side] ?? []).map((peer) => matchPeer(this.#situation, peer, end)));
    });
  }
}

/** Whether a rule is about two ends of a family; `holds` says whether one is among the peers of its side, which are given. */
export function meetsRule(rule: Rule, family: Family, holds: (side: "source" | "destination") => Ternary): Ternary {
  if (rule.family !== undefined && rule.family !== family) return false;
  const source = rule.source === undefined || holds("source");
  if (source === false) return false;
  const destination = rule.destination === undefined || holds("destination");
  if (destination === false) return false;
  return source === undefined || destination === undefined || rule.unknown !== undefined ? undefined : true;
}

/** Packets for which several members of a group decide, and not alike. */
function disagreement(members: readonly FirstActions[]): TrafficSet {
  let decided = NO_TRAFFIC;
  let decidedTwice = NO_TRAFFIC;
  for (const { allow, deny, pass } of members) {
    const own = unionTraffic(unionTraffic(allow, deny), pass);
    decidedTwice = unionTraffic(decidedTwice, intersectTraffic(decided, own));
    decided = unionTraffic(decided, own);
  }
  const byAction = (["allow", "deny", "pass"] as const).map((action) =>
    members.map((member) => member[action]).reduce(unionTraffic, NO_TRAFFIC),
  );
  const [allow = NO_TRAFFIC, deny = NO_TRAFFIC, pass = NO_TRAFFIC] = byAction;
  const unlike = [intersectTraffic(allow, deny), intersectTraffic(allow, pass), intersectTraffic(deny, pass)];
  return intersectTraffic(decidedTwice, unlike.reduce(unionTraffic));
}
