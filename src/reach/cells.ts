/** What policies let pass at one end, as disjoint rectangles over governed parties and their peers. */
import { type Admission, OPEN } from "../fold/admission.ts";
import type { Folding } from "../fold/folding.ts";
import { type Judge, type Peers, peersAmong, type Piece, type Ruling } from "../fold/ruling.ts";
import type { Family } from "../net/address.ts";
import { bitsOf, type BitSet, numbersIn } from "../net/bit-set.ts";
import { BitSetTable } from "../net/bit-set-table.ts";
import type { Direction } from "../policy/model.ts";

/** The same admission between each of `own` and each of `peers`, as far as the policies of `own` have a say. */
export interface Cell {
  readonly own: BitSet;
  readonly peers: Peers;
  readonly admission: Admission;
}

/** Parties with one ruling. */
interface Group {
  readonly judge: Judge;
  readonly pods: number[];
  readonly others: number[];
}

/**
 * The rectangles of one direction that let something pass or may; no pair is in two. Parties with the same peers for an
 * admission share its rectangle, so there are no more than policies make differences. O(parties + pieces of rulings).
 */
export function cellsOf(folding: Folding, direction: Direction, family: Family): readonly Cell[] {
  const everyone = folding.everyone[family];
  const groups = new Map<Ruling, Group>();
  const pods: number[] = [];
  const ungoverned: number[] = [];
  for (const number of numbersIn(everyone)) {
    const isPod = folding.parties.get(number)?.kind === "pods";
    if (isPod) pods.push(number);
    const ruling = folding.ruling(direction, number, family);
    if (ruling === undefined) {
      ungoverned.push(number);
      continue;
    }
    const group = groups.get(ruling) ?? { judge: folding.judge(direction, number, family), pods: [], others: [] };
    groups.set(ruling, group);
    (isPod ? group.pods : group.others).push(number);
  }
  const cells = new Collected(bitsOf(pods));
  for (const [ruling, group] of groups) {
    for (const piece of ruling.pieces(everyone, group.judge)) {
      cells.add(group.pods, piece);
      cells.addAmongPods(group.others, piece);
    }
  }
  cells.addAmongPods(ungoverned, { peers: { set: everyone, areOthers: false }, admission: OPEN });
  return cells.all();
}

/** Rectangles by admission and peers. */
class Collected {
  readonly #pods: BitSet;
  readonly #sets = new BitSetTable();
  readonly #cells = {
    peers: new Map<Admission, Map<BitSet, number[]>>(),
    others: new Map<Admission, Map<BitSet, number[]>>(),
  };

  constructor(pods: BitSet) {
    this.#pods = pods;
  }

  /** `own` is not kept. */
  add(own: readonly number[], { peers, admission }: Piece): void {
    if (own.length === 0) return;
    const cells = this.#cells[peers.areOthers ? "others" : "peers"];
    const byPeers = cells.get(admission) ?? new Map<BitSet, number[]>();
    cells.set(admission, byPeers);
    const known = byPeers.get(peers.set);
    if (known === undefined) byPeers.set(peers.set, [...own]);
    else for (const number of own) known.push(number);
  }

  /** Flows between two that are no pods are not asked about. */
  addAmongPods(own: readonly number[], { peers, admission }: Piece): void {
    if (own.length === 0) return;
    this.add(own, { peers: { set: this.#sets.one(peersAmong(this.#pods, peers)), areOthers: false }, admission });
  }

  all(): readonly Cell[] {
    return (["peers", "others"] as const).flatMap((kind) =>
      [...this.#cells[kind]].flatMap(([admission, byPeers]) =>
        [...byPeers].map(([set, own]) => ({
          own: bitsOf(own),
          peers: { set, areOthers: kind === "others" },
          admission,
        })),
      ),
    );
  }
}
