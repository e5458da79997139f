/** Sets and maps: `enum nft_set_attributes` of linux/netfilter/nf_tables.h. */
import type { KeyType, NamedSet, ValueType } from "../../dataplane/ruleset.ts";
import * as attribute from "./attribute.ts";
import type { Attributes } from "./attribute.ts";
import type { Batch } from "./batch.ts";
import { NLM_F_CREATE, NLM_F_EXCL } from "./message.ts";
import { type ByteOrder, putSetNotes } from "./user-data.ts";

const NFTA_SET_TABLE = 1;
const NFTA_SET_NAME = 2;
const NFTA_SET_FLAGS = 3;
const NFTA_SET_KEY_TYPE = 4;
const NFTA_SET_KEY_LEN = 5;
const NFTA_SET_DATA_TYPE = 6;
const NFTA_SET_DATA_LEN = 7;
const NFTA_SET_ID = 10;
const NFTA_SET_USERDATA = 13;

/** `enum nft_set_flags`. */
const NFT_SET_INTERVAL = 0x4;
const NFT_SET_MAP = 0x8;

interface DataType {
  /** `enum datatypes` of nft's datatype.h; the kernel only keeps it. */
  readonly number: number;
  readonly length: number;
  readonly order: ByteOrder;
}

const DATA_TYPES: Readonly<Record<KeyType, DataType>> = {
  ipv4_addr: { number: 7, length: 4, order: "network" },
  ipv6_addr: { number: 8, length: 16, order: "network" },
  inet_proto: { number: 12, length: 1, order: "network" },
  inet_service: { number: 13, length: 2, order: "network" },
  mark: { number: 19, length: 4, order: "host" },
  classid: { number: 23, length: 4, order: "host" },
  ifname: { number: 41, length: 16, order: "host" },
};

/** NFT_DATA_VERDICT. */
const VERDICT = 0xffffff00;

/** The number of a concatenation has six bits for each part. */
const TYPE_BITS = 6;
const TYPE_MASK = 0x3f;

export function lengthOfType(type: KeyType): number {
  return DATA_TYPES[type].length;
}

/** The definition of a set, without its elements. */
export type SetDefinition = Pick<NamedSet, "name" | "key" | "value" | "interval">;

/** Makes a set that must not exist yet; `id` tells it from the others of the batch. */
export function putNewSet(batch: Batch, table: string, set: NamedSet, id: number): void {
  const about = `${set.value === undefined ? "set" : "map"} ${set.name}`;
  batch.message("newSet", NLM_F_CREATE | NLM_F_EXCL, about, (to) => {
    attribute.putText(to, NFTA_SET_TABLE, table);
    attribute.putText(to, NFTA_SET_NAME, set.name);
    const flags = (set.interval ? NFT_SET_INTERVAL : 0) | (set.value === undefined ? 0 : NFT_SET_MAP);
    attribute.putU32(to, NFTA_SET_FLAGS, flags);
    attribute.putU32(to, NFTA_SET_KEY_TYPE, keyNumber(set.key));
    attribute.putU32(to, NFTA_SET_KEY_LEN, keyLength(set.key));
    if (set.value !== undefined) {
      attribute.putU32(to, NFTA_SET_DATA_TYPE, set.value === "verdict" ? VERDICT : DATA_TYPES[set.value].number);
      attribute.putU32(to, NFTA_SET_DATA_LEN, set.value === "verdict" ? 0 : lengthOfType(set.value));
    }
    attribute.putU32(to, NFTA_SET_ID, id);
    const notes = attribute.begin(to, NFTA_SET_USERDATA);
    putSetNotes(to, set.about, orderOfKey(set.key), orderOfValue(set.value));
    attribute.end(to, notes);
  });
}

export function putDeleteSet(batch: Batch, table: string, name: string): void {
  batch.message("deleteSet", 0, `set ${name}`, (to) => {
    attribute.putText(to, NFTA_SET_TABLE, table);
    attribute.putText(to, NFTA_SET_NAME, name);
  });
}

function keyNumber(types: readonly KeyType[]): number {
  return types.reduce((number, type) => (number << TYPE_BITS) | DATA_TYPES[type].number, 0);
}

/** The parts of a concatenation begin at multiples of four bytes. */
export function keyLength(types: readonly KeyType[]): number {
  const [first] = types;
  if (types.length === 1 && first !== undefined) return lengthOfType(first);
  return types.reduce((length, type) => length + Math.ceil(lengthOfType(type) / 4) * 4, 0);
}

function orderOfKey(types: readonly KeyType[]): ByteOrder {
  const [first] = types;
  return types.length === 1 && first !== undefined ? DATA_TYPES[first].order : "mixed";
}

function orderOfValue(type: ValueType | undefined): ByteOrder | undefined {
  if (type === undefined) return undefined;
  return type === "verdict" ? "mixed" : DATA_TYPES[type].order;
}

/** A set of a dump; its definition is undefined if it is of a kind that this code never makes. */
export interface ReadSet {
  readonly table: string;
  readonly name: string;
  readonly definition: SetDefinition | undefined;
}

export function readSet(from: Attributes): ReadSet {
  const name = from.text(NFTA_SET_NAME) ?? "";
  return { table: from.text(NFTA_SET_TABLE) ?? "", name, definition: definitionOf(from, name) };
}

function definitionOf(from: Attributes, name: string): SetDefinition | undefined {
  const flags = from.u32(NFTA_SET_FLAGS) ?? 0;
  const key = keyTypes(from.u32(NFTA_SET_KEY_TYPE) ?? 0);
  const isMap = (flags & NFT_SET_MAP) !== 0;
  const value = isMap ? valueType(from.u32(NFTA_SET_DATA_TYPE) ?? 0) : undefined;
  const isKnown =
    (flags & ~(NFT_SET_INTERVAL | NFT_SET_MAP)) === 0 && key !== undefined && isMap === (value !== undefined);
  if (!isKnown || from.u32(NFTA_SET_KEY_LEN) !== keyLength(key)) return undefined;
  return { name, key, interval: (flags & NFT_SET_INTERVAL) !== 0, ...(value === undefined ? {} : { value }) };
}

function keyTypes(number: number): readonly KeyType[] | undefined {
  const types: KeyType[] = [];
  for (let rest = number; rest !== 0; rest >>>= TYPE_BITS) {
    const type = typeNumbered(rest & TYPE_MASK);
    if (type === undefined) return undefined;
    types.unshift(type);
  }
  return types.length === 0 ? undefined : types;
}

const KEY_TYPES: readonly KeyType[] = [
  "ipv4_addr",
  "ipv6_addr",
  "inet_proto",
  "inet_service",
  "mark",
  "classid",
  "ifname",
];

function typeNumbered(number: number): KeyType | undefined {
  return KEY_TYPES.find((type) => DATA_TYPES[type].number === number);
}

function valueType(number: number): ValueType | undefined {
  if (number === VERDICT) return "verdict";
  const type = typeNumbered(number);
  return type === "classid" || type === "mark" ? type : undefined;
}
