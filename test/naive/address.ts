/** Addresses and CIDRs for the naive reading, on bigint, sharing no code with the product. */

export interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** The addresses from first to last, both included. */
export interface Block {
  readonly family: 4 | 6;
  readonly prefix: number;
  readonly first: bigint;
  readonly last: bigint;
}

/** Reads dotted IPv4 or hexadecimal IPv6; throws on anything else, also on leading zeros in IPv4 and on mixed notation. */
export function parseAddress(text: string): Address {
  return text.includes(":")
    ? { family: 6, value: parseGroups(text) }
    : { family: 4, value: parseNumbers(text, text.split("."), 4, /^(0|[1-9][0-9]{0,2})$/u, 10, 256) };
}

function parseGroups(text: string): bigint {
  const halves = text.split("::");
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  if (halves.length === 1) return parseNumbers(text, head, 8, /^[0-9a-f]{1,4}$/iu, 16, 65_536);
  const missing = 8 - head.length - tail.length;
  if (halves.length > 2 || missing < 1) throw new Error(`not an IP address: "${text}"`);
  const groups = [...head, ...Array.from({ length: missing }, () => "0"), ...tail];
  return parseNumbers(text, groups, 8, /^[0-9a-f]{1,4}$/iu, 16, 65_536);
}

function parseNumbers(
  text: string,
  parts: readonly string[],
  count: number,
  form: RegExp,
  radix: number,
  base: number,
): bigint {
  let value = 0n;
  for (const part of parts) {
    const number = Number.parseInt(part, radix);
    if (!form.test(part) || number >= base) throw new Error(`not an IP address: "${text}"`);
    value = value * BigInt(base) + BigInt(number);
  }
  if (parts.length !== count) throw new Error(`not an IP address: "${text}"`);
  return value;
}

/** Dotted IPv4, or IPv6 as RFC 5952 writes it: lower case, the first longest run of two or more zero groups as `::`. */
export function formatAddress({ family, value }: Address): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join(".");
  const groups = Array.from({ length: 8 }, (_, group) => ((value >> BigInt(112 - 16 * group)) & 0xffffn).toString(16));
  const zeros = { start: 0, length: 0 };
  for (let start = 0; start < 8; start += 1) {
    const end = groups.findIndex((group, index) => index >= start && group !== "0");
    const length = (end === -1 ? 8 : end) - start;
    if (length > zeros.length) Object.assign(zeros, { start, length });
  }
  if (zeros.length < 2) return groups.join(":");
  return `${groups.slice(0, zeros.start).join(":")}::${groups.slice(zeros.start + zeros.length).join(":")}`;
}

/** Reads `address/prefix`; bits beyond the prefix are masked. Throws on anything else, also on a bare address. */
export function parseCidr(text: string): Block {
  const [addressText, prefixText, ...rest] = text.split("/");
  const isForm = addressText !== undefined && prefixText !== undefined && rest.length === 0;
  if (!isForm || !/^(0|[1-9][0-9]{0,2})$/u.test(prefixText)) throw new Error(`not a CIDR: "${text}"`);
  const address = parseAddress(addressText);
  const prefix = Number(prefixText);
  if (prefix > widthOf(address.family)) throw new Error(`not a CIDR: "${text}"`);
  return blockAround(address, prefix);
}

/** The block of that prefix length in which the address lies. */
export function blockAround({ family, value }: Address, prefix: number): Block {
  const size = 1n << BigInt(widthOf(family) - prefix);
  const first = (value / size) * size;
  return { family, prefix, first, last: first + size - 1n };
}

export function formatBlock({ family, first, prefix }: Block): string {
  return `${formatAddress({ family, value: first })}/${prefix}`;
}

export function widthOf(family: 4 | 6): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/** An address of the other family is in no block. */
export function contains(block: Block, { family, value }: Address): boolean {
  return block.family === family && block.first <= value && value <= block.last;
}

export function sameAddress(a: Address, b: Address): boolean {
  return a.family === b.family && a.value === b.value;
}
