/** Scalars of JSON, once it is known where they begin and end. */
import type { Scalar } from "./nodes.ts";
import { jsonNumber } from "./scalars.ts";

/** The text of a string with its quotes between two offsets; undefined where an escape in it does not exist. */
export function jsonString(text: string, start: number, end: number): string | undefined {
  const inner = text.slice(start + 1, end - 1);
  if (!inner.includes("\\")) return inner;
  try {
    return String(JSON.parse(text.slice(start, end)));
  } catch {
    return undefined;
  }
}

const LONGEST_WORD = 400;

/** The offset behind the letters, digits and signs that begin here. */
export function endOfWord(text: string, start: number): number {
  let at = start;
  while (at - start < LONGEST_WORD && isOfWord(text.charCodeAt(at))) at++;
  return at;
}

/** Letters, digits, and the signs of numbers: `_`, `.`, `+`, `-`. */
function isOfWord(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 48 && code <= 57) ||
    (code >= 65 && code <= 90) ||
    code === 46 ||
    code === 45 ||
    code === 43 ||
    code === 95
  );
}

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/;

/** A value that is neither text nor list nor object; undefined for what JSON does not know. */
export function jsonWord(word: string): Scalar | undefined {
  switch (word) {
    case "true":
      return true;
    case "false":
      return false;
    case "null":
      return null;
    default:
      return NUMBER.test(word) ? jsonNumber(word) : undefined;
  }
}
