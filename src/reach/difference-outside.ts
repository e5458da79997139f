/** The parties of addresses that no pod bears, along the number line of addresses. */
import type { Address } from "../net/address.ts";
import type { Interval } from "../net/intervals.ts";
import type { Flows } from "./flows.ts";

interface Block extends Interval<bigint> {
  readonly party: number;
}

/** Addresses that are in one party before and one after. */
export interface SharedBlock {
  readonly before: number;
  readonly after: number;
  readonly block: Interval<bigint>;
}

export class OutsideLine {
  /** Ascending; they hold every address. */
  readonly #blocks: readonly Block[];

  /** O(b log b) for b blocks. */
  constructor({ parties }: Flows) {
    this.#blocks = [...parties]
      .flatMap(([number, party]) =>
        party.kind === "outside" ? party.atom.where.map(({ start, end }) => ({ start, end, party: number })) : [],
      )
      .sort((a, b) => (a.start < b.start ? -1 : 1));
  }

  /** O(blocks). Throws where none holds the address, which is no address then. */
  partyAt(address: Address): number {
    const block = this.#blocks.find(({ start, end }) => start <= address && address < end);
    if (block === undefined) throw new Error(`no party holds address ${address}`);
    return block.party;
  }

  /** Both lines cut at the borders of both. O(blocks of both). */
  *sharedWith(after: OutsideLine): Generator<SharedBlock> {
    let at = 0;
    for (const one of this.#blocks) {
      for (let other = after.#blocks[at]; other !== undefined && other.start < one.end; other = after.#blocks[at]) {
        const start = one.start > other.start ? one.start : other.start;
        const end = one.end < other.end ? one.end : other.end;
        if (start < end) yield { before: one.party, after: other.party, block: { start, end } };
        if (other.end > one.end) break;
        at++;
      }
    }
  }
}
