/** Why words of Calico's selector language do not make a selector, and what the author probably meant. */
import { bareValueAt, comparison, problem } from "./lexer-errors.ts";
import type { CalicoSelectorError, Operator, Token } from "./token.ts";

/** For a place where a new criterion should begin. */
export function expectedPrimary(text: string, tokens: readonly Token[], at: number): CalicoSelectorError {
  const token = tokens[at];
  const before = tokens[at - 1];
  const start = token?.start ?? text.length;
  if (token?.kind === "end" && before !== undefined) {
    return problem(start, `nothing follows ${wordOf(text, before)}`, `remove it, or write a criterion after it`);
  }
  if (token?.kind === ")" && before?.kind === "(") {
    return problem(start, "nothing stands between these parentheses", "write `all()` for everything, or remove them");
  }
  if (token?.kind === "string") {
    const next = tokens[at + 1];
    if (/^[A-Za-z0-9_./-]+$/.test(token.value) && next?.kind !== "end") {
      return problem(start, "a label key stands without quotes", `write \`${token.value}\``);
    }
    return problem(
      start,
      "a value alone is no criterion",
      'write a label key and an operator before it: `app == "web"`',
    );
  }
  if (token?.kind === "operator") {
    return problem(start, `no label key stands before ${wordOf(text, token)}`, 'write it like `app == "web"`');
  }
  if (token?.kind === "{")
    return problem(start, "no label key stands before this set", 'write it like `app in {"web"}`');
  return problem(
    start,
    `a criterion should begin here, not ${token === undefined ? "the end" : wordOf(text, token)}`,
    'write a criterion like `app == "web"`, `has(app)` or `all()`',
  );
}

/** For what stands behind a label key and is no operator. */
export function operatorMissing(text: string, tokens: readonly Token[], at: number, key: string): CalicoSelectorError {
  const token = tokens[at];
  const keyStart = tokens[at - 1]?.start ?? 0;
  const start = token?.start ?? text.length;
  const message = `no operator follows the label key \`${key}\``;
  const call = key.toLowerCase();
  switch (token?.kind) {
    case "string":
      return problem(start, message, `write \`${comparison(key, "==", token.value)}\``);
    case "{":
      return problem(start, message, `write \`in\` before the set`);
    case "!":
      return problem(
        start,
        message,
        text.startsWith("! =", start) ? "write `!=` without a blank" : "write `!` before the key",
      );
    case "(":
      if (call === "has" || call === "all" || call === "global") {
        const written = key === call ? "with a blank before its parenthesis" : "in these letters";
        return problem(keyStart, `\`${key}\` ${written} is no function`, `write \`${call}(\``);
      }
      if (call === "not") return problem(keyStart, "`not` is a label key here", "write `!(` for negation");
      return problem(keyStart, `there is no function \`${key}\``, "the functions are has(key), all() and global()");
    default:
      if (call === "all" || call === "global") {
        return problem(start, `\`${key}\` alone is a label key without operator`, `write \`${call}()\``);
      }
      return problem(start, message, `write \`has(${key})\` or \`${comparison(key, "==", "")}\``);
  }
}

/** For what is not the value that a comparison needs. */
export function valueError(text: string, token: Token, key: string, operator: Operator): CalicoSelectorError {
  if (token.kind === "{") {
    const set = operator === "==" ? "in" : operator === "!=" ? "not in" : undefined;
    return set === undefined
      ? problem(
          token.start,
          `\`${operator}\` takes one value, not a set`,
          "join several criteria by ||, in parentheses",
        )
      : problem(token.start, `\`${operator}\` takes one value, not a set`, `write \`${key} ${set} {...}\``);
  }
  if (isBare(token)) {
    const value = bareValueAt(text, token.start);
    return problem(token.start, "a value needs quotes", `write \`${comparison(key, operator, value)}\``);
  }
  return problem(token.start, `no value follows \`${operator}\``, `write \`${comparison(key, operator, "")}\``);
}

/** For what is not a part of the set that `in` and `not in` need; `open` is its `{`, if there is one. */
export function setError(
  text: string,
  token: Token,
  open: Token | undefined,
  key: string,
  operator: Operator,
): CalicoSelectorError {
  const { start, kind } = token;
  if (open === undefined) {
    if (kind === "string") {
      return problem(start, `\`${operator}\` takes a set`, `write \`${key} ${operator} {"${token.value}"}\``);
    }
    if (kind === "(") return problem(start, "a set stands in braces", `write \`${key} ${operator} {"a", "b"}\``);
    return problem(start, `no set follows \`${operator}\``, `write \`${key} ${operator} {"a", "b"}\``);
  }
  if (kind === "end") return problem(open.start, "the `{` here is never closed", "write `}` after the last value");
  if (kind === ",") return problem(start, "no value stands before this comma", "remove it; `{}` is the empty set");
  if (kind === "string") return problem(start, "two values stand without a comma between them", "write `,` before it");
  if (isBare(token)) return problem(start, "a value needs quotes", `write \`"${bareValueAt(text, start)}"\``);
  return problem(start, `${wordOf(text, token)} may not stand in a set`, 'write values and commas: `{"a", "b"}`');
}

/** For words behind a criterion that is complete. */
export function danglingError(text: string, tokens: readonly Token[], at: number): CalicoSelectorError {
  const token = tokens[at];
  const before = tokens[at - 1];
  if (token === undefined) return problem(text.length, "words are missing", "complete the selector");
  const { start } = token;
  if (before?.kind === "string" && before.value.endsWith("\\")) {
    return problem(
      before.end - 2,
      "there are no escapes: the value ends here",
      "write a value that holds \" between '...'",
    );
  }
  if (before?.kind === "string" && before.end === start && (token.kind === "key" || token.kind === "string")) {
    const remedy = "write a value that holds ' between double quotes, or `&&` or `||` between two criteria";
    return problem(start, "the value ends here, at its second quote", remedy);
  }
  if (token.kind === ")") return problem(start, "this `)` closes nothing", "remove it, or write `(` before");
  if (token.kind === ",") return problem(start, "a comma joins values of a set only", "write `&&` between criteria");
  if (token.kind === "key") {
    const word = token.key.toLowerCase();
    if (word === "and") return problem(start, `\`${token.key}\` joins nothing`, "write `&&`");
    if (word === "or") return problem(start, `\`${token.key}\` joins nothing`, "write `||`");
  }
  return problem(start, `${wordOf(text, token)} follows a complete criterion`, "write `&&` or `||` before it");
}

export function unclosedParenthesis(start: number): CalicoSelectorError {
  return problem(start, "the `(` here is never closed", "write `)` where its part ends");
}

export function nestingError(start: number): CalicoSelectorError {
  return problem(start, "parentheses are nested too deeply", "remove parentheses that are not needed");
}

/** Words that people write for a value without quotes. */
function isBare(token: Token): boolean {
  return token.kind === "key" || token.kind === "has" || token.kind === "all" || token.kind === "global";
}

function wordOf(text: string, token: Token): string {
  return token.kind === "end" ? "the end" : `\`${text.slice(token.start, token.end)}\``;
}
