/**
 * Selectors as ONE predicate tree over labels. Kubernetes label selectors are lowered to it by the dialects; other
 * selector languages parse to the same tree, so evaluation, text and indexing exist once.
 */
import type { Labels } from "./labels.ts";

export type Selector =
  | { readonly op: "all"; readonly of: readonly Selector[] }
  | { readonly op: "any"; readonly of: readonly Selector[] }
  | { readonly op: "not"; readonly of: Selector }
  | { readonly op: "has"; readonly key: string }
  /** The label exists and its value is one of `values`. */
  | { readonly op: "in"; readonly key: string; readonly values: readonly string[] };

/** Selects everything: an empty conjunction. */
export const EVERYTHING: Selector = { op: "all", of: [] };

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

export function isEverything(selector: Selector): boolean {
  return selector.op === "all" && selector.of.length === 0;
}

/** Whether the labels satisfy the selector. A missing label satisfies no `has` and no `in`, hence every negation. */
export function selects(selector: Selector, labels: Labels): boolean {
  return selectsKnowing(selector, labels, () => true) === true;
}

/**
 * Three-valued selection for objects of which not every label is known: `known(key)` says whether the labels tell about
 * that key. Undefined when labels that are not known would decide (Kleene logic).
 */
export function selectsKnowing(
  selector: Selector,
  labels: Labels,
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
      if (!known(selector.key)) return undefined;
      const value = labels.get(selector.key);
      return value !== undefined && selector.values.includes(value);
    }
  }
}

function combine(
  of: readonly Selector[],
  labels: Labels,
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

/** Every label key the selector looks at. */
export function keysOf(selector: Selector): ReadonlySet<string> {
  switch (selector.op) {
    case "all":
    case "any":
      return new Set(selector.of.flatMap((part) => [...keysOf(part)]));
    case "not":
      return keysOf(selector.of);
    case "has":
    case "in":
      return new Set([selector.key]);
  }
}

/** Canonical text in kubectl's notation: `app=web,tier in (a,b),!canary`. */
export function selectorText(selector: Selector): string {
  switch (selector.op) {
    case "all":
      return selector.of.length === 0 ? "everything" : selector.of.map(selectorText).join(",");
    case "any":
      return selector.of.length === 0 ? "nothing" : `(${selector.of.map(selectorText).join(" or ")})`;
    case "not": {
      const { of } = selector;
      if (of.op === "has") return `!${of.key}`;
      if (of.op === "in") return `${of.key} notin (${of.values.join(",")})`;
      return `not (${selectorText(of)})`;
    }
    case "has":
      return selector.key;
    case "in": {
      const [first] = selector.values;
      return selector.values.length === 1
        ? `${selector.key}=${first}`
        : `${selector.key} in (${selector.values.join(",")})`;
    }
  }
}
