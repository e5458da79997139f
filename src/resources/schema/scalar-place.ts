/** Where a character of a scalar's value stands in the text that was written. */

const MAX_INDENTATION = 1000;

/**
 * The offset of the `index`-th code unit of `value`, whose scalar begins at `start` of `text`, at its quote if it has one.
 * Follows quotes, simple escapes and folded lines; gives the value's first character where value and text cannot be laid side by side.
 * O(length of the value as written).
 */
export function offsetInScalar(text: string, start: number, value: string, index: number): number {
  const quote = text.charAt(start);
  const isQuoted = quote === '"' || quote === "'";
  // A block scalar begins with the indentation of its first line.
  const first = isQuoted
    ? start + 1
    : start + (/^[ \t\r\n]*/.exec(text.slice(start, start + MAX_INDENTATION))?.[0].length ?? 0);
  let at = first;
  for (let i = 0; i < index; i++) {
    const length = lengthOf(text, at, value.charAt(i), isQuoted ? quote : "");
    if (length === 0) return first;
    at += length;
  }
  const isAtEnd = index >= value.length;
  return isAtEnd || lengthOf(text, at, value.charAt(index), isQuoted ? quote : "") > 0 ? at : first;
}

/** How many characters of the text stand for one of the value; 0: they do not match. */
function lengthOf(text: string, at: number, character: string, quote: string): number {
  if (quote === "'" && character === "'") return text.startsWith("''", at) ? 2 : 0;
  if (quote === '"' && text.charAt(at) === "\\") return text.charAt(at + 1) === character ? 2 : 0;
  if (character === " " || character === "\n") {
    const fold = /[ \t]*\r?\n[ \t\r\n]*/y;
    fold.lastIndex = at;
    const folded = fold.exec(text)?.[0].length ?? 0;
    if (folded > 0) return folded;
  }
  return text.charAt(at) === character ? 1 : 0;
}
