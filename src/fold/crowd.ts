/** Who is there, as sets of the numbers of parties. */
import type { Family } from "../net/address.ts";
import { bitsOf, type BitSet, equalBits, NO_BITS } from "../net/bit-set.ts";
import type { Party } from "./party.ts";
import type { PartyTable } from "./party-table.ts";

/** Parties that have an address in a family. */
export interface Crowd {
  readonly everyone: BitSet;
  /** Those of them that are pods. */
  readonly pods: BitSet;
}

export const NO_CROWD: Crowd = { everyone: NO_BITS, pods: NO_BITS };

/** The crowd of a situation; sets that are as they were are the same objects. O(parties). */
export function crowdOf(
  parties: ReadonlyMap<number, Party>,
  table: PartyTable,
  family: Family,
  before: Crowd = NO_CROWD,
): Crowd {
  const everyone: number[] = [];
  const pods: number[] = [];
  for (const [number, { kind }] of parties) {
    if (table.facts(number, family) === undefined) continue;
    everyone.push(number);
    if (kind === "pods") pods.push(number);
  }
  return { everyone: sameOr(before.everyone, bitsOf(everyone)), pods: sameOr(before.pods, bitsOf(pods)) };
}

function sameOr(known: BitSet, set: BitSet): BitSet {
  return equalBits(known, set) ? known : set;
}
