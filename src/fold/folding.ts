/** Everything the fold knows of a situation: its parties, what policies let pass between them, and what else lies between. */
import type { Family } from "../net/address.ts";
import { bitsOf, type BitSet } from "../net/bit-set.ts";
import type { Direction } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import { Admissions } from "./admissions.ts";
import { Inquiry } from "./distinctions.ts";
import { FactNumbers } from "./end-facts.ts";
import type { Governance } from "./governance.ts";
import { Network } from "./network.ts";
import { endOfParty, type Party } from "./party.ts";
import { PartyRoll } from "./party-roll.ts";
import { FAMILIES, PartyTable } from "./party-table.ts";
import { PeerExtents } from "./peer-extents.ts";
import type { Ruling } from "./ruling.ts";
import { RulingMemory, Rulings } from "./rulings.ts";

/** What was worked out for one situation and holds for others with the same assumptions too. */
export class FoldMemory {
  readonly admissions = new Admissions();
  readonly inquiry = new Inquiry();
  readonly numbers = new FactNumbers();
  readonly table = new PartyTable();
  readonly roll = new PartyRoll(this.numbers, this.table);
  readonly extents = new PeerExtents(this.numbers, this.table);
  readonly rulings = new RulingMemory();

  get objects(): FactNumbers["objects"] {
    return this.numbers.objects;
  }
}

/** A situation folded. */
export class Folding {
  readonly situation: Situation;
  /** By number, ascending. */
  readonly parties: ReadonlyMap<number, Party>;
  /** The parties that have an address in a family. */
  readonly everyone: Readonly<Record<Family, BitSet>>;
  readonly network: Network;
  readonly #rulings: Rulings;

  constructor(situation: Situation, memory: FoldMemory = new FoldMemory()) {
    this.situation = situation;
    const distinctions = memory.inquiry.of(situation);
    this.parties = memory.roll.of(situation, distinctions);
    const [four, six] = FAMILIES.map((family) =>
      bitsOf([...this.parties].flatMap(([number, party]) => (endOfParty(party, family) === undefined ? [] : [number]))),
    );
    this.everyone = { 4: four ?? bitsOf([]), 6: six ?? bitsOf([]) };
    this.network = new Network(situation, memory.table, memory.extents, memory.admissions);
    this.#rulings = new Rulings(situation, this.parties, this.everyone, memory);
  }

  /** What policies let a party send (egress) or receive; undefined where it is no pod in the family. */
  ruling(direction: Direction, party: number, family: Family): Ruling | undefined {
    return this.#rulings.of(direction, party, family);
  }

  /** The policies that govern a party in a direction; only those of one pod where several claim its address. */
  governance(direction: Direction, party: number, family: Family): Governance {
    return this.#rulings.governance(direction, party, family);
  }
}
