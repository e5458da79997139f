/**
 * Calico's selector language (libcalico-go/lib/selector), loosest first:
 *
 *     expression  = conjunction { "||" conjunction }
 *     conjunction = negation { "&&" negation }
 *     negation    = { "!" } primary
 *     primary     = "all()" | "global()" | "has(" key ")" | "(" expression ")"
 *                 | key ( "==" | "!=" | "contains" | "starts with" | "ends with" ) string
 *                 | key ( "in" | "not in" ) "{" [ string { "," string } [ "," ] ] "}"
 *
 * `!a == "b"` is therefore the negation of `a == "b"`. A blank text is `all()`.
 */
import { CALICO_SELECTOR_MAX_LENGTH, type CalicoSelector } from "./selector.ts";
import { tokenize } from "./lexer.ts";
import {
  danglingError,
  expectedPrimary,
  nestingError,
  operatorMissing,
  setError,
  unclosedParenthesis,
  valueError,
} from "./parse-errors.ts";
import type { CalicoSelectorError, Operator, Token } from "./token.ts";

export type { CalicoSelectorError } from "./token.ts";

/** Every parenthesis wants two characters, so a selector that the schema accepts cannot nest deeper. It bounds recursion. */
const MAX_DEPTH = CALICO_SELECTOR_MAX_LENGTH / 2;

export type CalicoParse = { readonly selector: CalicoSelector } | { readonly error: CalicoSelectorError };

/**
 * Reads a selector. The error is the leftmost one. Length is the schema's matter (`CALICO_SELECTOR_MAX_LENGTH`); only
 * parentheses nested deeper than any selector of that length are refused here. O(length).
 */
export function parseCalicoSelector(text: string): CalicoParse {
  const reader = new Reader(text, tokenize(text));
  try {
    return { selector: reader.selector() };
  } catch (refusal) {
    if (refusal instanceof Refusal) return { error: refusal.error };
    throw refusal;
  }
}

/** How the reader leaves its recursion; it never leaves this file. */
class Refusal extends Error {
  readonly error: CalicoSelectorError;

  constructor(error: CalicoSelectorError) {
    super(error.message);
    this.error = error;
  }
}

class Reader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  selector(): CalicoSelector {
    if (this.#next().kind === "end") return { op: "all", of: [] };
    const selector = this.#expression();
    const rest = this.#next();
    return rest.kind === "end" ? selector : this.#refuse(rest, danglingError(this.#text, this.#tokens, this.#at));
  }

  #expression(): CalicoSelector {
    const first = this.#conjunction();
    const of = [first];
    while (this.#skip("||")) of.push(this.#conjunction());
    return of.length === 1 ? first : { op: "any", of };
  }

  #conjunction(): CalicoSelector {
    const first = this.#negation();
    const of = [first];
    while (this.#skip("&&")) of.push(this.#negation());
    return of.length === 1 ? first : { op: "all", of };
  }

  #negation(): CalicoSelector {
    let negated = false;
    while (this.#skip("!")) negated = !negated;
    const of = this.#primary();
    return negated ? { op: "not", of } : of;
  }

  #primary(): CalicoSelector {
    const token = this.#next();
    switch (token.kind) {
      case "has":
        this.#at++;
        return { op: "has", key: token.key };
      case "all":
        this.#at++;
        return { op: "all", of: [] };
      case "global":
        this.#at++;
        return { op: "global" };
      case "key":
        this.#at++;
        return this.#criterion(token.key);
      case "(":
        return this.#group(token);
      default:
        return this.#refuse(token, expectedPrimary(this.#text, this.#tokens, this.#at));
    }
  }

  #group(open: Token): CalicoSelector {
    this.#at++;
    if (++this.#depth > MAX_DEPTH) return this.#refuse(open, nestingError(open.start));
    const inner = this.#expression();
    const close = this.#next();
    if (!this.#skip(")")) {
      return this.#refuse(
        close,
        close.kind === "end" ? unclosedParenthesis(open.start) : danglingError(this.#text, this.#tokens, this.#at),
      );
    }
    this.#depth--;
    return inner;
  }

  #criterion(key: string): CalicoSelector {
    const token = this.#next();
    if (token.kind !== "operator") return this.#refuse(token, operatorMissing(this.#text, this.#tokens, this.#at, key));
    this.#at++;
    const { operator } = token;
    switch (operator) {
      case "==":
        return { op: "in", key, values: [this.#value(key, operator)] };
      case "!=":
        return { op: "not", of: { op: "in", key, values: [this.#value(key, operator)] } };
      case "contains":
        return { op: "text", key, match: "contains", value: this.#value(key, operator) };
      case "starts with":
        return { op: "text", key, match: "starts", value: this.#value(key, operator) };
      case "ends with":
        return { op: "text", key, match: "ends", value: this.#value(key, operator) };
      case "in":
        return { op: "in", key, values: this.#set(key, operator) };
      case "not in":
        return { op: "not", of: { op: "in", key, values: this.#set(key, operator) } };
    }
  }

  #value(key: string, operator: Operator): string {
    const token = this.#next();
    if (token.kind !== "string") return this.#refuse(token, valueError(this.#text, token, key, operator));
    this.#at++;
    return token.value;
  }

  #set(key: string, operator: Operator): readonly string[] {
    const open = this.#next();
    const values: string[] = [];
    if (!this.#skip("{")) return this.#refuse(open, setError(this.#text, open, undefined, key, operator));
    for (let token = this.#next(); token.kind === "string"; token = this.#next()) {
      values.push(token.value);
      this.#at++;
      if (!this.#skip(",")) break;
    }
    const close = this.#next();
    if (!this.#skip("}")) return this.#refuse(close, setError(this.#text, close, open, key, operator));
    return values;
  }

  /** The last token is never passed, so there always is one. */
  #next(): Token {
    return this.#tokens[this.#at] ?? { kind: "end", start: this.#text.length, end: this.#text.length };
  }

  #skip(kind: Token["kind"]): boolean {
    const found = this.#next().kind === kind;
    if (found) this.#at++;
    return found;
  }

  /** Characters that are no word at all explain themselves better than the grammar can. */
  #refuse(token: Token, error: CalicoSelectorError): never {
    throw new Refusal(token.kind === "error" ? token.error : error);
  }
}
