/** Everything the fold knows of a situation: its parties, what policies let pass between them, and what else lies between. */
import type { Family } from "../net/address.ts";
import { bitsOf, type BitSet, equalBits, NO_BITS } from "../net/bit-set.ts";
import type { Direction, Peer } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import { type Admission, OPEN } from "./admission.ts";
import { Admissions } from "./admissions.ts";
import { Inquiry } from "./distinctions.ts";
import { holdsOf } from "./extent.ts";
import { FactNumbers } from "./end-facts.ts";
import type { Governance } from "./governance.ts";
import type { Ternary } from "./match.ts";
import { Network } from "./network.ts";
import type { Party } from "./party.ts";
import { PartyRoll } from "./party-roll.ts";
import { PartyTable } from "./party-table.ts";
import { PeerExtents } from "./peer-extents.ts";
import { type PartyRuling, RulingMemory, Rulings } from "./rulings.ts";

/** What was worked out for one situation and holds for others with the same assumptions too. */
export class FoldMemory {
  readonly admissions = new Admissions();
  readonly inquiry = new Inquiry();
  readonly numbers = new FactNumbers();
  readonly table = new PartyTable();
  readonly roll = new PartyRoll(this.numbers, this.table);
  readonly extents = new PeerExtents(this.numbers, this.table);
  readonly rulings = new RulingMemory();

  #everyone: Readonly<Record<Family, BitSet>> = { 4: NO_BITS, 6: NO_BITS };

  /** The parties that have an address in a family; the same objects as long as they are the same. */
  everyoneAmong(parties: Iterable<number>): Readonly<Record<Family, BitSet>> {
    const numbers = [...parties];
    const of = (family: Family): BitSet => {
      const set = bitsOf(numbers.filter((number) => this.table.facts(number, family) !== undefined));
      return equalBits(set, this.#everyone[family]) ? this.#everyone[family] : set;
    };
    this.#everyone = { 4: of(4), 6: of(6) };
    return this.#everyone;
  }

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
  readonly #extents: PeerExtents;

  constructor(situation: Situation, memory: FoldMemory = new FoldMemory()) {
    this.situation = situation;
    const distinctions = memory.inquiry.of(situation);
    this.parties = memory.roll.of(situation, distinctions);
    this.everyone = memory.everyoneAmong(this.parties.keys());
    this.network = new Network(situation, memory.table, memory.extents, memory.admissions);
    this.#extents = memory.extents;
    this.#rulings = new Rulings(situation, this.parties, memory);
  }

  /** What policies let a party send (egress) or receive; undefined where it is no pod in the family. */
  ruling(direction: Direction, party: number, family: Family): PartyRuling | undefined {
    return this.#rulings.of(direction, party, family);
  }

  /** What policies let pass between a party and a peer; everything where they do not govern the party. */
  admission(direction: Direction, party: number, peer: number, family: Family): Admission {
    const found = this.#rulings.of(direction, party, family);
    return found === undefined ? OPEN : found.ruling.admission(peer, found.judge);
  }

  /** Whether the party is one of the peers, whatever the traffic. */
  isAmong(peers: readonly Peer[], party: number, family: Family): Ternary {
    return holdsOf(this.#extents.of(peers, family), party);
  }

  /** The policies that govern a party in a direction; only those of one pod where several claim its address. */
  governance(direction: Direction, party: number, family: Family): Governance {
    return this.#rulings.governance(direction, party, family);
  }
}
