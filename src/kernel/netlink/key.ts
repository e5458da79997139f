/** Keys and values of elements as bytes: addresses in network order, numbers in the order of the machine, names padded. */
import { type Address, type Family, familyOf, IPV4, IPV6 } from "../../net/address.ts";
import type { KeyPart, KeyType } from "../../dataplane/ruleset.ts";
import { type Bytes, LITTLE_ENDIAN, viewOf } from "./bytes.ts";
import { textOf } from "./attribute.ts";
import { keyLength, lengthOfType } from "./set.ts";

const WHOLE = { 4: IPV4, 6: IPV6 } as const;

/** Appends a key. Throws a TypeError if a part is not of its type. O(length). */
export function putKey(to: Bytes, types: readonly KeyType[], key: readonly KeyPart[]): void {
  if (key.length !== types.length) throw new TypeError(`a key of ${types.length} parts has ${key.length}`);
  for (let i = 0; i < types.length; i++) {
    const type = types[i];
    const part = key[i];
    if (type === undefined || part === undefined) continue;
    putPart(to, type, typeof part === "object" ? part.start : part);
    if (types.length > 1) to.align();
  }
}

function putPart(to: Bytes, type: KeyType, part: Exclude<KeyPart, object>): void {
  switch (type) {
    case "ipv4_addr":
      if (typeof part === "bigint" && familyOf(part) === 4) return to.u32(Number(part));
      break;
    case "ipv6_addr":
      if (typeof part === "bigint" && familyOf(part) === 6) return putV6(to, part);
      break;
    case "ifname":
      if (typeof part === "string" && INTERFACE_NAME.test(part)) return to.text(part, lengthOfType(type));
      break;
    case "classid":
    case "mark":
      if (typeof part === "number") return to.hostU32(part);
      break;
    case "inet_proto":
      if (typeof part === "number") return to.u8(part);
      break;
    case "inet_service":
      if (typeof part === "number") return to.u16(part);
      break;
  }
  throw new TypeError(`${String(part)} is no key of type ${type}`);
}

/** What fits into IFNAMSIZ with a zero at its end. */
const INTERFACE_NAME = /^[\x21-\x7e]{1,15}$/;

function putV6(to: Bytes, address: Address): void {
  to.u64(BigInt.asUintN(64, address >> 64n));
  to.u64(BigInt.asUintN(64, address));
}

/** Where the range that is a key ends, as a key; undefined if it ends with the family. */
export function endOfRange(key: readonly KeyPart[]): readonly KeyPart[] | undefined {
  const [range] = key;
  if (typeof range !== "object") throw new TypeError("a set of intervals has ranges as keys");
  return range.end === WHOLE[familyOf(range.start)].end ? undefined : [range.end];
}

/** The parts of a key. Undefined if the bytes are no key of those types. */
export function readKey(types: readonly KeyType[], bytes: Uint8Array): readonly KeyPart[] | undefined {
  if (bytes.length < keyLength(types)) return undefined;
  let at = 0;
  return types.map((type) => {
    const length = lengthOfType(type);
    const part = readPart(type, bytes.subarray(at, at + length));
    at += (length + 3) & ~3;
    return part;
  });
}

function readPart(type: KeyType, bytes: Uint8Array): bigint | string | number {
  const view = viewOf(bytes);
  switch (type) {
    case "ipv4_addr":
      return BigInt(view.getUint32(0));
    case "ipv6_addr":
      return IPV6.start + ((view.getBigUint64(0) << 64n) | view.getBigUint64(8));
    case "ifname":
      return textOf(bytes);
    case "classid":
    case "mark":
      return view.getUint32(0, LITTLE_ENDIAN);
    case "inet_proto":
      return view.getUint8(0);
    case "inet_service":
      return view.getUint16(0);
  }
}

/** The end of the family's addresses. */
export function endOfFamily(type: KeyType): Address {
  return WHOLE[FAMILY[type] ?? 4].end;
}

const FAMILY: Partial<Readonly<Record<KeyType, Family>>> = { ipv4_addr: 4, ipv6_addr: 6 };
