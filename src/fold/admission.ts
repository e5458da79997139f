/** What a policy stage lets through, as exact traffic sets: the tiers folded into one decision per pair of ends. */
import { portsNamed } from "../cluster/service.ts";
import { unionOf } from "../net/intervals.ts";
import {
  ALL_TRAFFIC,
  intersectTraffic,
  isNoTraffic,
  NO_TRAFFIC,
  subtractTraffic,
  toPorts,
  type TrafficSet,
  unionTraffic,
} from "../net/traffic.ts";
import { type End, isContested } from "../path/end.ts";
import type { Path, PolicyFilter } from "../path/path.ts";
import { type PortMatch, type Rule, rulesOf, type Tier } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import { matchPeer, matchPod } from "./match.ts";

/** A partition of all traffic: what is in neither set is denied. */
export interface Admission {
  readonly allowed: TrafficSet;
  readonly undecided: TrafficSet;
}

const OPEN: Admission = { allowed: ALL_TRAFFIC, undecided: NO_TRAFFIC };

/** What passes every policy stage of a path; stages that do not apply let everything pass. */
export function admissionOnPath(situation: Situation, path: Path): Admission {
  return path.stages
    .filter((stage): stage is PolicyFilter => stage.kind === "filter")
    .map((stage) => admissionAt(situation, stage))
    .reduce(both, OPEN);
}

/** Traffic that both stages let pass; undecided where one is undecided and the other does not deny. */
function both(a: Admission, b: Admission): Admission {
  const allowed = intersectTraffic(a.allowed, b.allowed);
  const possible = intersectTraffic(unionTraffic(a.allowed, a.undecided), unionTraffic(b.allowed, b.undecided));
  return { allowed, undecided: subtractTraffic(possible, allowed) };
}

/** What one policy stage admits. O(rules of the governing policies) set operations. */
export function admissionAt(situation: Situation, stage: PolicyFilter): Admission {
  const own = stage.subject.pod.namespace.name;
  const blind =
    isContested(stage.subject) ||
    isContested(stage.peer) ||
    situation.blinds.some(({ namespace }) => namespace === undefined || namespace === own);
  if (blind) return { allowed: NO_TRAFFIC, undecided: ALL_TRAFFIC };
  const admission = fold(situation, stage, 0, ALL_TRAFFIC);
  if (stage.openIf === undefined) return admission;
  return { allowed: admission.allowed, undecided: subtractTraffic(ALL_TRAFFIC, admission.allowed) };
}

/** The fate of the packets in `region` from a tier on. */
function fold(situation: Situation, stage: PolicyFilter, tierIndex: number, region: TrafficSet): Admission {
  const tier = situation.tiers[tierIndex];
  if (tier === undefined) return { allowed: region, undecided: NO_TRAFFIC };
  const rules = governingRules(situation, stage, tier);
  if (rules === undefined) return fold(situation, stage, tierIndex + 1, region);
  return foldRules(situation, stage, tierIndex, rules, 0, region);
}

/** The rules of a tier that the pod has to obey, in order; undefined when no policy of the tier governs it. */
function governingRules(situation: Situation, stage: PolicyFilter, tier: Tier): readonly Rule[] | undefined {
  const rules = tier.policies.flatMap((policy) => {
    const own = rulesOf(policy, stage.direction);
    return own !== undefined && matchPod(situation, policy.subject, stage.subject) !== false ? [own] : [];
  });
  return rules.length === 0 ? undefined : rules.flat();
}

function foldRules(
  situation: Situation,
  stage: PolicyFilter,
  tierIndex: number,
  rules: readonly Rule[],
  start: number,
  region: TrafficSet,
): Admission {
  const tier = situation.tiers[tierIndex];
  const to = stage.direction === "ingress" ? stage.subject : stage.peer;
  let remaining = region;
  let allowed = NO_TRAFFIC;
  let undecided = NO_TRAFFIC;
  for (let i = start; i < rules.length && !isNoTraffic(remaining); i++) {
    const rule = rules[i];
    if (rule === undefined) break;
    const meets = matchesPeers(situation, rule, stage.peer);
    if (meets === false) continue;
    const hit = intersectTraffic(remaining, ruleTraffic(rule, to));
    if (isNoTraffic(hit)) continue;
    const outcome = actionOn(situation, stage, tierIndex, rule, hit);
    if (meets) {
      allowed = unionTraffic(allowed, outcome.allowed);
      undecided = unionTraffic(undecided, outcome.undecided);
    } else {
      // Not known whether the rule meets these packets: they are decided only where both ways agree.
      const otherwise = foldRules(situation, stage, tierIndex, rules, i + 1, hit);
      const agreed = intersectTraffic(outcome.allowed, otherwise.allowed);
      const possible = [outcome.allowed, outcome.undecided, otherwise.allowed, otherwise.undecided].reduce(
        unionTraffic,
      );
      allowed = unionTraffic(allowed, agreed);
      undecided = unionTraffic(undecided, subtractTraffic(possible, agreed));
    }
    remaining = subtractTraffic(remaining, hit);
  }
  if (tier?.defaultAction === "pass") {
    const rest = fold(situation, stage, tierIndex + 1, remaining);
    allowed = unionTraffic(allowed, rest.allowed);
    undecided = unionTraffic(undecided, rest.undecided);
  }
  return { allowed, undecided };
}

function actionOn(
  situation: Situation,
  stage: PolicyFilter,
  tierIndex: number,
  rule: Rule,
  hit: TrafficSet,
): Admission {
  switch (rule.action) {
    case "allow":
      return { allowed: hit, undecided: NO_TRAFFIC };
    case "deny":
      return { allowed: NO_TRAFFIC, undecided: NO_TRAFFIC };
    case "pass":
      return fold(situation, stage, tierIndex + 1, hit);
  }
}

function matchesPeers(situation: Situation, rule: Rule, other: End): boolean | undefined {
  if (rule.peers === undefined) return true;
  let result: boolean | undefined = false;
  for (const peer of rule.peers) {
    const match = matchPeer(situation, peer, other);
    if (match === true) return true;
    if (match === undefined) result = undefined;
  }
  return result;
}

/** The traffic a rule speaks of, with its port names resolved at the destination. */
export function ruleTraffic(rule: Rule, to: End): TrafficSet {
  if (rule.ports === undefined) return ALL_TRAFFIC;
  return rule.ports.map((port) => portTraffic(port, to)).reduce(unionTraffic, NO_TRAFFIC);
}

function portTraffic(port: PortMatch, to: End): TrafficSet {
  if (port.kind === "traffic") return port.traffic;
  if (to.kind !== "pod") return NO_TRAFFIC;
  const numbers = portsNamed(to.pod.ports, port.name, port.protocol);
  return toPorts(port.protocol, unionOf(numbers.map((number) => ({ start: number, end: number + 1 }))));
}
