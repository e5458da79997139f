/** What rules can ask of an end, in numbers: ends with the same facts get the same answers from every rule. */
import type { Pod } from "../cluster/endpoint.ts";
import type { NetworkSet } from "../cluster/network-set.ts";
import { type Address, type AddressSet, type Family, familyOf, single } from "../net/address.ts";
import { overlaps, unionOf } from "../net/intervals.ts";
import { type Bearer, bearersOf, podBearer } from "../path/bearers.ts";
import { type End, isContested } from "../path/end.ts";
import type { ServiceName } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import { AddressSpace, type SetList } from "./address-space.ts";
import { ObjectNumbers } from "./content-numbers.ts";
import type { Distinctions } from "./distinctions.ts";
import { LabelledObjects } from "./labelled-objects.ts";
import { matchMember, matchPlace, serviceEndpoints, type Ternary } from "./match.ts";

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

/** What all ends of a pod have in common. */
interface PodFacts {
  readonly bearers: readonly [Bearer];
  readonly object: number;
  readonly ports: readonly string[];
}

/** Numbers that keep their meaning from one situation to the next. */
export class FactNumbers {
  readonly objects = new LabelledObjects();
  readonly addressSets = new ObjectNumbers<AddressSet>((set) => set.map(({ start, end }) => `${start}-${end}`).join());
}

/** Tells the facts of the ends of one situation. */
export class FactReader {
  /** Cut by every address set that matters to some rule. */
  readonly space: AddressSpace;
  readonly #situation: Situation;
  readonly #distinctions: Distinctions;
  readonly #numbers: FactNumbers;
  readonly #networkSets = new Map<number, NetworkSet[]>();
  /** The address sets that rules name themselves, rather than through network sets or Services. */
  readonly #named: ReadonlySet<number>;
  readonly #servingPods = new Set<Pod>();
  readonly #servingAddresses: AddressSet;
  readonly #blindSpots: ReadonlySet<string | undefined>;
  readonly #pods = new Map<Pod, PodFacts>();
  readonly #over = new Map<Family, ReturnType<AddressSpace["setsOver"]>>();

  constructor(situation: Situation, distinctions: Distinctions, numbers: FactNumbers) {
    this.#situation = situation;
    this.#distinctions = distinctions;
    this.#numbers = numbers;
    this.#blindSpots = new Set(situation.blinds.map(({ namespace }) => namespace));
    const sets = new Map<number, AddressSet>();
    const add = (set: AddressSet): number => {
      const number = numbers.addressSets.of(set);
      sets.set(number, set);
      return number;
    };
    this.#named = new Set([...distinctions.addresses].map(add));
    for (const set of situation.inventory.networkSets) {
      const number = add(set.addresses);
      this.#networkSets.set(number, [...(this.#networkSets.get(number) ?? []), set]);
    }
    const singles: Address[] = [];
    for (const service of distinctions.services.values()) {
      for (const place of serviceEndpoints(situation, service).members) {
        if ("pod" in place) this.#servingPods.add(place.pod);
        else singles.push(place.address);
      }
    }
    // Endpoints of Services that are no pods are told apart one by one.
    for (const address of singles) add(single(address));
    this.#servingAddresses = unionOf(singles.flatMap(single));
    this.space = new AddressSpace([...sets].sort(([a], [b]) => a - b));
  }

  of(end: End): EndFacts {
    const { certain, possible } = this.#sets(end);
    const bearers = this.#bearers(end, possible);
    const named = (list: SetList): SetList => (this.#blocksMatch(end) ? this.#namedOnly(list) : []);
    const facts = {
      subject: end.kind === "pod" ? this.#podFacts(end.pod).object : undefined,
      bearers: bearers.map((bearer) => ({ object: this.#object(end, bearer), isSure: bearer.unsure === undefined })),
      inside: named(certain),
      perhapsInside: named(possible),
      ports: end.kind === "pod" && bearers.length === 1 ? this.#podFacts(end.pod).ports : this.#ports(bearers),
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
    if (first === undefined) return { certain: [], possible: [] };
    if (kind === "outside" || (second === undefined && first.end - first.start === 1n)) {
      const sets = this.space.setsAt(first.start);
      return { certain: sets, possible: sets };
    }
    // All templates have the addresses of their family in common.
    const family = familyOf(first.start);
    const over = this.#over.get(family) ?? this.space.setsOver(where);
    this.#over.set(family, over);
    return over;
  }

  #blocksMatch({ kind }: End): boolean {
    return kind !== "pod" || this.#situation.assumptions["cidr-matches-pods"] === "yes";
  }

  #namedOnly(list: SetList): SetList {
    return list.every((set) => this.#named.has(set)) ? list : list.filter((set) => this.#named.has(set));
  }

  /** O(1) where neither network sets nor host endpoints claim the address. */
  #bearers(end: End, sets: SetList): readonly Bearer[] {
    const { assumptions, inventory } = this.#situation;
    const networkSets = sets.flatMap((set) => this.#networkSets.get(set) ?? []);
    if (end.kind === "pod" && networkSets.length === 0 && inventory.hostEndpoints.length === 0) {
      return this.#podFacts(end.pod).bearers;
    }
    return bearersOf({ hostEndpoints: inventory.hostEndpoints, networkSets }, assumptions, end);
  }

  #object(end: End, bearer: Bearer): number {
    return end.kind === "pod" && bearer.labels === end.pod.seen
      ? this.#podFacts(end.pod).object
      : this.#numbers.objects.numberOf({ ...bearer, unsure: undefined }, this.#distinctions.keys);
  }

  #podFacts(pod: Pod): PodFacts {
    const known = this.#pods.get(pod);
    if (known !== undefined) return known;
    const bearer = podBearer(pod, this.#situation.assumptions);
    const facts: PodFacts = {
      bearers: [bearer],
      object: this.#numbers.objects.numberOf(bearer, this.#distinctions.keys),
      ports: this.#ports([bearer]),
    };
    this.#pods.set(pod, facts);
    return facts;
  }

  #ports(bearers: readonly Bearer[]): readonly string[] {
    const { portNames } = this.#distinctions;
    if (portNames.size === 0) return [];
    return bearers
      .flatMap(({ ports }) => ports.filter(({ name }) => portNames.has(name)))
      .map(({ name, protocol, port }) => `${name}/${protocol}/${port}`)
      .sort();
  }

  #serving(end: End): readonly Serving[] {
    const touched =
      (end.kind === "pod" && this.#servingPods.has(end.pod)) ||
      (this.#servingAddresses.length > 0 && overlaps(this.#servingAddresses, end.where));
    if (!touched) return [];
    return [...this.#distinctions.services].flatMap(([name, service]) => {
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
