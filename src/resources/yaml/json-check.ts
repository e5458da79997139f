/**
 * One look at a JSON text that finds whatever is wrong with it and where its objects and lists end. Values are made later,
 * and only those that somebody reads (`json.ts`): most of a cluster's dump concerns no network policy.
 */
import { endOfWord, jsonString, jsonWord } from "./json-scalars.ts";
import { MAX_DEPTH, MAX_NODES } from "./limits.ts";
import { type DuplicateKey, SyntaxProblem } from "./nodes.ts";
import { OpenKeys } from "./open-keys.ts";

/** Where the objects and lists of a text end, in the order in which they begin. */
export class JsonEnds {
  #cells = new Int32Array(128);
  #length = 0;

  /** The number of the object or list that begins now. */
  begin(): number {
    if (2 * this.#length + 2 > this.#cells.length) {
      const larger = new Int32Array(2 * this.#cells.length);
      larger.set(this.#cells);
      this.#cells = larger;
    }
    return this.#length++;
  }

  end(number: number, offset: number): void {
    this.#cells[2 * number] = offset;
    this.#cells[2 * number + 1] = this.#length;
  }

  /** The offset behind an object or list. */
  behind(number: number): number {
    return this.#cells[2 * number] ?? 0;
  }

  /** The number of the first one that begins behind an object or list. */
  after(number: number): number {
    return this.#cells[2 * number + 1] ?? 0;
  }
}

/** Checks one value and gives the offset behind it. Throws SyntaxProblem, and nothing else. O(length). */
export function checkJson(text: string, start: number, ends: JsonEnds, duplicates: DuplicateKey[]): number {
  const checker = new JsonChecker(text, start, ends, duplicates);
  checker.value(0);
  return checker.offset;
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

class JsonChecker {
  readonly #text: string;
  readonly #ends: JsonEnds;
  readonly #duplicates: DuplicateKey[];
  readonly #keys: OpenKeys;
  #count = 0;
  offset: number;

  constructor(text: string, start: number, ends: JsonEnds, duplicates: DuplicateKey[]) {
    this.#text = text;
    this.offset = start;
    this.#ends = ends;
    this.#duplicates = duplicates;
    this.#keys = new OpenKeys(text);
  }

  value(depth: number): void {
    const code = this.#next();
    if (depth > MAX_DEPTH) {
      const limit = `lists and objects are nested deeper than ${MAX_DEPTH} levels`;
      this.#exceed(limit, "no Kubernetes object is nested this deep; check how the file was made");
    }
    if (++this.#count > MAX_NODES) {
      this.#exceed(`the document has more than ${MAX_NODES} values`, "split the document into several");
    }
    if (code === QUOTE) this.#string();
    else if (code === OPEN_OBJECT) this.#object(depth);
    else if (code === OPEN_LIST) this.#list(depth);
    else this.#word();
  }

  #object(depth: number): void {
    const number = this.#ends.begin();
    const firstKey = this.#keys.open();
    this.offset++;
    if (this.#next() !== CLOSE_OBJECT) {
      this.#field(firstKey, depth);
      while (this.#next() === COMMA) {
        this.offset++;
        this.#next();
        this.#field(firstKey, depth);
      }
    }
    if (this.#next() !== CLOSE_OBJECT) {
      this.#fail("a comma or } is expected", "separate fields with commas and close the object with }");
    }
    this.offset++;
    this.#keys.close(firstKey);
    this.#ends.end(number, this.offset);
  }

  #field(firstKey: number, depth: number): void {
    const start = this.offset;
    if (this.#text.charCodeAt(start) !== QUOTE) {
      const remedy = "write the key in double quotes; a comma before } is not allowed";
      this.#fail("a key in double quotes is expected", remedy);
    }
    const isEscaped = this.#string();
    const earlier = this.#keys.note(firstKey, start, this.offset, isEscaped);
    if (earlier !== undefined) {
      const key = jsonString(this.#text, start, this.offset) ?? "";
      this.#duplicates.push({ key, first: earlier, second: start });
    }
    if (this.#next() !== COLON) {
      this.#fail("a colon is expected after the key", "write `:` between key and value");
    }
    this.offset++;
    this.value(depth + 1);
  }

  #list(depth: number): void {
    const number = this.#ends.begin();
    this.offset++;
    if (this.#next() !== CLOSE_LIST) {
      this.value(depth + 1);
      while (this.#next() === COMMA) {
        this.offset++;
        this.value(depth + 1);
      }
    }
    if (this.#next() !== CLOSE_LIST) {
      this.#fail("a comma or ] is expected", "separate items with commas and close the list with ]");
    }
    this.offset++;
    this.#ends.end(number, this.offset);
  }

  /** Whether it has escapes. */
  #string(): boolean {
    const text = this.#text;
    const start = this.offset;
    let isEscaped = false;
    let at = start + 1;
    let code = text.charCodeAt(at);
    while (code !== QUOTE) {
      if (code === BACKSLASH) {
        isEscaped = true;
        at++;
      } else if (!(code >= 32)) {
        this.offset = at;
        this.#fail("a string is not closed on its line", "add the closing double quote; write a line break as \\n");
      }
      code = text.charCodeAt(++at);
    }
    this.offset = at + 1;
    if (isEscaped && jsonString(text, start, at + 1) === undefined) {
      this.offset = start;
      const known = 'known escapes are \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four digits';
      this.#fail("a string holds an unknown escape", known);
    }
    return isEscaped;
  }

  #word(): void {
    const end = endOfWord(this.#text, this.offset);
    const word = this.#text.slice(this.offset, end);
    if (jsonWord(word) === undefined) {
      this.#fail(
        word === "" ? "a value is expected" : `"${word}" is no JSON value`,
        "write a string in double quotes, a number, true, false, null, a list or an object",
      );
    }
    this.offset = end;
  }

  /** Goes to the next character that is no white space, and gives its code. */
  #next(): number {
    const text = this.#text;
    let at = this.offset;
    let code = text.charCodeAt(at);
    while (code === 32 || code === 10 || code === 13 || code === 9) code = text.charCodeAt(++at);
    this.offset = at;
    return code;
  }

  #exceed(limit: string, remedy: string): never {
    throw new SyntaxProblem("PC102", this.offset, limit, remedy);
  }

  #fail(cause: string, remedy: string): never {
    throw new SyntaxProblem("PC101", this.offset, `not valid JSON: ${cause}`, remedy);
  }
}
