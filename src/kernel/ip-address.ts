/** Addresses as packets and netlink carry them. */
import { type Address, familyOf, IPV6 } from "../net/address.ts";

/** Four bytes of IPv4 or sixteen of IPv6, in network order. */
export function addressOfBytes(bytes: Uint8Array): Address {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return bytes.length === 16 ? IPV6.start + value : value;
}

/** Four bytes or sixteen, in network order. */
export function bytesOfAddress(address: Address): Uint8Array {
  const length = familyOf(address) === 4 ? 4 : 16;
  const bytes = new Uint8Array(length);
  let rest = length === 16 ? address - IPV6.start : address;
  for (let i = length - 1; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}
