/** The parties of pods, worked out from those of a situation before wherever pods did not change. */
import { isTemplate, type Pod } from "../cluster/endpoint.ts";
import type { Inventory } from "../cluster/inventory.ts";
import type { ServiceEndpoints } from "../cluster/service-endpoints.ts";
import { type Address, type AddressSet, single } from "../net/address.ts";
import { overlaps, unionOf } from "../net/intervals.ts";
import { type End, endsOfPod } from "../path/end.ts";
import type { Situation } from "../situation/situation.ts";
import type { FactReader, HoldingSets } from "./end-facts.ts";
import { differenceOf } from "./list-difference.ts";
import type { PodParty } from "./party.ts";
import type { PodLabelReader, PodLabels } from "./pod-labels.ts";
import type { Share, ShareReader } from "./shares.ts";

/** What an uncontested pod was found to be, as long as its labels and the sets that hold its addresses are the same. */
interface Membership {
  readonly labels: PodLabels;
  readonly sets: readonly HoldingSets[];
  readonly ends: readonly End[];
  readonly shares: readonly Share[];
}

/** Which pods are in which parties. */
export interface PodRoll {
  readonly parties: ReadonlyMap<number, PodParty>;
  readonly pods: readonly Pod[];
  readonly podsAt: Inventory["podsAt"];
  /** What every pod was found to be, also earlier ones. */
  readonly memberships: WeakMap<Pod, Membership>;
  /** To which parties the pods belong. */
  readonly placed: WeakMap<Pod, readonly Share[]>;
}

/** What tells pods apart in a situation. */
export interface PodReaders {
  readonly labels: PodLabelReader;
  readonly facts: FactReader;
  readonly shares: ShareReader;
}

/** What differs since a roll was called, beside the pods. */
export interface RollBefore {
  readonly roll: PodRoll;
  readonly hasSameLabels: boolean;
  /** All addresses that are in other sets now. */
  readonly changed: AddressSet;
  /** Where Services led or lead whose endpoints are not what they were. */
  readonly served: ServiceEndpoints["members"];
}

/** How many addresses are looked up one by one. */
const MOST_ADDRESSES = 1000n;

/**
 * Without an earlier roll O(pods), else O(changed pods), and a glance at every pod where rules ask for other labels, name other
 * blocks of addresses or speak of templates.
 */
export function podRollOf(situation: Situation, readers: PodReaders, before: RollBefore | undefined): PodRoll {
  const { pods, podsAt } = situation.inventory;
  const caller = new Caller(situation, readers, before);
  const memory = { memberships: caller.memberships, placed: caller.placed };
  if (before === undefined) return { parties: caller.parties(new Map(), [], pods), pods, podsAt, ...memory };
  const { roll } = before;
  const { gone, come } = differenceOf(roll.pods, pods);
  const moved = new Set([...contesting([...gone, ...come], roll.podsAt), ...contesting([...gone, ...come], podsAt)]);
  for (const pod of servedPods(pods, podsAt, before.served)) {
    caller.memberships.delete(pod);
    moved.add(pod);
  }
  for (const pod of before.hasSameLabels ? podsAmong(pods, podsAt, before.changed) : pods) {
    if (caller.isChanged(pod)) moved.add(pod);
  }
  for (const pod of [...gone, ...come]) moved.delete(pod);
  const parties = caller.parties(roll.parties, [...gone, ...moved], [...moved, ...come]);
  return { parties, pods, podsAt, ...memory };
}

/** Pods that may have an address among some, and perhaps others. */
function podsAmong(pods: readonly Pod[], podsAt: Inventory["podsAt"], where: AddressSet): readonly Pod[] {
  if (where.length === 0) return [];
  if (where.reduce((sum, { start, end }) => sum + end - start, 0n) > MOST_ADDRESSES) return pods;
  const claiming = where.flatMap(({ start, end }) =>
    Array.from({ length: Number(end - start) }, (_, i) => podsAt.get(start + BigInt(i)) ?? []).flat(),
  );
  // A template may get any address.
  return [...pods.filter(isTemplate), ...claiming];
}

function servedPods(pods: readonly Pod[], podsAt: Inventory["podsAt"], places: RollBefore["served"]): readonly Pod[] {
  const addresses = unionOf(places.flatMap((place) => ("address" in place ? single(place.address) : [])));
  return [...places.flatMap((place) => ("pod" in place ? [place.pod] : [])), ...podsAmong(pods, podsAt, addresses)];
}

/** Other pods that claim an address of these. */
function contesting(pods: readonly Pod[], podsAt: Inventory["podsAt"]): readonly Pod[] {
  const claims = pods.flatMap((pod) => pod.addresses.map((address) => podsAt.get(address) ?? []));
  return claims.flatMap((claiming) => (claiming.length > 1 ? claiming : []));
}

class Caller {
  readonly memberships: WeakMap<Pod, Membership>;
  readonly placed: WeakMap<Pod, readonly Share[]>;
  readonly #situation: Situation;
  readonly #readers: PodReaders;
  readonly #changed: AddressSet;

  constructor(situation: Situation, readers: PodReaders, before: RollBefore | undefined) {
    this.#situation = situation;
    this.#readers = readers;
    this.#changed = before?.changed ?? [];
    this.memberships = before?.roll.memberships ?? new WeakMap();
    this.placed = before?.roll.placed ?? new WeakMap();
  }

  /** Whether rules that ask otherwise than before may tell the pod from others. */
  isChanged(pod: Pod): boolean {
    const known = this.memberships.get(pod);
    return (
      known === undefined ||
      known.labels !== this.#readers.labels.of(pod) ||
      known.ends.some((end) => overlaps(this.#changed, end.where))
    );
  }

  /** Parties without some pods and with others; a pod may be in both lists. */
  parties(
    before: ReadonlyMap<number, PodParty>,
    gone: readonly Pod[],
    come: readonly Pod[],
  ): ReadonlyMap<number, PodParty> {
    const leaving = new Map<number, Set<Pod>>();
    const entering = new Map<number, Pod[]>();
    for (const pod of gone) {
      for (const { number } of this.placed.get(pod) ?? []) {
        leaving.set(number, (leaving.get(number) ?? new Set()).add(pod));
      }
    }
    for (const pod of come) {
      const shares = this.#sharesOf(pod);
      this.placed.set(pod, shares);
      for (const number of new Set(shares.map((share) => share.number))) {
        const known = entering.get(number);
        if (known === undefined) entering.set(number, [pod]);
        else known.push(pod);
      }
    }
    const parties = new Map(before);
    for (const number of new Set([...leaving.keys(), ...entering.keys()])) {
      const out = leaving.get(number);
      const old = before.get(number)?.pods ?? [];
      const stayed = out === undefined ? old : old.filter((pod) => !out.has(pod));
      const [first, ...others] = [...stayed, ...(entering.get(number) ?? [])];
      if (first === undefined) parties.delete(number);
      else parties.set(number, this.#party(number, [first, ...others]));
    }
    return parties;
  }

  #party(number: number, pods: PodParty["pods"]): PodParty {
    const own = (pod: Pod): readonly Share[] => (this.placed.get(pod) ?? []).filter((share) => share.number === number);
    const [share] = own(pods[0]);
    const addresses = (pod: Pod): readonly Address[] =>
      own(pod).flatMap(({ ends }) => ends.flatMap(({ where }) => where.map(({ start }) => start)));
    const only = share?.isWhole === true ? undefined : new Map(pods.map((pod) => [pod, addresses(pod)]));
    return { kind: "pods", pods, ends: share?.ends ?? [], only };
  }

  #sharesOf(pod: Pod): readonly Share[] {
    const { inventory, podRange } = this.#situation;
    const { facts, labels, shares } = this.#readers;
    const isContested = pod.addresses.some((address) => (inventory.podsAt.get(address) ?? []).length > 1);
    if (isContested) {
      this.memberships.delete(pod);
      return shares.ofPod(endsOfPod(inventory, pod, podRange));
    }
    const known = this.memberships.get(pod);
    const ends = known?.ends ?? endsOfPod(inventory, pod, podRange);
    const sets = ends.map((end) => facts.setsHolding(end));
    const isSame = known?.labels === labels.of(pod) && sets.every((own, i) => sameSets(own, known.sets[i]));
    if (isSame) return known.shares;
    const membership = { labels: labels.of(pod), sets, ends, shares: shares.ofPod(ends) };
    this.memberships.set(pod, membership);
    return membership.shares;
  }
}

function sameSets(a: HoldingSets, b: HoldingSets | undefined): boolean {
  return a.every((list, i) => list === b?.[i]);
}
