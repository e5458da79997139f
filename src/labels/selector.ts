/**
 * Selectors as ONE predicate tree over labels. Kubernetes label selectors are lowered to it by the dialects; other
 * selector languages parse to the same tree, so evaluation, text and indexing exist once.
 */
import type { LabelSource } from "./labels.ts";

export type Selector = All<Selector> | Any<Selector> | Not<Selector> | Criterion;

export interface All<Node> {
  readonly op: "all";
  readonly of: readonly Node[];
}

export interface Any<Node> {
  readonly op: "any";
  readonly of: readonly Node[];
}

export interface Not<Node> {
  readonly op: "not";
  readonly of: Node;
}

/** What a selector asks of one label. Every criterion is false where the label is missing. */
export type Criterion =
  | { readonly op: "has"; readonly key: string }
  /** The label exists and its value is one of `values`. */
  | { readonly op: "in"; readonly key: string; readonly values: readonly string[] }
  /** The label exists and its value contains, starts with or ends with `value`, case counting. */
  | { readonly op: "text"; readonly key: string; readonly match: TextMatch; readonly value: string };

export type TextMatch = "contains" | "starts" | "ends";

/** Selects everything: an empty conjunction. */
export const EVERYTHING: Selector = { op: "all", of: [] };

/** Selects nothing: an empty alternative. */
export const NOTHING: Selector = { op: "any", of: [] };

export function all(of: readonly Selector[]): Selector {
  const [only] = of;
  return of.length === 1 && only !== undefined ? only : { op: "all", of };
}

export function any(of: readonly Selector[]): Selector {
  const [only] = of;
  return of.length === 1 && only !== undefined ? only : { op: "any", of };
}

export function not(of: Selector): Selector {
  return { op: "not", of };
}

export function has(key: string): Selector {
  return { op: "has", key };
}

export function isIn(key: string, values: readonly string[]): Selector {
  return { op: "in", key, values };
}

export function equals(key: string, value: string): Selector {
  return { op: "in", key, values: [value] };
}

export function textMatches(key: string, match: TextMatch, value: string): Selector {
  return { op: "text", key, match, value };
}

export function isEverything(selector: Selector): boolean {
  return selector.op === "all" && selector.of.length === 0;
}

export function isNothing(selector: Selector): boolean {
  return selector.op === "any" && selector.of.length === 0;
}

/** Whether the labels satisfy the selector. A missing label satisfies no criterion, hence every negation of one. */
export function selects(selector: Selector, labels: LabelSource): boolean {
  return selectsKnowing(selector, labels, () => true) === true;
}

/**
 * Three-valued selection for objects of which not every label is known: `known(key)` says whether the labels tell about
 * that key. Undefined when labels that are not known would decide (Kleene logic).
 */
export function selectsKnowing(
  selector: Selector,
  labels: LabelSource,
  known: (key: string) => boolean,
): boolean | undefined {
  switch (selector.op) {
    case "all":
      return combine(selector.of, labels, known, false);
    case "any":
      return combine(selector.of, labels, known, true);
    case "not": {
      const inner = selectsKnowing(selector.of, labels, known);
      return inner === undefined ? undefined : !inner;
    }
    case "has":
      return known(selector.key) ? labels.has(selector.key) : undefined;
    case "in": {
      if (selector.values.length === 0) return false;
      if (!known(selector.key)) return undefined;
      const value = labels.get(selector.key);
      return value !== undefined && selector.values.includes(value);
    }
    case "text": {
      if (!known(selector.key)) return undefined;
      const value = labels.get(selector.key);
      return value !== undefined && holdsText(value, selector.match, selector.value);
    }
  }
}

function holdsText(value: string, match: TextMatch, wanted: string): boolean {
  switch (match) {
    case "contains":
      return value.includes(wanted);
    case "starts":
      return value.startsWith(wanted);
    case "ends":
      return value.endsWith(wanted);
  }
}

function combine(
  of: readonly Selector[],
  labels: LabelSource,
  known: (key: string) => boolean,
  decisive: boolean,
): boolean | undefined {
  let result: boolean | undefined = !decisive;
  for (const part of of) {
    const value = selectsKnowing(part, labels, known);
    if (value === decisive) return decisive;
    if (value === undefined) result = undefined;
  }
  return result;
}

/**
 * What is left of a selector once some criteria are known: `EVERYTHING` where it holds whatever the others are, `NOTHING`
 * where it cannot hold. `holds` is undefined for a criterion that is not known.
 */
export function reduced(selector: Selector, holds: (criterion: Criterion) => boolean | undefined): Selector {
  switch (selector.op) {
    case "all": {
      const parts = selector.of.map((part) => reduced(part, holds)).filter((part) => !isEverything(part));
      return parts.some(isNothing) ? NOTHING : all(parts);
    }
    case "any": {
      const parts = selector.of.map((part) => reduced(part, holds)).filter((part) => !isNothing(part));
      return parts.some(isEverything) ? EVERYTHING : any(parts);
    }
    case "not": {
      const inner = reduced(selector.of, holds);
      return isEverything(inner) ? NOTHING : isNothing(inner) ? EVERYTHING : not(inner);
    }
    case "has":
    case "in":
    case "text": {
      const known = holds(selector);
      return known === undefined ? selector : known ? EVERYTHING : NOTHING;
    }
  }
}

/** The selector with every key replaced. */
export function withKeys(selector: Selector, rename: (key: string) => string): Selector {
  switch (selector.op) {
    case "all":
    case "any":
      return { op: selector.op, of: selector.of.map((part) => withKeys(part, rename)) };
    case "not":
      return not(withKeys(selector.of, rename));
    case "has":
    case "in":
    case "text":
      return { ...selector, key: rename(selector.key) };
  }
}

/** Selectors are never changed, so the keys of one are worked out once: every question about labels begins with them. */
const keysKnown = new WeakMap<Selector, ReadonlySet<string>>();

/** Every label key the selector looks at. */
export function keysOf(selector: Selector): ReadonlySet<string> {
  const known = keysKnown.get(selector) ?? keysIn(selector);
  keysKnown.set(selector, known);
  return known;
}

function keysIn(selector: Selector): ReadonlySet<string> {
  switch (selector.op) {
    case "all":
    case "any":
      return new Set(selector.of.flatMap((part) => [...keysOf(part)]));
    case "not":
      return keysOf(selector.of);
    case "has":
    case "in":
    case "text":
      return new Set([selector.key]);
  }
}

/**
 * Text in kubectl's notation: `app=web,tier in (a,b),!canary`; the text operators, which kubectl lacks, in words:
 * `app starts with web`. Different selectors have different texts: what could be mistaken stands in double quotes.
 */
export function selectorText(selector: Selector): string {
  switch (selector.op) {
    case "all":
      return selector.of.length === 0 ? "everything" : selector.of.map(selectorText).join(",");
    case "any":
      return selector.of.length === 0 ? "nothing" : `(${selector.of.map(selectorText).join(" or ")})`;
    case "not": {
      const { of } = selector;
      if (of.op === "has") return `!${of.key}`;
      if (of.op === "in") return `${of.key} notin (${of.values.map(memberText).join(",")})`;
      return `not (${selectorText(of)})`;
    }
    case "has":
      return selector.key === "everything" || selector.key === "nothing" ? `"${selector.key}"` : selector.key;
    case "in": {
      const [first] = selector.values;
      return first !== undefined && selector.values.length === 1
        ? `${selector.key}=${valueText(first)}`
        : `${selector.key} in (${selector.values.map(memberText).join(",")})`;
    }
    case "text": {
      const words = { contains: "contains", starts: "starts with", ends: "ends with" }[selector.match];
      return `${selector.key} ${words} ${memberText(selector.value)}`;
    }
  }
}

/** Kubernetes label values stand bare; other languages allow every character in a value. */
function valueText(value: string): string {
  return /^[A-Za-z0-9._-]*$/.test(value) ? value : JSON.stringify(value);
}

/** A value where nothing would not be seen. */
function memberText(value: string): string {
  return value === "" ? '""' : valueText(value);
}
