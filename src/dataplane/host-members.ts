/** Everyone that rules at host endpoints may speak of, as far as any rule tells them apart. */
import type { Folding } from "../fold/folding.ts";
import { addressesIn, endOfParty } from "../fold/party.ts";
import { type Address, type Family, familyOf } from "../net/address.ts";
import type { Interval } from "../net/intervals.ts";
import { type End, endAt } from "../path/end.ts";

export interface Member {
  readonly party: number;
  /** One of those that the party stands for. */
  readonly end: End;
  readonly blocks: readonly Interval<Address>[];
  /** Whether the blocks are addresses of pods or nodes rather than such that nobody bears. */
  readonly areSingle: boolean;
}

/** Every end that has an address in the family. */
export function membersOf({ parties, situation }: Folding, family: Family): readonly Member[] {
  return [...parties].flatMap(([party, known]): readonly Member[] => {
    if (known.kind === "pods") {
      const addresses = known.pods.flatMap((pod) => addressesIn(known, pod, family));
      const [first] = addresses;
      if (first === undefined) return [];
      return [{ party, end: endAt(situation.inventory, first), blocks: addresses.map(blockOf), areSingle: true }];
    }
    const end = endOfParty(known, family);
    if (end === undefined) return [];
    const ends = known.ends.filter(({ where }) => familyOf(where[0]?.start ?? 0n) === family);
    return [{ party, end, blocks: ends.flatMap(({ where }) => where), areSingle: known.kind === "node" }];
  });
}

function blockOf(address: Address): Interval<Address> {
  return { start: address, end: address + 1n };
}
