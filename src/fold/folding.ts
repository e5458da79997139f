/** Everything the fold knows of a situation: its parties, what policies let pass between them, and what else lies between. */
import type { Family } from "../net/address.ts";
import type { BitSet } from "../net/bit-set.ts";
import type { Direction, Peer } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import { type Admission, OPEN } from "./admission.ts";
import { Admissions } from "./admissions.ts";
import { type Crowd, crowdOf, NO_CROWD } from "./crowd.ts";
import { Inquiry } from "./distinctions.ts";
import { holdsOf } from "./extent.ts";
import { FactNumbers } from "./end-facts.ts";
import type { Governance } from "./governance.ts";
import type { GovernanceIndex } from "./governance-index.ts";
import type { Ternary } from "./match.ts";
import { Network } from "./network.ts";
import type { Party } from "./party.ts";
import { PartyRoll } from "./party-roll.ts";
import { PartyTable } from "./party-table.ts";
import { PeerExtents } from "./peer-extents.ts";
import type { Piece, Ruling } from "./ruling.ts";
import { type Governing, RulingMemory, Rulings } from "./rulings.ts";

/** What was worked out for one situation and holds for others with the same assumptions too. */
export class FoldMemory {
  readonly admissions = new Admissions();
  readonly inquiry = new Inquiry();
  readonly numbers = new FactNumbers();
  readonly table = new PartyTable();
  readonly roll = new PartyRoll(this.numbers, this.table);
  readonly extents = new PeerExtents(this.numbers, this.table);
  readonly rulings = new RulingMemory();

  #crowds: Readonly<Record<Family, Crowd>> = { 4: NO_CROWD, 6: NO_CROWD };
  #numbersThere: readonly number[] = [];

  /** Who is there; the same sets as long as they are the same. */
  crowdsOf(parties: ReadonlyMap<number, Party>): Readonly<Record<Family, Crowd>> {
    const [numbers, known, last] = [[...parties.keys()], this.#numbersThere, this.#crowds];
    // What a number means never changes, so equal numbers are equal crowds.
    if (numbers.length === known.length && numbers.every((number, i) => number === known[i])) return last;
    this.#numbersThere = numbers;
    this.#crowds = { 4: crowdOf(parties, this.table, 4, last[4]), 6: crowdOf(parties, this.table, 6, last[6]) };
    return this.#crowds;
  }

  /** How much it remembers that keeps its identity as long as the memory is there. */
  get weight(): number {
    return this.table.count + this.objects.count + this.admissions.count;
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
  readonly crowds: Readonly<Record<Family, Crowd>>;
  readonly network: Network;
  readonly #table: PartyTable;
  readonly #rulings: Rulings;
  readonly #extents: PeerExtents;

  constructor(situation: Situation, memory: FoldMemory = new FoldMemory()) {
    this.situation = situation;
    const distinctions = memory.inquiry.of(situation);
    this.parties = memory.roll.of(situation, distinctions);
    this.crowds = memory.crowdsOf(this.parties);
    this.network = new Network(situation, memory.table, memory.extents, memory.admissions);
    this.#table = memory.table;
    this.#extents = memory.extents;
    this.#rulings = new Rulings(situation, this.parties, memory);
  }

  /** What policies let a party send (egress) or receive; undefined where it is no pod in the family. */
  ruling(direction: Direction, party: number, family: Family): Ruling | undefined {
    return this.#rulings.of(direction, party, family);
  }

  /** All peers that are there, by what passes between them and the parties of a ruling, of which one is given. */
  pieces(ruling: Ruling, everyone: BitSet, governing: Governing): readonly Piece[] {
    return this.#rulings.pieces(ruling, everyone, governing);
  }

  /** What governs pods in a direction. */
  governanceIndex(direction: Direction): GovernanceIndex {
    return this.#rulings.index(direction);
  }

  /** The parties of a family that are not governed as they were when an earlier index was made, and perhaps others. */
  governedOtherwise(direction: Direction, family: Family, before: GovernanceIndex): readonly number[] {
    const objects = this.#rulings.index(direction).changedSince(before);
    return objects.flatMap((object) => this.#table.families[family].governedAs(object));
  }

  /** What policies let pass between a party and a peer; everything where they do not govern the party. */
  admission(direction: Direction, party: number, peer: number, family: Family): Admission {
    const ruling = this.ruling(direction, party, family);
    return ruling === undefined ? OPEN : ruling.admission(peer, this.#rulings.judge(direction, party, family));
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
