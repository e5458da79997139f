/** What the policies that govern a party let pass, for all of its peers at once. */
import {
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
import type { Peer } from "../policy/model.ts";
import { type Admission, NOTHING } from "./admission.ts";
import { admitsNothing } from "./admissions.ts";
import { type Part, partsOf, partsWith } from "./partition.ts";

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
  readonly peers: readonly (readonly Peer[])[];
  readonly ports: readonly string[];
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
  #parts: readonly Part[] = [];
  #touched = NO_BITS;
  #admissions: (Admission | undefined)[] = [];
  #rest: Admission | undefined;
  #pieces: readonly Piece[] | undefined;
  /** Of how many parties the inputs tell. */
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
   * mean what they meant before if there are as many.
   */
  grow(inputs: readonly BitSet[], count: number): void {
    const isAlike = this.#count > 0 && inputs.length === this.#inputs.length;
    if (!isAlike || inputs.some((set, i) => set !== this.#inputs[i])) {
      const added = Array.from({ length: count - this.#count }, (_, i) => this.#count + i);
      this.#parts = isAlike ? partsWith(this.#parts, inputs, added) : partsOf(inputs);
      this.#touched = unionOfBits(this.#parts.map(({ set }) => set));
      if (!isAlike) [this.#admissions, this.#rest] = [[], undefined];
      this.#pieces = undefined;
      this.#inputs = inputs;
    }
    this.#count = count;
  }

  admission(peer: number, judge: Judge): Admission {
    const index = hasBit(this.#touched, peer) ? this.#parts.findIndex(({ set }) => hasBit(set, peer)) : -1;
    const known = index < 0 ? this.#rest : this.#admissions[index];
    if (known !== undefined) return known;
    this.#pieces = undefined;
    const admission = judge(peer);
    if (index < 0) this.#rest = admission;
    else this.#admissions[index] = admission;
    return admission;
  }

  /**
   * The peers with whom something passes, or may; each admission stands once, and no peer in two pieces. Peers that are not
   * among `everyone` may be in any or none. The same object as long as nobody of a new kind is there.
   */
  pieces(everyone: BitSet, judge: Judge): readonly Piece[] {
    for (const [i, { set }] of this.#parts.entries()) {
      const first = this.#admissions[i] === undefined ? firstCommonBit(set, everyone) : undefined;
      if (first !== undefined) this.admission(first, judge);
    }
    if (this.#rest === undefined) {
      const first = firstBitBut(everyone, this.#touched);
      if (first !== undefined) this.admission(first, judge);
    }
    return (this.#pieces ??= this.#merged());
  }

  #merged(): readonly Piece[] {
    const rest = this.#rest ?? NOTHING;
    const byAdmission = new Map<Admission, BitSet[]>();
    for (const [i, { set }] of this.#parts.entries()) {
      const admission = this.#admissions[i] ?? rest;
      const known = byAdmission.get(admission);
      if (known === undefined) byAdmission.set(admission, [set]);
      else known.push(set);
    }
    byAdmission.delete(rest);
    const pieces = [...byAdmission].map(([admission, sets]) => ({
      peers: { set: this.#sets.one(unionOfBits(sets)), areOthers: false },
      admission,
    }));
    const others = this.#sets.one(unionOfBits([NO_BITS, ...pieces.map(({ peers }) => peers.set)]));
    return [...pieces, { peers: { set: others, areOthers: true }, admission: rest }].filter(
      ({ admission }) => !admitsNothing(admission),
    );
  }
}
