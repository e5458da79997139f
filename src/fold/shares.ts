/** To which parties the ends of a pod or node belong. */
import type { Address } from "../net/address.ts";
import { type End, familyOfEnd } from "../path/end.ts";
import type { Situation } from "../situation/situation.ts";
import type { EndFacts, FactReader } from "./end-facts.ts";
import { placesOf } from "./network.ts";
import { FAMILIES, type PartyFacts, type PartyTable } from "./party-table.ts";

/** Ends of a pod or node that are one party. */
export interface Share {
  readonly number: number;
  readonly ends: readonly End[];
  /** Whether these are all ends. */
  readonly isWhole: boolean;
}

/** An end with its facts. */
interface Seen {
  readonly end: End;
  readonly facts: EndFacts;
  readonly key: string;
}

/** Gives ends of one situation the numbers of their parties. */
export class ShareReader {
  readonly #reader: FactReader;
  readonly #table: PartyTable;
  readonly #placeOf: (end: End) => string;

  constructor(situation: Situation, reader: FactReader, table: PartyTable) {
    this.#reader = reader;
    this.#table = table;
    this.#placeOf = placesOf(situation);
  }

  /** Ends whose families tell them apart are one party; each is one by itself where rules tell ends of one family apart. */
  ofPod(ends: readonly End[]): readonly Share[] {
    return this.#shares(ends, "pods", () => "pods at one address");
  }

  /** Nodes are told apart by their names. */
  ofNode(name: string, ends: readonly End[]): readonly Share[] {
    return this.#shares(ends, `node ${name}`, (address) => `node ${name} at ${address}`);
  }

  /** Of two sets with the same labels or at one Service, none covers the addresses of both: so the sets count themselves. */
  ofAtom(end: End, sets: readonly number[]): number {
    return this.#numberOf(`outside ${sets.join()}`, [this.#seen(end)]);
  }

  #shares(ends: readonly End[], whole: string, part: (address: Address) => string): readonly Share[] {
    const seen = ends.map((end) => this.#seen(end));
    const isWhole = new Set(seen.map(({ key }) => key)).size === new Set(ends.map(familyOfEnd)).size;
    if (isWhole) return ends.length === 0 ? [] : [{ number: this.#numberOf(whole, seen), ends, isWhole }];
    return seen.map((one) => {
      const number = this.#numberOf(part(one.end.where[0]?.start ?? 0n), [one]);
      return { number, ends: [one.end], isWhole };
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

function factsOf(ends: readonly Seen[]): PartyFacts {
  const [four, six] = FAMILIES.map((family) => ends.find(({ end }) => familyOfEnd(end) === family)?.facts);
  return { 4: four, 6: six };
}
