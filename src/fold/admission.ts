/** What a policy stage lets through, as exact traffic sets: the tiers folded into one decision per pair of ends. */
import { contains } from "../net/intervals.ts";
import { headerKind, ICMP, ICMPV6 } from "../net/protocol.ts";
import {
  ALL_TRAFFIC,
  allOf,
  box,
  boxesOf,
  containsTraffic,
  fieldRange,
  intersectTraffic,
  isNoTraffic,
  NO_TRAFFIC,
  subtractTraffic,
  type TrafficSet,
  unionTraffic,
} from "../net/traffic.ts";
import { isContested } from "../path/end.ts";
import { icmpReply } from "../net/natural-reply.ts";
import type { Path } from "../path/path.ts";
import type { HostConditions, PolicyFilter, Stage } from "../path/stage.ts";
import type { Situation } from "../situation/situation.ts";
import { Fold, type Foreknown } from "./fate.ts";
import { governanceOf } from "./governance.ts";
import { passingAt } from "./network-admission.ts";
import type { Bounds } from "./rule-traffic.ts";

/** What becomes of packets; no packet is in two of the sets. What is in none is denied. */
export interface Admission {
  readonly allowed: TrafficSet;
  /** It arrives, and what would answer it does not. */
  readonly oneWay: TrafficSet;
  /** Nothing denies it and nothing leads there. */
  readonly noRoute: TrafficSet;
  readonly undecided: TrafficSet;
  /** What log rules meet on the way, whatever becomes of it. */
  readonly logged: TrafficSet;
}

/** Nothing passes, and everything is denied. */
export const NOTHING: Admission = {
  allowed: NO_TRAFFIC,
  oneWay: NO_TRAFFIC,
  noRoute: NO_TRAFFIC,
  undecided: NO_TRAFFIC,
  logged: NO_TRAFFIC,
};

/** Everything passes. */
export const OPEN: Admission = { ...NOTHING, allowed: ALL_TRAFFIC };

/** What passes every stage of a path; stages that do not apply let everything pass. */
export function admissionOnPath(situation: Situation, path: Path): Admission {
  return admissionOfStages(situation, path.stages);
}

/** What the stages of a path that are no policy filters let through together: networks, and what is dropped by an assumption. */
export function admissionBesidePolicy(situation: Situation, path: Path): Admission {
  return admissionOfStages(
    situation,
    path.stages.filter(({ kind }) => kind !== "filter"),
  );
}

/** Only what arrives can be answered: what keeps answers counts among what the request passes. */
function admissionOfStages(situation: Situation, stages: readonly Stage[]): Admission {
  const [request, reply] = [false, true].map((isReply) =>
    stages
      .filter((stage) => ("leg" in stage && stage.leg === "reply") === isReply)
      .map((stage) => admissionOfStage(situation, stage))
      .reduce(bothAdmit, OPEN),
  );
  return request === undefined || reply === undefined ? OPEN : answered(request, reply);
}

function answered(request: Admission, reply: Admission): Admission {
  if (reply.allowed === ALL_TRAFFIC) return request;
  const refused = subtractTraffic(subtractTraffic(ALL_TRAFFIC, reply.allowed), reply.undecided);
  return {
    ...request,
    allowed: intersectTraffic(request.allowed, reply.allowed),
    oneWay: unionTraffic(request.oneWay, intersectTraffic(request.allowed, refused)),
    undecided: unionTraffic(request.undecided, intersectTraffic(request.allowed, reply.undecided)),
  };
}

function admissionOfStage(situation: Situation, stage: Stage): Admission {
  switch (stage.kind) {
    case "filter":
      return admissionAt(situation, stage);
    case "blocked":
      return stage.onlyIf === undefined ? NOTHING : { ...NOTHING, undecided: ALL_TRAFFIC };
    case "network filter":
      return { ...NOTHING, ...passingAt(situation, stage) };
    case "unrouted":
      if (stage.unknown !== undefined) return { ...NOTHING, undecided: ALL_TRAFFIC };
      // On the way back nothing is left to call no route: the answer is lost.
      return stage.leg === "reply" ? NOTHING : { ...NOTHING, noRoute: ALL_TRAFFIC };
    case "unplaced":
      return agreed(
        stage.alternatives.map(({ request, reply }) => admissionOfStages(situation, [...request, ...reply])),
      );
    case "rewrite":
    case "skipped":
    case "overlay":
    case "masquerade":
    case "gateway":
      return OPEN;
  }
}

/** What is known where any of several may be the case. */
function agreed(alternatives: readonly Admission[]): Admission {
  const [first = NOTHING, ...others] = alternatives;
  const common = (part: "allowed" | "oneWay" | "noRoute"): TrafficSet =>
    others.map((other) => other[part]).reduce(intersectTraffic, first[part]);
  const [allowed, oneWay, noRoute] = [common("allowed"), common("oneWay"), common("noRoute")];
  const open = alternatives.flatMap((one) => [one.allowed, one.oneWay, one.undecided]).reduce(unionTraffic, NO_TRAFFIC);
  return {
    allowed,
    oneWay,
    noRoute,
    undecided: subtractTraffic(subtractTraffic(open, allowed), oneWay),
    logged: alternatives.map(({ logged }) => logged).reduce(unionTraffic, NO_TRAFFIC),
  };
}

/** What becomes of packets at two stages: denied by one, without route at one, undecided, one-way, in this order. */
export function bothAdmit(a: Admission, b: Admission): Admission {
  if (a === OPEN) return b;
  if (b === OPEN) return a;
  const allowed = intersectTraffic(a.allowed, b.allowed);
  const logged = unionTraffic(a.logged, b.logged);
  const isPlain = [a.undecided, b.undecided, a.oneWay, b.oneWay, a.noRoute, b.noRoute].every(isNoTraffic);
  if (isPlain) return { ...NOTHING, allowed, logged };
  const arrives = ({ undecided, oneWay, ...one }: Admission): TrafficSet =>
    [one.allowed, undecided, oneWay].reduce(unionTraffic);
  const reaching = intersectTraffic(arrives(a), arrives(b));
  const undecided = intersectTraffic(unionTraffic(a.undecided, b.undecided), reaching);
  const oneWay = subtractTraffic(subtractTraffic(reaching, undecided), allowed);
  const notDenied = intersectTraffic(unionTraffic(arrives(a), a.noRoute), unionTraffic(arrives(b), b.noRoute));
  return { allowed, oneWay, noRoute: subtractTraffic(notDenied, reaching), undecided, logged };
}

/**
 * What one policy stage admits, as packets are once Services have translated them. O(rules of the governing policies) set
 * operations.
 */
export function admissionAt(situation: Situation, stage: PolicyFilter, known?: Foreknown): Admission {
  if (stage.host !== undefined) return admissionAtHost(situation, stage, stage.host);
  const { allowed, undecided, logged } = judgedByRules(situation, stage, known);
  return { ...NOTHING, allowed, undecided, logged };
}

/** What becomes of packets at one phase of a host endpoint by itself, whatever other phases say of them. */
export interface PhaseAdmission {
  /** A rule allows it for certain, so that later phases are not asked. */
  readonly byRule: TrafficSet;
  /** What else goes on: failsafe ports, and what no rule decides and nothing denies. */
  readonly passing: TrafficSet;
  /** What is not known: whether it goes on or, of what does, whether a rule allows it. */
  readonly undecided: TrafficSet;
  readonly logged: TrafficSet;
}

/** Throws nothing; what is in none of the first three sets is denied. As costly as {@link admissionAt}. */
export function admissionOfPhase(situation: Situation, stage: PolicyFilter, known?: Foreknown): PhaseAdmission {
  const exempt = stage.host?.exempt ?? NO_TRAFFIC;
  const own = judgedByRules(situation, stage, known);
  const byRule = subtractTraffic(own.byRule.certain, exempt);
  const goesOn = unionTraffic(own.allowed, exempt);
  const perhapsByRule = subtractTraffic(subtractTraffic(own.byRule.possible, own.byRule.certain), exempt);
  return {
    byRule,
    passing: subtractTraffic(goesOn, byRule),
    undecided: unionTraffic(subtractTraffic(own.undecided, goesOn), intersectTraffic(perhapsByRule, goesOn)),
    logged: own.logged,
  };
}

/** Failsafe ports, replies of what is not tracked, and what earlier phases have allowed. */
function admissionAtHost(situation: Situation, stage: PolicyFilter, host: HostConditions): Admission {
  const own = withReplies(situation, host, judgedByRules(situation, stage));
  let allowed = translated([own.allowed, host.exempt, host.carried].reduce(unionTraffic), host.originalPort);
  let possible = unionTraffic(allowed, translated(own.undecided, host.originalPort));
  for (const earlier of host.after) {
    // Failsafe ports pass that phase alone.
    const { exempt = NO_TRAFFIC, originalPort } = earlier.host ?? {};
    const { certain, possible: perhaps } = judgedByRules(situation, earlier).byRule;
    allowed = unionTraffic(allowed, translated(subtractTraffic(certain, exempt), originalPort));
    possible = unionTraffic(possible, translated(subtractTraffic(perhaps, exempt), originalPort));
  }
  return {
    ...NOTHING,
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

/** Untracked traffic passes only if its replies do, and no other does if untracked rules deny its replies. */
function withReplies(situation: Situation, { replies }: HostConditions, own: RulesAdmission): RuledAdmission {
  if (replies?.host === undefined) return own;
  const { exempt } = replies.host;
  const judged = judgedByRules(situation, replies);
  const answers = judged.byRule;
  const certain = mirrored(unionTraffic(answers.certain, exempt));
  const possible = unionTraffic(mirrored(unionTraffic(answers.possible, exempt)), ICMP_TRAFFIC);
  const unanswered = subtractTraffic(own.byRule.possible, certain);
  const lost = subtractTraffic(subtractTraffic(unanswered, possible), subtractTraffic(ALL_TRAFFIC, own.byRule.certain));
  const goesOn = unionTraffic(judged.allowed, exempt);
  const tracked = (answered: TrafficSet): TrafficSet => subtractTraffic(answered, own.byRule.possible);
  const refused = tracked(answeredBy(subtractTraffic(subtractTraffic(ALL_TRAFFIC, goesOn), judged.undecided)));
  const unclear = intersectTraffic(
    tracked(answeredBy(subtractTraffic(judged.undecided, exempt))),
    unionTraffic(own.allowed, own.undecided),
  );
  return {
    allowed: [unanswered, refused, unclear].reduce(subtractTraffic, own.allowed),
    undecided: [lost, refused].reduce(subtractTraffic, [unanswered, unclear].reduce(unionTraffic, own.undecided)),
    logged: own.logged,
  };
}

/** Packets of tracked connections that a packet of the set answers, as far as that is known. */
function answeredBy(traffic: TrafficSet): TrafficSet {
  let result = mirrored(traffic);
  for (const protocol of [ICMP, ICMPV6]) {
    for (let type = 0; type < 256; type++) {
      const answer = icmpReply(protocol, type);
      if (answer === undefined || !containsTraffic(traffic, { protocol, first: answer, second: 0 })) continue;
      result = unionTraffic(result, box(protocol, [{ start: type, end: type + 1 }], [fieldRange(protocol)]));
    }
  }
  return result;
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

/** What policy alone can come to. */
type RuledAdmission = Pick<Admission, "allowed" | "undecided" | "logged">;

interface RulesAdmission extends RuledAdmission {
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
  const { canAllow, canDeny, canEnd, tied, logged } = new Fold(situation, stage, known).fate();
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
