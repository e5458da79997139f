/** What the policies that govern a party let pass, for all of its peers at once. */
import { type BitSet, firstBit, hasBit, intersectBits, subtractBits, unionOfBits } from "../net/bit-set.ts";
import { type Admission, NOTHING } from "./admission.ts";
import { type Part, partsOf } from "./partition.ts";

/** Peers with the same admission. */
export interface Piece {
  readonly peers: BitSet;
  readonly admission: Admission;
}

/** All peers of some parties by what passes between them and those; each admission stands once, and no peer in two pieces. */
export class Ruling {
  /** Without the rest. */
  readonly pieces: readonly Piece[];
  /** What passes between the parties and all other peers. */
  readonly rest: Admission;
  readonly #everyone: BitSet;

  constructor(pieces: readonly Piece[], rest: Admission, everyone: BitSet) {
    this.pieces = pieces;
    this.rest = rest;
    this.#everyone = everyone;
  }

  /** The rest of everyone, which no piece holds. O(pieces x parties / 32). */
  get others(): BitSet {
    return subtractBits(this.#everyone, unionOfBits(this.pieces.map(({ peers }) => peers)));
  }

  admission(peer: number): Admission {
    return this.pieces.find(({ peers }) => hasBit(peers, peer))?.admission ?? this.rest;
  }
}

/** A ruling in the making, which is kept from one situation to the next. */
export class RulingDraft {
  readonly #inputs: readonly BitSet[];
  readonly #parts: readonly Part[];
  readonly #touched: BitSet;
  readonly #admissions: (Admission | undefined)[] = [];
  #rest: Admission | undefined;
  #last: { readonly everyone: BitSet; readonly ruling: Ruling } | undefined;

  /**
   * Peers that are in the same sets of `inputs` get the same admission; `before` is a draft whose inputs meant the same when
   * there were fewer or other parties.
   */
  constructor(inputs: readonly BitSet[], before?: RulingDraft) {
    this.#inputs = inputs;
    this.#parts = partsOf(inputs);
    this.#touched = unionOfBits(this.#parts.map(({ set }) => set));
    if (before === undefined || before.#inputs.length !== inputs.length) return;
    const judged = new Map(before.#parts.map(({ inside }, i) => [inside.join(), before.#admissions[i]]));
    this.#admissions = this.#parts.map(({ inside }) => judged.get(inside.join()));
    this.#rest = before.#rest;
  }

  /** Whether the draft was made from these sets. */
  isOf(inputs: readonly BitSet[]): boolean {
    return inputs.length === this.#inputs.length && inputs.every((set, i) => set === this.#inputs[i]);
  }

  /** The ruling among `everyone`; `judge` is asked about one peer of each part that was not judged before. */
  among(everyone: BitSet, judge: (peer: number) => Admission): Ruling {
    if (this.#last?.everyone === everyone) return this.#last.ruling;
    const byAdmission = new Map<Admission, BitSet[]>();
    for (const [i, { set }] of this.#parts.entries()) {
      const peers = intersectBits(everyone, set);
      const first = firstBit(peers);
      if (first === undefined) continue;
      const admission = (this.#admissions[i] ??= judge(first));
      byAdmission.set(admission, [...(byAdmission.get(admission) ?? []), peers]);
    }
    const other = firstBit(subtractBits(everyone, this.#touched));
    const rest = other === undefined ? NOTHING : (this.#rest ??= judge(other));
    byAdmission.delete(rest);
    const pieces = [...byAdmission].map(([admission, sets]) => ({ peers: unionOfBits(sets), admission }));
    const ruling = new Ruling(pieces, rest, everyone);
    this.#last = { everyone, ruling };
    return ruling;
  }
}
