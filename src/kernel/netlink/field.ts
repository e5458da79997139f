/** Fields of packets and connections: the expressions that load them into registers and write them back. */
import type { Field } from "../../dataplane/statement.ts";
import { ICMP, ICMPV6, TCP } from "../../net/protocol.ts";
import type { Expression } from "./expression.ts";

/** What has to hold for a field to be there at all; `nft` demands it without being told. */
export interface Implied {
  readonly field: "nfproto" | "l4proto";
  readonly value: number;
}

/** NFPROTO_IPV4 and NFPROTO_IPV6 of linux/netfilter.h. */
const V4: Implied = { field: "nfproto", value: 2 };
const V6: Implied = { field: "nfproto", value: 10 };

interface Source {
  /** Loads the field into a register. */
  readonly load: Expression;
  /** In bytes. */
  readonly length: number;
  readonly implies: readonly Implied[];
}

/** `enum nft_meta_keys` of linux/netfilter/nf_tables.h. */
const META = { priority: 2, mark: 3, iifname: 6, oifname: 7, nfproto: 15, l4proto: 16 } as const;
/** `enum nft_ct_keys`. */
const CT = {
  state: 0,
  direction: 1,
  mark: 3,
  protoSource: 11,
  protoDestination: 12,
  source4: 19,
  destination4: 20,
  source6: 21,
  destination6: 22,
} as const;
/** `enum ip_conntrack_dir` of linux/netfilter/nf_conntrack_tuple_common.h. */
const ORIGINAL = 0;
const REPLY = 1;
/** `enum nft_payload_bases`. */
const NETWORK_HEADER = 1;
const TRANSPORT_HEADER = 2;
/** IFNAMSIZ of linux/if.h. */
const NAME_LENGTH = 16;

function meta(key: number, length: number): Source {
  return { load: { name: "meta", attributes: { key } }, length, implies: [] };
}

function ct(key: number, length: number, direction?: number): Source {
  const attributes = direction === undefined ? { key } : { key, direction };
  return { load: { name: "ct", attributes }, length, implies: [] };
}

function payload(base: number, offset: number, len: number, ...implies: readonly Implied[]): Source {
  return { load: { name: "payload", attributes: { base, offset, len } }, length: len, implies };
}

/** Offsets are those of RFC 791, RFC 8200, RFC 792, RFC 4443, RFC 9293 and of the ports, which all transports have in front. */
export const SOURCES: Readonly<Record<Field, Source>> = {
  "meta nfproto": meta(META.nfproto, 1),
  "meta l4proto": meta(META.l4proto, 1),
  "meta priority": meta(META.priority, 4),
  "meta mark": meta(META.mark, 4),
  iifname: meta(META.iifname, NAME_LENGTH),
  oifname: meta(META.oifname, NAME_LENGTH),
  "ip saddr": payload(NETWORK_HEADER, 12, 4, V4),
  "ip daddr": payload(NETWORK_HEADER, 16, 4, V4),
  "ip6 saddr": payload(NETWORK_HEADER, 8, 16, V6),
  "ip6 daddr": payload(NETWORK_HEADER, 24, 16, V6),
  "icmp type": payload(TRANSPORT_HEADER, 0, 1, V4, { field: "l4proto", value: ICMP }),
  "icmp code": payload(TRANSPORT_HEADER, 1, 1, V4, { field: "l4proto", value: ICMP }),
  "icmpv6 code": payload(TRANSPORT_HEADER, 1, 1, V6, { field: "l4proto", value: ICMPV6 }),
  "icmpv6 type": payload(TRANSPORT_HEADER, 0, 1, V6, { field: "l4proto", value: ICMPV6 }),
  "th sport": payload(TRANSPORT_HEADER, 0, 2),
  "th dport": payload(TRANSPORT_HEADER, 2, 2),
  "tcp flags": payload(TRANSPORT_HEADER, 13, 1, { field: "l4proto", value: TCP }),
  "ct direction": ct(CT.direction, 1),
  "ct mark": ct(CT.mark, 4),
  "ct original ip saddr": ct(CT.source4, 4, ORIGINAL),
  "ct original ip daddr": ct(CT.destination4, 4, ORIGINAL),
  "ct original ip6 saddr": ct(CT.source6, 16, ORIGINAL),
  "ct original ip6 daddr": ct(CT.destination6, 16, ORIGINAL),
  "ct original proto-src": ct(CT.protoSource, 2, ORIGINAL),
  "ct original proto-dst": ct(CT.protoDestination, 2, ORIGINAL),
  "ct reply ip saddr": ct(CT.source4, 4, REPLY),
  "ct reply ip daddr": ct(CT.destination4, 4, REPLY),
  "ct reply ip6 saddr": ct(CT.source6, 16, REPLY),
  "ct reply ip6 daddr": ct(CT.destination6, 16, REPLY),
  "ct reply proto-src": ct(CT.protoSource, 2, REPLY),
  "ct reply proto-dst": ct(CT.protoDestination, 2, REPLY),
};

/** Loads the state of the packet's connection, as bits. */
export const STATE: Expression = { name: "ct", attributes: { key: CT.state } };

/** Loads what implied matches compare. */
export const IMPLYING: Readonly<Record<Implied["field"], Expression>> = {
  nfproto: { name: "meta", attributes: { key: META.nfproto } },
  l4proto: { name: "meta", attributes: { key: META.l4proto } },
};

/** `enum nft_registers`: the verdict, and the first of four registers of 16 bytes. */
export const VERDICT_REGISTER = 0;
export const FIRST = 1;
const FIRST_OF_FOUR_BYTES = 8;

/** The register that begins `words` times four bytes after the first. */
function registerAt(words: number): number {
  return words % 4 === 0 ? FIRST + words / 4 : FIRST_OF_FOUR_BYTES + words;
}

/** Loads fields side by side, each at a multiple of four bytes, from the first register on. */
export function loads(fields: readonly Field[]): readonly Expression[] {
  let words = 0;
  return fields.map((field) => {
    const { load, length } = SOURCES[field];
    const dreg = registerAt(words);
    words += Math.ceil(length / 4);
    return { name: load.name, attributes: { dreg, ...load.attributes } };
  });
}

/** What loads, loading into the first register. */
export function toFirst({ name, attributes }: Expression): Expression {
  return { name, attributes: { dreg: FIRST, ...attributes } };
}

/** Writes the first register into a field. */
export function store(field: Field): Expression {
  const { name, attributes } = SOURCES[field].load;
  return { name, attributes: { ...attributes, sreg: FIRST } };
}
