/**
 * Expressions: what the kernel runs for a rule, one after the other, on sixteen registers of four bytes. A table says
 * which attributes an expression has; writing and reading both go by it.
 */
import type { Verdict } from "../../dataplane/statement.ts";
import * as attribute from "./attribute.ts";
import { Attributes } from "./attribute.ts";
import { type Bytes, viewOf } from "./bytes.ts";
import { putData, readData } from "./data.ts";

/** A value to compare or load: its bytes as they lie in a register, or a verdict. */
export type Data = Uint8Array | Verdict;

type Value = number | bigint | string | Data;

export interface Expression {
  readonly name: string;
  readonly attributes: Readonly<Record<string, Value>>;
}

type Format = "u8" | "u16" | "u32" | "u64" | "text" | "data";

interface Layout {
  readonly number: number;
  readonly format: Format;
  /** What the kernel reports if the attribute was not given. */
  readonly otherwise?: number;
}

function at(number: number, format: Format, otherwise?: number): Layout {
  return { number, format, ...(otherwise === undefined ? {} : { otherwise }) };
}

/** By name of the expression, `enum nft_<name>_attributes` of linux/netfilter/nf_tables.h. */
const LAYOUTS: Readonly<Record<string, Readonly<Record<string, Layout>>>> = {
  meta: { dreg: at(1, "u32"), key: at(2, "u32"), sreg: at(3, "u32") },
  ct: { dreg: at(1, "u32"), key: at(2, "u32"), direction: at(3, "u8"), sreg: at(4, "u32") },
  payload: { dreg: at(1, "u32"), base: at(2, "u32"), offset: at(3, "u32"), len: at(4, "u32") },
  cmp: { sreg: at(1, "u32"), op: at(2, "u32"), data: at(3, "data") },
  bitwise: {
    sreg: at(1, "u32"),
    dreg: at(2, "u32"),
    len: at(3, "u32"),
    mask: at(4, "data"),
    xor: at(5, "data"),
    op: at(6, "u32", 0),
  },
  lookup: { set: at(1, "text"), sreg: at(2, "u32"), dreg: at(3, "u32"), flags: at(5, "u32", 0) },
  immediate: { dreg: at(1, "u32"), data: at(2, "data") },
  notrack: {},
  // What a counter has counted is no part of the rule.
  counter: {},
  limit: {
    rate: at(1, "u64"),
    unit: at(2, "u64"),
    burst: at(3, "u32"),
    type: at(4, "u32", 0),
    flags: at(5, "u32", 0),
  },
  log: {
    group: at(1, "u16"),
    prefix: at(2, "text"),
    snaplen: at(3, "u32", 0),
    qthreshold: at(4, "u16", 0),
    level: at(5, "u32", 0),
    flags: at(6, "u32", 0),
  },
  reject: { type: at(1, "u32"), code: at(2, "u8", 0) },
};

/** `enum nft_expr_attributes`. */
const NFTA_EXPR_NAME = 1;
const NFTA_EXPR_DATA = 2;

/** Appends the value of an element of NFTA_RULE_EXPRESSIONS. Throws a TypeError for an expression that has no layout. */
export function putExpression(to: Bytes, { name, attributes }: Expression): void {
  const layouts = LAYOUTS[name];
  if (layouts === undefined) throw new TypeError(`${name} is no known expression`);
  attribute.putText(to, NFTA_EXPR_NAME, name);
  const data = attribute.beginNested(to, NFTA_EXPR_DATA);
  for (const [key, layout] of Object.entries(layouts)) {
    const value = attributes[key];
    if (value !== undefined) putValue(to, layout, value);
  }
  attribute.end(to, data);
}

function putValue(to: Bytes, { number, format }: Layout, value: Value): void {
  if (typeof value === "number") {
    if (format === "u8") return attribute.putU8(to, number, value);
    if (format === "u16") return attribute.putU16(to, number, value);
    if (format === "u32") return attribute.putU32(to, number, value);
  }
  if (typeof value === "bigint" && format === "u64") return attribute.putU64(to, number, value);
  if (typeof value === "string" && format === "text") return attribute.putText(to, number, value);
  if (typeof value === "object" && format === "data") return putData(to, number, value);
  throw new TypeError(`an attribute of format ${format} does not hold a ${typeof value}`);
}

/**
 * Reads the value of an element of NFTA_RULE_EXPRESSIONS as it was written: defaults that the kernel adds are left out. An
 * expression without a layout keeps its bytes, so that it equals no other.
 */
export function readExpression(bytes: Uint8Array): Expression {
  const whole = new Attributes(bytes);
  const name = whole.text(NFTA_EXPR_NAME) ?? "";
  const layouts = LAYOUTS[name];
  if (layouts === undefined) return { name, attributes: { bytes: whole.raw(NFTA_EXPR_DATA) ?? new Uint8Array(0) } };
  const data = whole.nested(NFTA_EXPR_DATA);
  const read: Record<string, Value> = {};
  for (const [key, layout] of Object.entries(layouts)) {
    const value = data && readValue(data, layout);
    if (value !== undefined && value !== layout.otherwise) read[key] = value;
  }
  return { name, attributes: read };
}

function readValue(from: Attributes, { number, format }: Layout): Value | undefined {
  switch (format) {
    case "u8":
      return from.u8(number);
    case "u16":
      return from.u16(number);
    case "u32":
      return from.u32(number);
    case "u64":
      return from.u64(number);
    case "text":
      return from.text(number);
    case "data": {
      const data = from.nested(number);
      return data && readData(data);
    }
  }
}

/** The expression in words that only equal expressions share. */
export function expressionText({ name, attributes }: Expression): string {
  const words = Object.entries(attributes).map(([key, value]) => `${key} ${valueText(value)}`);
  return [name, ...words.sort()].join(" ");
}

function valueText(value: Value): string {
  if (value instanceof Uint8Array) return `0x${hexOf(value)}`;
  if (typeof value === "object") return "chain" in value ? `${value.kind} ${value.chain}` : value.kind;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function hexOf(bytes: Uint8Array): string {
  const view = viewOf(bytes);
  return Array.from({ length: bytes.length }, (_, i) => view.getUint8(i).toString(16).padStart(2, "0")).join("");
}
