/** From the statements of a rule to the expressions the kernel runs, the same that `nft` makes of the rule's text. */
import type { ConnectionState, Field, NumberField, Statement } from "../../dataplane/statement.ts";
import type { Interval } from "../../net/intervals.ts";
import { hostNumber } from "./data.ts";
import type { Expression } from "./expression.ts";
import { FIRST, IMPLYING, type Implied, loads, SOURCES, STATE, store, toFirst, VERDICT_REGISTER } from "./field.ts";

/** The expressions of a rule, in order. Pure. */
export function expressionsOf(statements: readonly Statement[]): readonly Expression[] {
  const known: Known = new Map();
  return joined(
    statements.flatMap((statement) => [
      ...fieldsRead(statement).flatMap((field) => impliedMatches(field, known)),
      ...expressionsOfStatement(statement, known),
    ]),
  );
}

/** Neighbouring fields of the packet that are compared one after the other are compared at once, as `nft` has it. */
function joined(expressions: readonly Expression[]): readonly Expression[] {
  const result: Expression[] = [];
  for (const expression of expressions) {
    result.push(expression);
    const pair = pairOf(result.slice(-4));
    if (pair !== undefined) result.splice(-4, 4, ...pair);
  }
  return result;
}

function pairOf([load, check, nextLoad, nextCheck]: readonly Expression[]): readonly Expression[] | undefined {
  const [first, second] = [fieldCompared(load, check), fieldCompared(nextLoad, nextCheck)];
  if (first === undefined || second === undefined || load === undefined) return undefined;
  if (first.base !== second.base || first.offset + first.data.length !== second.offset) return undefined;
  const data = Uint8Array.of(...first.data, ...second.data);
  return [{ ...load, attributes: { ...load.attributes, len: data.length } }, compare(CMP_EQ, data)];
}

interface FieldCompared {
  readonly base: number;
  readonly offset: number;
  readonly data: Uint8Array;
}

function fieldCompared(load: Expression | undefined, check: Expression | undefined): FieldCompared | undefined {
  if (load?.name !== "payload" || check?.name !== "cmp" || check.attributes["op"] !== CMP_EQ) return undefined;
  const { base, offset } = load.attributes;
  const { data } = check.attributes;
  return typeof base === "number" && typeof offset === "number" && data instanceof Uint8Array
    ? { base, offset, data }
    : undefined;
}

/** What the statements before have made sure of; it need not be asked again. */
type Known = Map<Implied["field"], number>;

function fieldsRead(statement: Statement): readonly Field[] {
  switch (statement.kind) {
    case "range":
    case "holds":
    case "bits":
    case "no-bits":
    case "bits-member":
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

function impliedMatches(field: Field, known: Known): readonly Expression[] {
  return SOURCES[field].implies.flatMap((implied) => {
    if (known.get(implied.field) === implied.value) return [];
    known.set(implied.field, implied.value);
    return [toFirst(IMPLYING[implied.field]), compare(CMP_EQ, Uint8Array.of(implied.value))];
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

function expressionsOfStatement(statement: Statement, known: Known): readonly Expression[] {
  switch (statement.kind) {
    case "range":
      if (statement.field === "meta l4proto" && statement.range.end - statement.range.start === 1) {
        known.set("l4proto", statement.range.start);
      }
      return [...loads([statement.field]), ...comparisons(statement.field, statement.range)];
    case "state": {
      const bits = statement.states.reduce((sum, state) => sum | STATE_BITS[state], 0);
      return [toFirst(STATE), bitwise(bits, 0), compare(CMP_NEQ, NO_BITS)];
    }
    case "holds":
      return [...loads([statement.field]), compare(CMP_EQ, hostNumber(statement.value))];
    case "bits":
      return [...loads([statement.field]), bitwise(statement.mask, 0), compare(CMP_EQ, hostNumber(statement.value))];
    case "no-bits": {
      const [mask, none] = [Uint8Array.of(statement.mask), Uint8Array.of(0)];
      const masked = { sreg: FIRST, dreg: FIRST, len: 1, mask, xor: none };
      return [...loads([statement.field]), { name: "bitwise", attributes: masked }, compare(CMP_EQ, none)];
    }
    case "bits-member":
      return [...loads([statement.field]), bitwise(statement.mask, 0), lookup(statement.set, {})];
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
    case "notrack":
    case "counter":
      return [{ name: statement.kind, attributes: {} }];
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

function comparisons(field: NumberField, { start, end }: Interval<number>): readonly Expression[] {
  const { length } = SOURCES[field];
  const first = networkNumber(start, length);
  if (end - start === 1) return [compare(CMP_EQ, first)];
  return [compare(CMP_GTE, first), compare(CMP_LTE, networkNumber(end - 1, length))];
}

function networkNumber(value: number, length: number): Uint8Array {
  return length === 1 ? Uint8Array.of(value) : Uint8Array.of(value >>> 8, value & 0xff);
}
