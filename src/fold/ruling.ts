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
import type { BitSetTable } from "../net/bit-set-table.ts";
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

/** A ruling from when there were fewer parties. */
interface Grown {
  readonly ruling: Ruling;
  readonly added: readonly number[];
}

/**
 * All peers of some parties by what passes between them. It outlives situations: peers are judged when the first of their kind
 * is there.
 */
export class Ruling {
  readonly #inputs: readonly BitSet[];
  readonly #parts: readonly Part[];
  readonly #touched: BitSet;
  readonly #sets: BitSetTable;
  readonly #admissions: (Admission | undefined)[];
  #rest: Admission | undefined;
  #pieces: readonly Piece[] | undefined;
  /** For whom the pieces are complete. */
  #everyone: BitSet | undefined;

  /** Peers that are in the same sets of `inputs` get the same admission. */
  constructor(inputs: readonly BitSet[], sets: BitSetTable, before?: Grown) {
    this.#inputs = inputs;
    this.#sets = sets;
    this.#parts = before === undefined ? partsOf(inputs) : partsWith(before.ruling.#parts, inputs, before.added);
    this.#touched = unionOfBits(this.#parts.map(({ set }) => set));
    this.#admissions = before === undefined ? [] : [...before.ruling.#admissions];
    this.#rest = before === undefined ? undefined : before.ruling.#rest;
  }

  /** The ruling once inputs are others, and mean the same where there are as many; `added`: parties that are new to them. */
  with(inputs: readonly BitSet[], added: readonly number[]): Ruling {
    if (inputs.length !== this.#inputs.length) return new Ruling(inputs, this.#sets);
    return inputs.every((set, i) => set === this.#inputs[i])
      ? this
      : new Ruling(inputs, this.#sets, { ruling: this, added });
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
    if (this.#pieces !== undefined && this.#everyone === everyone) return this.#pieces;
    this.#everyone = everyone;
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
