/**
 * Attributes of netlink messages: `struct nlattr` of linux/netlink.h, a length and a type of 16 bits each in the order of
 * the machine, then the value. nf_tables writes numbers in network order.
 */
import { type Bytes, LITTLE_ENDIAN, viewOf } from "./bytes.ts";

const HEADER_SIZE = 4;
const NLA_F_NESTED = 0x8000;
/** NLA_TYPE_MASK: the type without the flags. */
const TYPE_MASK = 0x3fff;

/** The longest an attribute can be, header included. */
export const LONGEST_ATTRIBUTE = 0xffff;

export function putU8(to: Bytes, type: number, value: number): void {
  putHeader(to, type, 1);
  to.u8(value);
  to.align();
}

export function putU16(to: Bytes, type: number, value: number): void {
  putHeader(to, type, 2);
  to.u16(value);
  to.align();
}

export function putU32(to: Bytes, type: number, value: number): void {
  putHeader(to, type, 4);
  to.u32(value);
}

export function putU64(to: Bytes, type: number, value: bigint): void {
  putHeader(to, type, 8);
  to.u64(value);
}

/** A text of ASCII characters with a zero at its end (NLA_NUL_STRING). */
export function putText(to: Bytes, type: number, text: string): void {
  putHeader(to, type, text.length + 1);
  to.text(text, text.length + 1);
  to.align();
}

export function putRaw(to: Bytes, type: number, value: Uint8Array): void {
  putHeader(to, type, value.length);
  to.raw(value);
  to.align();
}

/** Begins an attribute whose length is not known yet; what is returned is for {@link end}. */
export function begin(to: Bytes, type: number): number {
  const at = to.length;
  putHeader(to, type, 0);
  return at;
}

/** Begins an attribute that holds attributes. */
export function beginNested(to: Bytes, type: number): number {
  return begin(to, type | NLA_F_NESTED);
}

export function end(to: Bytes, at: number): void {
  const length = to.length - at;
  if (length > LONGEST_ATTRIBUTE) throw new RangeError(`an attribute of ${length} bytes does not fit into 16 bits`);
  to.setHostU16(at, length);
  to.align();
}

function putHeader(to: Bytes, type: number, length: number): void {
  to.hostU16(HEADER_SIZE + length);
  to.hostU16(type);
}

/** The attributes of a message or of another attribute, by type; of equal types the last counts, as for the kernel. */
export class Attributes {
  readonly #values = new Map<number, Uint8Array>();

  constructor(bytes: Uint8Array) {
    for (const { type, value } of eachAttribute(bytes)) this.#values.set(type, value);
  }

  has(type: number): boolean {
    return this.#values.has(type);
  }

  raw(type: number): Uint8Array | undefined {
    return this.#values.get(type);
  }

  u8(type: number): number | undefined {
    return this.#values.get(type)?.[0];
  }

  u16(type: number): number | undefined {
    const value = this.#values.get(type);
    return value && viewOf(value).getUint16(0);
  }

  u32(type: number): number | undefined {
    const value = this.#values.get(type);
    return value && viewOf(value).getUint32(0);
  }

  u64(type: number): bigint | undefined {
    const value = this.#values.get(type);
    return value && viewOf(value).getBigUint64(0);
  }

  text(type: number): string | undefined {
    const value = this.#values.get(type);
    return value && textOf(value);
  }

  nested(type: number): Attributes | undefined {
    const value = this.#values.get(type);
    return value && new Attributes(value);
  }

  /** The values of the attributes inside, in their order, whatever their types. */
  list(type: number): readonly Uint8Array[] {
    return [...eachAttribute(this.#values.get(type) ?? NOTHING)].map(({ value }) => value);
  }
}

const NOTHING = new Uint8Array(0);

export function textOf(value: Uint8Array): string {
  const zero = value.indexOf(0);
  return String.fromCharCode(...(zero < 0 ? value : value.subarray(0, zero)));
}

function* eachAttribute(bytes: Uint8Array): Generator<{ readonly type: number; readonly value: Uint8Array }> {
  const view = viewOf(bytes);
  for (let at = 0; at + HEADER_SIZE <= bytes.length;) {
    const length = view.getUint16(at, LITTLE_ENDIAN);
    if (length < HEADER_SIZE || at + length > bytes.length) return;
    const type = view.getUint16(at + 2, LITTLE_ENDIAN) & TYPE_MASK;
    yield { type, value: bytes.subarray(at + HEADER_SIZE, at + length) };
    at += (length + 3) & ~3;
  }
}
