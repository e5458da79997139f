/** What a policy stage lets through, as exact traffic sets: the tiers folded into one decision per pair of ends. */
import { contains } from "../net/intervals.ts";
import { headerKind, ICMP, ICMPV6 } from "../net/protocol.ts";
import {
  ALL_TRAFFIC,
  allOf,
  box,
  boxesOf,
  fieldRange,
  intersectTraffic,
  isNoTraffic,
  NO_TRAFFIC,
  subtractTraffic,
  type TrafficSet,
  unionTraffic,
} from "../net/traffic.ts";
import { isContested } from "../path/end.ts";
import type { Path } from "../path/path.ts";
import type { HostConditions, PolicyFilter, Stage } from "../path/stage.ts";
import type { Situation } from "../situation/situation.ts";
import { Fold, type Meets } from "./fate.ts";
import { type Governance, governanceOf } from "./governance.ts";
import type { Bounds } from "./rule-traffic.ts";

/** What is neither allowed nor undecided is denied. `logged` is what log rules meet on the way, whatever becomes of it. */
export interface Admission {
  readonly allowed: TrafficSet;
  readonly undecided: TrafficSet;
  readonly logged: TrafficSet;
}

/** Everything passes. */
export const OPEN: Admission = { allowed: ALL_TRAFFIC, undecided: NO_TRAFFIC, logged: NO_TRAFFIC };

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

/** What is known of a stage beforehand. */
export interface Foreknown {
  /** That of the stage's subject, direction and phase. */
  readonly governance: Governance;
  /** Says of each of its rules whether it is about the ends of the stage. */
  readonly meets?: Meets;
}

/**
 * What one policy stage admits, as packets are once Services have translated them. O(rules of the governing policies) set
 * operations.
 */
export function admissionAt(situation: Situation, stage: PolicyFilter, known?: Foreknown): Admission {
  if (stage.host !== undefined) return admissionAtHost(situation, stage, stage.host);
  const { allowed, undecided, logged } = judgedByRules(situation, stage, known);
  return { allowed, undecided, logged };
}

/** Failsafe ports, replies of what is not tracked, and what earlier phases have allowed. */
function admissionAtHost(situation: Situation, stage: PolicyFilter, host: HostConditions): Admission {
  const own = withReplies(situation, host, judgedByRules(situation, stage));
  let allowed = translated(unionTraffic(own.allowed, host.exempt), host.originalPort);
  let possible = unionTraffic(allowed, translated(own.undecided, host.originalPort));
  for (const earlier of host.after) {
    // Failsafe ports pass that phase alone.
    const { exempt = NO_TRAFFIC, originalPort } = earlier.host ?? {};
    const { certain, possible: perhaps } = judgedByRules(situation, earlier).byRule;
    allowed = unionTraffic(allowed, translated(subtractTraffic(certain, exempt), originalPort));
    possible = unionTraffic(possible, translated(subtractTraffic(perhaps, exempt), originalPort));
  }
  return {
    allowed,
    undecided: subtractTraffic(unionTraffic(possible, allowed), allowed),
    logged: translated(own.logged, host.originalPort),
  };
}

/** Traffic to a Service's port as it is behind the Service, whatever port that has there. */
function translated(traffic: TrafficSet, originalPort: number | undefined): TrafficSet {
  if (originalPort === undefined) return traffic;
  let result = NO_TRAFFIC;
  for (const { protocols, first, second } of boxesOf(traffic)) {
    const hasPorts = headerKind(protocols.start) === "ports";
    if (hasPorts && !contains([second], originalPort)) continue;
    for (let protocol = protocols.start; protocol < protocols.end; protocol++) {
      result = unionTraffic(result, box(protocol, [first], hasPorts ? [fieldRange(protocol)] : [second]));
    }
  }
  return result;
}

/** Untracked traffic passes only if its replies do. */
function withReplies(situation: Situation, { replies }: HostConditions, own: RulesAdmission): Admission {
  if (replies?.host === undefined) return own;
  const { exempt } = replies.host;
  const answers = judgedByRules(situation, replies).byRule;
  const certain = mirrored(unionTraffic(answers.certain, exempt));
  const possible = unionTraffic(mirrored(unionTraffic(answers.possible, exempt)), ICMP_TRAFFIC);
  const unanswered = subtractTraffic(own.byRule.possible, certain);
  const lost = subtractTraffic(subtractTraffic(unanswered, possible), subtractTraffic(ALL_TRAFFIC, own.byRule.certain));
  return {
    allowed: subtractTraffic(own.allowed, unanswered),
    undecided: subtractTraffic(unionTraffic(own.undecided, unanswered), lost),
    logged: own.logged,
  };
}

const ICMP_TRAFFIC: TrafficSet = unionTraffic(allOf(ICMP), allOf(ICMPV6));

/** Packets whose replies are in the set; which message answers an ICMP message is not known. */
function mirrored(traffic: TrafficSet): TrafficSet {
  let result = NO_TRAFFIC;
  for (const { protocols, first, second } of boxesOf(traffic)) {
    if (headerKind(protocols.start) === "icmp") continue;
    for (let protocol = protocols.start; protocol < protocols.end; protocol++) {
      result = unionTraffic(result, box(protocol, [second], [first]));
    }
  }
  return result;
}

interface RulesAdmission extends Admission {
  /** What rules allow, rather than what none denies. */
  readonly byRule: Bounds;
}

function judgedByRules(
  situation: Situation,
  stage: PolicyFilter,
  known: Foreknown = { governance: governanceOf(situation, stage.direction, stage.subject, stage.phase) },
): RulesAdmission {
  const own = stage.subject.kind === "pod" ? stage.subject.pod.namespace.name : undefined;
  const blind =
    isContested(stage.here) ||
    isContested(stage.peer) ||
    situation.blinds.some(({ namespace }) => namespace === undefined || namespace === own);
  const { canAllow, canDeny, canEnd, tied, logged } = new Fold(situation, stage, known.governance, known.meets).fate();
  if (blind) {
    const byRule = { certain: NO_TRAFFIC, possible: canAllow };
    return { allowed: NO_TRAFFIC, undecided: ALL_TRAFFIC, logged: NO_TRAFFIC, byRule };
  }
  const unclear = stage.host?.inconclusive === undefined ? NO_TRAFFIC : unionTraffic(canAllow, canDeny);
  const passing = unionTraffic(canAllow, canEnd);
  const allowed = [canDeny, tied, unclear].reduce(subtractTraffic, passing);
  const open =
    stage.openIf === undefined ? [intersectTraffic(passing, canDeny), tied, unclear].reduce(unionTraffic) : ALL_TRAFFIC;
  // Only host endpoints have phases to skip.
  const certain = stage.host === undefined ? NO_TRAFFIC : subtractTraffic(intersectTraffic(allowed, canAllow), canEnd);
  return { allowed, undecided: subtractTraffic(open, allowed), logged, byRule: { certain, possible: canAllow } };
}
