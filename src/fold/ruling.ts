/** What the policies that govern a party let pass, for all of its peers at once. */
import {
  bitsOf,
  type BitSet,
  coversBits,
  firstBitBut,
  firstCommonBit,
  hasBit,
  intersectBits,
  NO_BITS,
  overlapBits,
  subtractBits,
  unionOfBits,
} from "../net/bit-set.ts";
import type { Family } from "../net/address.ts";
import type { BitSetTable } from "../net/bit-set-table.ts";
import { type Admission, NOTHING } from "./admission.ts";
import { admitsNothing } from "./admissions.ts";
import type { Extent } from "./extent.ts";
import { partsOf } from "./partition.ts";
import type { PartyTable } from "./party-table.ts";
import type { PeerParties } from "./peer-extents.ts";

/** The parties of a set, or all that are not in it. Equal sets are one object. */
export interface Peers {
  readonly set: BitSet;
  readonly areOthers: boolean;
}

/** Those of `parties` that are peers. */
export function peersAmong(parties: BitSet, { set, areOthers }: Peers): BitSet {
  return areOthers ? subtractBits(parties, set) : intersectBits(parties, set);
}

/** Whether any of `parties` is a peer. */
export function arePeers(parties: BitSet, { set, areOthers }: Peers): boolean {
  return areOthers ? !coversBits(set, parties) : overlapBits(parties, set);
}

/** Peers with the same admission. */
export interface Piece {
  readonly peers: Peers;
  readonly admission: Admission;
}

/** Says what passes between the governed parties and a peer. */
export type Judge = (peer: number) => Admission;

/** What tells the peers of a ruling apart: who they are, and the answers to questions about their ports. */
export interface Sources {
  readonly family: Family;
  readonly peers: readonly PeerParties[];
  readonly ports: readonly string[];
}

/** Peers that the same inputs hold. */
interface JudgedPart {
  readonly inside: readonly number[];
  set: BitSet;
  /** Undefined as long as nobody of this kind was there. */
  admission: Admission | undefined;
}

/** Peers by admission, as far as they are judged; all others get `rest`. */
interface Merged {
  readonly sets: Map<Admission, BitSet>;
  readonly rest: Admission;
  others: BitSet;
}

/**
 * All peers of some parties by what passes between them. It outlives situations: it grows with the parties there ever were, and
 * peers are judged when the first of their kind is there.
 */
export class Ruling {
  /** Undefined: nothing is known, whoever the peer is. */
  readonly sources: Sources | undefined;
  readonly #sets: BitSetTable;
  #extents: readonly Extent[] = [];
  #answers: readonly (readonly BitSet[])[] = [];
  #inputs: readonly BitSet[] = [];
  #parts: JudgedPart[] = [];
  #touched = NO_BITS;
  /** What peers get that no input holds; undefined as long as there are none. */
  #rest: Admission | undefined;
  #merged: Merged | undefined;
  #pieces: readonly Piece[] | undefined;
  /** Of how many parties it knows what tells them apart. */
  #count = 0;

  constructor(sources: Sources | undefined, sets: BitSetTable) {
    this.sources = sources;
    this.#sets = sets;
  }

  /**
   * Makes it know of all parties of the table. Peers that are in the same inputs get the same admission; those mean what they
   * meant before if there are as many. O(sources), where none of them tells anything about new parties.
   */
  grow(table: PartyTable): void {
    if (this.#count === table.count) return;
    const isNew = this.#count === 0;
    const since = this.#count;
    this.#count = table.count;
    if (!isNew && !this.#hasNews(table)) return;
    const inputs = this.#inputsIn(table);
    if (isNew || inputs.length !== this.#inputs.length) this.#begin(inputs);
    else for (let party = since; party < table.count; party++) this.#add(party, inputs);
    this.#inputs = inputs;
  }

  /** Whether some source says otherwise than before. */
  #hasNews(table: PartyTable): boolean {
    if (this.sources === undefined) return false;
    const { family, peers, ports } = this.sources;
    const index = table.families[family];
    const [extents, answers] = [this.#extents, this.#answers];
    return (
      this.#inputs.at(-1) !== index.contested.set ||
      peers.some((some, i) => some.of(family) !== extents[i]) ||
      ports.some((question, i) => index.answers(question) !== answers[i])
    );
  }

  /** The sets that tell peers apart. */
  #inputsIn(table: PartyTable): readonly BitSet[] {
    if (this.sources === undefined) return [];
    const { family, peers, ports } = this.sources;
    const index = table.families[family];
    this.#extents = peers.map((some) => some.of(family));
    this.#answers = ports.map((question) => index.answers(question));
    const sets: BitSet[] = [];
    for (const { certain, possible } of this.#extents) {
      sets.push(possible);
      if (certain !== possible) sets.push(certain);
    }
    return [...sets, ...this.#answers.flat(), index.contested.set];
  }

  #begin(inputs: readonly BitSet[]): void {
    this.#parts = partsOf(inputs).map(({ set, inside }) => ({
      inside,
      set: this.#sets.one(set),
      admission: undefined,
    }));
    this.#touched = this.#sets.one(unionOfBits(inputs));
    this.#rest = undefined;
    this.#forgetPieces();
  }

  #add(party: number, inputs: readonly BitSet[]): void {
    const inside = [...inputs.keys()].filter((index) => hasBit(inputs[index] ?? NO_BITS, party));
    if (inside.length === 0) return;
    this.#touched = this.#sets.with(this.#touched, party);
    const part = this.#parts.find((known) => sameNumbers(known.inside, inside));
    if (part === undefined) {
      this.#parts.push({ inside, set: this.#sets.one(bitsOf([party])), admission: undefined });
      return;
    }
    part.set = this.#sets.with(part.set, party);
    const merged = this.#merged;
    const set = part.admission === undefined ? undefined : merged?.sets.get(part.admission);
    if (merged === undefined || part.admission === undefined || set === undefined) return;
    merged.sets.set(part.admission, this.#sets.with(set, party));
    merged.others = this.#sets.with(merged.others, party);
    this.#pieces = undefined;
  }

  #forgetPieces(): void {
    [this.#merged, this.#pieces] = [undefined, undefined];
  }

  admission(peer: number, judge: Judge): Admission {
    const part = hasBit(this.#touched, peer) ? this.#parts.find(({ set }) => hasBit(set, peer)) : undefined;
    const known = part === undefined ? this.#rest : part.admission;
    if (known !== undefined) return known;
    this.#forgetPieces();
    const admission = judge(peer);
    if (part === undefined) this.#rest = admission;
    else part.admission = admission;
    return admission;
  }

  /**
   * The peers with whom something passes, or may; each admission stands once, and no peer in two pieces. Peers that are not
   * among `everyone` may be in any or none. The same object as long as nobody is in other pieces.
   */
  pieces(everyone: BitSet, judge: Judge): readonly Piece[] {
    for (const { set, admission } of this.#parts) {
      const first = admission === undefined ? firstCommonBit(set, everyone) : undefined;
      if (first !== undefined) this.admission(first, judge);
    }
    if (this.#rest === undefined) {
      const first = firstBitBut(everyone, this.#touched);
      if (first !== undefined) this.admission(first, judge);
    }
    this.#merged ??= this.#merge();
    return (this.#pieces ??= piecesOf(this.#merged));
  }

  /** The sets it holds, which equal ones are compared with by identity. */
  sets(): readonly BitSet[] {
    const merged = this.#merged === undefined ? [] : [this.#merged.others, ...this.#merged.sets.values()];
    return [this.#touched, ...this.#parts.map(({ set }) => set), ...merged];
  }

  #merge(): Merged {
    const rest = this.#rest ?? NOTHING;
    const byAdmission = new Map<Admission, BitSet[]>();
    for (const { set, admission } of this.#parts) {
      if (admission === undefined || admission === rest) continue;
      const known = byAdmission.get(admission);
      if (known === undefined) byAdmission.set(admission, [set]);
      else known.push(set);
    }
    const sets = new Map([...byAdmission].map(([admission, of]) => [admission, this.#sets.one(unionOfBits(of))]));
    return { sets, rest, others: this.#sets.one(unionOfBits([NO_BITS, ...sets.values()])) };
  }
}

function piecesOf({ sets, rest, others }: Merged): readonly Piece[] {
  const pieces = [...sets].map(([admission, set]) => ({ peers: { set, areOthers: false }, admission }));
  return [...pieces, { peers: { set: others, areOthers: true }, admission: rest }].filter(
    ({ admission }) => !admitsNothing(admission),
  );
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((number, i) => number === b[i]);
}
