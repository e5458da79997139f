/** JSON to positioned nodes. JSON has escapes and forms that a YAML parser refuses, and comes in streams without borders. */
import { MAX_DEPTH, MAX_NODES } from "./limits.ts";
import { type DuplicateKey, type Entry, type Node, SyntaxProblem } from "./nodes.ts";
import { jsonNumber } from "./scalars.ts";

/** One value and the offset behind it. Throws SyntaxProblem, and nothing else. */
export function jsonTree(text: string, start: number, duplicates: DuplicateKey[]): { node: Node; end: number } {
  const reader = new JsonReader(text, start, duplicates);
  const node = reader.value(0);
  return { node, end: reader.offset };
}

class JsonReader {
  readonly #text: string;
  readonly #duplicates: DuplicateKey[];
  #count = 0;
  offset: number;

  constructor(text: string, start: number, duplicates: DuplicateKey[]) {
    this.#text = text;
    this.offset = start;
    this.#duplicates = duplicates;
  }

  value(depth: number): Node {
    this.#skipSpace();
    const start = this.offset;
    if (depth > MAX_DEPTH) {
      const limit = `lists and objects are nested deeper than ${MAX_DEPTH} levels`;
      throw new SyntaxProblem(
        "PC102",
        start,
        limit,
        "no Kubernetes object is nested this deep; check how the file was made",
      );
    }
    if (++this.#count > MAX_NODES) {
      throw new SyntaxProblem(
        "PC102",
        start,
        `the document has more than ${MAX_NODES} values`,
        "split the document into several",
      );
    }
    switch (this.#text.charAt(start)) {
      case "{":
        return this.#object(start, depth);
      case "[":
        return this.#array(start, depth);
      case '"':
        return { kind: "scalar", start, value: this.#string() };
      default:
        return this.#word(start);
    }
  }

  #object(start: number, depth: number): Node {
    const entries = new Map<string, Entry>();
    this.offset++;
    this.#skipSpace();
    if (this.#take("}")) return { kind: "map", start, entries };
    do {
      this.#skipSpace();
      const keyStart = this.offset;
      if (this.#text.charAt(keyStart) !== '"')
        this.#fail(
          "a key in double quotes is expected",
          "write the key in double quotes; a comma before } is not allowed",
        );
      const key = this.#string();
      this.#skipSpace();
      if (!this.#take(":")) this.#fail("a colon is expected after the key", "write `:` between key and value");
      const value = this.value(depth + 1);
      const earlier = entries.get(key);
      if (earlier !== undefined) this.#duplicates.push({ key, first: earlier.keyStart, second: keyStart });
      entries.set(key, { keyStart, value });
      this.#skipSpace();
    } while (this.#take(","));
    if (!this.#take("}"))
      this.#fail("a comma or } is expected", "separate fields with commas and close the object with }");
    return { kind: "map", start, entries };
  }

  #array(start: number, depth: number): Node {
    const items: Node[] = [];
    this.offset++;
    this.#skipSpace();
    if (this.#take("]")) return { kind: "list", start, items };
    do {
      items.push(this.value(depth + 1));
      this.#skipSpace();
    } while (this.#take(","));
    if (!this.#take("]"))
      this.#fail("a comma or ] is expected", "separate items with commas and close the list with ]");
    return { kind: "list", start, items };
  }

  #string(): string {
    const start = this.offset;
    let end = start + 1;
    for (;;) {
      const code = this.#text.charCodeAt(end);
      if (Number.isNaN(code) || code < 32) {
        this.offset = end;
        this.#fail("a string is not closed on its line", "add the closing double quote; write a line break as \\n");
      }
      if (code === 34) break;
      end += code === 92 ? 2 : 1;
    }
    this.offset = end + 1;
    const raw = this.#text.slice(start, end + 1);
    if (!raw.includes("\\")) return raw.slice(1, -1);
    try {
      return String(JSON.parse(raw));
    } catch {
      this.offset = start;
      return this.#fail(
        "a string holds an unknown escape",
        'known escapes are \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four digits',
      );
    }
  }

  #word(start: number): Node {
    WORD.lastIndex = start;
    const word = WORD.exec(this.#text)?.[0] ?? "";
    const value =
      word === "true"
        ? true
        : word === "false"
          ? false
          : word === "null"
            ? null
            : NUMBER.test(word)
              ? jsonNumber(word)
              : undefined;
    if (value === undefined) {
      return this.#fail(
        word === "" ? "a value is expected" : `"${word}" is no JSON value`,
        "write a string in double quotes, a number, true, false, null, a list or an object",
      );
    }
    this.offset += word.length;
    return { kind: "scalar", start, value };
  }

  #take(char: string): boolean {
    if (this.#text.charAt(this.offset) !== char) return false;
    this.offset++;
    return true;
  }

  #skipSpace(): void {
    this.offset = endOfSpace(this.#text, this.offset);
  }

  #fail(cause: string, remedy: string): never {
    throw new SyntaxProblem("PC101", this.offset, `not valid JSON: ${cause}`, remedy);
  }
}

const WORD = /[\w.+-]{0,400}/y;
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/;

/** The offset of the first character that is no JSON white space. */
export function endOfSpace(text: string, offset: number): number {
  let end = offset;
  for (;;) {
    const code = text.charCodeAt(end);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return end;
    end++;
  }
}
