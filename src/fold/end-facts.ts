/** What rules can ask of an end, in numbers: ends with the same facts get the same answers from every rule. */
import type { Pod } from "../cluster/endpoint.ts";
import type { Inventory } from "../cluster/inventory.ts";
import type { NetworkSet } from "../cluster/network-set.ts";
import { type Address, type AddressSet, type Family, familyOf, single } from "../net/address.ts";
import { overlaps, unionOf } from "../net/intervals.ts";
import { type Bearer, bearersOf } from "../path/bearers.ts";
import { type End, isContested } from "../path/end.ts";
import { distinctAddresses } from "../path/placement.ts";
import type { ServiceName } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import { type AddressSpace, type SetList, SetLists } from "./address-space.ts";
import { ObjectNumbers } from "./content-numbers.ts";
import type { Distinctions } from "./distinctions.ts";
import { LabelledObjects } from "./labelled-objects.ts";
import { matchMember, matchPlace, serviceEndpoints, type Ternary } from "./match.ts";
import type { PodLabelReader } from "./pod-labels.ts";

/** Address sets that hold an end for certain, or certainly or perhaps: first all that matter, then those that rules name. */
export type HoldingSets = readonly [certain: SetList, possible: SetList, named: SetList, namedPossible: SetList];

/** What the end is to a Service that some rule names. */
export interface Serving {
  readonly service: string;
  readonly isMember: Ternary;
  /** The ports it serves there, each with whether that is certain. */
  readonly served: string;
}

export interface EndFacts {
  /** What the subject selectors of policies see of a pod. */
  readonly subject: number | undefined;
  readonly bearers: readonly { readonly object: number; readonly isSure: boolean }[];
  /** Address sets that hold it for certain, and those that hold it for certain or perhaps. */
  readonly inside: SetList;
  readonly perhapsInside: SetList;
  /** Ports with a name that rules use: `name/protocol/port`. */
  readonly ports: readonly string[];
  readonly serving: readonly Serving[];
  readonly isContested: boolean;
  /** Whether something that is not modelled may filter what the pod sends and receives. */
  readonly isBlind: boolean;
  /** Says the same of equal facts only. */
  readonly key: string;
}

/** Numbers that keep their meaning from one situation to the next. */
export class FactNumbers {
  readonly objects = new LabelledObjects();
  readonly lists = new SetLists();
  readonly addressSets = new ObjectNumbers<AddressSet>((set) => set.map(({ start, end }) => `${start}-${end}`).join());
}

const NO_SETS: SetList = [];

/** The address sets that matter: those that rules name, those of network sets, host endpoints and endpoints of Services, those of networks. */
export interface AddressSets {
  /** By number, ascending. */
  readonly all: ReadonlyMap<number, AddressSet>;
  readonly named: ReadonlySet<number>;
}

export function addressSetsOf(
  situation: Situation,
  { addresses, services }: Distinctions,
  numbers: FactNumbers["addressSets"],
): AddressSets {
  const { inventory } = situation;
  const named = new Map([...addresses].map((set) => [numbers.of(set), set]));
  const others = [
    ...inventory.networkSets.map((set) => set.addresses),
    // Endpoints of Services that are no pods are told apart one by one.
    ...servingAddresses(inventory, services).map(single),
    ...inventory.hostEndpoints.map(({ expectedAddresses }) => unionOf(expectedAddresses.flatMap(single))),
    ...distinctAddresses(situation),
  ].map((set) => [numbers.of(set), set] as const);
  return { all: new Map([...named, ...others].sort(([a], [b]) => a - b)), named: new Set(named.keys()) };
}

function servingAddresses(inventory: Inventory, services: Distinctions["services"]): readonly Address[] {
  return [...services.keys()].flatMap((name) =>
    (inventory.serviceEndpoints.get(name)?.members ?? []).flatMap((place) =>
      "address" in place ? [place.address] : [],
    ),
  );
}

/** Tells the facts of the ends of one situation. */
export class FactReader {
  readonly #situation: Situation;
  readonly #services: Distinctions["services"];
  readonly #numbers: FactNumbers;
  readonly #labels: PodLabelReader;
  readonly #space: AddressSpace;
  readonly #named: ReadonlySet<number>;
  readonly #networkSets = new Map<number, NetworkSet[]>();
  readonly #servingPods = new Set<Pod>();
  readonly #servingAddresses: AddressSet;
  readonly #blindSpots: ReadonlySet<string | undefined>;
  readonly #over = new Map<Family, ReturnType<AddressSpace["setsOver"]>>();

  /** `space` must be cut by the address sets of which `named` are those that rules name themselves. */
  constructor(
    situation: Situation,
    { services }: Distinctions,
    numbers: FactNumbers,
    labels: PodLabelReader,
    { space, named }: { readonly space: AddressSpace; readonly named: ReadonlySet<number> },
  ) {
    this.#situation = situation;
    this.#services = services;
    this.#numbers = numbers;
    this.#labels = labels;
    this.#space = space;
    this.#named = named;
    this.#blindSpots = new Set(situation.blinds.map(({ namespace }) => namespace));
    for (const set of situation.inventory.networkSets) {
      const number = numbers.addressSets.of(set.addresses);
      this.#networkSets.set(number, [...(this.#networkSets.get(number) ?? []), set]);
    }
    for (const service of services.values()) {
      for (const place of serviceEndpoints(situation, service).members) {
        if ("pod" in place) this.#servingPods.add(place.pod);
      }
    }
    this.#servingAddresses = unionOf(servingAddresses(situation.inventory, services).flatMap(single));
  }

  /** O(log borders of address sets). */
  setsHolding(end: End): HoldingSets {
    const { certain, possible } = this.#sets(end);
    if (!this.#blocksMatch(end)) return [certain, possible, NO_SETS, NO_SETS];
    const named = this.#namedOnly(certain);
    return [certain, possible, named, possible === certain ? named : this.#namedOnly(possible)];
  }

  of(end: End): EndFacts {
    const [, possible, inside, perhapsInside] = this.setsHolding(end);
    const bearers = this.#bearers(end, possible);
    const facts = {
      subject: end.kind === "pod" ? this.#labels.of(end.pod).object : undefined,
      bearers: bearers.map((bearer) => ({ object: this.#object(end, bearer), isSure: bearer.unsure === undefined })),
      inside,
      perhapsInside,
      ports: end.kind === "pod" && bearers.length === 1 ? this.#labels.of(end.pod).ports : this.#labels.ports(bearers),
      serving: this.#serving(end),
      isContested: isContested(end),
      isBlind: end.kind === "pod" && this.#isBlind(end.pod),
    };
    const key = [
      facts.subject,
      facts.bearers.map(({ object, isSure }) => (isSure ? object : `${object}?`)).join(),
      facts.inside.join(),
      facts.inside === facts.perhapsInside ? "" : facts.perhapsInside.join(),
      facts.ports.join(),
      facts.serving.map(({ service, isMember, served }) => `${service}:${isMember}:${served}`).join(),
      // Who bears a contested address is a question of that address.
      facts.isContested ? end.where[0]?.start : "",
      facts.isBlind ? "blind" : "",
    ];
    return { ...facts, key: key.join(";") };
  }

  #isBlind({ namespace }: Pod): boolean {
    return this.#blindSpots.has(undefined) || this.#blindSpots.has(namespace.name);
  }

  /** Sets that hold the end's addresses. */
  #sets({ kind, where }: End): ReturnType<AddressSpace["setsOver"]> {
    const [first, second] = where;
    if (first === undefined) return { certain: NO_SETS, possible: NO_SETS };
    if (kind === "outside" || (second === undefined && first.end - first.start === 1n)) {
      const sets = this.#space.setsAt(first.start);
      return { certain: sets, possible: sets };
    }
    // All templates have the addresses of their family in common.
    const family = familyOf(first.start);
    const over = this.#over.get(family) ?? this.#space.setsOver(where);
    this.#over.set(family, over);
    return over;
  }

  #blocksMatch({ kind }: End): boolean {
    return kind !== "pod" || this.#situation.assumptions["cidr-matches-pods"] === "yes";
  }

  #namedOnly(list: SetList): SetList {
    if (list.every((set) => this.#named.has(set))) return list;
    return this.#numbers.lists.one(list.filter((set) => this.#named.has(set)));
  }

  /** O(1) where neither network sets nor host endpoints claim the address. */
  #bearers(end: End, sets: SetList): readonly Bearer[] {
    const { assumptions, inventory } = this.#situation;
    const networkSets = sets.flatMap((set) => this.#networkSets.get(set) ?? []);
    if (end.kind === "pod" && networkSets.length === 0 && inventory.hostEndpoints.length === 0) {
      return this.#labels.of(end.pod).bearers;
    }
    return bearersOf({ hostEndpoints: inventory.hostEndpoints, networkSets }, assumptions, end);
  }

  #object(end: End, bearer: Bearer): number {
    const isItself = end.kind === "pod" && bearer.labels === end.pod.seen;
    return isItself ? this.#labels.of(end.pod).object : this.#labels.objectOf(bearer);
  }

  #serving(end: End): readonly Serving[] {
    const touched =
      (end.kind === "pod" && this.#servingPods.has(end.pod)) ||
      (this.#servingAddresses.length > 0 && overlaps(this.#servingAddresses, end.where));
    if (!touched) return [];
    return [...this.#services].flatMap(([name, service]) => {
      const isMember = matchMember(this.#situation, service, end);
      return isMember === false ? [] : [{ service: name, isMember, served: this.#served(service, end) }];
    });
  }

  #served(service: ServiceName, end: End): string {
    return serviceEndpoints(this.#situation, service)
      .served.flatMap(({ where, protocol, port }) => {
        const holds = matchPlace(where, end);
        return holds === false ? [] : [`${protocol}/${port}${holds === true ? "" : "?"}`];
      })
      .sort()
      .join("+");
  }
}
