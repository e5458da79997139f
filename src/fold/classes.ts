/** Endpoints that no rule can tell apart, and blocks of outside addresses that no rule can tell apart. */
import { ALL_ADDRESSES, type AddressSet, type Family, familyOf } from "../net/address.ts";
import { contains, cut, type Interval, unionOf } from "../net/intervals.ts";
import type { Pod } from "../cluster/endpoint.ts";
import { selectorText } from "../labels/selector.ts";
import { type End, endsOfPod, familyOfEnd, isContested, type PodEnd } from "../path/end.ts";
import { addressSetsOf, allRules, peersOf, type PodPredicate } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import { matchAddresses, matchPod } from "./match.ts";

/** Pods for which every policy has the same answers, at any address of the same family. */
export interface PodClass {
  readonly pods: readonly [Pod, ...Pod[]];
}

/** Outside addresses of one family that the same address sets hold. Pod addresses inside it mean those pods, not it. */
export interface Atom {
  readonly family: Family;
  readonly where: AddressSet;
}

/** The classes of all pods of the situation, in input order. O(pods x distinct predicates and address sets). */
export function podClasses(situation: Situation): readonly PodClass[] {
  const predicates = distinctPredicates(situation);
  const sets = distinctAddressSets(situation);
  const names = portNames(situation);
  const classes = new Map<string, [Pod, ...Pod[]]>();
  for (const pod of situation.inventory.pods) {
    const key = signature(situation, pod, predicates, sets, names);
    const known = classes.get(key);
    if (known === undefined) classes.set(key, [pod]);
    else known.push(pod);
  }
  return [...classes.values()].map((pods) => ({ pods }));
}

function signature(
  situation: Situation,
  pod: Pod,
  predicates: readonly PodPredicate[],
  sets: readonly AddressSet[],
  names: ReadonlySet<string>,
): string {
  const ends = endsOfPod(situation.inventory, pod, situation.podRange).filter(
    (end): end is PodEnd => end.kind === "pod",
  );
  const labels = predicates.map((predicate) => digit(matchPod(situation, predicate, { pod }))).join("");
  const addresses = ends.map((end) =>
    [
      familyOfEnd(end),
      isContested(end) ? "contested" : "",
      ...sets.map((set) => digit(matchAddresses(situation, set, end))),
    ].join(""),
  );
  const ports = pod.ports
    .filter((port) => names.has(port.name))
    .map((port) => `${port.name}/${port.protocol}/${port.port}`)
    .sort();
  const blind = situation.blinds.map(({ namespace }) =>
    digit(namespace === undefined || namespace === pod.namespace.name),
  );
  return JSON.stringify([labels, addresses, ports, blind]);
}

function digit(value: boolean | undefined): string {
  return value === undefined ? "?" : value ? "1" : "0";
}

/** Every distinct predicate on pods that some policy uses, for its subject or a peer. */
function distinctPredicates(situation: Situation): readonly PodPredicate[] {
  const predicates = new Map<string, PodPredicate>();
  const add = (predicate: PodPredicate): void => {
    predicates.set(`${selectorText(predicate.namespaces)}|${selectorText(predicate.pods)}`, predicate);
  };
  for (const tier of situation.tiers) for (const policy of tier.policies) add(policy.subject);
  for (const peer of peersOf(situation.tiers)) if (peer.pods !== undefined) add(peer.pods);
  return [...predicates.values()];
}

function distinctAddressSets(situation: Situation): readonly AddressSet[] {
  const sets = new Map<string, AddressSet>();
  for (const set of addressSetsOf(situation.tiers)) sets.set(set.map((i) => `${i.start}-${i.end}`).join(), set);
  return [...sets.values()];
}

function portNames(situation: Situation): ReadonlySet<string> {
  const names = new Set<string>();
  for (const rule of allRules(situation.tiers)) {
    for (const port of rule.ports ?? []) if (port.kind === "named") names.add(port.name);
  }
  return names;
}

/** All addresses, grouped into atoms. O(borders x address sets). */
export function atoms(situation: Situation): readonly Atom[] {
  const sets = distinctAddressSets(situation);
  const groups = new Map<string, Interval<bigint>[]>();
  for (const block of cut(ALL_ADDRESSES, sets)) {
    const members = sets.map((set) => digit(contains(set, block.start))).join("");
    const key = `${familyOf(block.start)} ${members}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [block]);
    else group.push(block);
  }
  return [...groups.values()].map((blocks) => {
    const where = unionOf(blocks);
    return { family: familyOf(where[0]?.start ?? 0n), where };
  });
}

/** The outside end that stands for an atom. */
export function atomEnd(atom: Atom): End {
  return { kind: "outside", where: atom.where };
}
