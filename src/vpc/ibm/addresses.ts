/** Addresses and blocks as exports, tables and commands write them. */
import {
  type Address,
  type AddressSet,
  cidrsOf,
  familyOf,
  isAddressError,
  NO_ADDRESSES,
  parseAddress,
  parseCidr,
  single,
} from "../../net/address.ts";
import { addressObjection, cidrRemedy } from "../../resources/schema/address.ts";
import { shown } from "../../resources/schema/syntax.ts";
import type { Told } from "./told.ts";

/** Digits hidden behind x, as documentation prints them. */
const HIDDEN = /^(?=.*x)[\dx]{1,3}(\.[\dx]{1,3}){3}(\/[\dx]{1,2})?$/i;

/** Reports a text that is no address, and gives undefined. */
export function addressOf({ value, at }: Told<string>): Address | undefined {
  if (isHidden({ value, at })) return undefined;
  const parsed = parseAddress(value);
  if (!isAddressError(parsed)) return parsed;
  const objection = addressObjection(value);
  at.report("PC112", objection?.reason ?? parsed.reason, objection?.remedy ?? "write it like 10.0.0.1");
  return undefined;
}

/** The addresses of a CIDR. Host bits are masked and reported; what is no CIDR is reported and gives the empty set. */
export function blockOf({ value, at }: Told<string>): AddressSet {
  if (isHidden({ value, at })) return NO_ADDRESSES;
  const parsed = parseCidr(value);
  if (isAddressError(parsed)) {
    at.report("PC112", `${shown(value)} is not a CIDR: ${parsed.reason}`, cidrRemedy(value));
    return NO_ADDRESSES;
  }
  if (parsed.hostBits) {
    const [block = value] = cidrsOf([parsed.range]);
    at.report(
      "PC203",
      `${shown(value)} has bits set beyond its prefix, and means ${block}`,
      `write ${block}, or ${value.slice(0, value.indexOf("/"))} for the one address`,
    );
  }
  return [parsed.range];
}

/** A CIDR or one address, of the only family that a VPC carries. Reports what is neither, and gives the empty set. */
export function addressesOf(told: Told<string>): AddressSet {
  const { value, at } = told;
  const set = value.includes("/") ? blockOf(told) : singleOf(told);
  const [first] = set;
  if (first === undefined || familyOf(first.start) === 4) return set;
  at.report("PC112", `${shown(value)} is IPv6, and rules of a VPC are about IPv4`, "write an IPv4 address or CIDR");
  return NO_ADDRESSES;
}

function singleOf(told: Told<string>): AddressSet {
  const address = addressOf(told);
  return address === undefined ? NO_ADDRESSES : single(address);
}

function isHidden({ value, at }: Told<string>): boolean {
  if (!HIDDEN.test(value)) return false;
  at.report("PC112", `${shown(value)} is a placeholder, not an address`, "write the real digits in place of x");
  return true;
}
