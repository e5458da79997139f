/** Parties by what rules can ask of them, and which of them each kind of question is about. */
import type { Family } from "../net/address.ts";
import { bitsOf, type BitSet, NO_BITS } from "../net/bit-set.ts";
import type { EndFacts } from "./end-facts.ts";
import { exactly, type Extent } from "./extent.ts";

export const FAMILIES = [4, 6] as const satisfies readonly Family[];

/** What rules can ask of a party, family by family. */
export type PartyFacts = Readonly<Record<Family, EndFacts | undefined>>;

/** A party that bears an object's labels in a family. */
export interface Bearing {
  readonly party: number;
  readonly isSure: boolean;
}

/** A set that grows. */
class Growing {
  readonly #numbers: number[] = [];
  #set = NO_BITS;
  #size = 0;

  add(number: number): void {
    this.#numbers.push(number);
  }

  get set(): BitSet {
    if (this.#size !== this.#numbers.length) {
      this.#size = this.#numbers.length;
      this.#set = bitsOf(this.#numbers);
    }
    return this.#set;
  }
}

class GrowingExtent {
  readonly #certain = new Growing();
  readonly #possible = new Growing();
  #isExact = true;

  add(number: number, isCertain: boolean): void {
    this.#possible.add(number);
    if (isCertain) this.#certain.add(number);
    else this.#isExact = false;
  }

  get extent(): Extent {
    return this.#isExact ? exactly(this.#possible.set) : { certain: this.#certain.set, possible: this.#possible.set };
  }
}

/** One family's parties, by what may be asked of them. */
class FamilyIndex {
  readonly all = new Growing();
  readonly contested = new Growing();
  readonly #bearing = new Map<number, Bearing[]>();
  readonly #governed = new Map<number, number[]>();
  readonly #inside = new Map<number, GrowingExtent>();
  readonly #serving = new Map<string, GrowingExtent>();
  /** Parties by the answer they have to a question about ports. */
  readonly #ports = new Map<string, Map<string, Growing>>();
  readonly #answers = new Map<string, readonly BitSet[]>();

  add(party: number, facts: EndFacts): void {
    this.all.add(party);
    if (facts.isContested) this.contested.add(party);
    if (facts.subject !== undefined) entry(this.#governed, facts.subject, () => []).push(party);
    for (const { object, isSure } of facts.bearers) entry(this.#bearing, object, () => []).push({ party, isSure });
    const inside = new Set(facts.inside);
    for (const set of facts.perhapsInside) {
      entry(this.#inside, set, () => new GrowingExtent()).add(party, inside.has(set));
    }
    for (const { service, isMember, served } of facts.serving) {
      entry(this.#serving, service, () => new GrowingExtent()).add(party, isMember === true);
      this.#addAnswer(`service ${service}`, served, party);
    }
    for (const name of new Set(facts.ports.map(portName))) {
      this.#addAnswer(`port ${name}`, facts.ports.filter((port) => portName(port) === name).join(), party);
      this.#addAnswer(`port of bearers ${name}`, facts.key, party);
    }
  }

  bearing(object: number): readonly Bearing[] {
    return this.#bearing.get(object) ?? [];
  }

  /** The parties that are the object to the subject selectors of policies. */
  governedAs(object: number): readonly number[] {
    return this.#governed.get(object) ?? [];
  }

  inside(set: number): Extent {
    return this.#inside.get(set)?.extent ?? exactly(NO_BITS);
  }

  members(service: string): Extent {
    return this.#serving.get(service)?.extent ?? exactly(NO_BITS);
  }

  /** Disjoint sets of parties, each with one answer; all others have none. The same list as long as nobody was added. */
  answers(question: string): readonly BitSet[] {
    const known = this.#answers.get(question);
    if (known !== undefined) return known;
    const sets = [...(this.#ports.get(question)?.values() ?? [])].map(({ set }) => set);
    this.#answers.set(question, sets);
    return sets;
  }

  #addAnswer(question: string, answer: string, party: number): void {
    this.#answers.delete(question);
    const answers = entry(this.#ports, question, () => new Map<string, Growing>());
    entry(answers, answer, () => new Growing()).add(party);
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key) ?? make();
  map.set(key, known);
  return known;
}

function portName(port: string): string {
  return port.slice(0, port.indexOf("/"));
}

/** Every party that was ever asked about. Numbers are given once and never change their meaning. */
export class PartyTable {
  readonly families: Readonly<Record<Family, FamilyIndex>> = { 4: new FamilyIndex(), 6: new FamilyIndex() };
  readonly #numbers = new Map<string, number>();
  readonly #facts: PartyFacts[] = [];

  /** How many numbers there are. */
  get count(): number {
    return this.#facts.length;
  }

  /** The number of the party with this key; parties with equal keys must have equal facts. */
  numberOf(key: string, factsOf: () => PartyFacts): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const facts = factsOf();
    const number = this.#facts.push(facts) - 1;
    this.#numbers.set(key, number);
    for (const family of FAMILIES) {
      const own = facts[family];
      if (own !== undefined) this.families[family].add(number, own);
    }
    return number;
  }

  facts(number: number, family: Family): EndFacts | undefined {
    return this.#facts[number]?.[family];
  }
}
