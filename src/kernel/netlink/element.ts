/** Elements of sets and maps: `enum nft_set_elem_attributes` of linux/netfilter/nf_tables.h. */
import type { Element, KeyPart } from "../../dataplane/ruleset.ts";
import { elementText } from "../../dataplane/ruleset-text.ts";
import * as attribute from "./attribute.ts";
import { LONGEST_ATTRIBUTE } from "./attribute.ts";
import type { Batch } from "./batch.ts";
import type { Bytes } from "./bytes.ts";
import { NFTA_DATA_VALUE, putVerdict } from "./data.ts";
import { endOfRange, putKey } from "./key.ts";
import { NLM_F_CREATE, NLM_F_EXCL } from "./message.ts";
import type { SetDefinition } from "./set.ts";
import { putComment } from "./user-data.ts";

/** `enum nft_set_elem_list_attributes`. */
export const NFTA_SET_ELEM_LIST_TABLE = 1;
export const NFTA_SET_ELEM_LIST_SET = 2;
export const NFTA_SET_ELEM_LIST_ELEMENTS = 3;
/** `enum nft_list_attributes`. */
const NFTA_LIST_ELEM = 1;

export const NFTA_SET_ELEM_KEY = 1;
export const NFTA_SET_ELEM_DATA = 2;
export const NFTA_SET_ELEM_FLAGS = 3;
export const NFTA_SET_ELEM_USERDATA = 6;

/** `enum nft_set_elem_flags`. */
export const NFT_SET_ELEM_INTERVAL_END = 0x1;
export const NFT_SET_ELEM_CATCHALL = 0x2;

/** More than any element takes. */
const ROOM = 1024;

/** Adds elements that must not be there yet, in as many messages as they take. O(elements). */
export function putNewElements(batch: Batch, table: string, set: SetDefinition, elements: readonly Element[]): void {
  putElements(batch, "newElements", table, set, elements);
}

/** Removes elements that must be there; their values do not matter. O(elements). */
export function putDeleteElements(batch: Batch, table: string, set: SetDefinition, elements: readonly Element[]): void {
  putElements(batch, "deleteElements", table, set, elements);
}

function putElements(
  batch: Batch,
  kind: "newElements" | "deleteElements",
  table: string,
  set: SetDefinition,
  elements: readonly Element[],
): void {
  const flags = kind === "newElements" ? NLM_F_CREATE | NLM_F_EXCL : 0;
  for (let next = 0; next < elements.length;) {
    const chunk = new Chunk(set, elements, next);
    batch.message(
      kind,
      flags,
      (offset) => chunk.elementAt(offset),
      (to, start) => {
        attribute.putText(to, NFTA_SET_ELEM_LIST_TABLE, table);
        attribute.putText(to, NFTA_SET_ELEM_LIST_SET, set.name);
        next = chunk.put(to, start, kind === "newElements");
      },
    );
  }
}

/** The elements of one message: as many as fit into an attribute. */
class Chunk {
  readonly #set: SetDefinition;
  readonly #elements: readonly Element[];
  readonly #first: number;
  /** Where in the message each element ends. */
  readonly #ends: number[] = [];

  constructor(set: SetDefinition, elements: readonly Element[], first: number) {
    this.#set = set;
    this.#elements = elements;
    this.#first = first;
  }

  /** Returns the index of the first element that is left. */
  put(to: Bytes, start: number, isNew: boolean): number {
    const list = attribute.beginNested(to, NFTA_SET_ELEM_LIST_ELEMENTS);
    let index = this.#first;
    for (; index < this.#elements.length && to.length - list < LONGEST_ATTRIBUTE - ROOM; index++) {
      const element = this.#elements[index];
      if (element !== undefined) putElement(to, this.#set, element, isNew);
      this.#ends.push(to.length - start);
    }
    attribute.end(to, list);
    return index;
  }

  elementAt(offset: number | undefined): string {
    const kind = this.#set.value === undefined ? "set" : "map";
    const index = offset === undefined ? -1 : this.#ends.findIndex((end) => offset < end);
    const element = this.#elements[this.#first + index];
    if (index < 0 || element === undefined) return `an element of ${kind} ${this.#set.name}`;
    return `element ${elementText(this.#set, element)} of ${kind} ${this.#set.name}`;
  }
}

function putElement(to: Bytes, set: SetDefinition, element: Element, isNew: boolean): void {
  const { key } = element;
  const after = set.interval && key !== "*" ? endOfRange(key) : undefined;
  const at = attribute.beginNested(to, NFTA_LIST_ELEM);
  if (key === "*") attribute.putU32(to, NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_CATCHALL);
  else putKeyAttribute(to, set, key);
  if (isNew) {
    putValue(to, element.value);
    if (element.comment !== undefined) {
      const notes = attribute.begin(to, NFTA_SET_ELEM_USERDATA);
      putComment(to, element.comment);
      attribute.end(to, notes);
    }
  }
  attribute.end(to, at);
  if (after !== undefined) putIntervalEnd(to, set, after);
}

/** An interval is two elements: where it starts, and the first key that does not belong to it any more. */
function putIntervalEnd(to: Bytes, set: SetDefinition, key: readonly KeyPart[]): void {
  const at = attribute.beginNested(to, NFTA_LIST_ELEM);
  attribute.putU32(to, NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
  putKeyAttribute(to, set, key);
  attribute.end(to, at);
}

function putKeyAttribute(to: Bytes, set: SetDefinition, key: readonly KeyPart[]): void {
  const nest = attribute.beginNested(to, NFTA_SET_ELEM_KEY);
  const value = attribute.begin(to, NFTA_DATA_VALUE);
  putKey(to, set.key, key);
  attribute.end(to, value);
  attribute.end(to, nest);
}

function putValue(to: Bytes, value: Element["value"]): void {
  if (value === undefined) return;
  if (typeof value === "object") return putVerdict(to, NFTA_SET_ELEM_DATA, value);
  const nest = attribute.beginNested(to, NFTA_SET_ELEM_DATA);
  const data = attribute.begin(to, NFTA_DATA_VALUE);
  to.hostU32(value);
  attribute.end(to, data);
  attribute.end(to, nest);
}
