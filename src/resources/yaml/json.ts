/** JSON to positioned nodes. JSON has escapes and forms that a YAML parser refuses, and comes in streams without borders. */
import { checkJson, JsonEnds } from "./json-check.ts";
import { endOfWord, jsonString, jsonWord } from "./json-scalars.ts";
import type { Path } from "../../source/origin.ts";
import { type DuplicateKey, type Entry, type ListNode, type MapNode, type Node, placeOfField } from "./nodes.ts";

/**
 * One value and the offset behind it. Throws SyntaxProblem, and nothing else. What stands inside objects and lists is made
 * when it is asked for: O(length) to find all that is wrong, then O(what is read).
 */
export function jsonTree(text: string, start: number, duplicates: DuplicateKey[]): { node: Node; end: number } {
  const ends = new JsonEnds();
  const end = checkJson(text, start, ends, duplicates);
  return { node: new JsonWalk(text, ends, start, 0).value(), end };
}

class JsonMap implements MapNode {
  readonly kind = "map";
  readonly start: number;
  readonly #number: number;
  readonly #text: string;
  readonly #ends: JsonEnds;
  #entries: ReadonlyMap<string, Entry> | undefined;

  constructor(text: string, ends: JsonEnds, start: number, number: number) {
    this.start = start;
    this.#number = number;
    this.#text = text;
    this.#ends = ends;
  }

  get entries(): ReadonlyMap<string, Entry> {
    this.#entries ??= new JsonWalk(this.#text, this.#ends, this.start + 1, this.#number + 1).entries();
    return this.#entries;
  }
}

class JsonList implements ListNode {
  readonly kind = "list";
  readonly start: number;
  readonly #number: number;
  readonly #text: string;
  readonly #ends: JsonEnds;
  #items: readonly Node[] | undefined;

  constructor(text: string, ends: JsonEnds, start: number, number: number) {
    this.start = start;
    this.#number = number;
    this.#text = text;
    this.#ends = ends;
  }

  get items(): readonly Node[] {
    this.#items ??= [...this.unkept()];
    return this.#items;
  }

  unkept(): Generator<Node> {
    return new JsonWalk(this.#text, this.#ends, this.start + 1, this.#number + 1).items();
  }
}

/**
 * The items of a list one after the other, for looking at each of them once: nothing keeps what an item holds when it has
 * been left, so a list may be as long as a cluster is large.
 */
export function* itemsInPassing(list: ListNode): Generator<Node> {
  yield* list instanceof JsonList ? list.unkept() : list.items;
}

/** Where the fields of objects stand in a JSON text. Found by reading again, so that nothing has to be kept for it. */
export class JsonPlaces {
  readonly #text: string;
  /** The object that was asked about last: questions about one object come together. */
  #last: Node | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether a node was made from JSON, so that its fields are found. */
  knows(node: Node): boolean {
    return node instanceof JsonMap || node instanceof JsonList;
  }

  /** The offset of the field at `path` of the object at `start`, or of its nearest parent that is written. O(object). */
  find(start: number, path: Path): number {
    if (path.length === 0) return start;
    if (this.#last?.start !== start) this.#last = jsonTree(this.#text, start, []).node;
    return placeOfField(this.#last, path);
  }
}

/** Walks along values that have been checked, and over what is inside of objects and lists. */
class JsonWalk {
  readonly #text: string;
  readonly #ends: JsonEnds;
  #at: number;
  /** The number of the next object or list. */
  #number: number;

  constructor(text: string, ends: JsonEnds, at: number, number: number) {
    this.#text = text;
    this.#ends = ends;
    this.#at = at;
    this.#number = number;
  }

  value(): Node {
    const start = this.#space();
    switch (this.#text.charCodeAt(start)) {
      case OPEN_OBJECT:
        return new JsonMap(this.#text, this.#ends, start, this.#leap());
      case OPEN_LIST:
        return new JsonList(this.#text, this.#ends, start, this.#leap());
      case QUOTE:
        return { kind: "scalar", start, value: this.#string() };
      default:
        this.#at = endOfWord(this.#text, start);
        return { kind: "scalar", start, value: jsonWord(this.#text.slice(start, this.#at)) ?? null };
    }
  }

  /** The fields up to the end of an object. */
  entries(): ReadonlyMap<string, Entry> {
    const entries = new Map<string, Entry>();
    while (this.#isMore(CLOSE_OBJECT)) {
      const keyStart = this.#at;
      const key = this.#string();
      // A colon and what may stand around it.
      this.#space();
      this.#at++;
      entries.set(key, { keyStart, value: this.value() });
    }
    return entries;
  }

  /** The values up to the end of a list. */
  *items(): Generator<Node> {
    while (this.#isMore(CLOSE_LIST)) yield this.value();
  }

  #isMore(close: number): boolean {
    if (this.#text.charCodeAt(this.#space()) === COMMA) {
      this.#at++;
      this.#space();
    }
    return this.#text.charCodeAt(this.#at) !== close;
  }

  /** Goes behind the object or list that begins here; gives its number. */
  #leap(): number {
    const number = this.#number;
    this.#at = this.#ends.behind(number);
    this.#number = this.#ends.after(number);
    return number;
  }

  #string(): string {
    const start = this.#at;
    let end = this.#text.indexOf('"', start + 1);
    while (isEscaped(this.#text, end)) end = this.#text.indexOf('"', end + 1);
    this.#at = end + 1;
    return jsonString(this.#text, start, this.#at) ?? "";
  }

  #space(): number {
    this.#at = endOfSpace(this.#text, this.#at);
    return this.#at;
  }
}

const QUOTE = 34;
const COMMA = 44;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/** Whether an odd number of backslashes stands before the offset. */
function isEscaped(text: string, offset: number): boolean {
  let first = offset;
  while (text.charCodeAt(first - 1) === BACKSLASH) first--;
  return (offset - first) % 2 === 1;
}

/** The offset of the first character that is no JSON white space. */
export function endOfSpace(text: string, offset: number): number {
  let end = offset;
  for (;;) {
    const code = text.charCodeAt(end);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return end;
    end++;
  }
}
