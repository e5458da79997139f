/** Addresses and CIDRs inside objects. */
import { addressText, cidrsOf, isAddressError, parseAddress, parseCidr } from "../../net/address.ts";
import type { Cursor } from "./cursor.ts";
import { type Objection, shown, strangeRemedy } from "./syntax.ts";
import { checked, string } from "./types.ts";

export function addressObjection(text: string): Objection {
  const parsed = parseAddress(text);
  if (!isAddressError(parsed)) return undefined;
  return {
    reason: `${shown(text)} is not an IP address: ${parsed.reason}`,
    remedy: strangeRemedy(text) ?? "write it like 10.0.0.1 or fd00::1",
  };
}

/** An address; empty where not assigned. */
export const address = checked(string, (text) => (text === "" ? undefined : addressObjection(text)));

/** Reports a CIDR that no cluster takes as an error, one that newer clusters refuse as a warning. */
export function checkCidr(text: string, at: Cursor): void {
  const parsed = parseCidr(text);
  if (isAddressError(parsed)) {
    at.report("PC112", `${shown(text)} is not a CIDR: ${parsed.reason}`, cidrRemedy(text));
    return;
  }
  if (!parsed.hostBits) return;
  const [block = text] = cidrsOf([parsed.range]);
  const single = `${text.slice(0, text.indexOf("/"))}/${parsed.family === 4 ? 32 : 128}`;
  at.report(
    "PC117",
    `${shown(text)} has bits set beyond its prefix; it means ${block}, and newer clusters refuse it`,
    `write ${block}, or ${single} for the one address`,
  );
}

/** What to write in place of a text that is no CIDR. */
export function cidrRemedy(text: string): string {
  const strange = strangeRemedy(text);
  if (strange !== undefined) return strange;
  const parsed = parseAddress(text);
  if (!isAddressError(parsed))
    return `write ${addressText(parsed)}/${text.includes(":") ? 128 : 32} for this one address`;
  const decimal = text.replace(/(^|\.)0+(?=\d)/g, "$1");
  if (decimal !== text && !isAddressError(parseCidr(decimal))) return `write ${decimal}`;
  return "write it like 10.0.0.0/8 or fd00::/8";
}
