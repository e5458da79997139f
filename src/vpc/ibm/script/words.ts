/** The words of a line of a shell script, as far as scripts that call one command after the other need it. */

export type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "variable"; readonly name: string }
  /** `$( … )`. */
  | { readonly kind: "substitution"; readonly tokens: readonly Token[] };

export interface Word {
  readonly kind: "word";
  readonly offset: number;
  readonly parts: readonly Part[];
  /** Whether something of the form `<name>` stands in it, which documentation leaves to its readers. */
  readonly isPlaceholder: boolean;
}

export type Token =
  | Word
  | { readonly kind: "operator"; readonly offset: number; readonly text: string }
  /** Where the text stops being readable, and why. */
  | { readonly kind: "problem"; readonly offset: number; readonly message: string };

export interface Line {
  readonly tokens: readonly Token[];
  /** Behind the last character of the line, which may go on over several by backslashes and quotes. */
  readonly end: number;
}

/** The line of the script that begins at `offset`. O(length). */
export function lineAt(text: string, offset: number): Line {
  const reader = new WordReader(text, offset);
  return { tokens: reader.tokens(false), end: reader.offset };
}

const PLACEHOLDER = /<[A-Za-z][\w |/.()-]{0,60}>/y;
const VARIABLE = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/y;
const OPERATOR = /&&|\|\||[|&;<>()]/y;
const PLAIN = /[^\s\\'"$`|&;<>()]+/y;
/** Between double quotes, up to a variable or the end. */
const QUOTED = /[^"\\$]*(?:\\[^][^"\\$]*)*/y;
/** White space, and backslashes at the end of a line. */
const BLANKS = /[^\S\n]*(?:\\\r?\n[^\S\n]*)*/y;
const JOINT = /\\\r?\n/y;
/** Substitutions inside each other. */
const MAX_DEPTH = 8;

class WordReader {
  readonly #text: string;
  #depth = 0;
  offset: number;

  constructor(text: string, offset: number) {
    this.#text = text;
    this.offset = offset;
  }

  /** Up to the end of the line, or to the bracket that closes a substitution. */
  tokens(isInside: boolean): readonly Token[] {
    const tokens: Token[] = [];
    for (;;) {
      this.#skipBlanks();
      const character = this.#text.charAt(this.offset);
      if (character === "" || character === "\n" || (isInside && character === ")")) return tokens;
      if (character === "#") {
        this.offset = this.#endOfLine();
        return tokens;
      }
      const operator = this.#placeholderAt() === "" ? this.#match(OPERATOR) : "";
      const start = this.offset;
      if (operator === "") {
        tokens.push(this.#word());
      } else {
        this.offset += operator.length;
        tokens.push({ kind: "operator", offset: start, text: operator });
      }
      if (tokens.at(-1)?.kind === "problem") {
        this.offset = this.#endOfLine();
        return tokens;
      }
    }
  }

  #word(): Token {
    const start = this.offset;
    const parts: Part[] = [];
    let isPlaceholder = false;
    for (;;) {
      const placeholder = this.#placeholderAt();
      const plain = placeholder || this.#match(PLAIN);
      if (plain !== "") {
        parts.push({ kind: "text", text: plain });
        this.offset += plain.length;
        isPlaceholder ||= placeholder !== "";
        continue;
      }
      const special = this.#special(parts);
      if (typeof special === "string") return { kind: "problem", offset: start, message: special };
      if (!special) return { kind: "word", offset: start, parts, isPlaceholder };
    }
  }

  /** Reads a quote, a backslash or a dollar sign; false where the word ends, a text where it cannot be read. */
  #special(parts: Part[]): boolean | string {
    switch (this.#text.charAt(this.offset)) {
      case "'":
        return this.#singleQuoted(parts);
      case '"':
        return this.#doubleQuoted(parts);
      case "\\":
        return this.#escaped(parts);
      case "$":
        return this.#dollar(parts);
      case "`":
        return "backquotes are not understood; write $( … )";
      default:
        return false;
    }
  }

  /** A line that goes on inside a word leaves nothing in it. */
  #escaped(parts: Part[]): boolean {
    const joint = this.#match(JOINT);
    if (joint === "") parts.push({ kind: "text", text: this.#text.charAt(this.offset + 1) });
    this.offset = Math.min(this.offset + Math.max(joint.length, 2), this.#text.length);
    return true;
  }

  #singleQuoted(parts: Part[]): boolean | string {
    const end = this.#text.indexOf("'", this.offset + 1);
    if (end < 0) return "a single quote is not closed";
    parts.push({ kind: "text", text: this.#text.slice(this.offset + 1, end) });
    this.offset = end + 1;
    return true;
  }

  #doubleQuoted(parts: Part[]): boolean | string {
    this.offset++;
    for (;;) {
      const text = this.#match(QUOTED);
      if (text !== "") parts.push({ kind: "text", text: text.replaceAll(/\\(["\\$`])/g, "$1") });
      this.offset += text.length;
      const character = this.#text.charAt(this.offset);
      if (character === '"') break;
      const problem = character === "$" ? this.#dollar(parts) : "a double quote is not closed";
      if (typeof problem === "string") return problem;
    }
    this.offset++;
    return true;
  }

  #dollar(parts: Part[]): boolean | string {
    if (this.#text.charAt(this.offset + 1) === "(") {
      if (this.#depth >= MAX_DEPTH) return "$( stands too deep inside others";
      this.offset += 2;
      this.#depth++;
      const tokens = this.tokens(true);
      this.#depth--;
      if (this.#text.charAt(this.offset) !== ")") return "$( is not closed on its line";
      this.offset++;
      parts.push({ kind: "substitution", tokens });
      return true;
    }
    VARIABLE.lastIndex = this.offset;
    const [whole, bare, braced] = VARIABLE.exec(this.#text) ?? [];
    const name = bare ?? braced;
    if (whole === undefined || name === undefined) return "this use of $ is not understood";
    parts.push({ kind: "variable", name });
    this.offset += whole.length;
    return true;
  }

  #placeholderAt(): string {
    return this.#match(PLACEHOLDER);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.offset;
    return pattern.exec(this.#text)?.[0] ?? "";
  }

  #skipBlanks(): void {
    this.offset += this.#match(BLANKS).length;
  }

  #endOfLine(): number {
    const newline = this.#text.indexOf("\n", this.offset);
    return newline < 0 ? this.#text.length : newline;
  }
}

/** The word if nothing in it has to be looked up; else the empty text. */
export function plainText({ parts }: Word): string {
  return parts.every((part) => part.kind === "text") ? parts.map(({ text }) => text).join("") : "";
}
