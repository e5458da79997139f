/** Flows as rectangles: what senders let out, receivers let in, and the network between them lets through. */
import type { Admission } from "../fold/admission.ts";
import { type Admissions, admitsNothing } from "../fold/admissions.ts";
import type { Folding } from "../fold/folding.ts";
import type { NetworkEnd } from "../fold/network.ts";
import { endOfParty } from "../fold/party.ts";
import type { Family } from "../net/address.ts";
import { bitsOf, type BitSet, intersectBits, isNoBits, unionOfBits } from "../net/bit-set.ts";
import type { Direction } from "../policy/model.ts";
import { CellTable } from "./cells.ts";
import { Meetings } from "./meetings.ts";
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
 * Disjoint rectangles of everything that passes or may, of one family. Without situations before, which they are depends on
 * what may pass alone, not on how policies say it; after edits the same pairs may be in others. Two cells meet once for as long as they are there, so that an edit costs what its own cells meet, and
 * putting rectangles together.
 */
export class BlockTable {
  readonly #family: Family;
  readonly #admissions: Admissions;
  readonly #cells: Readonly<Record<Direction, CellTable>>;
  readonly #meetings: Meetings;

  constructor(family: Family, admissions: Admissions) {
    this.#family = family;
    this.#admissions = admissions;
    this.#cells = { egress: new CellTable("egress", family), ingress: new CellTable("ingress", family) };
    this.#meetings = new Meetings(admissions);
  }

  /** O(cells of one side + blocks) the first time, as long as no many senders and many receivers have many differences. */
  of(folding: Folding): readonly Block[] {
    const [family, admissions] = [this.#family, this.#admissions];
    const policies = this.#meetings.of(this.#cells.egress.of(folding), this.#cells.ingress.of(folding));
    const network = new NetworkGroups(folding, family);
    const rectangles = network.isTransparent
      ? policies
      : policies.flatMap(({ from, to, value }) =>
          network.split(from, to).flatMap((piece) => {
            const both = admissions.both(value, piece.value);
            return admitsNothing(both) ? [] : [{ ...piece, value: both }];
          }),
        );
    return joined(rectangles).map(({ from, to, value }) => ({ from, to, family, admission: value }));
  }
}

/** Parties that the network treats alike. */
class NetworkGroups {
  readonly #folding: Folding;
  readonly #groups: readonly (NetworkEnd & { readonly parties: BitSet })[];
  readonly isTransparent: boolean;

  constructor(folding: Folding, family: Family) {
    this.#folding = folding;
    this.isTransparent = folding.network.isTransparent;
    if (this.isTransparent) {
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
    const senders = this.#among(from);
    const receivers = this.#among(to);
    return senders.flatMap((sender) => {
      const byAdmission = new Map<Admission, BitSet[]>();
      for (const receiver of receivers) {
        const admission = this.#folding.network.between(sender, receiver);
        byAdmission.set(admission, [...(byAdmission.get(admission) ?? []), receiver.parties]);
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
