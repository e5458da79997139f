/**
 * IP addresses and sets of them, both families on ONE number line: IPv4 occupies [0, 2^32), IPv6 occupies
 * [2^128, 2^129). The gap keeps intervals of different families from ever touching, so a single set algorithm, a single
 * canonical form and a single comparison serve both.
 */
import { contains, covers, type Interval, type Intervals, subtract, unionOf } from "./intervals.ts";

export type Family = 4 | 6;

/** A point on the number line described above. */
export type Address = bigint;

/** A canonical set of addresses, of one or both families. */
export type AddressSet = Intervals<bigint>;

const V6_START = 1n << 128n;

/** The whole of a family. */
export const IPV4: Interval<bigint> = { start: 0n, end: 1n << 32n };
export const IPV6: Interval<bigint> = { start: V6_START, end: V6_START << 1n };
export const ALL_ADDRESSES: AddressSet = [IPV4, IPV6];
export const NO_ADDRESSES: AddressSet = [];

export function familyOf(address: Address): Family {
  return address < V6_START ? 4 : 6;
}

/** The addresses of `set` that belong to `family`. */
export function ofFamily(set: AddressSet, family: Family): AddressSet {
  return set.filter((interval) => familyOf(interval.start) === family);
}

/** A block of addresses as written: network address, prefix length and whether host bits were set. */
export interface Cidr {
  readonly family: Family;
  readonly prefix: number;
  readonly range: Interval<bigint>;
  /** True when the text had bits set to the right of the prefix (`10.0.0.5/8`). */
  readonly hostBits: boolean;
}

/** Why a text is no address or CIDR; the text says what is wrong in a few words. */
export interface AddressError {
  readonly reason: string;
}

/** Parses a dotted IPv4 or an IPv6 address. Strict: no leading zeros, no zone, no white space, no IPv4-mapped IPv6. */
export function parseAddress(text: string): Address | AddressError {
  return text.includes(":") ? parseV6(text) : parseV4(text);
}

export function isAddressError(parsed: unknown): parsed is AddressError {
  return typeof parsed === "object" && parsed !== null && "reason" in parsed;
}

function parseV4(text: string): Address | AddressError {
  const value = valueOfV4(text);
  return value === undefined ? { reason: whyNotV4(text) } : BigInt(value);
}

const DOT = 46;
const ZERO = 48;

/** Undefined for what is no address. Dumps of clusters hold millions, so nothing is made on the way. */
function valueOfV4(text: string): number | undefined {
  let value = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const digit = code - ZERO;
    if (code === DOT && digits > 0 && dots < 3) {
      value = value * 256 + octet;
      dots++;
      octet = 0;
      digits = 0;
    } else {
      const hasLeadingZero = digits > 0 && octet === 0;
      octet = octet * 10 + digit;
      digits++;
      if (digit < 0 || digit > 9 || hasLeadingZero || octet > 255) return undefined;
    }
  }
  return dots === 3 && digits > 0 ? value * 256 + octet : undefined;
}

function whyNotV4(text: string): string {
  const octets = text.split(".");
  if (octets.length === 4) {
    for (const octet of octets) {
      if (!/^\d{1,3}$/.test(octet)) return `"${octet}" is not a number from 0 to 255`;
      if (octet.length > 1 && octet.startsWith("0")) return `"${octet}" has a leading zero`;
      if (Number(octet) > 255) return `${octet} is above 255`;
    }
  }
  return "an IPv4 address has four numbers separated by dots";
}

function parseV6(text: string): Address | AddressError {
  const halves = text.split("::");
  if (halves.length > 2) return { reason: "`::` may stand only once" };
  const isShortened = halves.length === 2;
  const head = groupsOf(halves[0] ?? "", !isShortened);
  const tail = isShortened ? groupsOf(halves[1] ?? "", true) : [];
  if (isAddressError(head)) return head;
  if (isAddressError(tail)) return tail;
  const missing = 8 - head.length - tail.length;
  if (isShortened ? missing < 1 : missing !== 0) return { reason: "an IPv6 address has eight groups" };
  let value = 0n;
  for (const group of [...head, ...Array.from({ length: missing }, () => 0), ...tail]) {
    value = (value << 16n) | BigInt(group);
  }
  if (value >> 32n === 0xffffn) return { reason: "an IPv4-mapped IPv6 address is ambiguous; write the IPv4 address" };
  return V6_START + value;
}

/** Only at the very end of an address may the last two groups be written as an IPv4 address. */
function groupsOf(text: string, atEnd: boolean): number[] | AddressError {
  if (text === "") return [];
  const groups: number[] = [];
  const words = text.split(":");
  for (const [index, word] of words.entries()) {
    if (atEnd && word.includes(".") && index === words.length - 1) {
      const v4 = parseV4(word);
      if (isAddressError(v4)) return v4;
      groups.push(Number(v4 >> 16n), Number(v4 & 0xffffn));
    } else if (/^[0-9a-fA-F]{1,4}$/.test(word)) {
      groups.push(Number.parseInt(word, 16));
    } else {
      return { reason: word === "" ? "empty group" : `"${word}" is not a group of one to four hexadecimal digits` };
    }
  }
  return groups;
}

/** Parses `ADDRESS/LENGTH`. Host bits are masked and reported, not refused: Kubernetes accepted them for years. */
export function parseCidr(text: string): Cidr | AddressError {
  const slash = text.indexOf("/");
  if (slash < 0) return { reason: "a CIDR needs a prefix length, like /24" };
  const address = parseAddress(text.slice(0, slash));
  if (isAddressError(address)) return address;
  const family = familyOf(address);
  const width = family === 4 ? 32 : 128;
  const length = text.slice(slash + 1);
  if (!/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > width) {
    return { reason: `"/${length}" is not a prefix length from /0 to /${width}` };
  }
  const prefix = Number(length);
  const start = blockStart(address, prefix);
  return { family, prefix, range: blockAt(start, prefix), hostBits: start !== address };
}

function blockStart(address: Address, prefix: number): bigint {
  const hostWidth = BigInt((familyOf(address) === 4 ? 32 : 128) - prefix);
  return (address >> hostWidth) << hostWidth;
}

function blockAt(start: bigint, prefix: number): Interval<bigint> {
  return { start, end: start + (1n << BigInt((familyOf(start) === 4 ? 32 : 128) - prefix)) };
}

export function single(address: Address): AddressSet {
  return [{ start: address, end: address + 1n }];
}

/** IPv6 in the form of RFC 5952: lower case, longest run of zero groups shortened. */
export function addressText(address: Address): string {
  if (familyOf(address) === 4) {
    return [24n, 16n, 8n, 0n].map((shift) => ((address >> shift) & 0xffn).toString()).join(".");
  }
  const groups = Array.from({ length: 8 }, (_, i) => Number(((address - V6_START) >> BigInt(112 - 16 * i)) & 0xffffn));
  let bestStart = -1;
  let bestLength = 1;
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > bestLength) {
      bestStart = start;
      bestLength = length;
    }
  }
  const words = groups.map((group) => group.toString(16));
  if (bestStart < 0) return words.join(":");
  return `${words.slice(0, bestStart).join(":")}::${words.slice(bestStart + bestLength).join(":")}`;
}

/** The fewest CIDR blocks that make up exactly `set`, in order. At most 2 x width blocks per interval. */
export function cidrsOf(set: AddressSet): readonly string[] {
  return set.flatMap(blocksOf).map(({ start, prefix }) => `${addressText(start)}/${prefix}`);
}

function blocksOf(interval: Interval<bigint>): { start: bigint; prefix: number }[] {
  const width = familyOf(interval.start) === 4 ? 32 : 128;
  const blocks: { start: bigint; prefix: number }[] = [];
  let start = interval.start;
  while (start < interval.end) {
    let size = 0;
    while (size < width) {
      const next = 1n << BigInt(size + 1);
      if ((start & (next - 1n)) !== 0n || start + next > interval.end) break;
      size++;
    }
    blocks.push({ start, prefix: width - size });
    start += 1n << BigInt(size);
  }
  return blocks;
}

/**
 * The shortest text of a set: whole families as `0.0.0.0/0` and `::/0`, single addresses bare, a CIDR where an interval
 * is one block, and `first-last` where it is not.
 */
export function addressSetText(set: AddressSet): readonly string[] {
  return set.map((interval) => {
    const blocks = blocksOf(interval);
    const [first] = blocks;
    if (blocks.length !== 1 || first === undefined) {
      return `${addressText(interval.start)}-${addressText(interval.end - 1n)}`;
    }
    const width = familyOf(interval.start) === 4 ? 32 : 128;
    return first.prefix === width ? addressText(first.start) : `${addressText(first.start)}/${first.prefix}`;
  });
}

/** The addresses of a CIDR without those of its exceptions. */
export function blockWithout(block: Cidr, exceptions: readonly Cidr[]): AddressSet {
  return subtract([block.range], unionOf(exceptions.map((exception) => exception.range)));
}

export function containsAddress(set: AddressSet, address: Address): boolean {
  return contains(set, address);
}

export function coversAddresses(outer: AddressSet, inner: AddressSet): boolean {
  return covers(outer, inner);
}
