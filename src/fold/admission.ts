/** What a policy stage lets through, as exact traffic sets: the tiers folded into one decision per pair of ends. */
import { familyOf } from "../net/address.ts";
import {
  ALL_TRAFFIC,
  intersectTraffic,
  isNoTraffic,
  NO_TRAFFIC,
  subtractTraffic,
  type TrafficSet,
  unionTraffic,
} from "../net/traffic.ts";
import { type End, isContested } from "../path/end.ts";
import type { Path, PolicyFilter, Stage } from "../path/path.ts";
import type { Peer, Rule } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import { type Governance, governanceOf, type GoverningPolicy } from "./governance.ts";
import { anyOf, matchPeer, type Ternary } from "./match.ts";
import { type Bounds, ruleTraffic } from "./rule-traffic.ts";

/** What is neither allowed nor undecided is denied. `logged` is what log rules meet on the way, whatever becomes of it. */
export interface Admission {
  readonly allowed: TrafficSet;
  readonly undecided: TrafficSet;
  readonly logged: TrafficSet;
}

const OPEN: Admission = { allowed: ALL_TRAFFIC, undecided: NO_TRAFFIC, logged: NO_TRAFFIC };

/** What passes every stage of a path; stages that do not apply let everything pass. */
export function admissionOnPath(situation: Situation, path: Path): Admission {
  return path.stages.map((stage) => admissionOfStage(situation, stage)).reduce(bothAdmit, OPEN);
}

function admissionOfStage(situation: Situation, stage: Stage): Admission {
  switch (stage.kind) {
    case "filter":
      return admissionAt(situation, stage);
    case "blocked": {
      const undecided = stage.onlyIf === undefined ? NO_TRAFFIC : ALL_TRAFFIC;
      return { allowed: NO_TRAFFIC, undecided, logged: NO_TRAFFIC };
    }
    case "rewrite":
    case "skipped":
      return OPEN;
  }
}

/** Traffic that both stages let pass; undecided where one is undecided and the other does not deny. */
export function bothAdmit(a: Admission, b: Admission): Admission {
  const allowed = intersectTraffic(a.allowed, b.allowed);
  const logged = unionTraffic(a.logged, b.logged);
  if (isNoTraffic(a.undecided) && isNoTraffic(b.undecided)) return { allowed, undecided: NO_TRAFFIC, logged };
  const possible = intersectTraffic(unionTraffic(a.allowed, a.undecided), unionTraffic(b.allowed, b.undecided));
  return { allowed, undecided: subtractTraffic(possible, allowed), logged };
}

/**
 * What one policy stage admits. `governance` is that of the stage's subject and direction, where it is known already.
 * O(rules of the governing policies) set operations.
 */
export function admissionAt(
  situation: Situation,
  stage: PolicyFilter,
  governance: Governance = governanceOf(situation, stage.direction, stage.subject),
): Admission {
  const own = stage.subject.pod.namespace.name;
  const blind =
    isContested(stage.subject) ||
    isContested(stage.peer) ||
    situation.blinds.some(({ namespace }) => namespace === undefined || namespace === own);
  if (blind) return { allowed: NO_TRAFFIC, undecided: ALL_TRAFFIC, logged: NO_TRAFFIC };
  const { canAllow, canDeny, tied, logged } = new Fold(situation, stage, governance).from(0, ALL_TRAFFIC);
  const allowed = subtractTraffic(subtractTraffic(canAllow, canDeny), tied);
  const open = stage.openIf === undefined ? unionTraffic(intersectTraffic(canAllow, canDeny), tied) : ALL_TRAFFIC;
  return { allowed, undecided: subtractTraffic(open, allowed), logged };
}

/** Packets by what may become of them; those in both sets hang on facts that are missing. */
interface Fate {
  readonly canAllow: TrafficSet;
  readonly canDeny: TrafficSet;
  /** Policies of one priority disagree about them. */
  readonly tied: TrafficSet;
  readonly logged: TrafficSet;
}

const NO_FATE: Fate = { canAllow: NO_TRAFFIC, canDeny: NO_TRAFFIC, tied: NO_TRAFFIC, logged: NO_TRAFFIC };

function join(a: Fate, b: Fate): Fate {
  return {
    canAllow: unionTraffic(a.canAllow, b.canAllow),
    canDeny: unionTraffic(a.canDeny, b.canDeny),
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

class Fold {
  readonly #situation: Situation;
  readonly #governance: Governance;
  readonly #from: End;
  readonly #to: End;

  constructor(situation: Situation, stage: PolicyFilter, governance: Governance) {
    this.#situation = situation;
    this.#governance = governance;
    this.#from = stage.direction === "ingress" ? stage.peer : stage.subject;
    this.#to = stage.direction === "ingress" ? stage.subject : stage.peer;
  }

  /** The fate of the packets of `region` from the n-th governing tier on. */
  from(index: number, region: TrafficSet): Fate {
    if (isNoTraffic(region)) return NO_FATE;
    const governing = this.#governance[index];
    // After all tiers comes the pod's profile, which allows.
    if (governing === undefined) return { ...NO_FATE, canAllow: region };
    let fate = NO_FATE;
    let active = region;
    for (const group of governing.groups) {
      if (isNoTraffic(active)) break;
      const members = group.map((member) => this.#firstActions(member, active));
      for (const { allow, deny, pass, logged } of members) {
        fate = join(fate, { canAllow: allow, canDeny: deny, tied: NO_TRAFFIC, logged });
        fate = join(fate, this.from(index + 1, pass));
      }
      if (members.length > 1) fate = join(fate, { ...NO_FATE, tied: disagreement(members) });
      active = members.map(({ left }) => left).reduce(intersectTraffic, active);
    }
    // Without a policy that governs for certain the tier may not apply at all.
    const applies = governing.groups.some((group) => group.some(({ certain }) => certain));
    if (governing.tier.defaultAction === "pass" || !applies) fate = join(fate, this.from(index + 1, active));
    return governing.tier.defaultAction === "pass" ? fate : join(fate, { ...NO_FATE, canDeny: active });
  }

  #firstActions({ rules, certain }: GoverningPolicy, region: TrafficSet): FirstActions {
    let active = region;
    const actions = { allow: NO_TRAFFIC, deny: NO_TRAFFIC, pass: NO_TRAFFIC, log: NO_TRAFFIC };
    for (const rule of rules) {
      if (isNoTraffic(active)) break;
      const meets = this.#meets(rule);
      if (meets === false) continue;
      const { certain: hit, possible } = this.#hit(rule, active);
      actions[rule.action] = unionTraffic(actions[rule.action], possible);
      if (rule.action !== "log" && meets === true) active = subtractTraffic(active, hit);
    }
    const { log: logged, ...first } = actions;
    return { ...first, logged, left: certain ? active : region };
  }

  #hit(rule: Rule, active: TrafficSet): Bounds {
    const { certain, possible } = ruleTraffic(this.#situation, rule, this.#from, this.#to);
    return { certain: intersectTraffic(active, certain), possible: intersectTraffic(active, possible) };
  }

  /** Whether the rule is about these two ends at all. */
  #meets(rule: Rule): Ternary {
    if (rule.family !== undefined && rule.family !== familyOf(this.#to.where[0]?.start ?? 0n)) return false;
    const source = this.#meetsSide(rule.source, this.#from);
    if (source === false) return false;
    const destination = this.#meetsSide(rule.destination, this.#to);
    if (destination === false) return false;
    return source === undefined || destination === undefined || rule.unknown !== undefined ? undefined : true;
  }

  #meetsSide(peers: readonly Peer[] | undefined, end: End): Ternary {
    return peers === undefined || anyOf(peers.map((peer) => matchPeer(this.#situation, peer, end)));
  }
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
