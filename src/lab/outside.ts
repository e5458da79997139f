/** Which outside addresses tell every address rule of a situation apart. */
import { atoms } from "../fold/classes.ts";
import { type Address, addressText, type AddressSet, type Family } from "../net/address.ts";
import { subtract, unionOf } from "../net/intervals.ts";
import type { Situation } from "../situation/situation.ts";
import { UNROUTABLE } from "./address-pool.ts";

/**
 * The first and last usable address of every interval of every atom: so there is one inside and one outside of each CIDR
 * and exception, at its borders. At most `limit`, the first of each atom before all others; a note says what is missing.
 * The addresses in `always` come first and do not count.
 */
export function outsideAddresses(
  situation: Situation,
  families: readonly Family[],
  limit: number,
  always: readonly Address[],
): { readonly addresses: readonly Address[]; readonly notes: readonly string[] } {
  const hidden = hiddenAddresses(situation);
  const usable = atoms(situation)
    .filter((atom) => families.includes(atom.family))
    .map((atom) => subtract(atom.where, hidden))
    .filter((where) => where.length > 0);
  const chosen = new Set<Address>();
  for (const [first] of usable) if (first !== undefined) chosen.add(first.start);
  for (const where of usable) for (const { start } of where) chosen.add(start);
  for (const where of usable) for (const { end } of where) chosen.add(end - 1n);
  for (const address of always) chosen.delete(address);
  const addresses = [...always, ...[...chosen].slice(0, limit)];
  const left = [...chosen].slice(limit);
  const notes =
    left.length === 0
      ? []
      : [
          `${left.length} of ${chosen.size} outside addresses that rules tell apart are left out ` +
            `(the limit is ${limit}): ${left.slice(0, 5).map(addressText).join(", ")}${left.length > 5 ? ", ..." : ""}`,
        ];
  return { addresses: addresses.sort((a, b) => (a < b ? -1 : 1)), notes };
}

/** Addresses that stand for something else than the outside, or that no packet can have. */
function hiddenAddresses({ inventory }: Situation): AddressSet {
  const held = [...inventory.podsAt.keys(), ...inventory.nodeAt.keys(), ...inventory.serviceAt.keys()];
  return unionOf([...UNROUTABLE, ...held.map((address) => ({ start: address, end: address + 1n }))]);
}
