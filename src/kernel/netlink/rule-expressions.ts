/** From the statements of a rule to the expressions the kernel runs, the same that `nft` makes of the rule's text. */
import type { Interval } from "../../net/intervals.ts";
import { ICMP, ICMPV6 } from "../../net/protocol.ts";
import type { ConnectionState, Field, NumberField, Statement } from "../../dataplane/statement.ts";
import { hostNumber } from "./data.ts";
import type { Expression } from "./expression.ts";

/** The expressions of a rule, in order. Pure. */
export function expressionsOf(statements: readonly Statement[]): readonly Expression[] {
  const known = new Map<Implied["field"], number>();
  return statements.flatMap((statement) => [
    ...fieldsRead(statement).flatMap((field) => impliedMatches(field, known)),
    ...expressionsOfStatement(statement, known),
  ]);
}

/** What has to hold for a field to be there at all; `nft` demands it without being told. */
interface Implied {
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

/** Offsets are those of RFC 791, RFC 8200, RFC 792, RFC 4443 and of the ports, which all transports have in front. */
const SOURCES: Readonly<Record<Field, Source>> = {
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
  "icmpv6 type": payload(TRANSPORT_HEADER, 0, 1, V6, { field: "l4proto", value: ICMPV6 }),
  "th sport": payload(TRANSPORT_HEADER, 0, 2),
  "th dport": payload(TRANSPORT_HEADER, 2, 2),
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

function fieldsRead(statement: Statement): readonly Field[] {
  switch (statement.kind) {
    case "range":
    case "bits":
    case "set-bits":
      return [statement.field];
    case "member":
    case "verdict-map":
      return statement.fields;
    case "set-from":
      return statement.by;
    default:
      return [];
  }
}

function impliedMatches(field: Field, known: Map<Implied["field"], number>): readonly Expression[] {
  return SOURCES[field].implies.flatMap((implied) => {
    if (known.get(implied.field) === implied.value) return [];
    known.set(implied.field, implied.value);
    return [
      { name: "meta", attributes: { dreg: FIRST, key: META[implied.field] } },
      compare(CMP_EQ, Uint8Array.of(implied.value)),
    ];
  });
}

/** `enum nft_registers`: the verdict, and the first of four registers of 16 bytes. */
const VERDICT_REGISTER = 0;
const FIRST = 1;
const FIRST_OF_FOUR_BYTES = 8;

/** The register that begins `words` times four bytes after the first. */
function registerAt(words: number): number {
  return words % 4 === 0 ? FIRST + words / 4 : FIRST_OF_FOUR_BYTES + words;
}

/** Loads fields side by side, each at a multiple of four bytes, from the first register on. */
function loads(fields: readonly Field[]): readonly Expression[] {
  let words = 0;
  return fields.map((field) => {
    const { load, length } = SOURCES[field];
    const dreg = registerAt(words);
    words += Math.ceil(length / 4);
    return { name: load.name, attributes: { dreg, ...load.attributes } };
  });
}

/** `enum nft_cmp_ops`. */
const CMP_EQ = 0;
const CMP_NEQ = 1;
const CMP_LTE = 3;
const CMP_GTE = 5;

function compare(op: number, data: Uint8Array): Expression {
  return { name: "cmp", attributes: { sreg: FIRST, op, data } };
}

/** `NF_CT_STATE_INVALID_BIT` and its neighbours in linux/netfilter/nf_conntrack_common.h. */
const STATE_BITS: Readonly<Record<ConnectionState, number>> = {
  invalid: 1,
  established: 2,
  related: 4,
  new: 8,
  untracked: 64,
};

const NO_BITS = hostNumber(0);

function bitwise(mask: number, xor: number): Expression {
  return {
    name: "bitwise",
    attributes: { sreg: FIRST, dreg: FIRST, len: 4, mask: hostNumber(mask), xor: hostNumber(xor) },
  };
}

/** NFT_LOOKUP_F_INV. */
const INVERTED = 1;
/** What `nft` allows at once where a limit does not say. */
const BURST = 5;
/** `enum nft_reject_types` and `enum nft_reject_inet_code`. */
const REJECT_TCP_RESET = 1;
const REJECT_ICMPX = 2;
const ICMPX_ADMIN_PROHIBITED = 3;

function expressionsOfStatement(statement: Statement, known: Map<Implied["field"], number>): readonly Expression[] {
  switch (statement.kind) {
    case "range":
      if (statement.field === "meta l4proto" && statement.range.end - statement.range.start === 1) {
        known.set("l4proto", statement.range.start);
      }
      return [...loads([statement.field]), ...comparisons(statement.field, statement.range)];
    case "state": {
      const bits = statement.states.reduce((sum, state) => sum | STATE_BITS[state], 0);
      return [{ name: "ct", attributes: { dreg: FIRST, key: CT.state } }, bitwise(bits, 0), compare(CMP_NEQ, NO_BITS)];
    }
    case "bits":
      return [...loads([statement.field]), bitwise(statement.mask, 0), compare(CMP_EQ, hostNumber(statement.value))];
    case "member":
      return [...loads(statement.fields), lookup(statement.set, statement.negated ? { flags: INVERTED } : {})];
    case "verdict-map":
      return [...loads(statement.fields), lookup(statement.map, { dreg: VERDICT_REGISTER })];
    case "set":
      return [
        { name: "immediate", attributes: { dreg: FIRST, data: hostNumber(statement.value) } },
        store(statement.field),
      ];
    case "set-from":
      return [...loads(statement.by), lookup(statement.map, { dreg: FIRST }), store(statement.field)];
    case "set-bits":
      return [
        ...loads([statement.field]),
        bitwise(statement.keep & ~statement.value, statement.value),
        store(statement.field),
      ];
    case "counter":
      return [{ name: "counter", attributes: {} }];
    case "limit":
      return [{ name: "limit", attributes: { rate: BigInt(statement.perSecond), unit: 1n, burst: BURST } }];
    case "log": {
      const { group, prefix, length } = statement;
      return [{ name: "log", attributes: { group, prefix, ...(length === undefined ? {} : { snaplen: length }) } }];
    }
    case "reject":
      return [
        {
          name: "reject",
          attributes:
            statement.answer === "tcp-reset"
              ? { type: REJECT_TCP_RESET }
              : { type: REJECT_ICMPX, code: ICMPX_ADMIN_PROHIBITED },
        },
      ];
    case "verdict":
      return [{ name: "immediate", attributes: { dreg: VERDICT_REGISTER, data: statement.verdict } }];
  }
}

function lookup(set: string, more: { readonly dreg?: number; readonly flags?: number }): Expression {
  return { name: "lookup", attributes: { set, sreg: FIRST, ...more } };
}

/** Writes the first register into a field. */
function store(field: Field): Expression {
  const { name, attributes } = SOURCES[field].load;
  return { name, attributes: { ...attributes, sreg: FIRST } };
}

function comparisons(field: NumberField, { start, end }: Interval<number>): readonly Expression[] {
  const { length } = SOURCES[field];
  const first = networkNumber(start, length);
  if (end - start === 1) return [compare(CMP_EQ, first)];
  return [compare(CMP_GTE, first), compare(CMP_LTE, networkNumber(end - 1, length))];
}

function networkNumber(value: number, length: number): Uint8Array {
  return length === 1 ? Uint8Array.of(value) : Uint8Array.of(value >>> 8, value & 0xff);
}
