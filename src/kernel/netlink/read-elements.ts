/** Elements as the kernel dumps them. */
import type { Element, KeyPart, KeyType } from "../../dataplane/ruleset.ts";
import { Attributes } from "./attribute.ts";
import { LITTLE_ENDIAN, viewOf } from "./bytes.ts";
import { NFTA_DATA_VALUE, readData } from "./data.ts";
import {
  NFT_SET_ELEM_CATCHALL,
  NFT_SET_ELEM_INTERVAL_END,
  NFTA_SET_ELEM_DATA,
  NFTA_SET_ELEM_FLAGS,
  NFTA_SET_ELEM_KEY,
  NFTA_SET_ELEM_LIST_ELEMENTS,
  NFTA_SET_ELEM_USERDATA,
} from "./element.ts";
import { endOfFamily, readKey } from "./key.ts";
import type { SetDefinition } from "./set.ts";
import { readComment } from "./user-data.ts";

/** An element, or, in a set of intervals, one end of one. */
export interface ReadElement {
  readonly element: Element;
  readonly endsInterval: boolean;
}

/** The elements of one message of a dump; those that are no elements of such a set are left out. O(elements). */
export function readElements(set: SetDefinition, message: Attributes): readonly ReadElement[] {
  return message.list(NFTA_SET_ELEM_LIST_ELEMENTS).flatMap((bytes) => readElement(set, new Attributes(bytes)) ?? []);
}

function readElement(set: SetDefinition, from: Attributes): ReadElement | undefined {
  const flags = from.u32(NFTA_SET_ELEM_FLAGS) ?? 0;
  const key = (flags & NFT_SET_ELEM_CATCHALL) === 0 ? keyIn(set, from) : "*";
  if (key === undefined) return undefined;
  const value = valueIn(from);
  const comment = readComment(from.raw(NFTA_SET_ELEM_USERDATA));
  return {
    element: { key, ...(value === undefined ? {} : { value }), ...(comment === undefined ? {} : { comment }) },
    endsInterval: (flags & NFT_SET_ELEM_INTERVAL_END) !== 0,
  };
}

function keyIn(set: SetDefinition, from: Attributes): readonly KeyPart[] | undefined {
  const bytes = from.nested(NFTA_SET_ELEM_KEY)?.raw(NFTA_DATA_VALUE);
  return bytes && readKey(set.key, bytes);
}

function valueIn(from: Attributes): Element["value"] {
  const nest = from.nested(NFTA_SET_ELEM_DATA);
  const data = nest && readData(nest);
  return data instanceof Uint8Array ? viewOf(data).getUint32(0, LITTLE_ENDIAN) : data;
}

/**
 * Puts the ends of intervals together. An interval reaches to the next end or start after it, the last one to the end of
 * the family. O(n log n).
 */
export function joinIntervals(type: KeyType, parts: readonly ReadElement[]): readonly Element[] {
  const joined: Element[] = [];
  const points: { readonly at: bigint; readonly part: ReadElement }[] = [];
  for (const part of parts) {
    const [at] = part.element.key === "*" ? [] : part.element.key;
    if (typeof at === "bigint") points.push({ at, part });
    else joined.push(part.element);
  }
  points.sort((a, b) =>
    a.at < b.at ? -1 : a.at > b.at ? 1 : Number(b.part.endsInterval) - Number(a.part.endsInterval),
  );
  points.forEach(({ at, part }, i) => {
    if (part.endsInterval) return;
    joined.push({ ...part.element, key: [{ start: at, end: points[i + 1]?.at ?? endOfFamily(type) }] });
  });
  return joined;
}
