/** Pods that no rule can tell apart, and blocks of addresses that no rule can tell apart, where nothing else is wanted. */
import type { Pod } from "../cluster/endpoint.ts";
import type { Situation } from "../situation/situation.ts";
import { AddressSpace, type Atom } from "./address-space.ts";
import { Inquiry } from "./distinctions.ts";
import { addressSetsOf, FactNumbers } from "./end-facts.ts";
import { Folding } from "./folding.ts";

/** Pods for which every policy has the same answers, at any of their addresses. */
export interface PodClass {
  readonly pods: readonly [Pod, ...Pod[]];
}

/** The classes of all pods of the situation, in input order. O(pods x label keys that selectors look at). */
export function podClasses(situation: Situation): readonly PodClass[] {
  const { parties } = new Folding(situation);
  const memberships = new Map<Pod, number[]>(situation.inventory.pods.map((pod) => [pod, []]));
  for (const [number, party] of parties) {
    for (const pod of party.kind === "pods" ? party.pods : []) memberships.get(pod)?.push(number);
  }
  const classes = new Map<string, [Pod, ...Pod[]]>();
  for (const [pod, numbers] of memberships) {
    const known = classes.get(numbers.join());
    if (known === undefined) classes.set(numbers.join(), [pod]);
    else known.push(pod);
  }
  return [...classes.values()].map((pods) => ({ pods }));
}

/** All addresses, grouped into atoms. O(borders of address sets x sets that hold a block). */
export function atoms(situation: Situation): readonly Atom[] {
  const numbers = new FactNumbers();
  const { all } = addressSetsOf(situation, new Inquiry().of(situation), numbers.addressSets);
  return AddressSpace.of(all, numbers.lists).atoms();
}
