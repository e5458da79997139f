/** Which parties the peers of rules mean. What was worked out stands while parties are added; only those are asked anew. */
import type { Selector } from "../labels/selector.ts";
import type { Family } from "../net/address.ts";
import { bitsOf, hasBit, numbersIn } from "../net/bit-set.ts";
import type { Peer } from "../policy/model.ts";
import type { EndFacts, FactNumbers } from "./end-facts.ts";
import {
  bothHold,
  doesNotHold,
  exactly,
  type Extent,
  NOBODY,
  perhaps,
  sameOr,
  someHolds,
  withNumber,
} from "./extent.ts";
import type { Selection } from "./labelled-objects.ts";
import { both, negation, type Ternary } from "./match.ts";
import { FAMILIES, type PartyTable } from "./party-table.ts";

/** An extent of each family, among the first `asked` parties. */
interface Known {
  asked: number;
  extents: Record<Family, Extent>;
}

/** The parties that are one of some peers. */
export interface PeerParties {
  /** Those of a family that there are now. The same object as long as nobody was added to it. */
  readonly of: (family: Family) => Extent;
}

export class PeerExtents {
  readonly #numbers: FactNumbers;
  readonly #table: PartyTable;
  readonly #bySelection = new WeakMap<Selection, Known>();
  readonly #byPeers = new WeakMap<readonly Peer[], PeerParties>();

  constructor(numbers: FactNumbers, table: PartyTable) {
    this.#numbers = numbers;
    this.#table = table;
  }

  /** The parties that are one of the peers in the family. The same object as long as nothing was added to it. */
  of(peers: readonly Peer[], family: Family): Extent {
    return this.parties(peers).of(family);
  }

  /** The parties that are one of the peers. */
  parties(peers: readonly Peer[]): PeerParties {
    const parties = this.#byPeers.get(peers) ?? this.#growing(peers);
    this.#byPeers.set(peers, parties);
    return parties;
  }

  #growing(peers: readonly Peer[]): PeerParties {
    const known: Known = { asked: this.#table.count, extents: this.#extentsOf(peers) };
    const of = (family: Family): Extent => {
      if (known.asked !== this.#table.count) {
        known.extents = this.#grown(peers, known);
        known.asked = this.#table.count;
      }
      return known.extents[family];
    };
    return { of };
  }

  #extentsOf(peers: readonly Peer[]): Known["extents"] {
    const worked = (family: Family): Extent => someHolds(peers.map((peer) => this.#ofPeer(peer, family)));
    return { 4: worked(4), 6: worked(6) };
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

  /** With the parties added since, which are asked one by one. */
  #grown(peers: readonly Peer[], { asked, extents }: Known): Known["extents"] {
    const worked = (family: Family): Extent =>
      this.#withAdded(extents[family], asked, family, (facts) => this.#isOneOf(peers, facts));
    return { 4: worked(4), 6: worked(6) };
  }

  #isOneOf(peers: readonly Peer[], facts: EndFacts): Ternary {
    let result: Ternary = false;
    for (const peer of peers) {
      const isPeer = this.#isPeer(peer, facts);
      if (isPeer === true) return true;
      if (isPeer === undefined) result = undefined;
    }
    return result;
  }

  /** The same of one party as `#ofPeer` of all. */
  #isPeer(peer: Peer, facts: EndFacts): Ternary {
    let result: Ternary = peer.unknown === undefined ? true : undefined;
    if (peer.addresses !== undefined) {
      const set = this.#numbers.addressSets.of(peer.addresses);
      result = both(result, facts.inside.includes(set) || (facts.perhapsInside.includes(set) ? undefined : false));
    }
    if (peer.service !== undefined) {
      const name = `${peer.service.namespace}/${peer.service.name}`;
      const serving = facts.serving.find(({ service }) => service === name);
      result = both(result, serving === undefined ? false : serving.isMember);
    }
    if (peer.selector !== undefined) result = both(result, this.#isSelected(peer.selector, facts));
    if (peer.notSelector !== undefined) result = both(result, negation(this.#isSelected(peer.notSelector, facts)));
    return result;
  }

  #isSelected(selector: Selector, facts: EndFacts): Ternary {
    return selectedAmong(this.#numbers.objects.selectedBy(selector), facts);
  }

  /** The parties that bear an object which the selector selects. */
  selectedBy(selector: Selector, family: Family): Extent {
    const selection = this.#numbers.objects.selectedBy(selector);
    const known = this.#bySelection.get(selection) ?? { asked: 0, extents: { 4: NOBODY, 6: NOBODY } };
    this.#bySelection.set(selection, known);
    if (known.asked !== this.#table.count) {
      for (const of of FAMILIES) {
        if (known.asked === 0) {
          known.extents[of] = this.#bearing(selection, of);
          continue;
        }
        const holds = (facts: EndFacts): Ternary => selectedAmong(selection, facts);
        known.extents[of] = this.#withAdded(known.extents[of], known.asked, of, holds);
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

  /** An extent with those parties from `start` on of whom it holds; the same object where there are none. */
  #withAdded(extent: Extent, start: number, family: Family, holds: (facts: EndFacts) => Ternary): Extent {
    let result = extent;
    for (let party = start; party < this.#table.count; party++) {
      const facts = this.#table.facts(party, family);
      const isSo = facts === undefined ? false : holds(facts);
      if (isSo !== false) result = withNumber(result, party, isSo === true);
    }
    return result;
  }
}

/** Whether an end with these facts bears an object of the selection. */
function selectedAmong({ extent }: Selection, { bearers }: EndFacts): Ternary {
  let result: Ternary = false;
  for (const { object, isSure } of bearers) {
    if (!hasBit(extent.possible, object)) continue;
    if (isSure && hasBit(extent.certain, object)) return true;
    result = undefined;
  }
  return result;
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
