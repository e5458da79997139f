/** Statements and verdicts in the language of nft. */
import type { Interval } from "../net/intervals.ts";
import { protocolText } from "../net/protocol.ts";
import {
  DIRECTION,
  type Field,
  NFPROTO,
  type NumberField,
  type ScratchField,
  type Statement,
  type Verdict,
} from "./statement.ts";

export function statementText(statement: Statement): string {
  switch (statement.kind) {
    case "range":
      return `${statement.field} ${rangeText(statement.field, statement.range)}`;
    case "state":
      return `ct state ${statement.states.join(",")}`;
    case "holds":
      return `${statement.field} ${scratchText(statement.field, statement.value)}`;
    case "bits":
      return `${statement.field} and ${markText(statement.mask)} == ${markText(statement.value)}`;
    case "no-bits":
      return `${statement.field} and ${statement.mask} == 0`;
    case "bits-member":
      return `${statement.field} and ${markText(statement.mask)} == @${statement.set}`;
    case "member":
      return `${fieldsText(statement.fields)} ${statement.negated ? "!= " : ""}@${statement.set}`;
    case "verdict-map":
      return `${fieldsText(statement.fields)} vmap @${statement.map}`;
    case "set":
      return `${statement.field} set ${scratchText(statement.field, statement.value)}`;
    case "set-from":
      return `${statement.field} set ${fieldsText(statement.by)} map @${statement.map}`;
    case "set-bits":
      return `${statement.field} set ${statement.field} and ${markText(statement.keep)} or ${markText(statement.value)}`;
    case "notrack":
    case "counter":
      return statement.kind;
    case "limit":
      return `limit rate ${statement.perSecond}/second`;
    case "log": {
      const length = statement.length === undefined ? "" : ` snaplen ${statement.length}`;
      return `log prefix "${statement.prefix}" group ${statement.group}${length}`;
    }
    case "reject":
      return statement.answer === "tcp-reset" ? "reject with tcp reset" : "reject with icmpx admin-prohibited";
    case "verdict":
      return verdictText(statement.verdict);
  }
}

export function verdictText(verdict: Verdict): string {
  return "chain" in verdict ? `${verdict.kind} ${verdict.chain}` : verdict.kind;
}

/** Classes travel in the packet's priority, which nft writes as major:minor in hexadecimal. */
export function classText(value: number): string {
  return `${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
}

function fieldsText(fields: readonly Field[]): string {
  return fields.join(" . ");
}

function rangeText(field: NumberField, { start, end }: Interval<number>): string {
  if (end - start > 1) return `${start}-${end - 1}`;
  switch (field) {
    case "meta l4proto":
      return protocolText(start);
    case "meta nfproto":
      return start === NFPROTO[4] ? "ipv4" : "ipv6";
    case "ct direction":
      return start === DIRECTION.original ? "original" : "reply";
    default:
      return String(start);
  }
}

function scratchText(field: ScratchField, value: number): string {
  return field === "meta priority" ? classText(value) : markText(value);
}

/** Marks, as nft writes them. */
export function markText(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}
