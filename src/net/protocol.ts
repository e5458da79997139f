/** IP protocols by number, and what a filter can see of them. Numbers: IANA protocol numbers registry. */

export const TCP = 6;
export const UDP = 17;
export const SCTP = 132;
export const ICMP = 1;
export const ICMPV6 = 58;

const NAMES: ReadonlyMap<string, number> = new Map([
  ["icmp", ICMP],
  ["tcp", TCP],
  ["udp", UDP],
  ["dccp", 33],
  ["gre", 47],
  ["esp", 50],
  ["ah", 51],
  ["icmpv6", ICMPV6],
  ["sctp", SCTP],
  ["udplite", 136],
]);

const NUMBERS: ReadonlyMap<number, string> = new Map([...NAMES].map(([name, number]) => [number, name]));

/** The number of a protocol named in lower or upper case, or of a decimal text from 0 to 255. */
export function protocolNumber(text: string): number | undefined {
  const named = NAMES.get(text.toLowerCase());
  if (named !== undefined) return named;
  return /^\d{1,3}$/.test(text) && Number(text) <= 255 ? Number(text) : undefined;
}

/** `tcp`, or the number as text for a protocol without a common name. */
export function protocolText(protocol: number): string {
  return NUMBERS.get(protocol) ?? String(protocol);
}

/** What distinguishes two packets of one protocol: a pair of ports, an ICMP type and code, or nothing. */
export type HeaderKind = "ports" | "icmp" | "none";

export function headerKind(protocol: number): HeaderKind {
  switch (protocol) {
    case TCP:
    case UDP:
    case SCTP:
    case 33:
    case 136:
      return "ports";
    case ICMP:
    case ICMPV6:
      return "icmp";
    default:
      return "none";
  }
}
