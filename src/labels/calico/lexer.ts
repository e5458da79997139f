/** Text to the words of Calico's selector language. */
import type { CalicoSelectorError, Operator, Punctuation, Token, TokenContent } from "./token.ts";
import {
  callError,
  characterError,
  keyLengthError,
  operatorError,
  singleError,
  unclosedString,
} from "./lexer-errors.ts";

const MAX_KEY_LENGTH = 512;

/** White space is space and tab; every other character that looks like it is refused. */
const BLANKS = /[ \t]*/y;
const KEY = /[A-Za-z0-9_./-]+/y;
/** Known by the parenthesis that follows at once: `has`, `all` and `global` alone are label keys. */
const CALL = /(has|all|global)\(/y;
const SYMBOL_OPERATORS = ["==", "!="] as const;
const PUNCTUATION: readonly Punctuation[] = ["&&", "||", "(", ")", "{", "}", ",", "!"];
/** These are operators only directly after a label key; elsewhere the same words are keys. */
const WORD_OPERATOR = /(contains|starts[ \t]*with|ends[ \t]*with|not[ \t]*in|in)(?![A-Za-z0-9_./-])/y;

/** All tokens of a text. The last one is `end` or `error`; there is no other of these. O(length). */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    const start = at + matchAt(BLANKS, text, at).length;
    const { length, content } = wordAt(text, start, tokens.at(-1));
    at = start + length;
    tokens.push({ ...content, start, end: at });
    if (content.kind === "end" || content.kind === "error") return tokens;
  }
}

interface Word {
  readonly length: number;
  readonly content: TokenContent;
}

/** The word at a place where no blank stands. */
function wordAt(text: string, at: number, before: Token | undefined): Word {
  const character = text.charAt(at);
  if (character === "") return { length: 0, content: { kind: "end" } };
  if (character === '"' || character === "'") return stringAt(text, at, character);
  const symbol = SYMBOL_OPERATORS.find((candidate) => text.startsWith(candidate, at));
  if (symbol !== undefined) return { length: symbol.length, content: { kind: "operator", operator: symbol } };
  const punctuation = PUNCTUATION.find((candidate) => text.startsWith(candidate, at));
  if (punctuation !== undefined) return { length: punctuation.length, content: { kind: punctuation } };
  const keyBefore = before?.kind === "key" ? before.key : undefined;
  if (character === "=" || character === "&" || character === "|") return wrong(singleError(text, at, keyBefore));
  if (keyBefore !== undefined) {
    const operator = matchAt(WORD_OPERATOR, text, at);
    if (operator === "") return wrong(operatorError(text, at, keyBefore));
    return { length: operator.length, content: { kind: "operator", operator: operatorOf(operator) } };
  }
  const call = matchAt(CALL, text, at);
  if (call !== "") return callAt(text, at, call);
  const key = matchAt(KEY, text, at);
  if (key === "") return wrong(characterError(text, at, wantsValue(before)));
  return key.length > MAX_KEY_LENGTH
    ? wrong(keyLengthError(at, key.length, MAX_KEY_LENGTH))
    : { length: key.length, content: { kind: "key", key } };
}

function wantsValue(before: Token | undefined): boolean {
  return before?.kind === "operator" || before?.kind === "{" || before?.kind === ",";
}

/** There are no escapes: a string ends at the next quote of its kind, and may hold everything else. */
function stringAt(text: string, at: number, quote: string): Word {
  const end = text.indexOf(quote, at + 1);
  if (end < 0) return wrong(unclosedString(text, at, quote));
  return { length: end + 1 - at, content: { kind: "string", value: text.slice(at + 1, end) } };
}

function callAt(text: string, at: number, call: string): Word {
  const inside = at + call.length + matchAt(BLANKS, text, at + call.length).length;
  const key = call === "has(" ? matchAt(KEY, text, inside) : "";
  const close = inside + key.length + matchAt(BLANKS, text, inside + key.length).length;
  if (text.charAt(close) !== ")" || (call === "has(" && key === "")) return wrong(callError(text, call, key, close));
  if (key.length > MAX_KEY_LENGTH) return wrong(keyLengthError(inside, key.length, MAX_KEY_LENGTH));
  const length = close + 1 - at;
  if (call === "has(") return { length, content: { kind: "has", key } };
  return { length, content: { kind: call === "all(" ? "all" : "global" } };
}

function wrong(error: CalicoSelectorError): Word {
  return { length: 0, content: { kind: "error", error } };
}

function operatorOf(written: string): Operator {
  if (written === "contains" || written === "in") return written;
  if (written.startsWith("not")) return "not in";
  return written.startsWith("starts") ? "starts with" : "ends with";
}

/** What a sticky pattern matches at a place; empty where it does not match. */
function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}
