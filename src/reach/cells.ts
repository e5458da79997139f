/** What policies let pass at one end, as disjoint rectangles over governed parties and their peers. */
import { type Admission, OPEN } from "../fold/admission.ts";
import { admitsNothing } from "../fold/admissions.ts";
import type { Folding } from "../fold/folding.ts";
import type { Ruling } from "../fold/ruling.ts";
import type { Family } from "../net/address.ts";
import { bitsOf, type BitSet, intersectBits, isNoBits, numbersIn } from "../net/bit-set.ts";
import { BitSetTable } from "../net/bit-set-table.ts";
import type { Direction } from "../policy/model.ts";

/** The same admission between each of `own` and each of `peers`, as far as the policies of `own` have a say. */
export interface Cell {
  readonly own: BitSet;
  readonly peers: BitSet;
  readonly admission: Admission;
}

/**
 * The rectangles of one direction that let something pass or may; no pair is in two. Parties with the same peers for an
 * admission share its rectangle, so there are no more than policies make differences.
 */
export function cellsOf(folding: Folding, direction: Direction, family: Family): readonly Cell[] {
  const everyone = folding.everyone[family];
  const pods = podsAmong(folding, family);
  const groups = new Map<Ruling | undefined, { readonly pods: number[]; readonly others: number[] }>();
  for (const number of numbersIn(everyone)) {
    const ruling = folding.ruling(direction, number, family);
    const group = groups.get(ruling) ?? { pods: [], others: [] };
    groups.set(ruling, group);
    (folding.parties.get(number)?.kind === "pods" ? group.pods : group.others).push(number);
  }
  const cells = new Collected();
  for (const [ruling, group] of groups) {
    for (const { peers, admission } of piecesOf(ruling, everyone)) {
      cells.add(group.pods, peers, admission);
      // Flows between two that are no pods are not asked about.
      cells.add(group.others, intersectBits(peers, pods), admission);
    }
  }
  return cells.all();
}

function piecesOf(ruling: Ruling | undefined, everyone: BitSet): readonly Pick<Cell, "peers" | "admission">[] {
  if (ruling === undefined) return [{ peers: everyone, admission: OPEN }];
  const pieces = ruling.pieces.filter(({ admission }) => !admitsNothing(admission));
  return admitsNothing(ruling.rest) ? pieces : [...pieces, { peers: ruling.others, admission: ruling.rest }];
}

function podsAmong(folding: Folding, family: Family): BitSet {
  return bitsOf(numbersIn(folding.everyone[family]).filter((number) => folding.parties.get(number)?.kind === "pods"));
}

/** Rectangles by admission and peers. */
class Collected {
  readonly #sets = new BitSetTable();
  readonly #cells = new Map<Admission, Map<BitSet, number[]>>();

  add(own: readonly number[], peers: BitSet, admission: Admission): void {
    if (own.length === 0 || isNoBits(peers)) return;
    const byPeers = this.#cells.get(admission) ?? new Map<BitSet, number[]>();
    this.#cells.set(admission, byPeers);
    const set = this.#sets.one(peers);
    const known = byPeers.get(set);
    if (known === undefined) byPeers.set(set, [...own]);
    else for (const number of own) known.push(number);
  }

  all(): readonly Cell[] {
    return [...this.#cells].flatMap(([admission, byPeers]) =>
      [...byPeers].map(([peers, own]) => ({ own: bitsOf(own), peers, admission })),
    );
  }
}
