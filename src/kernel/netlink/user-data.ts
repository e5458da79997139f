/**
 * Notes for `nft`, which the kernel keeps unread beside an object: libnftnl's udata, one byte of type, one of length, the
 * value. Comments, and what is needed to print the values of a set.
 */
import { keptComment } from "../../dataplane/ruleset-text.ts";
import { textOf } from "./attribute.ts";
import type { Bytes } from "./bytes.ts";

/** NFTNL_UDATA_RULE_COMMENT, _CHAIN_COMMENT and _SET_ELEM_COMMENT of libnftnl/udata.h. */
const COMMENT = 0;
const NFTNL_UDATA_SET_COMMENT = 7;
const NFTNL_UDATA_SET_KEYBYTEORDER = 0;
const NFTNL_UDATA_SET_DATABYTEORDER = 1;

/** `enum byteorder` of nft's datatype.h. */
const BYTE_ORDER = { mixed: 0, host: 1, network: 2 } as const;

export type ByteOrder = keyof typeof BYTE_ORDER;

/** The comment of a rule, a chain or an element. */
export function putComment(to: Bytes, comment: string): void {
  putNote(to, COMMENT, comment);
}

export function putSetNotes(to: Bytes, comment: string, key: ByteOrder, value: ByteOrder | undefined): void {
  putNumber(to, NFTNL_UDATA_SET_KEYBYTEORDER, BYTE_ORDER[key]);
  if (value !== undefined) putNumber(to, NFTNL_UDATA_SET_DATABYTEORDER, BYTE_ORDER[value]);
  putNote(to, NFTNL_UDATA_SET_COMMENT, comment);
}

function putNote(to: Bytes, type: number, text: string): void {
  const kept = keptComment(text);
  to.u8(type);
  to.u8(kept.length + 1);
  to.text(kept, kept.length + 1);
}

function putNumber(to: Bytes, type: number, value: number): void {
  to.u8(type);
  to.u8(4);
  to.hostU32(value);
}

/** The comment among the notes of an element. */
export function readComment(notes: Uint8Array | undefined): string | undefined {
  if (notes === undefined) return undefined;
  for (let at = 0; at + 2 <= notes.length;) {
    const length = notes[at + 1] ?? 0;
    if (notes[at] === COMMENT) return textOf(notes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return undefined;
}
