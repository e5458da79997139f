/**
 * The statements that rules are made of. Each rule of the program is said once, in these words, and both writers, the one
 * of text and the one of netlink messages, are told the same.
 */
import type { Interval } from "../net/intervals.ts";

/** A number that a rule may compare with a range. `nft` writes the fields so, and so does this code. */
export type NumberField =
  | "meta nfproto"
  | "meta l4proto"
  | "icmp type"
  | "icmp code"
  | "icmpv6 type"
  | "icmpv6 code"
  | "ct direction"
  | "th sport"
  | "th dport"
  | "ct original proto-src"
  | "ct original proto-dst"
  | "ct reply proto-src"
  | "ct reply proto-dst";

export type AddressField =
  | "ip saddr"
  | "ip daddr"
  | "ip6 saddr"
  | "ip6 daddr"
  | "ct original ip saddr"
  | "ct original ip daddr"
  | "ct original ip6 saddr"
  | "ct original ip6 daddr"
  | "ct reply ip saddr"
  | "ct reply ip daddr"
  | "ct reply ip6 saddr"
  | "ct reply ip6 daddr";

/** A field that a rule may also write; the numbers have 32 bits. */
export type ScratchField = "meta priority" | "meta mark" | "ct mark";

/** A field of single bits; only TCP packets have it. */
export type FlagField = "tcp flags";

/** What a rule reads of a packet or of its connection. */
export type Field = NumberField | AddressField | ScratchField | FlagField | "iifname" | "oifname";

export type ConnectionState = "invalid" | "established" | "related" | "new" | "untracked";

/** What becomes of a packet. A `goto` does not come back, a `jump` does. */
export type Verdict =
  | { readonly kind: "accept" | "drop" | "return" | "continue" }
  | { readonly kind: "jump" | "goto"; readonly chain: string };

/** Matches break off the rule when they do not hold; statements of the other kinds act. */
export type Statement =
  /** Holds if the field is in the half-open range. */
  | { readonly kind: "range"; readonly field: NumberField; readonly range: Interval<number> }
  /** Holds if the packet's connection is in one of the states. */
  | { readonly kind: "state"; readonly states: readonly ConnectionState[] }
  /** Holds if the field is that number. */
  | { readonly kind: "holds"; readonly field: ScratchField; readonly value: number }
  /** Holds if the field's bits under the mask are exactly `value`. */
  | { readonly kind: "bits"; readonly field: ScratchField; readonly mask: number; readonly value: number }
  /** Holds if none of the field's bits under the mask is set. */
  | { readonly kind: "no-bits"; readonly field: FlagField; readonly mask: number }
  /** Holds if the field's bits under the mask are an element of the set. */
  | { readonly kind: "bits-member"; readonly field: ScratchField; readonly mask: number; readonly set: string }
  /** Holds if the fields side by side are an element of the set, or, if negated, are none. */
  | { readonly kind: "member"; readonly fields: readonly Field[]; readonly set: string; readonly negated: boolean }
  /** The verdict that the map holds for the fields side by side; without one, the next rule is asked. */
  | { readonly kind: "verdict-map"; readonly fields: readonly Field[]; readonly map: string }
  | { readonly kind: "set"; readonly field: ScratchField; readonly value: number }
  /** Writes what the map holds for the other fields; without an element the rule breaks off and nothing is written. */
  | { readonly kind: "set-from"; readonly field: ScratchField; readonly by: readonly Field[]; readonly map: string }
  /** Keeps the bits under the mask and sets those of `value`. */
  | { readonly kind: "set-bits"; readonly field: ScratchField; readonly keep: number; readonly value: number }
  /** The packet will belong to no connection; only where connections are not tracked yet. */
  | { readonly kind: "notrack" }
  | { readonly kind: "counter" }
  /** Holds for so many packets a second, and a few more at once. */
  | { readonly kind: "limit"; readonly perSecond: number }
  /** Reports the packet to a netlink group; without a length, the whole of it. */
  | { readonly kind: "log"; readonly prefix: string; readonly group: number; readonly length?: number }
  /** A TCP reset is for TCP packets only; the other answer is the ICMP error of the packet's family. */
  | { readonly kind: "reject"; readonly answer: "tcp-reset" | "admin-prohibited" }
  | { readonly kind: "verdict"; readonly verdict: Verdict };

/** What "meta nfproto" holds: NFPROTO_IPV4 and NFPROTO_IPV6 of linux/netfilter.h. */
export const NFPROTO = { 4: 2, 6: 10 } as const;
/** What "ct direction" holds: `enum ip_conntrack_dir`. */
export const DIRECTION = { original: 0, reply: 1 } as const;

export const ACCEPT: Statement = { kind: "verdict", verdict: { kind: "accept" } };
export const DROP: Statement = { kind: "verdict", verdict: { kind: "drop" } };
export const RETURN: Statement = { kind: "verdict", verdict: { kind: "return" } };
export const COUNTER: Statement = { kind: "counter" };

export function jump(chain: string): Statement {
  return { kind: "verdict", verdict: { kind: "jump", chain } };
}

export function goto(chain: string): Statement {
  return { kind: "verdict", verdict: { kind: "goto", chain } };
}

export function inRange(field: NumberField, range: Interval<number>): Statement {
  return { kind: "range", field, range };
}

export function equals(field: NumberField, value: number): Statement {
  return { kind: "range", field, range: { start: value, end: value + 1 } };
}

export function inState(...states: readonly ConnectionState[]): Statement {
  return { kind: "state", states };
}

export function inSet(set: string, ...fields: readonly Field[]): Statement {
  return { kind: "member", fields, set, negated: false };
}

export function notInSet(set: string, ...fields: readonly Field[]): Statement {
  return { kind: "member", fields, set, negated: true };
}
