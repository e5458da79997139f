/** From a parser's complaint to what a person should change. The causes below are the ones people really write. */

export interface SyntaxAdvice {
  /** Offset of the culprit, which is often not where the parser stopped. */
  readonly at: number;
  readonly cause: string;
  readonly remedy: string;
}

export const TEMPLATE_REMEDY = "this is a template; render it first (`helm template`) and read the result";

const NO_BREAK_SPACE = "\u00a0";

/** `reason` is the parser's own sentence, `offset` where it stopped. */
export function syntaxRemedy(reason: string, text: string, offset: number): SyntaxAdvice {
  const lineStart = startOfLine(text, offset);
  const line = lineAt(text, lineStart);
  return (
    templateAdvice(text, offset) ??
    invisibleAdvice(text, lineStart) ??
    reservedAdvice(text, lineStart, line) ??
    unclosedAdvice(reason, text, offset) ??
    lostItemAdvice(text, lineStart, line) ??
    lineAboveAdvice(reason, text, lineStart) ??
    colonAdvice(line, lineStart) ?? {
      at: offset,
      cause: reason,
      remedy: "check the indentation, the quotes and the brackets of this line and the line above",
    }
  );
}

function templateAdvice(text: string, offset: number): SyntaxAdvice | undefined {
  const lineStart = startOfLine(text, offset);
  const at = lineAt(text, lineStart).indexOf("{{");
  if (at < 0) return undefined;
  return {
    at: lineStart + at,
    cause: "{{ begins a template expression, not a value",
    remedy: TEMPLATE_REMEDY,
  };
}

/** A tab or a no-break space in the indentation of this line or the one above. */
function invisibleAdvice(text: string, lineStart: number): SyntaxAdvice | undefined {
  const above = lineStart === 0 ? undefined : startOfLine(text, lineStart - 1);
  for (const start of [lineStart, above]) {
    if (start === undefined) continue;
    const indent = /^\s*/.exec(lineAt(text, start))?.[0] ?? "";
    const tab = indent.indexOf("\t");
    if (tab >= 0) {
      return {
        at: start + tab,
        cause: "a tab in the indentation",
        remedy: "indent with spaces; YAML forbids tabs here",
      };
    }
    const noBreak = indent.indexOf(NO_BREAK_SPACE);
    if (noBreak >= 0) {
      return {
        at: start + noBreak,
        cause: "a no-break space (U+00A0) in the indentation, which looks like a space and is none",
        remedy: "replace it by an ordinary space; it often comes from copying out of a web page",
      };
    }
  }
  return undefined;
}

function reservedAdvice(text: string, lineStart: number, line: string): SyntaxAdvice | undefined {
  const found = /(?:^|[:\-,[{]\s+)([@`%*&!|>][^\s,\]}]*)/.exec(line);
  const word = found?.[1];
  if (found === null || word === undefined || !/^[@`%]|^\*\*|^\*$/.test(word)) return undefined;
  const at = lineStart + found.index + found[0].length - word.length;
  if (text.charAt(at) === "%" && at === lineStart) return undefined;
  return {
    at,
    cause: `a value cannot begin with ${word.charAt(0)}`,
    remedy: `put it in quotes: ${JSON.stringify(word)}`,
  };
}

/** A word alone where a key is expected, right after a list: the item's dash is missing. */
function lostItemAdvice(text: string, lineStart: number, line: string): SyntaxAdvice | undefined {
  const word = /^(\s*)([A-Za-z][\w.-]*)\s*$/.exec(line);
  if (word === null) return undefined;
  const name = word[2] ?? "";
  const at = lineStart + (word[1] ?? "").length;
  const item = previousItem(text, lineStart);
  if (item === undefined) {
    return {
      at,
      cause: `"${name}" is neither a key nor a list item`,
      remedy: `write \`${name}:\` for a key, or \`- ${name}\` for a list item`,
    };
  }
  return {
    at,
    cause: `"${name}" stands outside the list above it`,
    remedy: `write \`${item}- ${name}\` if it belongs to that list`,
  };
}

/** The parser reads on after a word without colon, so the culprit is the last written line before it gave up. */
function lineAboveAdvice(reason: string, text: string, lineStart: number): SyntaxAdvice | undefined {
  if (!/block mapping entry|mapping key/.test(reason)) return undefined;
  let start = lineStart;
  while (start > 0) {
    start = startOfLine(text, start - 1);
    const line = lineAt(text, start);
    if (line.trim() !== "") return lostItemAdvice(text, start, line);
  }
  return undefined;
}

/** The indentation of the list item on the nearest line above that is not empty. */
function previousItem(text: string, lineStart: number): string | undefined {
  let start = lineStart;
  while (start > 0) {
    start = startOfLine(text, start - 1);
    const line = lineAt(text, start);
    if (line.trim() === "") continue;
    return /^(\s*)- /.exec(line)?.[1];
  }
  return undefined;
}

function unclosedAdvice(reason: string, text: string, offset: number): SyntaxAdvice | undefined {
  if (/flow collection|missed comma/.test(reason)) {
    return {
      at: offset,
      cause: "a comma or a closing bracket is missing",
      remedy: "close the [ or { before this place, or separate its items with commas",
    };
  }
  if (reason === "deficient indentation") {
    return {
      at: offset,
      cause: "a quote or bracket opened above is not closed",
      remedy: "close it, or indent this line further than the line that opened it",
    };
  }
  if (/quoted scalar/.test(reason)) {
    return { at: Math.min(offset, text.length), cause: "a quoted text is not closed", remedy: "add the closing quote" };
  }
  return undefined;
}

function colonAdvice(line: string, lineStart: number): SyntaxAdvice | undefined {
  const found = /^[^#'"{[]*?:\s+([^'"\s{[|>&*][^#]*?:\s.*)$/.exec(line);
  const value = found?.[1];
  if (value === undefined) return undefined;
  return {
    at: lineStart + line.length - value.length,
    cause: "a value holds a colon followed by a space",
    remedy: "put the value in quotes, or begin the inner mapping on its own line",
  };
}

function startOfLine(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf("\n", start);
  const line = text.slice(start, end < 0 ? text.length : Math.min(end, start + LONGEST_LINE));
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

/** Only the beginning of a line is looked at: the patterns above are not linear. */
const LONGEST_LINE = 300;
