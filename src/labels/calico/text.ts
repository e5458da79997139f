/** Selectors written in Calico's language. */
import type { TextMatch } from "../selector.ts";
import type { CalicoSelector } from "./selector.ts";

export const TEXT_OPERATORS: Readonly<Record<TextMatch, string>> = {
  contains: "contains",
  starts: "starts with",
  ends: "ends with",
};

/**
 * The canonical text: sets sorted by code point and without duplicates, a set of one value as `==`, `(a && b)`, double
 * quotes unless the value holds one, `!` only where no operator says it, `all()` where nothing is asked. Reading it gives
 * back an equal selector, and texts of selectors that differ only in these ways are the same.
 * Throws a RangeError for a value with both kinds of quotes, which the language cannot write (and no text can give).
 */
export function calicoSelectorText(selector: CalicoSelector): string {
  return textOf(selector, false);
}

function textOf(selector: CalicoSelector, negated: boolean): string {
  const bang = negated ? "!" : "";
  switch (selector.op) {
    case "all":
      return connected(selector.of, "&&", negated) ?? `${bang}all()`;
    case "any":
      return connected(selector.of, "||", negated) ?? (negated ? "all()" : "!all()");
    case "not":
      return textOf(selector.of, !negated);
    case "global":
      return `${bang}global()`;
    case "has":
      return `${bang}has(${selector.key})`;
    case "in": {
      const values = [...new Set(selector.values)].sort(compareCodePoints).map(quoted);
      if (values.length === 1) return `${selector.key} ${negated ? "!=" : "=="} ${values.join()}`;
      return `${selector.key} ${negated ? "not in" : "in"} {${values.join(", ")}}`;
    }
    case "text":
      return `${bang}${selector.key} ${TEXT_OPERATORS[selector.match]} ${quoted(selector.value)}`;
  }
}

/** Undefined where there is nothing to connect. */
function connected(parts: readonly CalicoSelector[], operator: string, negated: boolean): string | undefined {
  const [first] = parts;
  if (first === undefined) return undefined;
  if (parts.length === 1) return textOf(first, negated);
  return `${negated ? "!" : ""}(${parts.map((part) => textOf(part, false)).join(` ${operator} `)})`;
}

function quoted(value: string): string {
  if (!value.includes('"')) return `"${value}"`;
  if (!value.includes("'")) return `'${value}'`;
  throw new RangeError(`a Calico selector cannot hold a value with both kinds of quotes: ${value}`);
}

/** The order of the values' UTF-8 bytes, which UTF-16 order is not. */
function compareCodePoints(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  const difference = left.findIndex((character, index) => character !== right[index]);
  const at = difference < 0 ? left.length : difference;
  return codePoint(left[at]) - codePoint(right[at]);
}

function codePoint(character: string | undefined): number {
  return character?.codePointAt(0) ?? -1;
}
