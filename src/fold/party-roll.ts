/** The parties of a situation: its pods and nodes as far as rules can tell them apart, and all other addresses. */
import type { Node, Pod } from "../cluster/endpoint.ts";
import type { Address } from "../net/address.ts";
import { type End, endsOfNode, endsOfPod, familyOfEnd } from "../path/end.ts";
import type { Situation } from "../situation/situation.ts";
import { AddressSpace } from "./address-space.ts";
import type { Distinctions } from "./distinctions.ts";
import { addressSetsOf, type EndFacts, type FactNumbers, FactReader, type HoldingSets } from "./end-facts.ts";
import { placesOf } from "./network.ts";
import type { OutsideParty, Party } from "./party.ts";
import { FAMILIES, type PartyFacts, type PartyTable } from "./party-table.ts";
import { PodLabelReader } from "./pod-labels.ts";

/** An end with its facts, and where in the network it is. */
interface Seen {
  readonly end: End;
  readonly facts: EndFacts;
  readonly key: string;
}

/** Ends of a pod or node that are one party. */
interface Share {
  readonly number: number;
  readonly ends: readonly End[];
  readonly isWhole: boolean;
}

/** What an uncontested pod was found to be, as long as its addresses are in the same sets. */
interface Membership {
  readonly ends: readonly End[];
  readonly sets: readonly HoldingSets[];
  readonly shares: readonly Share[];
}

interface Members {
  readonly pods: [Pod, ...Pod[]];
  readonly only: Map<Pod, readonly Address[]> | undefined;
}

/** What was worked out for the last situation. Each part stands as long as what it came from stays the same. */
interface Remembered {
  readonly labelKey: string;
  readonly labels: PodLabelReader;
  readonly setKey: string;
  readonly space: AddressSpace;
  /** What memberships depend on, beside the pod and the sets that hold its addresses. */
  readonly surroundings: readonly unknown[];
  readonly memberships: WeakMap<Pod, Membership>;
  /** Addresses outside, which depend on the space too. */
  readonly outside: readonly (readonly [number, OutsideParty])[];
}

/** Calls the roll of situations, each with what is left of the last one. */
export class PartyRoll {
  readonly #numbers: FactNumbers;
  readonly #table: PartyTable;
  #last: Remembered | undefined;

  constructor(numbers: FactNumbers, table: PartyTable) {
    this.#numbers = numbers;
    this.#table = table;
  }

  /**
   * By number, ascending. O(pods and nodes x label keys that selectors look at + borders of address sets) the first time, a
   * look-up for each pod where only pods have changed since.
   */
  of(situation: Situation, distinctions: Distinctions): ReadonlyMap<number, Party> {
    const last = this.#last;
    const labelKey = JSON.stringify([distinctions.keys, [...distinctions.portNames].sort()]);
    const labels =
      last?.labelKey === labelKey
        ? last.labels
        : new PodLabelReader(distinctions, situation.assumptions, this.#numbers.objects);
    const sets = addressSetsOf(situation, distinctions, this.#numbers.addressSets);
    const setKey = [...sets.all.keys()].join();
    const space = last?.setKey === setKey ? last.space : new AddressSpace(sets.all, this.#numbers.lists);
    const surroundings = [labels, ...surroundingsOf(situation, distinctions)];
    const isSame = last !== undefined && sameItems(last.surroundings, surroundings);
    const reader = new FactReader(situation, distinctions, this.#numbers, labels, { space, named: sets.named });
    const call = new Call(situation, reader, this.#table, isSame ? last.memberships : new WeakMap());
    const inside = [...call.pods(), ...call.nodes(distinctions)];
    const outside = isSame && space === last.space ? last.outside : call.outside(space);
    this.#last = {
      labelKey,
      labels,
      setKey,
      space,
      surroundings,
      memberships: call.memberships,
      outside,
    };
    return inOrder([...inside, ...outside]);
  }
}

function surroundingsOf(
  { inventory, tiers, podRange, blinds, vpc, assumptions }: Situation,
  { services }: Distinctions,
): readonly unknown[] {
  const { hostEndpoints, networkSets, nodes, serviceEndpoints } = inventory;
  return [
    podRange.map(({ start, end }) => `${start}-${end}`).join(),
    blinds.map(({ namespace }) => namespace ?? "").join(),
    ...[...services.keys()].flatMap((name) => [name, serviceEndpoints.get(name)]),
    ...networkSets,
    ...hostEndpoints,
    // Where nodes stand between pods, it counts which policies govern them.
    ...(hostEndpoints.length === 0 ? [] : [...nodes, ...tiers]),
    // Where pods stand in networks depends on their nodes.
    ...(vpc === undefined ? [] : [vpc, assumptions, ...nodes]),
  ];
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

function inOrder(parties: Iterable<readonly [number, Party]>): ReadonlyMap<number, Party> {
  const slots: (Party | undefined)[] = [];
  for (const [number, party] of parties) slots[number] = party;
  const result = new Map<number, Party>();
  for (const [number, party] of slots.entries()) if (party !== undefined) result.set(number, party);
  return result;
}

/** One call of the roll. */
class Call {
  readonly memberships: WeakMap<Pod, Membership>;
  readonly #situation: Situation;
  readonly #reader: FactReader;
  readonly #table: PartyTable;
  readonly #placeOf: (end: End) => string;

  constructor(situation: Situation, reader: FactReader, table: PartyTable, memberships: WeakMap<Pod, Membership>) {
    this.#situation = situation;
    this.#reader = reader;
    this.#table = table;
    this.#placeOf = placesOf(situation);
    this.memberships = memberships;
  }

  pods(): Iterable<readonly [number, Party]> {
    const { inventory } = this.#situation;
    const contested = new Set<Pod>();
    for (const claiming of inventory.podsAt.values()) {
      if (claiming.length > 1) for (const pod of claiming) contested.add(pod);
    }
    const parties = new Map<number, Party>();
    const members = new Map<number, Members>();
    for (const pod of inventory.pods) {
      const shares = contested.has(pod) ? this.#shares(this.#endsOf(pod), "pods") : this.#membership(pod).shares;
      for (const { number, ends, isWhole } of shares) {
        const known = members.get(number);
        const group: Members = known ?? { pods: [pod], only: isWhole ? undefined : new Map() };
        if (known === undefined) {
          members.set(number, group);
          parties.set(number, { kind: "pods", ...group, ends });
        } else if (known.pods.at(-1) !== pod) {
          known.pods.push(pod);
        }
        if (!isWhole) addTo(group, pod, ends);
      }
    }
    return parties;
  }

  nodes(distinctions: Distinctions): Iterable<readonly [number, Party]> {
    return nodesTold(this.#situation, distinctions).flatMap((node) =>
      this.#shares(endsOfNode(this.#situation.inventory, node), `node ${node.name}`).map(
        ({ number, ends, isWhole }) => [number, { kind: "node", node, ends, whole: isWhole }] as const,
      ),
    );
  }

  outside(space: AddressSpace): readonly (readonly [number, OutsideParty])[] {
    return space.atoms().map(({ family, where, sets }) => {
      const end = { kind: "outside", where } as const;
      // Of two sets with the same labels or at one Service, none covers the addresses of both.
      const number = this.#numberOf(`outside ${sets.join()}`, [this.#seen(end)]);
      return [number, { kind: "outside", atom: { family, where }, ends: [end] }];
    });
  }

  #membership(pod: Pod): Membership {
    const known = this.memberships.get(pod);
    if (known?.ends.every((end, i) => sameItems(known.sets[i] ?? [], this.#reader.setsHolding(end)))) return known;
    const ends = this.#endsOf(pod);
    const sets = ends.map((end) => this.#reader.setsHolding(end));
    const membership = { ends, sets, shares: this.#shares(ends, "pods") };
    this.memberships.set(pod, membership);
    return membership;
  }

  #endsOf(pod: Pod): readonly End[] {
    return endsOfPod(this.#situation.inventory, pod, this.#situation.podRange);
  }

  /** Ends whose families tell them apart are one party; each is one by itself where rules tell ends of one family apart. */
  #shares(ends: readonly End[], kind: string): readonly Share[] {
    const seen = ends.map((end) => this.#seen(end));
    const isWhole = new Set(seen.map(({ key }) => key)).size === new Set(ends.map(familyOfEnd)).size;
    if (isWhole) return ends.length === 0 ? [] : [{ number: this.#numberOf(kind, seen), ends, isWhole }];
    return seen.map((one) => {
      // Pods at one address may be alike, nodes stay apart.
      const place = kind === "pods" ? "" : one.end.where[0]?.start;
      return { number: this.#numberOf(`${kind} at one address ${place}`, [one]), ends: [one.end], isWhole };
    });
  }

  #seen(end: End): Seen {
    const facts = this.#reader.of(end);
    return { end, facts, key: `${familyOfEnd(end)} ${this.#placeOf(end)} ${facts.key}` };
  }

  #numberOf(kind: string, ends: readonly Seen[]): number {
    const keys = new Set(ends.map(({ key }) => key));
    return this.#table.numberOf([kind, ...keys].join("|"), () => factsOf(ends));
  }
}

function addTo({ only }: Members, pod: Pod, ends: readonly End[]): void {
  const addresses = ends.flatMap(({ where }) => where.map(({ start }) => start));
  only?.set(pod, [...(only.get(pod) ?? []), ...addresses]);
}

function factsOf(ends: readonly Seen[]): PartyFacts {
  const [four, six] = FAMILIES.map((family) => ends.find(({ end }) => familyOfEnd(end) === family)?.facts);
  return { 4: four, 6: six };
}

/** The nodes that some rule tells from other addresses, or that have host endpoints. */
function nodesTold({ inventory }: Situation, { selectsNodes }: Distinctions): readonly Node[] {
  if (selectsNodes) return inventory.nodes;
  const withHostEndpoint = new Set(inventory.hostEndpoints.map(({ node }) => node));
  return inventory.nodes.filter(({ name }) => withHostEndpoint.has(name));
}
