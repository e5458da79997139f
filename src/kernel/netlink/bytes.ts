/** Bytes under construction, and the byte order of this machine, in which netlink writes its headers. */
import { endianness } from "node:os";

/** The order of the numbers in netlink's headers, of packet marks, priorities and connection states. */
export const LITTLE_ENDIAN = endianness() === "LE";

/** A buffer that grows as it is written. Appending is O(1), amortised. */
export class Bytes {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What was written; valid until more is. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  u8(value: number): void {
    const at = this.#grow(1);
    this.#view.setUint8(at, value);
  }

  u16(value: number): void {
    const at = this.#grow(2);
    this.#view.setUint16(at, value);
  }

  u32(value: number): void {
    const at = this.#grow(4);
    this.#view.setUint32(at, value);
  }

  u64(value: bigint): void {
    const at = this.#grow(8);
    this.#view.setBigUint64(at, value);
  }

  hostU16(value: number): void {
    const at = this.#grow(2);
    this.#view.setUint16(at, value, LITTLE_ENDIAN);
  }

  hostU32(value: number): void {
    const at = this.#grow(4);
    this.#view.setUint32(at, value, LITTLE_ENDIAN);
  }

  raw(bytes: Uint8Array): void {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Text of one byte a character, filled up with zeros to `width`. */
  text(text: string, width: number): void {
    const at = this.#grow(width);
    for (let i = 0; i < text.length && i < width; i++) this.#bytes[at + i] = text.charCodeAt(i);
  }

  zeros(count: number): void {
    this.#grow(count);
  }

  /** Netlink begins headers and attributes at multiples of four. */
  align(): void {
    this.#grow(-this.#length & 3);
  }

  setHostU16(at: number, value: number): void {
    this.#view.setUint16(at, value, LITTLE_ENDIAN);
  }

  setHostU32(at: number, value: number): void {
    this.#view.setUint32(at, value, LITTLE_ENDIAN);
  }

  /** Returns where the new bytes begin; only then are the buffer and its view those to write to. */
  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
