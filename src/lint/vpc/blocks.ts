/** Blocks of addresses that stand in the code. */
import { type AddressSet, isAddressError, parseCidr } from "../../net/address.ts";
import { unionOf } from "../../net/intervals.ts";

/** The union of CIDRs. Throws `TypeError` for a text that is none. */
export function blocks(...cidrs: readonly string[]): AddressSet {
  return unionOf(
    cidrs.map((text) => {
      const cidr = parseCidr(text);
      if (isAddressError(cidr)) throw new TypeError(`${text}: ${cidr.reason}`);
      return cidr.range;
    }),
  );
}
