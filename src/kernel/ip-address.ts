/** Addresses as packets and netlink carry them. */
import { type Address, IPV6 } from "../net/address.ts";

/** Four bytes of IPv4 or sixteen of IPv6, in network order. */
export function addressOfBytes(bytes: Uint8Array): Address {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return bytes.length === 16 ? IPV6.start + value : value;
}
