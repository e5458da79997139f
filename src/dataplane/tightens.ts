/** Whether a program takes something away that the one before let through: then connections have to be judged anew. */
import type { Address } from "../net/address.ts";
import { ALL_TRAFFIC, isNoTraffic, NO_TRAFFIC, subtractTraffic } from "../net/traffic.ts";
import { movesBetween } from "./class-numbers.ts";
import { hostsTighten } from "./tightens-hosts.ts";
import type { FamilyProgram, PairEntry, Program, Target } from "./program.ts";

/** What there is to compare: also of a program that is only known by its table. */
export type Judged = Pick<Program, "families" | "trafficChains" | "toOwnNode" | "hosts">;

/**
 * False only if every connection that `before` lets through is let through by `after`, and no pod is governed that was not:
 * then connections that carry a stamp need not be judged again. A chain that `before` names and does not hold is taken to be the
 * one of `after`, since names come from contents, or else to admit everything. May be true in vain for a block that holds
 * nothing but addresses with classes of their own. Pure; O(size of both, plus one look-up for each pod and move of a
 * class), times a logarithm.
 */
export function tightens(before: Judged, after: Judged): boolean {
  if (OWN_NODE.indexOf(before.toOwnNode) < OWN_NODE.indexOf(after.toOwnNode)) return true;
  if (hostsTighten(before, after)) return true;
  const narrows = narrowing(before, after);
  return [0, 1].some((i) => {
    const [then, now] = [before.families[i], after.families[i]];
    return then !== undefined && now !== undefined && familyTightens(then, now, narrows, after.toOwnNode);
  });
}

/** From the widest to the narrowest. */
const OWN_NODE: readonly Program["toOwnNode"][] = ["allow", "judge", "drop"];

type Narrows = (before: Target, after: Target | undefined) => boolean;

function familyTightens(
  before: FamilyProgram,
  after: FamilyProgram,
  narrows: Narrows,
  toOwnNode: Program["toOwnNode"],
): boolean {
  if (
    hasMore(before.isolatedEgress, after.isolatedEgress) ||
    hasMore(before.isolatedIngress, after.isolatedIngress) ||
    (toOwnNode === "drop" && hasMore(before.localPods, after.localPods))
  ) {
    return true;
  }
  const lost = (then: readonly PairEntry[], now: readonly PairEntry[], governed: readonly Address[]): boolean => {
    const isGoverned = new Set(governed);
    const [rows, targets] = [rowsOf(then), targetsOf(now)];
    return movesBetween(before, after).some(({ from, to }) =>
      (rows.get(from) ?? []).some(
        ({ pod, target }) => isGoverned.has(pod) && narrows(target, targets.get(`${to} ${pod}`)),
      ),
    );
  };
  return (
    lost(before.egress, after.egress, after.isolatedEgress) ||
    lost(before.ingress, after.ingress, after.isolatedIngress)
  );
}

function hasMore(before: readonly Address[], after: readonly Address[]): boolean {
  const known = new Set(before);
  return after.some((address) => !known.has(address));
}

function rowsOf(pairs: readonly PairEntry[]): ReadonlyMap<number, readonly PairEntry[]> {
  const rows = new Map<number, PairEntry[]>();
  for (const pair of pairs) {
    const row = rows.get(pair.peerClass);
    if (row === undefined) rows.set(pair.peerClass, [pair]);
    else row.push(pair);
  }
  return rows;
}

function targetsOf(pairs: readonly PairEntry[]): ReadonlyMap<string, Target> {
  return new Map(pairs.map(({ peerClass, pod, target }) => [`${peerClass} ${pod}`, target]));
}

/** Remembers the answers, since few chains stand for many pairs. */
function narrowing(before: Judged, after: Judged): Narrows {
  const now = new Map(after.trafficChains.map(({ name, traffic }) => [name, traffic]));
  const then = new Map([...now, ...before.trafficChains.map(({ name, traffic }) => [name, traffic] as const)]);
  const known = new Map<string, boolean>();
  return (target, next) => {
    if (next === undefined) return true;
    if (next.kind === "admit") return false;
    const wide = target.kind === "admit" ? ALL_TRAFFIC : (then.get(target.chain) ?? ALL_TRAFFIC);
    const key = `${target.kind === "admit" ? "" : target.chain} ${next.chain}`;
    const answer = known.get(key) ?? !isNoTraffic(subtractTraffic(wide, now.get(next.chain) ?? NO_TRAFFIC));
    known.set(key, answer);
    return answer;
  };
}
