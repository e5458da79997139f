/** Pods that no rule can tell apart, and blocks of addresses that no rule can tell apart, where nothing else is wanted. */
import type { Pod } from "../cluster/endpoint.ts";
import type { Family } from "../net/address.ts";
import { numbersIn } from "../net/bit-set.ts";
import { BitSetTable } from "../net/bit-set-table.ts";
import type { End } from "../path/end.ts";
import { allRules, type Peer, type Policy } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import { AddressSpace, type Atom } from "./address-space.ts";
import { Inquiry } from "./distinctions.ts";
import { addressSetsOf, FactNumbers } from "./end-facts.ts";
import { Folding, FoldMemory } from "./folding.ts";
import type { Governance } from "./governance.ts";
import { placesOf } from "./network.ts";
import { endOfParty, type PodParty } from "./party.ts";
import { FAMILIES } from "./party-table.ts";

/** Pods for which every policy has the same answers, at any of their addresses. */
export interface PodClass {
  readonly pods: readonly [Pod, ...Pod[]];
}

/**
 * The classes of all pods of the situation, in input order. Parties may be finer: they tell apart what is written on pods, not
 * what becomes of them. O(members of distinct sets of peers) beside what folding costs.
 */
export function podClasses(situation: Situation): readonly PodClass[] {
  const memory = new FoldMemory();
  const folding = new Folding(situation, memory);
  const signatures = new Signatures(situation, folding, memory);
  const memberships = new Map<Pod, string[]>(situation.inventory.pods.map((pod) => [pod, []]));
  for (const [number, party] of folding.parties) {
    if (party.kind !== "pods") continue;
    const signature = signatures.of(number, party);
    for (const pod of party.pods) memberships.get(pod)?.push(signature);
  }
  const classes = new Map<string, [Pod, ...Pod[]]>();
  for (const [pod, keys] of memberships) {
    const key = keys.join("\n");
    const known = classes.get(key);
    if (known === undefined) classes.set(key, [pod]);
    else known.push(pod);
  }
  return [...classes.values()].map((pods) => ({ pods }));
}

/** Texts that parties share exactly when every policy and everything between pods has the same answers for them. */
class Signatures {
  readonly #folding: Folding;
  readonly #memory: FoldMemory;
  readonly #answers: Readonly<Record<Family, readonly (readonly number[] | undefined)[]>>;
  readonly #policies = new Map<Policy, number>();
  readonly #governances = new Map<Governance, string>();
  readonly #placeOf: (end: End) => string;

  constructor(situation: Situation, folding: Folding, memory: FoldMemory) {
    this.#folding = folding;
    this.#memory = memory;
    this.#placeOf = placesOf(situation);
    const rules = [...allRules([...situation.tiers, { policies: [...situation.profiles.values()] }])];
    const peers = rules.flatMap(({ source, destination }) =>
      [source, destination].filter((side) => side !== undefined),
    );
    this.#answers = { 4: answersOf(peers, memory, 4), 6: answersOf(peers, memory, 6) };
  }

  of(number: number, party: PodParty): string {
    return FAMILIES.map((family) => {
      const end = endOfParty(party, family);
      const facts = this.#memory.table.facts(number, family);
      if (end === undefined || facts === undefined) return "";
      const { ports, serving, isContested, isBlind } = facts;
      const governed = (["egress", "ingress"] as const).map((direction) =>
        this.#governanceText(this.#folding.governance(direction, number, family)),
      );
      // Who bears a contested address is a question of that address.
      const contested = isContested ? end.where[0]?.start.toString() : "";
      const answers = this.#answers[family][number]?.join();
      return JSON.stringify([governed, answers, ports, serving, contested, isBlind, this.#placeOf(end)]);
    }).join("\n");
  }

  #governanceText(governance: Governance): string {
    const known = this.#governances.get(governance);
    if (known !== undefined) return known;
    const members = governance.flatMap(({ groups }) => groups.flat());
    const text = members.map(({ policy, certain }) => `${this.#numberOf(policy)}${certain ? "" : "?"}`).join();
    this.#governances.set(governance, text);
    return text;
  }

  #numberOf(policy: Policy): number {
    const known = this.#policies.get(policy) ?? this.#policies.size;
    this.#policies.set(policy, known);
    return known;
  }
}

/** By party, which sets of peers hold it, for certain or perhaps. Rules that mean the same parties count once. O(members of sets). */
function answersOf(
  peers: readonly (readonly Peer[])[],
  { extents }: FoldMemory,
  family: Family,
): readonly (readonly number[] | undefined)[] {
  const sets = new BitSetTable();
  const distinct = new Set(
    peers.flatMap((some) => {
      const { certain, possible } = extents.of(some, family);
      return [sets.one(certain), sets.one(possible)];
    }),
  );
  const answers: number[][] = [];
  for (const [index, set] of [...distinct].entries()) {
    for (const party of numbersIn(set)) (answers[party] ??= []).push(index);
  }
  return answers;
}

/** All addresses, grouped into atoms. O(borders of address sets x sets that hold a block). */
export function atoms(situation: Situation): readonly Atom[] {
  const numbers = new FactNumbers();
  const { all } = addressSetsOf(situation, new Inquiry().of(situation), numbers.addressSets);
  return AddressSpace.of(all, numbers.lists).atoms();
}
