/** Opening a bound socket in a network namespace. */
import { closeSync } from "node:fs";
import { type Family, familyOf, isAddressError, parseAddress } from "../net/address.ts";
import * as c from "./libc.ts";
import { inNamespace } from "./namespace.ts";

/** One end of a flow: an address that `namespace` has, and a port (0: any free one). */
export interface LocalEnd {
  readonly namespace: string;
  readonly address: string;
  readonly port: number;
}

export interface RemoteEnd {
  readonly address: string;
  readonly port: number;
}

/** The family and the bytes of an address. Throws a RangeError that says what is wrong with the text. */
export function addressBytes(text: string): { readonly family: Family; readonly bytes: Buffer } {
  const address = parseAddress(text);
  if (isAddressError(address)) throw new RangeError(`"${text}" is no IP address: ${address.reason}`);
  const family = familyOf(address);
  const digits = family === 4 ? 8 : 32;
  const bits = BigInt.asUintN(digits * 4, address);
  return { family, bytes: Buffer.from(bits.toString(16).padStart(digits, "0"), "hex") };
}

/** Layout: ip(7) and ipv6(7); the family in host order, the port in network order. */
export function socketAddress({ address, port }: RemoteEnd): Buffer {
  const { family, bytes } = addressBytes(address);
  const buffer = Buffer.alloc(family === 4 ? 16 : 28);
  new Uint16Array(buffer.buffer, buffer.byteOffset, 1)[0] = family === 4 ? c.AF_INET : c.AF_INET6;
  buffer.writeUInt16BE(port, 2);
  bytes.copy(buffer, family === 4 ? 4 : 8);
  return buffer;
}

export interface SocketKind {
  readonly type: number;
  readonly protocol: number;
  readonly name: string;
  readonly options: readonly { readonly level: number; readonly option: number; readonly value: Uint8Array }[];
  /** Set after the socket has its address, to which they then do not apply. */
  readonly optionsOnceBound?: SocketKind["options"];
  /** A program of classic BPF. */
  readonly filter?: Uint8Array;
}

/** The value of an option that is switched on. */
export const ON = new Uint8Array(Int32Array.of(1).buffer);

/** A file descriptor of a bound socket in a namespace; the caller owns it. Throws SystemCallError or RangeError. */
export function openSocket(end: LocalEnd, kind: SocketKind): number {
  const attempt = `opening a ${kind.name} on ${end.address} port ${end.port} in namespace ${end.namespace}`;
  const bytes = socketAddress(end);
  const v6 = bytes.length > 16;
  return inNamespace(end.namespace, () => {
    const libc = c.libc();
    const fd = libc.socket(v6 ? c.AF_INET6 : c.AF_INET, kind.type, kind.protocol, attempt);
    try {
      if (v6 && kind.type !== c.SOCK_RAW) libc.setOption(fd, c.SOL_IPV6, c.IPV6_V6ONLY, ON, attempt);
      for (const { level, option, value } of kind.options) libc.setOption(fd, level, option, value, attempt);
      if (kind.filter !== undefined) libc.setFilter(fd, kind.filter, attempt);
      libc.bind(fd, bytes, attempt);
      for (const { level, option, value } of kind.optionsOnceBound ?? []) {
        libc.setOption(fd, level, option, value, attempt);
      }
      return fd;
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  });
}
