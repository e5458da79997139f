/** Which rectangles of senders and of receivers share pairs, and what passes there. */
import type { Admission } from "../fold/admission.ts";
import { type Admissions, admitsNothing } from "../fold/admissions.ts";
import { arePeers, type Peers, peersAmong } from "../fold/ruling.ts";
import { type BitSet, numbersIn } from "../net/bit-set.ts";
import type { Cell } from "./cells.ts";
import type { Rectangle } from "./rectangle.ts";

/** How many parties of a cell are looked at one by one. */
const FEW = 64;

/** What senders let out and receivers let in. Cells that stay have met before, so only those are asked that are new. */
export class Meetings {
  readonly #admissions: Admissions;
  readonly #sending = new CellIndex();
  readonly #receiving = new CellIndex();
  /** By sender and receiver. */
  readonly #rectangles = new Map<Cell, Map<Cell, Rectangle<Admission>>>();

  constructor(admissions: Admissions) {
    this.#admissions = admissions;
  }

  /** Disjoint rectangles of everything that passes or may between cells that are each disjoint. */
  of(sending: readonly Cell[], receiving: readonly Cell[]): readonly Rectangle<Admission>[] {
    const senders = this.#sending.become(sending);
    const receivers = this.#receiving.become(receiving);
    for (const sender of senders.gone) this.#rectangles.delete(sender);
    for (const row of this.#rectangles.values()) for (const receiver of receivers.gone) row.delete(receiver);
    for (const sender of senders.come) {
      this.#rectangles.set(sender, new Map());
      for (const receiver of this.#receiving.meeting(sender)) this.#meet(sender, receiver);
    }
    const isNew = new Set(senders.come);
    for (const receiver of receivers.come) {
      for (const sender of this.#sending.meeting(receiver)) if (!isNew.has(sender)) this.#meet(sender, receiver);
    }
    return [...this.#rectangles.values()].flatMap((row) => [...row.values()]);
  }

  #meet(sender: Cell, receiver: Cell): void {
    const value = this.#admissions.both(sender.admission, receiver.admission);
    if (admitsNothing(value)) return;
    const rectangle = {
      from: peersAmong(sender.own, receiver.peers),
      to: peersAmong(receiver.own, sender.peers),
      value,
    };
    this.#rectangles.get(sender)?.set(receiver, rectangle);
  }
}

/** The cells of one side, found by who is in them. */
class CellIndex {
  #cells: ReadonlySet<Cell> = new Set();
  readonly #byOwn = new Places();
  readonly #byPeer = new Places();

  /** Takes in some cells and leaves out others, and says which. */
  become(cells: readonly Cell[]): { readonly gone: readonly Cell[]; readonly come: readonly Cell[] } {
    const now = new Set(cells);
    const gone = [...this.#cells].filter((cell) => !now.has(cell));
    const come = cells.filter((cell) => !this.#cells.has(cell));
    for (const cell of gone) {
      this.#byOwn.remove(fewOf(cell.own), cell);
      this.#byPeer.remove(fewPeers(cell.peers), cell);
    }
    for (const cell of come) {
      this.#byOwn.add(fewOf(cell.own), cell);
      this.#byPeer.add(fewPeers(cell.peers), cell);
    }
    this.#cells = now;
    return { gone, come };
  }

  /** The cells that share some pair with one of the other side. */
  meeting({ own, peers }: Cell): readonly Cell[] {
    const [few, fewOwn] = [fewPeers(peers), fewOf(own)];
    const candidates =
      few !== undefined ? this.#byOwn.of(few) : fewOwn !== undefined ? this.#byPeer.of(fewOwn) : this.#cells;
    return [...candidates].filter((cell) => arePeers(cell.own, peers) && arePeers(own, cell.peers));
  }
}

/** Cells by parties. */
class Places {
  readonly #cells = new Map<number, Set<Cell>>();
  /** Those with so many parties that they are looked at always. */
  readonly #wide = new Set<Cell>();

  add(parties: readonly number[] | undefined, cell: Cell): void {
    if (parties === undefined) this.#wide.add(cell);
    for (const party of parties ?? []) {
      const known = this.#cells.get(party);
      if (known === undefined) this.#cells.set(party, new Set([cell]));
      else known.add(cell);
    }
  }

  remove(parties: readonly number[] | undefined, cell: Cell): void {
    this.#wide.delete(cell);
    for (const party of parties ?? []) {
      const known = this.#cells.get(party);
      known?.delete(cell);
      if (known?.size === 0) this.#cells.delete(party);
    }
  }

  /** All cells with some of the parties, and perhaps others. */
  of(parties: readonly number[]): ReadonlySet<Cell> {
    const found = new Set(this.#wide);
    for (const party of parties) for (const cell of this.#cells.get(party) ?? []) found.add(cell);
    return found;
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
