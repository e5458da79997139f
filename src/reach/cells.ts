/** What policies let pass at one end, as disjoint rectangles over governed parties and their peers. */
import { type Admission, OPEN } from "../fold/admission.ts";
import type { Crowd } from "../fold/crowd.ts";
import { NO_CROWD } from "../fold/crowd.ts";
import type { Folding } from "../fold/folding.ts";
import type { GovernanceIndex } from "../fold/governance-index.ts";
import { type Peers, peersAmong, type Piece, type Ruling } from "../fold/ruling.ts";
import type { Family } from "../net/address.ts";
import { bitsOf, type BitSet, equalBits, hasBit, numbersIn, subtractBits } from "../net/bit-set.ts";
import { BitSetTable } from "../net/bit-set-table.ts";
import type { Direction } from "../policy/model.ts";

/** The same admission between each of `own` and each of `peers`, as far as the policies of `own` have a say. */
export interface Cell {
  readonly own: BitSet;
  readonly peers: Peers;
  readonly admission: Admission;
}

/** What passes between some parties and their peers; the same object as long as it is the same. */
type Row = readonly Piece[];

/** Parties with one ruling, or with none, in the cells of their row. */
interface Group {
  readonly ruling: Ruling | undefined;
  readonly arePods: boolean;
  readonly owners: Set<number>;
  row: Row;
}

/** A cell whose parties come and go. */
interface Slot {
  readonly piece: Piece;
  readonly owners: Set<number>;
  cell: Cell | undefined;
}

/**
 * The rectangles of one direction and family that let something pass or may; no pair is in two. Parties with the same peers
 * for an admission share its rectangle, so there are no more than policies make differences. From one situation to the next
 * parties are moved that come, go or are governed otherwise, and rulings are asked again if somebody came or went; cells to
 * which nothing happened stay the same objects.
 */
export class CellTable {
  readonly #direction: Direction;
  readonly #family: Family;
  #crowd: Crowd = NO_CROWD;
  #index: GovernanceIndex | undefined;
  #podRows = new PodRows(NO_CROWD.pods);
  readonly #groups = new Map<Ruling | undefined, Group[]>();
  readonly #groupOf: (Group | undefined)[] = [];
  readonly #slots = {
    peers: new Map<Admission, Map<BitSet, Slot>>(),
    others: new Map<Admission, Map<BitSet, Slot>>(),
  };
  #touched = new Set<Slot>();
  #cells: readonly Cell[] = [];

  constructor(direction: Direction, family: Family) {
    this.#direction = direction;
    this.#family = family;
  }

  /** O(parties that come, go or are governed otherwise); O(rulings) where some come or go. The same list if nothing changed. */
  of(folding: Folding): readonly Cell[] {
    const before = this.#crowd;
    const crowd = folding.crowds[this.#family];
    const index = folding.governanceIndex(this.#direction);
    const isSameCrowd = crowd.everyone === before.everyone && crowd.pods === before.pods;
    if (isSameCrowd && index === this.#index) return this.#cells;
    if (crowd.pods !== before.pods) this.#podRows = new PodRows(crowd.pods);
    for (const number of numbersIn(subtractBits(before.everyone, crowd.everyone))) this.#leave(number);
    const others =
      this.#index === undefined ? [] : folding.governedOtherwise(this.#direction, this.#family, this.#index);
    const moved = others.filter((number) => hasBit(before.everyone, number) && hasBit(crowd.everyone, number));
    for (const number of moved) this.#leave(number);
    for (const number of [...moved, ...numbersIn(subtractBits(crowd.everyone, before.everyone))]) {
      this.#enter(folding, number, crowd);
    }
    this.#crowd = crowd;
    this.#index = index;
    if (!isSameCrowd) for (const groups of this.#groups.values()) for (const group of groups) this.#ask(folding, group);
    for (const slot of this.#touched) this.#renew(slot);
    this.#touched = new Set();
    this.#cells = this.#filled();
    return this.#cells;
  }

  #leave(number: number): void {
    const group = this.#groupOf[number];
    if (group === undefined) return;
    this.#groupOf[number] = undefined;
    group.owners.delete(number);
    for (const piece of group.row) this.#slotOf(piece).owners.delete(number);
    if (group.owners.size > 0) return;
    const left = this.#groups.get(group.ruling)?.filter((other) => other !== group) ?? [];
    if (left.length === 0) this.#groups.delete(group.ruling);
    else this.#groups.set(group.ruling, left);
  }

  #enter(folding: Folding, number: number, { everyone, pods }: Crowd): void {
    const ruling = folding.ruling(this.#direction, number, this.#family);
    const arePods = hasBit(pods, number);
    const alike = this.#groups.get(ruling) ?? [];
    let group = alike.find((known) => known.arePods === arePods);
    if (group === undefined) {
      group = { ruling, arePods, owners: new Set(), row: [] };
      this.#groups.set(ruling, [...alike, group]);
    }
    this.#groupOf[number] = group;
    group.owners.add(number);
    for (const piece of group.row) this.#slotOf(piece).owners.add(number);
    if (group.owners.size === 1) this.#ask(folding, group, everyone);
  }

  /** Asks for the row of a group, and moves its parties into the cells of that. */
  #ask(folding: Folding, group: Group, everyone = this.#crowd.everyone): void {
    const row = this.#rowOf(folding, group, everyone);
    if (row === group.row) return;
    const [old, now] = [group.row, row].map((pieces) => new Set(pieces.map((piece) => this.#slotOf(piece))));
    for (const slot of old ?? [])
      if (now?.has(slot) !== true) for (const number of group.owners) slot.owners.delete(number);
    for (const slot of now ?? [])
      if (old?.has(slot) !== true) for (const number of group.owners) slot.owners.add(number);
    group.row = row;
  }

  #rowOf(folding: Folding, { ruling, arePods, owners }: Group, everyone: BitSet): Row {
    const [first] = owners;
    if (ruling === undefined || first === undefined) return this.#podRows.ungoverned;
    const row = folding.pieces(ruling, everyone, { direction: this.#direction, party: first, family: this.#family });
    return arePods ? row : this.#podRows.of(row);
  }

  /** The slot of a piece, to which something is about to happen. */
  #slotOf(piece: Piece): Slot {
    const slots = this.#slots[piece.peers.areOthers ? "others" : "peers"];
    const byPeers = slots.get(piece.admission) ?? new Map<BitSet, Slot>();
    slots.set(piece.admission, byPeers);
    const slot = byPeers.get(piece.peers.set) ?? { owners: new Set<number>(), piece, cell: undefined };
    byPeers.set(piece.peers.set, slot);
    this.#touched.add(slot);
    return slot;
  }

  #renew(slot: Slot): void {
    const { owners, piece, cell } = slot;
    if (owners.size > 0) {
      const own = bitsOf([...owners]);
      if (cell === undefined || !equalBits(cell.own, own)) slot.cell = { ...piece, own };
      return;
    }
    const slots = this.#slots[piece.peers.areOthers ? "others" : "peers"];
    const byPeers = slots.get(piece.admission);
    byPeers?.delete(piece.peers.set);
    if (byPeers?.size === 0) slots.delete(piece.admission);
  }

  #filled(): readonly Cell[] {
    const cells: Cell[] = [];
    for (const slots of [this.#slots.peers, this.#slots.others]) {
      for (const byPeers of slots.values()) {
        for (const { cell } of byPeers.values()) if (cell !== undefined) cells.push(cell);
      }
    }
    return cells;
  }
}

/** Rows of what is no pod: flows between two that are none are not asked about. */
class PodRows {
  readonly #pods: BitSet;
  /** Of what no policy governs. */
  readonly ungoverned: Row;
  readonly #sets = new BitSetTable();
  readonly #known = new WeakMap<Row, Row>();

  constructor(pods: BitSet) {
    this.#pods = this.#sets.one(pods);
    this.ungoverned = [{ peers: { set: this.#pods, areOthers: false }, admission: OPEN }];
  }

  of(row: Row): Row {
    const known =
      this.#known.get(row) ??
      row.map(({ peers, admission }) => {
        const set = this.#sets.one(peersAmong(this.#pods, peers));
        return { peers: { set, areOthers: false }, admission };
      });
    this.#known.set(row, known);
    return known;
  }
}
