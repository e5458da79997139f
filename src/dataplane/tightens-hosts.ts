/** Whether the host endpoints of a program take something away that the one before let through. */
import { type Family, IPV4, IPV6 } from "../net/address.ts";
import {
  ALL_TRAFFIC,
  isNoTraffic,
  NO_TRAFFIC,
  subtractTraffic,
  type TrafficSet,
  unionTraffic,
} from "../net/traffic.ts";
import { type AddressLookup, examplesOf, valueAt } from "./address-lookup.ts";
import {
  type HostProgram,
  type HostStage,
  type HostStageFamily,
  type HostTarget,
  stageAt,
  targetText,
} from "./host-program.ts";
import type { Program } from "./program.ts";

type Hosted = Pick<Program, "hosts" | "trafficChains">;

/**
 * False only if every connection that `before` lets through at host endpoints is let through by `after`. An interface that
 * another host endpoint claims, or one that was free, counts as taken away. O(size of both), times a logarithm.
 */
export function hostsTighten(before: Hosted, after: Hosted): boolean {
  const now = after.hosts;
  if (now === undefined || now === before.hosts) return false;
  if (before.hosts === undefined || !claimsAlike(before.hosts, now)) return true;
  const then = before.hosts;
  // Stages that are gone let everything pass, but what a rule of theirs allowed, later phases may deny now.
  const gone = then.stages.filter((stage) => stageAt(now, stage.endpoint, stage.phase, stage.direction) === undefined);
  const sets = { before: setsOf(before), after: setsOf(after) };
  return (
    gone.some(({ phase }) => phase === "untracked" || phase === "pre-dnat") ||
    now.stages.some((stage) => stageTightens(stageAt(then, stage.endpoint, stage.phase, stage.direction), stage, sets))
  );
}

function claimsAlike(a: HostProgram, b: HostProgram): boolean {
  const text = ({ interfaces, others }: HostProgram): string =>
    [...interfaces.map(({ name, endpoint }) => `${name} ${endpoint}`), others ?? ""].join("\n");
  const known = new Set(a.towardsPods);
  const kept = new Set(b.towardsPods);
  const left = [...known].filter((name) => !kept.has(name));
  return text(a) === text(b) && (b.others === undefined || left.length === 0 || b.hasHiddenPods);
}

/** What a chain lets go on, and what of it a rule allows for good. */
interface Passing {
  readonly goesOn: TrafficSet;
  readonly forGood: TrafficSet;
}

type Sets = (target: HostTarget) => Passing;

function setsOf({ hosts, trafficChains }: Hosted): Sets {
  const plain = new Map(trafficChains.map(({ name, traffic }) => [name, { goesOn: traffic, forGood: traffic }]));
  const early = new Map(
    (hosts?.earlyTraffic ?? []).map(({ name, allowed, passing }) => [
      name,
      { goesOn: unionTraffic(allowed, passing), forGood: allowed },
    ]),
  );
  return (target) => {
    switch (target.kind) {
      case "admit":
        return { goesOn: ALL_TRAFFIC, forGood: ALL_TRAFFIC };
      case "pass":
        return { goesOn: ALL_TRAFFIC, forGood: NO_TRAFFIC };
      case "deny":
        return { goesOn: NO_TRAFFIC, forGood: NO_TRAFFIC };
      case "traffic":
        return plain.get(target.chain) ?? early.get(target.chain) ?? { goesOn: ALL_TRAFFIC, forGood: ALL_TRAFFIC };
    }
  };
}

function stageTightens(
  then: HostStage | undefined,
  now: HostStage,
  sets: { readonly before: Sets; readonly after: Sets },
): boolean {
  const known = new Map<string, boolean>();
  const narrows = (a: HostTarget, b: HostTarget): boolean => {
    const key = `${targetText(a)} ${targetText(b)}`;
    const [wide, narrow] = [sets.before(a), sets.after(b)];
    const answer =
      known.get(key) ??
      (!isNoTraffic(subtractTraffic(wide.goesOn, narrow.goesOn)) ||
        !isNoTraffic(subtractTraffic(wide.forGood, narrow.forGood)));
    known.set(key, answer);
    return answer;
  };
  if (then === undefined) return true;
  return now.families.some((family, i) => {
    const before = then.families[i];
    return before !== undefined && familyTightens(before, family, narrows);
  });
}

const WHOLE = { 4: IPV4, 6: IPV6 } as const;

function familyTightens(
  then: HostStageFamily,
  now: HostStageFamily,
  narrows: (a: HostTarget, b: HostTarget) => boolean,
): boolean {
  const pairs = new Set(pairsOf(now.family, then.here, now.here).map(([a, b]) => `${a} ${b}`));
  return [...pairs].some((pair) => {
    const [a = 0, b = 0] = pair.split(" ").map(Number);
    const [before, after] = [then.rows[a], now.rows[b]];
    if (before === undefined || after === undefined) return true;
    return pairsOf(now.family, before, after).some(([wide, narrow]) => narrows(wide, narrow));
  });
}

function pairsOf<T>(family: Family, a: AddressLookup<T>, b: AddressLookup<T>): readonly (readonly [T, T])[] {
  return examplesOf(WHOLE[family], a, b).map((address) => [valueAt(a, address), valueAt(b, address)]);
}
