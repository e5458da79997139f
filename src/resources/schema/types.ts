/**
 * The field tables' building blocks. A `Type` reads the value under a cursor and reports what is wrong with it. Like the
 * Go decoder of Kubernetes it takes `null` for the zero value, names of fields to the letter, and no value of another type.
 */
import type { Cursor } from "./cursor.ts";
import { typeName } from "../yaml/nodes.ts";
import { suggestionFor } from "./spelling.ts";
import { type Objection, shown, strangeRemedy } from "./syntax.ts";

/** Always gives a value: the zero value where nothing is written or what is written cannot be used. */
export type Type<T> = ((at: Cursor) => T) & {
  /** What it gives where nothing is written and nothing is to be said about that. Absent: it has to look each time. */
  readonly unwritten?: { readonly value: T };
};

/** Most fields of most objects are not written, so it counts that they cost nothing and share their value. */
function mayBeUnwritten<T>(type: (at: Cursor) => T, value: T): Type<T> {
  return Object.assign(type, { unwritten: { value } });
}

/** With what another type gives where nothing is written. */
function unwrittenAs<T>(other: Type<T>, type: (at: Cursor) => T): Type<T> {
  return other.unwritten === undefined ? type : mayBeUnwritten(type, other.unwritten.value);
}

export type ValueOf<R> = R extends Type<infer T> ? T : never;

function wrongType(at: Cursor, expected: string, remedy: string): void {
  at.report("PC111", `expected ${expected}, got ${at.node === undefined ? "nothing" : typeName(at.node)}`, remedy);
}

export const string: Type<string> = mayBeUnwritten((at) => {
  if (!at.isPresent) return "";
  if (at.node?.kind === "scalar" && typeof at.node.value === "string") return at.node.value;
  wrongType(at, "string", textRemedy(at));
  return "";
}, "");

function textRemedy(at: Cursor): string {
  if (at.node?.kind === "scalar") return `put it in quotes: "${at.written}"`;
  const [key, ...others] = at.node?.kind === "map" ? [...at.node.entries.keys()] : [];
  return key === undefined || others.length > 0 ? "write one text value here" : `write ${key} alone, without the colon`;
}

export const boolean: Type<boolean> = mayBeUnwritten((at) => {
  if (!at.isPresent) return false;
  if (at.node?.kind === "scalar" && typeof at.node.value === "boolean") return at.node.value;
  wrongType(at, "boolean", "write true or false, without quotes");
  return false;
}, false);

export const integer: Type<number> = mayBeUnwritten((at) => {
  if (!at.isPresent) return 0;
  if (at.node?.kind === "scalar" && typeof at.node.value === "number" && isInt32(at.node.value)) return at.node.value;
  wholeNumberExpected(at);
  return 0;
}, 0);

function isInt32(value: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31;
}

function wholeNumberExpected(at: Cursor): void {
  if (at.node?.kind === "scalar" && (typeof at.node.value === "number" || typeof at.node.value === "bigint")) {
    at.report("PC111", `expected a whole number of 32 bits, got ${at.node.value}`, "write a whole number");
  } else {
    const quoted = at.node?.kind === "scalar" && typeof at.node.value === "string" && /^\d+$/.test(at.node.value);
    wrongType(at, "number", quoted ? "remove the quotes" : "write a number");
  }
}

/** A number that may be a fraction. */
export const number: Type<number> = mayBeUnwritten((at) => {
  if (!at.isPresent) return 0;
  if (at.node?.kind === "scalar" && (typeof at.node.value === "number" || typeof at.node.value === "bigint")) {
    return Number(at.node.value);
  }
  wholeNumberExpected(at);
  return 0;
}, 0);

export const integerOrString: Type<number | string> = mayBeUnwritten((at) => {
  if (at.node?.kind === "scalar" && typeof at.node.value === "string") return at.node.value;
  if (at.node?.kind === "scalar" && typeof at.node.value !== "boolean") return integer(at);
  if (at.isPresent) wrongType(at, "number or name", "write a port number, or the name of a container port");
  return 0;
}, 0);

/** Undefined where nothing is written, as a Go pointer. */
export function optional<T>(type: Type<T>): Type<T | undefined> {
  return mayBeUnwritten((at) => (at.isPresent ? type(at) : undefined), undefined);
}

export function withDefault<T>(type: Type<T>, value: T): Type<T> {
  return mayBeUnwritten((at) => (at.isPresent ? type(at) : value), value);
}

/** Values that are written are held against a rule. */
export function checked<T>(type: Type<T>, rule: (value: T) => Objection): Type<T> {
  return unwrittenAs(type, (at) => {
    const errors = at.context.sink.errors;
    const value = type(at);
    if (!at.isPresent || at.context.sink.errors !== errors) return value;
    const objection = rule(value);
    if (objection !== undefined) at.report("PC112", objection.reason, objection.remedy);
    return value;
  });
}

export function required<T>(type: Type<T>, remedy: string): Type<T> {
  return (at) => {
    if (!at.isPresent) at.report("PC113", "required, but nothing is written", remedy);
    return type(at);
  };
}

export function list<T>(type: Type<T>): Type<readonly T[]> {
  const none: readonly T[] = [];
  return mayBeUnwritten((at) => {
    if (!at.isPresent) return none;
    if (at.node?.kind === "list") return at.node.items.map((_, i) => type(at.enter(i)));
    const mapping = at.node?.kind === "map";
    const value = mapping
      ? "put `- ` in front of its first key and indent the others to match"
      : `write \`- ${at.written}\``;
    wrongType(at, "list", `a list is needed even for one item: ${value}`);
    return none;
  }, none);
}

/** A list that is refused where it is written with fewer or more items. */
export function sized<T>(type: Type<readonly T[]>, min: 0 | 1, max: number): Type<readonly T[]> {
  return (at) => {
    const count = at.node?.kind === "list" ? at.node.items.length : undefined;
    if (count !== undefined && count < min) {
      at.report("PC112", "an empty list is not allowed here", "remove the field, or list at least one item");
    }
    if (count !== undefined && count > max) {
      at.report("PC112", `${count} items, and at most ${max} are allowed`, "split the object into several");
    }
    return type(at);
  };
}

/** A mapping from free names to strings, such as labels. `rule` judges each pair. */
export function stringMap(rule: (key: string, at: Cursor) => void): Type<Readonly<Record<string, string>>> {
  const none: Readonly<Record<string, string>> = {};
  return mayBeUnwritten((at) => {
    if (!at.isPresent) return none;
    if (at.node?.kind !== "map") {
      wrongType(at, "mapping", "write `key: value` pairs here");
      return none;
    }
    const result: [string, string][] = [];
    for (const key of at.node.entries.keys()) {
      const pair = at.enter(key);
      const errors = at.context.sink.errors;
      const value = string(pair);
      if (at.context.sink.errors === errors) rule(key, pair);
      result.push([key, value]);
    }
    return Object.fromEntries(result);
  }, none);
}

/** One of a few words. An empty value gives `fallback`, as the API server's defaulting does. */
export function oneOf<T extends string>(words: readonly T[], fallback: T | undefined): Type<T> {
  const read = (at: Cursor): T => {
    const [first] = words;
    const zero = fallback ?? first;
    if (zero === undefined) throw new TypeError("oneOf needs a word");
    const errors = at.context.sink.errors;
    const value = string(at);
    if (at.context.sink.errors !== errors) return zero;
    const word = words.find((known) => known === value);
    if (word !== undefined) return word;
    if (value === "" && fallback !== undefined) return fallback;
    const suggestion = suggestionFor(value, words);
    const hint = suggestion === undefined ? "" : ` (did you mean ${suggestion.word}?)`;
    const choice =
      suggestion === undefined
        ? (strangeRemedy(value) ?? `write one of ${words.join(", ")}`)
        : `write ${suggestion.word}`;
    const message =
      value === "" ? "required, but nothing is written" : `${shown(value)} is not one of ${words.join(", ")}${hint}`;
    at.report(value === "" ? "PC113" : "PC112", message, choice);
    return zero;
  };
  return fallback === undefined ? read : mayBeUnwritten(read, fallback);
}

/** What dropping an unknown field does and what to write instead, in one sentence. */
export type Advice = (key: string, at: Cursor) => string | undefined;

interface RecordRules<R> {
  /** The field that is meant where someone writes its value alone, as `ports: [80]`. */
  readonly mainField?: keyof R & string;
  /** Fields that exist in the API and are not read. With "any", unknown names are taken for such fields, unless only their case is wrong. */
  readonly passive?: readonly string[] | "any";
  readonly advice?: Advice;
  /** Rules between fields. `unknown` are the written names that the API does not know. */
  readonly check?: (value: R, at: Cursor, unknown: readonly string[]) => void;
}

type Fields<R> = { readonly [K in keyof R]: Type<R[K]> };

export function record<R>(fields: Fields<R>, rules: RecordRules<R> = {}): Type<R> {
  const known = Object.entries<Type<unknown>>(fields);
  const passive = rules.passive === "any" ? [] : (rules.passive ?? []);
  const names = [...known.map(([name]) => name), ...passive];
  const isOpen = rules.passive === "any";
  // Copies of it have all fields from the start, which is cheaper than to grow each one field by field.
  const blank: Record<string, unknown> = Object.fromEntries(known.map(([name, type]) => [name, type.unwritten?.value]));
  const read = (at: Cursor): R => {
    const wrong = at.isPresent && at.node?.kind !== "map";
    if (wrong) wrongType(at, "mapping", mappingRemedy(at, rules.mainField));
    const place = wrong ? at.blank() : at;
    const unknown = unknownFields(place, names, isOpen);
    for (const key of unknown) reportUnknown(place.child(key), key, names, rules.advice?.(key, place));
    const value = { ...blank };
    const entries = place.node?.kind === "map" ? place.node.entries : undefined;
    for (const [name, type] of known) {
      if (type.unwritten === undefined || entries?.has(name) === true) value[name] = type(place.enter(name));
    }
    if (!isWhole(value, fields)) throw new TypeError("a field was not read");
    if (!wrong) rules.check?.(value, place, unknown);
    return value;
  };
  // A record that is not written has fields that are not.
  const isSilent = rules.check === undefined && known.every(([, { unwritten }]) => unwritten !== undefined);
  return isSilent && isWhole(blank, fields) ? mayBeUnwritten(read, blank) : read;
}

/** Every field has been read by its own Type, so a value with all of them is what the table describes. */
function isWhole<R>(value: object, fields: Fields<R>): value is R & object {
  for (const name in fields) if (!Object.hasOwn(value, name)) return false;
  return true;
}

function mappingRemedy(at: Cursor, mainField: string | undefined): string {
  if (at.node?.kind === "list") return "remove the `- ` in front of it: one mapping is expected here, not a list";
  return mainField === undefined ? "write `field: value` pairs here" : `write \`${mainField}: ${at.written}\``;
}

function unknownFields(at: Cursor, names: readonly string[], isOpen: boolean): readonly string[] {
  if (at.node?.kind !== "map") return NONE;
  let unknown: string[] | undefined;
  for (const key of at.node.entries.keys()) {
    if (names.includes(key) || (isOpen && !names.some((name) => differsInCase(name, key)))) continue;
    unknown ??= [];
    unknown.push(key);
  }
  return unknown ?? NONE;
}

const NONE: readonly string[] = [];

function differsInCase(name: string, key: string): boolean {
  return name.length === key.length && name.toLowerCase() === key.toLowerCase();
}

function reportUnknown(at: Cursor, key: string, names: readonly string[], advice: string | undefined): void {
  const { validation } = at.context;
  if (validation === "ignore") return;
  const suggestion = suggestionFor(key, names);
  const hint =
    suggestion === undefined
      ? ""
      : suggestion.onlyCase
        ? " (field names are case-sensitive)"
        : ` (did you mean "${suggestion.word}"?)`;
  const code = validation === "strict" ? "PC110" : "PC116";
  const dropped = validation === "strict" ? "" : " is dropped";
  const fallback =
    suggestion === undefined
      ? (strangeRemedy(key) ?? `remove it; the fields here are ${names.slice(0, 12).join(", ")}`)
      : `write ${suggestion.word}`;
  at.reportKey(code, `unknown field "${at.pathText}"${dropped}${hint}`, advice ?? fallback);
}
