/** Which packets one rule of an ACL or of a security group meets. */
import { contains, parseAddress, parseCidr, sameAddress } from "./address.ts";
import type { Address } from "./address.ts";
import { ICMP, TCP, UDP } from "./vpc-header.ts";
import type { Header } from "./vpc-header.ts";
import type { RawRuleTraffic } from "./vpc-objects.ts";

/** What an allowing "all" means: the three protocols the documentation lists, or every one as some believe. */
export type LegacyAll = "three protocols" | "every protocol";

const numbers: ReadonlyMap<string, number> = new Map([
  ["icmp", ICMP],
  ["tcp", TCP],
  ["udp", UDP],
  ["ah", 51],
  ["esp", 50],
  ["gre", 47],
  ["ip_in_ip", 4],
  ["l2tp", 115],
  ["rsvp", 46],
  ["sctp", 132],
  ["vrrp", 112],
]);

/** Numbers that have a name, or belong to IPv6, may not be written as a number. */
const unnumbered = new Set([...numbers.values(), 0, 43, 44, 58, 59, 60, 135]);

/** Does the rule's protocol, with its ports or ICMP fields, meet the packet? Throws on a protocol the API refuses. */
export function trafficMatches(rule: RawRuleTraffic, action: string, header: Header, legacyAll: LegacyAll): boolean {
  const { protocol } = header;
  if (rule.protocol === "any") return true;
  if (rule.protocol === "icmp_tcp_udp" && action === "deny") throw new Error("icmp_tcp_udp cannot be denied");
  if (rule.protocol === "all" && action === "deny") return true;
  if (rule.protocol === "all" || rule.protocol === "icmp_tcp_udp") {
    return legacyAll === "every protocol" || [ICMP, TCP, UDP].includes(protocol);
  }
  if (numberOf(rule.protocol) !== protocol) return false;
  if (protocol === ICMP) return isOr(rule.type, header.icmpType) && isOr(rule.code, header.icmpCode);
  if (protocol !== TCP && protocol !== UDP) return true;
  return (
    isWithin(header.sourcePort, rule.source_port_min, rule.source_port_max) &&
    isWithin(header.destinationPort, rule.destination_port_min, rule.destination_port_max) &&
    isWithin(header.destinationPort, rule.port_min, rule.port_max)
  );
}

function numberOf(name: string): number {
  const named = numbers.get(name);
  if (named !== undefined) return named;
  const number = Number(/^number_(0|[1-9][0-9]{0,2})$/u.exec(name)?.[1] ?? Number.NaN);
  if (!(number <= 255) || unnumbered.has(number)) throw new Error(`no protocol "${name}"`);
  return number;
}

/** A type or code that is not written means any. */
function isOr(written: number | null | undefined, own: number | undefined): boolean {
  return written === null || written === undefined || written === own;
}

/** Ports that are not written are 1 to 65535, as the API fills them in. */
function isWithin(port: number | undefined, min = 1, max = 65_535): boolean {
  return port !== undefined && min <= port && port <= max;
}

/** An address or a CIDR; bits beyond the prefix do not count. */
export function sideMatches(text: string, address: Address): boolean {
  return text.includes("/") ? contains(parseCidr(text), address) : sameAddress(parseAddress(text), address);
}
