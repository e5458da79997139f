/**
 * What an unquoted scalar means in Kubernetes tooling: the rules of YAML 1.1 as Go's yaml package reads them, with its
 * own twists (no sexagesimal numbers, dates stay strings, `0o17` and `1_000` are numbers).
 */
import type { Scalar } from "./nodes.ts";

const WORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ["", null],
  ["~", null],
  ["null", null],
  ["Null", null],
  ["NULL", null],
  ...["y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"].map((word) => [word, false] as const),
]);

const LONGEST_WORD = 5;

/** Numbers JSON has no word for. Kubernetes refuses a document that holds one. */
const NOT_FINITE = /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/;

const FLOAT = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/;
const INTEGER = /^([-+]?)(?:0[xX]([\da-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9]\d*))$/;

const INT64_MAX = (1n << 63n) - 1n;
const UINT64_MAX = (1n << 64n) - 1n;
const INT64_MIN = -(1n << 63n);
/** No integer of 64 bits is longer, in binary with sign and prefix. */
const LONGEST_INTEGER = 67;

/** The value of an unquoted scalar; undefined for `.inf` and `.nan`, which Kubernetes refuses. */
export function plainScalar(text: string): Scalar | undefined {
  const word = text.length <= LONGEST_WORD ? WORDS.get(text) : undefined;
  if (word !== undefined) return word;
  const first = text.charCodeAt(0);
  const numeric = (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46;
  if (!numeric) return text;
  if (NOT_FINITE.test(text)) return undefined;
  return numberOf(text.startsWith(".") ? text : text.replaceAll("_", "")) ?? text;
}

/** The value of a JSON number; undefined where it is too large for a double. */
export function jsonNumber(text: string): number | bigint | undefined {
  const value = Number(text);
  // Zero has no sign among integers.
  if (Number.isSafeInteger(value) && /^-?\d+$/.test(text)) return value + 0;
  if (text.length <= LONGEST_INTEGER && /^-?\d+$/.test(text)) return integerValue(BigInt(text));
  return Number.isFinite(value) ? value : undefined;
}

function numberOf(text: string): number | bigint | undefined {
  const integer = text.length <= LONGEST_INTEGER ? INTEGER.exec(text) : null;
  if (integer !== null) {
    const [, sign, hex, binary, octal, decimal] = integer;
    const digits = hex !== undefined ? `0x${hex}` : binary !== undefined ? `0b${binary}` : undefined;
    const magnitude = BigInt(digits ?? (octal !== undefined ? `0o${octal}` : (decimal ?? "0")));
    const value = sign === "-" ? -magnitude : magnitude;
    if (value >= INT64_MIN && value <= UINT64_MAX) return integerValue(value);
  }
  if (!FLOAT.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function integerValue(value: bigint): number | bigint {
  const double = Number(value);
  const isExact = BigInt(double) === value;
  return isExact || value < INT64_MIN || value > INT64_MAX ? double : value;
}
