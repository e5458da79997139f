/** Which parties the peers of rules mean. What was worked out stands while parties are added; only those are asked anew. */
import type { Selector } from "../labels/selector.ts";
import type { Family } from "../net/address.ts";
import { bitsOf, hasBit, numbersIn } from "../net/bit-set.ts";
import type { Peer } from "../policy/model.ts";
import type { FactNumbers } from "./end-facts.ts";
import { bothHold, doesNotHold, exactly, type Extent, NOBODY, perhaps, sameOr, someHolds } from "./extent.ts";
import type { Selection } from "./labelled-objects.ts";
import { FAMILIES, type PartyTable } from "./party-table.ts";

/** An extent of each family, among the first `asked` parties. */
interface Known {
  asked: number;
  extents: Record<Family, Extent>;
}

export class PeerExtents {
  readonly #numbers: FactNumbers;
  readonly #table: PartyTable;
  readonly #bySelection = new WeakMap<Selection, Known>();
  readonly #byPeers = new WeakMap<readonly Peer[], Known>();

  constructor(numbers: FactNumbers, table: PartyTable) {
    this.#numbers = numbers;
    this.#table = table;
  }

  /** The parties that are one of the peers in the family. The same object as long as nothing was added to it. */
  of(peers: readonly Peer[], family: Family): Extent {
    const known = this.#byPeers.get(peers);
    if (known?.asked === this.#table.count) return known.extents[family];
    const worked = (of: Family): Extent =>
      sameOr(known?.extents[of], someHolds(peers.map((peer) => this.#ofPeer(peer, of))));
    const extents = { 4: worked(4), 6: worked(6) };
    this.#byPeers.set(peers, { asked: this.#table.count, extents });
    return extents[family];
  }

  /** Everything a peer gives must hold. */
  #ofPeer(peer: Peer, family: Family): Extent {
    const index = this.#table.families[family];
    const parts: Extent[] = [];
    if (peer.addresses !== undefined) parts.push(index.inside(this.#numbers.addressSets.of(peer.addresses)));
    if (peer.service !== undefined) parts.push(index.members(`${peer.service.namespace}/${peer.service.name}`));
    if (peer.selector !== undefined) parts.push(this.selectedBy(peer.selector, family));
    if (peer.notSelector !== undefined) {
      parts.push(doesNotHold(index.all.set, this.selectedBy(peer.notSelector, family)));
    }
    const extent = parts.length === 0 ? exactly(index.all.set) : parts.reduce(bothHold);
    return peer.unknown === undefined ? extent : perhaps(extent);
  }

  /** The parties that bear an object which the selector selects. */
  selectedBy(selector: Selector, family: Family): Extent {
    const selection = this.#numbers.objects.selectedBy(selector);
    const known = this.#bySelection.get(selection) ?? { asked: 0, extents: { 4: NOBODY, 6: NOBODY } };
    this.#bySelection.set(selection, known);
    if (known.asked !== this.#table.count) {
      for (const of of FAMILIES) {
        const found = known.asked === 0 ? this.#bearing(selection, of) : this.#bearingAmong(selection, of, known.asked);
        if (found !== NOBODY) known.extents[of] = known.asked === 0 ? found : someHolds([known.extents[of], found]);
      }
      known.asked = this.#table.count;
    }
    return known.extents[family];
  }

  #bearing({ extent }: Selection, family: Family): Extent {
    const certain: number[] = [];
    const possible: number[] = [];
    for (const object of numbersIn(extent.possible)) {
      const isSelected = extent.certain === extent.possible || hasBit(extent.certain, object);
      for (const { party, isSure } of this.#table.families[family].bearing(object)) {
        possible.push(party);
        if (isSelected && isSure) certain.push(party);
      }
    }
    return extentOf(certain, possible);
  }

  #bearingAmong({ extent }: Selection, family: Family, start: number): Extent {
    const certain: number[] = [];
    const possible: number[] = [];
    for (let party = start; party < this.#table.count; party++) {
      for (const { object, isSure } of this.#table.facts(party, family)?.bearers ?? []) {
        if (!hasBit(extent.possible, object)) continue;
        possible.push(party);
        if (isSure && hasBit(extent.certain, object)) certain.push(party);
      }
    }
    return extentOf(certain, possible);
  }
}

/** A party may bear several objects: it is in the set if one of them is. */
function extentOf(certain: readonly number[], possible: readonly number[]): Extent {
  if (possible.length === 0) return NOBODY;
  const set = bitsOf(possible);
  return certain.length === possible.length ? exactly(set) : sharpened(certain, set);
}

function sharpened(certain: readonly number[], possible: Extent["possible"]): Extent {
  const sure = bitsOf(certain);
  return sameOr(exactly(possible), { certain: sure, possible });
}
