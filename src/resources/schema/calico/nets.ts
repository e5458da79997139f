/** Lists of addresses: masked CIDRs in rules, anything that is an address or block in network sets. */
import { cidrsOf, isAddressError, parseAddress, parseCidr } from "../../../net/address.ts";
import { addressObjection, cidrRemedy } from "../address.ts";
import { shown } from "../syntax.ts";
import { checked, list, string, sized, type Type } from "../types.ts";

const ruleNet = checked(string, (text) => {
  const parsed = parseCidr(text);
  if (isAddressError(parsed)) {
    return { reason: `${shown(text)} is not a CIDR: ${parsed.reason}`, remedy: cidrRemedy(text) };
  }
  if (!parsed.hostBits) return undefined;
  const [block = text] = cidrsOf([parsed.range]);
  const single = `${text.slice(0, text.indexOf("/"))}/${parsed.family === 4 ? 32 : 128}`;
  const reason = `${shown(text)} has bits set beyond its prefix, which Calico refuses in rules`;
  return { reason, remedy: `write ${block}, or ${single} for the one address` };
});

/** CIDRs without host bits. */
export const ruleNets: Type<readonly string[]> = sized(list(ruleNet), 0, 256);

/** Nothing is left by an exception of everything. */
export const ruleNotNets: Type<readonly string[]> = sized(
  list(
    checked(ruleNet, (text) => {
      const parsed = parseCidr(text);
      if (isAddressError(parsed) || parsed.prefix > 0) return undefined;
      return {
        reason: `${shown(text)} leaves no address of its family, so the rule matches nothing`,
        remedy: "remove the rule, or write smaller blocks",
      };
    }),
  ),
  0,
  256,
);

/** Addresses and CIDRs, masked or not. */
export const setNets: Type<readonly string[]> = list(
  checked(string, (text) => {
    if (!text.includes("/")) return isAddressError(parseAddress(text)) ? addressObjection(text) : undefined;
    const parsed = parseCidr(text);
    if (!isAddressError(parsed)) return undefined;
    return { reason: `${shown(text)} is not a CIDR: ${parsed.reason}`, remedy: cidrRemedy(text) };
  }),
);
