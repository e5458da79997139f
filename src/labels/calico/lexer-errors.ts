/** Why characters are no word of Calico's selector language, and what the author probably meant. */
import type { CalicoSelectorError } from "./token.ts";

/** A quote that word processors and chat programs put in place of `"` and `'`. */
const CURLY_QUOTES = "\u2018\u2019\u201A\u201B\u201C\u201D\u201E\u201F\u00AB\u00BB\u2032\u2033";

/** A value as people write it without the quotes they should: up to a blank, a bracket, a comma, a quote, `&` or `|`. */
const BARE_VALUE = /^[^\s(){}[\],"'&|\u2018-\u201F\u00AB\u00BB]+/u;

/** The value that stands at a place, with whatever quotes or none; empty where none does. */
export function bareValueAt(text: string, at: number): string {
  const rest = text.slice(at).trimStart();
  const unquoted = `"'${CURLY_QUOTES}`.includes(rest.charAt(0)) ? rest.slice(1) : rest;
  return BARE_VALUE.exec(unquoted)?.[0] ?? "";
}

/** `app == "web"` for whatever stands in the value's place. */
export function comparison(key: string, operator: string, value: string): string {
  return `${key} ${operator} "${value === "" ? "value" : value}"`;
}

export function singleError(text: string, at: number, keyBefore: string | undefined): CalicoSelectorError {
  const character = text.charAt(at);
  const message = `a single \`${character}\` is no operator`;
  if (character !== "=") return problem(at, message, `write \`${character.repeat(2)}\``);
  if (text.charAt(at - 1) === "=") return problem(at, message, "write `==`");
  if (keyBefore === undefined) return problem(at, message, "write `==` between a label key and a value in quotes");
  if (text.charAt(at + 1) === "~") return patternError(at, keyBefore);
  return problem(at, message, `write \`${comparison(keyBefore, "==", bareValueAt(text, at + 1))}\``);
}

function patternError(at: number, key: string): CalicoSelectorError {
  return problem(at, "there are no patterns", `write \`${comparison(key, "contains", "")}\`, starts with or ends with`);
}

export function operatorError(text: string, at: number, key: string): CalicoSelectorError {
  const word = /^[A-Za-z0-9_./-]*/.exec(text.slice(at))?.[0].toLowerCase() ?? "";
  const value = bareValueAt(text, at + Math.max(word.length, 1));
  const message = `no operator follows the label key \`${key}\``;
  if (key.toLowerCase() === "not") return problem(at, "`not` is a label key here", "write `!` for negation");
  switch (word) {
    case "starts":
    case "startswith":
    case "hasprefix":
      return problem(at, message, `write \`${comparison(key, "starts with", textAfter(text, at))}\``);
    case "ends":
    case "endswith":
    case "hassuffix":
      return problem(at, message, `write \`${comparison(key, "ends with", textAfter(text, at))}\``);
    case "not":
      return problem(at, message, `write \`${key} not in {"a", "b"}\`, \`${key} != "a"\`, or \`!\` before \`${key}\``);
    case "is":
    case "eq":
    case "equals":
      return problem(at, message, `write \`${comparison(key, "==", value)}\``);
    case "exists":
      return problem(at, message, `write \`has(${key})\``);
    case "and":
    case "or":
      return problem(
        at,
        message,
        `write \`has(${key})\` or \`${comparison(key, "==", "")}\`, and \`${word === "and" ? "&&" : "||"}\` for \`${word}\``,
      );
    case "contains":
      return problem(at, message, `write \`${comparison(key, "contains", value)}\` in lower case`);
    case "in":
    case "notin":
      return problem(at, message, `write \`${word}\` in lower case`);
  }
  const character = text.charAt(at);
  if (character === ":") return problem(at, message, `write \`${comparison(key, "==", value)}\``);
  if (character === "~") return patternError(at, key);
  if (word === "") return characterError(text, at, false);
  return problem(at, message, "write ==, !=, in, not in, contains, starts with or ends with between key and value");
}

/** The value behind `starts`, `starts with`, `startsWith` and the like. */
function textAfter(text: string, at: number): string {
  const operator = /^[A-Za-z]+[ \t]*(?:with(?![A-Za-z]))?/i.exec(text.slice(at))?.[0] ?? "";
  return bareValueAt(text, at + operator.length);
}

/** For a character no word begins with; `wantsValue`: a value should stand here. */
export function characterError(text: string, at: number, wantsValue: boolean): CalicoSelectorError {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (character === "\n" || character === "\r") {
    return problem(
      at,
      "a line break stands between words, where only blanks and tabs may",
      "write the selector on one line; in YAML, write `>-` instead of `|`, `|-` or `>` before a text of several lines",
    );
  }
  if (/[\s\u200B\uFEFF]/u.test(character)) {
    return problem(at, `${codePointText(character)} is no blank of this language`, "write an ordinary space");
  }
  const value = bareValueAt(text, at);
  if (CURLY_QUOTES.includes(character)) {
    const straight = wantsValue ? `write \`"${value}"\` with straight quotes` : `write \`${value}\` without quotes`;
    return problem(
      at,
      `\`${character}\` is no quote of this language`,
      value === "" ? "write straight quotes, \" or '" : straight,
    );
  }
  if (character === "*") {
    const remedy = wantsValue ? "write `has(...)` with the label key for any value" : "write `all()` for everything";
    return problem(at, "there are no wildcards", remedy);
  }
  if (character === "[") return problem(at, "`[` begins nothing", 'write a set in braces: `{"a", "b"}`');
  if (character === "\\") return problem(at, "there are no escapes", "write a value that holds \" between '...'");
  const shown = /[\p{C}\p{M}]/u.test(character) ? codePointText(character) : `\`${character}\``;
  if (wantsValue && value !== "") return problem(at, "a value needs quotes", `write \`"${value}"\``);
  return problem(
    at,
    `${shown} may not stand here`,
    "remove it; label keys hold letters, digits, `_`, `.`, `/` and `-` only",
  );
}

export function unclosedString(text: string, at: number, quote: string): CalicoSelectorError {
  const other = quote === '"' ? "'" : '"';
  const message = `the ${quote} that opens a value here is never closed`;
  const value = text.slice(at + 1).trimEnd();
  const closed = value.endsWith(other) && !value.slice(0, -1).includes(other);
  return problem(at, message, closed ? `close it with ${quote} instead of ${other}` : `write ${quote} after the value`);
}

/** For a call that does not end as it should; `close` is where its `)` is missing. */
export function callError(text: string, call: string, key: string, close: number): CalicoSelectorError {
  if (call !== "has(") {
    const message = `nothing may stand between the parentheses of ${call})`;
    if (close >= text.length) return problem(close, `the parenthesis of ${call} is never closed`, `write \`${call})\``);
    return problem(close, message, `write \`${call})\``);
  }
  const next = text.charAt(close);
  if (key !== "") {
    if (next === ",") return problem(close, "has() takes one label key", `write \`has(${key}) && has(...)\``);
    const operator = /^[=!<>~]+/.exec(text.slice(close))?.[0] ?? "";
    if (operator !== "") {
      const criterion = comparison(key, operator === "!=" ? "!=" : "==", bareValueAt(text, close + operator.length));
      return problem(close, "has() takes a label key only", `write \`${criterion}\` without has()`);
    }
    return problem(close, `\`)\` is missing after has(${key}`, `write \`has(${key})\``);
  }
  const value = bareValueAt(text, close);
  if (value !== "" && /^[A-Za-z0-9_./-]+$/.test(value)) {
    return problem(close, "a label key stands without quotes", `write \`has(${value})\``);
  }
  if (next === ")" || next === "") return problem(close, "has() names no label key", `write a key in it: \`has(app)\``);
  return problem(close, "this is no label key", "write letters, digits, `_`, `.`, `/` and `-` only");
}

export function keyLengthError(at: number, length: number, limit: number): CalicoSelectorError {
  return problem(at, `the label key has ${length} characters, more than ${limit}`, "shorten it");
}

function codePointText(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

export function problem(offset: number, message: string, remedy: string): CalicoSelectorError {
  return { message, offset, remedy };
}
