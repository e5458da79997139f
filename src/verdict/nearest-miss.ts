/**
 * For a stage that denies: the rule that came closest to admitting the packet, what keeps it from doing so, and the smallest
 * change that would. Advice, not part of the verdict.
 */
import type { TrafficPoint } from "../net/traffic.ts";
import { otherSide, type Peer, type Policy, type Rule, rulesOf } from "../policy/model.ts";
import type { End } from "../path/end.ts";
import type { PolicyFilter } from "../path/stage.ts";
import type { Situation } from "../situation/situation.ts";
import { matchPeer } from "./match.ts";
import { changeOf } from "./smallest-change.ts";
import type { Change, Unmet } from "./unmet.ts";
import { unmetOfPeer } from "./unmet-peer.ts";
import { unmetTraffic } from "./unmet-traffic.ts";

export interface NearestMiss {
  readonly policy: Policy;
  readonly rule: Rule;
  readonly unmet: readonly Unmet[];
  /** Undefined where the rule is better left alone and another one written. */
  readonly change: Change | undefined;
}

/** Above this sum of distances two things have nothing to do with each other. */
const FAR = 3;

/** The closest rule among those that govern the pod; undefined when none comes near. */
export function nearestMiss(
  situation: Situation,
  stage: PolicyFilter,
  governing: readonly Policy[],
  point: TrafficPoint,
): NearestMiss | undefined {
  let best: { readonly policy: Policy; readonly rule: Rule; readonly unmet: readonly Unmet[] } | undefined;
  for (const policy of governing) {
    for (const rule of rulesOf(policy, stage.direction, stage.phase) ?? []) {
      if (rule.action !== "allow") continue;
      const unmet = unmetOf(situation, policy, rule, stage, point);
      if (unmet.length > 0 && (best === undefined || distanceOf(unmet) < distanceOf(best.unmet))) {
        best = { policy, rule, unmet };
      }
    }
  }
  if (best === undefined || distanceOf(best.unmet) > FAR) return undefined;
  return { ...best, change: changeOf(situation, stage, best.policy, best.rule, best.unmet, point) };
}

export function distanceOf(unmet: readonly Unmet[]): number {
  return unmet.reduce((sum, { distance }) => sum + distance, 0);
}

function unmetOf(
  situation: Situation,
  policy: Policy,
  rule: Rule,
  stage: PolicyFilter,
  point: TrafficPoint,
): readonly Unmet[] {
  const ingress = stage.direction === "ingress";
  const [from, to] = ingress ? [stage.peer, stage.here] : [stage.here, stage.peer];
  return [
    ...unmetSide(situation, policy, otherSide(rule, stage.direction), stage.peer),
    // The governed endpoint's own side restricts too, in languages that can say so.
    ...unmetSide(situation, policy, ingress ? rule.destination : rule.source, stage.here),
    ...unmetTraffic(situation, rule, from, to, point),
  ];
}

/** What the nearest of the alternatives wants and the end does not have. */
function unmetSide(
  situation: Situation,
  policy: Policy,
  peers: readonly Peer[] | undefined,
  end: End,
): readonly Unmet[] {
  if (peers === undefined || peers.some((peer) => matchPeer(situation, peer, end).holds !== false)) return [];
  const candidates = peers.map((peer) => unmetOfPeer(situation, policy, peer, end));
  return candidates.reduce<readonly Unmet[]>(
    (best, candidate) => (best.length === 0 || distanceOf(candidate) < distanceOf(best) ? candidate : best),
    [],
  );
}
