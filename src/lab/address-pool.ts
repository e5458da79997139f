/** Which addresses a lab can use at all, and handing out those that nobody has. */
import { type Address, type AddressSet, type Family, IPV4, IPV6, isAddressError, parseCidr } from "../net/address.ts";
import { contains, equal, type Interval, unionOf } from "../net/intervals.ts";

/**
 * Addresses that no host can have or that routers do not forward: RFC 6890 ("this network", loopback, link-local,
 * multicast, reserved), and in IPv6 the blocks that embed IPv4 addresses (RFC 4291), which sockets refuse.
 */
export const UNROUTABLE: AddressSet = unionOf(
  ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/95", "::fffe:0:0/95", "fe80::/10", "ff00::/8"].map(
    blockOf,
  ),
);

/** The range of a CIDR that stands in this program's text. Throws when it does not parse. */
export function blockOf(text: string): Interval<bigint> {
  const cidr = parseCidr(text);
  if (isAddressError(cidr)) throw new Error(`${text}: ${cidr.reason}`);
  return cidr.range;
}

/** True when the set says nothing about the family but that it exists. */
export function isWholeFamily(set: AddressSet, family: Family): boolean {
  return equal(set, [family === 4 ? IPV4 : IPV6]);
}

/** Hands out free addresses in ascending order; the same calls give the same addresses. */
export class AddressPool {
  readonly #taken: Set<Address>;

  constructor(taken: Iterable<Address>) {
    this.#taken = new Set(taken);
  }

  /** The first address of the range that is free and usable; undefined when there is none. */
  take(range: AddressSet): Address | undefined {
    for (const { start, end } of range) {
      // The first two of a block are the network's own and the gateway's by custom.
      for (let address = end - start > 4n ? start + 2n : start; address < end; address++) {
        if (contains(UNROUTABLE, address)) break;
        if (this.#taken.has(address)) continue;
        this.#taken.add(address);
        return address;
      }
    }
    return undefined;
  }
}
