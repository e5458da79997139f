/** Flows as rectangles: what senders let out, receivers let in, and the network between them lets through. */
import { type Admission, OPEN } from "../fold/admission.ts";
import { type Admissions, admitsNothing } from "../fold/admissions.ts";
import type { Folding } from "../fold/folding.ts";
import type { NetworkEnd } from "../fold/network.ts";
import { endOfParty } from "../fold/party.ts";
import { arePeers, type Peers, peersAmong } from "../fold/ruling.ts";
import type { Family } from "../net/address.ts";
import { bitsOf, type BitSet, intersectBits, isNoBits, numbersIn, unionOfBits } from "../net/bit-set.ts";
import type { Direction } from "../policy/model.ts";
import { pushTo } from "./by-key.ts";
import type { Cell, CellTable } from "./cells.ts";
import { joined, type Rectangle } from "./rectangle.ts";

/** The same admission from each party of one set to each of the other. */
export interface Block<T = Admission> {
  readonly from: BitSet;
  readonly to: BitSet;
  readonly family: Family;
  /** One object for equal admissions, for all flows worked out with one memory: compare by identity. */
  readonly admission: T;
}

/**
 * Disjoint rectangles of everything that passes or may, of one family. Which they are depends on what may pass alone, not on
 * how policies say it. O(cells of one side + blocks), as long as no many senders and many receivers have many differences.
 */
export function blocksOf(
  folding: Folding,
  admissions: Admissions,
  cells: Readonly<Record<Direction, CellTable>>,
  family: Family,
): readonly Block[] {
  const sending = cells.egress.of(folding);
  const receiving = new ReceivingCells(cells.ingress.of(folding));
  const network = new NetworkGroups(folding, family);
  const rectangles: Rectangle<Admission>[] = [];
  for (const cell of sending) {
    for (const other of receiving.meeting(cell)) {
      const from = peersAmong(cell.own, other.peers);
      const to = peersAmong(other.own, cell.peers);
      const policies = admissions.both(cell.admission, other.admission);
      for (const piece of network.split(from, to)) {
        const value = admissions.both(policies, piece.value);
        if (!admitsNothing(value)) rectangles.push({ ...piece, value });
      }
    }
  }
  return joined(rectangles).map(({ from, to, value }) => ({ from, to, family, admission: value }));
}

/** How many parties of a cell are looked at one by one. */
const FEW = 64;

/** The rectangles of receivers, found by who is in them. */
class ReceivingCells {
  readonly #cells: readonly Cell[];
  readonly #byOwn = new Map<number, number[]>();
  readonly #byPeer = new Map<number, number[]>();
  /** Those with so many peers that most senders are among them. */
  readonly #wide: number[] = [];

  constructor(cells: readonly Cell[]) {
    this.#cells = cells;
    for (const [index, { own, peers }] of cells.entries()) {
      for (const number of numbersIn(own)) pushTo(this.#byOwn, number, index);
      const few = fewPeers(peers);
      if (few === undefined) this.#wide.push(index);
      else for (const number of few) pushTo(this.#byPeer, number, index);
    }
  }

  /** The rectangles that share some pair with that of a sender. */
  *meeting({ own, peers }: Cell): Generator<Cell> {
    for (const index of this.#candidates(own, peers)) {
      const cell = this.#cells[index];
      if (cell !== undefined && arePeers(cell.own, peers) && arePeers(own, cell.peers)) yield cell;
    }
  }

  #candidates(own: BitSet, peers: Peers): Iterable<number> {
    const few = fewPeers(peers);
    if (few !== undefined) return new Set(few.flatMap((number) => this.#byOwn.get(number) ?? []));
    const fewOwn = fewOf(own);
    if (fewOwn === undefined) return this.#cells.keys();
    return new Set([...this.#wide, ...fewOwn.flatMap((number) => this.#byPeer.get(number) ?? [])]);
  }
}

function fewPeers({ set, areOthers }: Peers): readonly number[] | undefined {
  return areOthers ? undefined : fewOf(set);
}

function fewOf(set: BitSet): readonly number[] | undefined {
  if (set.words.length > FEW) return undefined;
  const numbers = numbersIn(set);
  return numbers.length > FEW ? undefined : numbers;
}

/** Parties that the network treats alike. */
class NetworkGroups {
  readonly #folding: Folding;
  readonly #groups: readonly (NetworkEnd & { readonly parties: BitSet })[];

  constructor(folding: Folding, family: Family) {
    this.#folding = folding;
    if (folding.network.isTransparent) {
      this.#groups = [];
      return;
    }
    const groups = new Map<string, NetworkEnd & { readonly numbers: number[] }>();
    for (const [number, party] of folding.parties) {
      const end = endOfParty(party, family);
      if (end === undefined) continue;
      const key = folding.network.keyOf(number, end, family);
      const group = groups.get(key) ?? { key, end, numbers: [] };
      groups.set(key, group);
      group.numbers.push(number);
    }
    this.#groups = [...groups.values()].map(({ key, end, numbers }) => ({ key, end, parties: bitsOf(numbers) }));
  }

  /** A rectangle, cut into those between which the network lets the same through. */
  split(from: BitSet, to: BitSet): readonly Rectangle<Admission>[] {
    if (this.#groups.length === 0) return [{ from, to, value: OPEN }];
    const senders = this.#among(from);
    const receivers = this.#among(to);
    return senders.flatMap((sender) => {
      const byAdmission = new Map<Admission, BitSet[]>();
      for (const receiver of receivers) {
        const admission = this.#folding.network.between(sender, receiver);
        pushTo(byAdmission, admission, receiver.parties);
      }
      return [...byAdmission].map(([value, sets]) => ({ from: sender.parties, to: unionOfBits(sets), value }));
    });
  }

  #among(set: BitSet): readonly (NetworkEnd & { readonly parties: BitSet })[] {
    return this.#groups.flatMap((group) => {
      const parties = intersectBits(group.parties, set);
      return isNoBits(parties) ? [] : [{ ...group, parties }];
    });
  }
}
