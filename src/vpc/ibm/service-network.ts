/** The networks of IBM Cloud's own services. */
import { type AddressSet, isAddressError, parseCidr } from "../../net/address.ts";
import { unionOf } from "../../net/intervals.ts";

/**
 * Infrastructure (DNS, time, mirrors) and service endpoints. They look like addresses of the internet and are none: every
 * subnet reaches them without a gateway. Access lists and groups apply to them.
 */
export const SERVICE_NETWORKS: AddressSet = unionOf(["161.26.0.0/16", "166.8.0.0/14"].map(blockOf));

function blockOf(text: string): { readonly start: bigint; readonly end: bigint } {
  const cidr = parseCidr(text);
  if (isAddressError(cidr)) throw new TypeError(cidr.reason);
  return cidr.range;
}
