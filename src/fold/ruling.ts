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
  withBit,
} from "../net/bit-set.ts";
import type { Family } from "../net/address.ts";
import type { BitSetTable } from "../net/bit-set-table.ts";
import { type Admission, NOTHING } from "./admission.ts";
import { admitsNothing } from "./admissions.ts";
import { partsOf } from "./partition.ts";
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
  #inputs: readonly BitSet[] = [];
  #parts: JudgedPart[] = [];
  #touched = NO_BITS;
  /** What peers get that no input holds; undefined as long as there are none. */
  #rest: Admission | undefined;
  #merged: Merged | undefined;
  #pieces: readonly Piece[] | undefined;
  #count = 0;

  constructor(sources: Sources | undefined, sets: BitSetTable) {
    this.sources = sources;
    this.#sets = sets;
  }

  /** Of how many parties it knows what tells them apart. */
  get count(): number {
    return this.#count;
  }

  /**
   * Makes it know of the first `count` parties. Peers that are in the same sets of `inputs` get the same admission; the sets
   * mean what they meant before if there are as many. O(inputs), where none of them holds any of the new parties.
   */
  grow(inputs: readonly BitSet[], count: number): void {
    const isAlike = this.#count > 0 && inputs.length === this.#inputs.length;
    if (!isAlike) this.#begin(inputs);
    else if (inputs.some((set, i) => set !== this.#inputs[i])) {
      for (let party = this.#count; party < count; party++) this.#add(party, inputs);
    }
    this.#inputs = inputs;
    this.#count = count;
  }

  #begin(inputs: readonly BitSet[]): void {
    this.#parts = partsOf(inputs).map(({ set, inside }) => ({ inside, set, admission: undefined }));
    this.#touched = unionOfBits(inputs);
    this.#rest = undefined;
    this.#forgetPieces();
  }

  #add(party: number, inputs: readonly BitSet[]): void {
    const inside = [...inputs.keys()].filter((index) => hasBit(inputs[index] ?? NO_BITS, party));
    if (inside.length === 0) return;
    this.#touched = withBit(this.#touched, party);
    const part = this.#parts.find((known) => sameNumbers(known.inside, inside));
    if (part === undefined) {
      this.#parts.push({ inside, set: bitsOf([party]), admission: undefined });
      return;
    }
    part.set = withBit(part.set, party);
    const merged = this.#merged;
    const set = part.admission === undefined ? undefined : merged?.sets.get(part.admission);
    if (merged === undefined || part.admission === undefined || set === undefined) return;
    merged.sets.set(part.admission, this.#sets.one(withBit(set, party)));
    merged.others = this.#sets.one(withBit(merged.others, party));
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
