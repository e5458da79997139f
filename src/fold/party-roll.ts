/** The parties of a situation: its pods and nodes as far as rules can tell them apart, and all other addresses. */
import type { Node } from "../cluster/endpoint.ts";
import type { ServiceEndpoints } from "../cluster/service-endpoints.ts";
import type { AddressSet, Family } from "../net/address.ts";
import { unionOf } from "../net/intervals.ts";
import { endsOfNode } from "../path/end.ts";
import type { Situation } from "../situation/situation.ts";
import { AddressSpace, type SetList } from "./address-space.ts";
import type { Distinctions } from "./distinctions.ts";
import { type AddressSets, addressSetsOf, type FactNumbers, FactReader } from "./end-facts.ts";
import type { OutsideParty, Party } from "./party.ts";
import type { PartyTable } from "./party-table.ts";
import { PodLabelReader } from "./pod-labels.ts";
import { type PodRoll, podRollOf } from "./pod-roll.ts";
import { ShareReader } from "./shares.ts";

/** Numbers of addresses outside by the sets that hold them. */
type OutsideNumbers = Readonly<Record<Family, Map<SetList, number>>>;

/** What was worked out for the last situation. Each part stands as long as what it came from stays the same. */
interface Remembered {
  readonly labels: PodLabelReader;
  readonly sets: AddressSets;
  readonly space: AddressSpace;
  readonly surroundings: readonly unknown[];
  readonly services: ServicesNamed;
  readonly pods: PodRoll;
  readonly outside: OutsideNumbers;
  readonly outsideParties: readonly (readonly [number, OutsideParty])[];
}

/** The endpoints of Services that rules name, by name. */
type ServicesNamed = ReadonlyMap<string, ServiceEndpoints | undefined>;

/** How many address sets may change before the space of addresses is cut anew. */
const FEW_SETS = 64;

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
   * By number, ascending. O(pods and nodes x label keys that selectors look at + borders of address sets) the first time;
   * O(parties + changed pods) after a situation from which only pods differ, and a glance at each pod where rules ask
   * otherwise.
   */
  of(situation: Situation, distinctions: Distinctions): ReadonlyMap<number, Party> {
    const last = this.#last;
    const labels =
      last?.labels.isFor(distinctions) === true
        ? last.labels
        : new PodLabelReader(distinctions, situation.assumptions, this.#numbers.objects, last?.labels);
    const sets = addressSetsOf(situation, distinctions, this.#numbers.addressSets);
    const changed = last === undefined ? [...sets.all.values()] : changedSets(last.sets, sets);
    const space =
      last === undefined || changed.length > FEW_SETS
        ? AddressSpace.of(sets.all, this.#numbers.lists)
        : changed.length === 0
          ? last.space
          : last.space.with(sets.all);
    const surroundings = surroundingsOf(situation);
    const before = last !== undefined && sameItems(last.surroundings, surroundings) ? last : undefined;
    const services = servicesNamed(situation, distinctions);
    const served = before === undefined ? [] : changedPlaces(before.services, services);
    const facts = new FactReader(situation, distinctions, this.#numbers, labels, { space, named: sets.named });
    const shares = new ShareReader(situation, facts, this.#table);
    const hasSameLabels = labels === before?.labels;
    const pods = podRollOf(
      situation,
      { labels, facts, shares },
      before && { roll: before.pods, hasSameLabels, changed: unionOf(changed.flat()), served },
    );
    const nodes = nodesTold(situation, distinctions).flatMap((node) =>
      shares
        .ofNode(node.name, endsOfNode(situation.inventory, node))
        .map(({ number, ends, isWhole }) => [number, { kind: "node", node, ends, whole: isWhole }] as const),
    );
    // Host endpoints may claim any address of an atom, however it is cut.
    const keeps =
      hasSameLabels &&
      served.length === 0 &&
      sameNames(before.sets, sets) &&
      situation.inventory.hostEndpoints.length === 0;
    const outside: OutsideNumbers = keeps ? before.outside : { 4: new Map(), 6: new Map() };
    const others = keeps && space === before.space ? before.outsideParties : outsideParties(space, shares, outside);
    this.#last = { labels, sets, space, surroundings, services, pods, outside, outsideParties: others };
    return inOrder([...pods.parties, ...nodes, ...others]);
  }
}

function servicesNamed({ inventory }: Situation, { services }: Distinctions): ServicesNamed {
  return new Map([...services.keys()].map((name) => [name, inventory.serviceEndpoints.get(name)]));
}

/** Where Services lead that rules name, and whose endpoints are not what they were, or that are named only now or were before. */
function changedPlaces(before: ServicesNamed, now: ServicesNamed): ServiceEndpoints["members"] {
  const names = new Set([...before.keys(), ...now.keys()]);
  return [...names].flatMap((name) => {
    const [old, current] = [before.get(name), now.get(name)];
    const isSame = old === current && before.has(name) === now.has(name);
    return isSame ? [] : [...(old?.members ?? []), ...(current?.members ?? [])];
  });
}

/** Address sets that only one of two situations has, or that rules name themselves in only one. */
function changedSets(a: AddressSets, b: AddressSets): readonly AddressSet[] {
  const isOther = ([number]: readonly [number, AddressSet], { all, named }: AddressSets, own: AddressSets): boolean =>
    !all.has(number) || named.has(number) !== own.named.has(number);
  return [
    ...[...a.all].filter((entry) => isOther(entry, b, a)),
    ...[...b.all].filter(([number]) => !a.all.has(number)),
  ].map(([, set]) => set);
}

/** Whether rules name the same of the sets that both situations have. */
function sameNames(a: AddressSets, b: AddressSets): boolean {
  return [...a.all.keys()].every((number) => !b.all.has(number) || a.named.has(number) === b.named.has(number));
}

/** What decides over parties beside labels, addresses, Services and pods themselves. */
function surroundingsOf({ inventory, tiers, podRange, blinds, vpc, assumptions }: Situation): readonly unknown[] {
  const { hostEndpoints, networkSets, nodes } = inventory;
  return [
    podRange.map(({ start, end }) => `${start}-${end}`).join(),
    blinds.map(({ namespace }) => namespace ?? "").join(),
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

/** The nodes that some rule tells from other addresses, or that have host endpoints. */
function nodesTold({ inventory }: Situation, { selectsNodes }: Distinctions): readonly Node[] {
  if (selectsNodes) return inventory.nodes;
  const withHostEndpoint = new Set(inventory.hostEndpoints.map(({ node }) => node));
  return inventory.nodes.filter(({ name }) => withHostEndpoint.has(name));
}

function outsideParties(
  space: AddressSpace,
  shares: ShareReader,
  numbers: OutsideNumbers,
): readonly (readonly [number, OutsideParty])[] {
  return space.atoms().map(({ family, where, sets }) => {
    const end = { kind: "outside", where } as const;
    const number = numbers[family].get(sets) ?? shares.ofAtom(end, sets);
    numbers[family].set(sets, number);
    return [number, { kind: "outside", atom: { family, where }, ends: [end] }];
  });
}

function inOrder(parties: Iterable<readonly [number, Party]>): ReadonlyMap<number, Party> {
  const slots: (Party | undefined)[] = [];
  for (const [number, party] of parties) slots[number] = party;
  const result = new Map<number, Party>();
  for (const [number, party] of slots.entries()) if (party !== undefined) result.set(number, party);
  return result;
}
