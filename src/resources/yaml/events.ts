/** From the event stream of the YAML parser to positioned nodes, with aliases and merge keys written out. */
import {
  EVENT_ID,
  type Event,
  getScalarValue,
  type MappingEvent,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
  YAMLException,
} from "js-yaml";
import { MAX_ALIASED_NODES, MAX_DEPTH, MAX_NODES } from "./limits.ts";
import {
  type DuplicateKey,
  type Entry,
  type Node,
  type Scalar,
  SyntaxProblem,
  typeName,
  type Weight,
} from "./nodes.ts";
import { syntaxRemedy, TEMPLATE_REMEDY } from "./remedy.ts";
import { plainScalar } from "./scalars.ts";

/**
 * The documents of one piece of text; offsets count from `base`. Empty documents give no root.
 * Throws SyntaxProblem, and nothing else.
 */
export function yamlTrees(text: string, base: number, duplicates: DuplicateKey[]): readonly Node[] {
  // There are no more places than characters.
  if (text.length > MAX_NODES && structureOf(text) > MAX_NODES) {
    const limit = `the document has more than ${MAX_NODES} places where a value can begin`;
    throw new SyntaxProblem("PC102", base, limit, "split the document into several");
  }
  let events: readonly Event[];
  try {
    events = parseEvents(text, { maxDepth: MAX_DEPTH });
  } catch (error) {
    throw parserProblem(error, text, base);
  }
  return new TreeBuilder(text, base, events, duplicates).documents();
}

/** An upper bound of a document's values, found before the parser makes an event of each: a few characters separate values. */
function structureOf(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || code === 44 || code === 45 || code === 58 || code === 63 || code === 91 || code === 123) count++;
  }
  return count;
}

function parserProblem(error: unknown, text: string, base: number): SyntaxProblem {
  if (!(error instanceof YAMLException)) {
    return new SyntaxProblem(
      "PC101",
      base,
      "the text cannot be read as YAML",
      "check the document with a YAML validator",
    );
  }
  const offset = Math.min(error.mark?.position ?? 0, text.length);
  if (error.reason.includes("maxDepth")) {
    const limit = `lists and mappings are nested deeper than ${MAX_DEPTH} levels`;
    return new SyntaxProblem(
      "PC102",
      base + offset,
      limit,
      "no Kubernetes object is nested this deep; check how the file was made",
    );
  }
  const { at, cause, remedy } = syntaxRemedy(error.reason, text, offset);
  return new SyntaxProblem("PC101", base + at, `not valid YAML: ${cause}`, remedy);
}

/** What an anchor stands for. */
interface Anchored {
  readonly node: Node;
  readonly weight: Weight;
}

type ValueEvent = ScalarEvent | SequenceEvent | MappingEvent;

const UNTAGGED = -1;

class TreeBuilder {
  readonly #text: string;
  readonly #base: number;
  readonly #events: readonly Event[];
  readonly #duplicates: DuplicateKey[];
  #next = 0;
  /** Where the last token ended: the place of values that are not written. */
  #lastEnd = 0;
  #anchors = new Map<string, Anchored | "open">();
  #aliased = 0;
  /** How many nodes there are so far when all is written out, keys not counted. */
  #written: Weight = 0;

  constructor(text: string, base: number, events: readonly Event[], duplicates: DuplicateKey[]) {
    this.#text = text;
    this.#base = base;
    this.#events = events;
    this.#duplicates = duplicates;
  }

  documents(): readonly Node[] {
    const roots: Node[] = [];
    while (this.#events[this.#next] !== undefined) {
      this.#next++;
      this.#anchors = new Map();
      this.#aliased = 0;
      while (this.#peek() !== EVENT_ID.POP) {
        const node = this.#node();
        if (node.kind !== "scalar" || node.value !== null) roots.push(node);
      }
      this.#next++;
    }
    return roots;
  }

  #peek(): Event["type"] {
    return this.#events[this.#next]?.type ?? EVENT_ID.POP;
  }

  #node(): Node {
    const event = this.#events[this.#next++];
    if (event === undefined) return this.#fail(this.#lastEnd, "the document ends too early");
    switch (event.type) {
      case EVENT_ID.SCALAR:
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING:
        return event.anchorStart < 0 ? this.#value(event) : this.#anchored(event);
      case EVENT_ID.ALIAS:
        return this.#alias(event.anchorStart, event.anchorEnd);
      case EVENT_ID.DOCUMENT:
      case EVENT_ID.POP:
        return this.#fail(this.#lastEnd, "a value is missing");
    }
  }

  #value(event: ValueEvent): Node {
    this.#written++;
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return this.#scalar(event);
      case EVENT_ID.SEQUENCE:
        return this.#list(event.start);
      case EVENT_ID.MAPPING:
        return this.#map(event.start);
    }
  }

  #anchored(event: ValueEvent): Node {
    const name = this.#text.slice(event.anchorStart, event.anchorEnd);
    this.#lastEnd = event.anchorEnd;
    this.#anchors.set(name, "open");
    const before = this.#written;
    const node = this.#value(event);
    this.#anchors.set(name, { node, weight: this.#written - before });
    return node;
  }

  #alias(start: number, end: number): Node {
    const name = this.#text.slice(start, end);
    this.#lastEnd = end;
    const anchored = this.#anchors.get(name);
    if (anchored === undefined) {
      return this.#fail(
        start - 1,
        `alias *${name} has no anchor`,
        `write &${name} at the value it stands for, earlier in this document`,
      );
    }
    if (anchored === "open") {
      return this.#fail(
        start - 1,
        `anchor &${name} contains itself`,
        `take *${name} out of the value that &${name} names`,
      );
    }
    this.#charge(start, anchored.weight);
    this.#written += anchored.weight;
    return anchored.node;
  }

  #charge(offset: number, weight: Weight): void {
    this.#aliased += weight;
    if (this.#aliased <= MAX_ALIASED_NODES) return;
    const limit = `aliases make this document grow beyond ${MAX_ALIASED_NODES} values`;
    throw new SyntaxProblem("PC102", this.#base + offset, limit, "write the values out, or split the document");
  }

  #list(start: number): Node {
    this.#lastEnd = start;
    const items: Node[] = [];
    while (this.#peek() !== EVENT_ID.POP) items.push(this.#node());
    this.#next++;
    return { kind: "list", start: this.#base + start, items };
  }

  #map(start: number): Node {
    this.#lastEnd = start;
    const entries = new Map<string, Entry>();
    /** Keys that a merge brought: what the mapping itself says wins, wherever it stands. */
    let merged: Set<string> | undefined;
    while (this.#peek() !== EVENT_ID.POP) {
      const keyEvent = this.#events[this.#next];
      const isMerge = keyEvent?.type === EVENT_ID.SCALAR && this.#isMergeKey(keyEvent);
      const before = this.#written;
      const key = this.#node();
      this.#written = before;
      const keyStart = this.#keyStart(keyEvent, key);
      const value = this.#node();
      if (isMerge) {
        merged ??= new Set();
        this.#merge(value, keyStart, entries, merged);
        continue;
      }
      const text = this.#keyText(key, keyStart);
      const earlier = entries.get(text);
      if (earlier !== undefined && merged?.delete(text) !== true) {
        this.#duplicates.push({ key: text, first: earlier.keyStart, second: keyStart });
      }
      entries.set(text, { keyStart, value });
    }
    this.#next++;
    return { kind: "map", start: this.#base + start, entries };
  }

  #keyStart(event: Event | undefined, key: Node): number {
    return event?.type === EVENT_ID.ALIAS ? this.#base + event.anchorStart - 1 : key.start;
  }

  #isMergeKey(event: ScalarEvent): boolean {
    const plain = event.style === SCALAR_STYLE.PLAIN && event.tagStart === UNTAGGED;
    return plain && event.valueEnd - event.valueStart === 2 && this.#text.startsWith("<<", event.valueStart);
  }

  /** `<<: *base` or `<<: [*a, *b]`, where the earlier of the list wins. */
  #merge(value: Node, keyStart: number, entries: Map<string, Entry>, merged: Set<string>): void {
    const sources = value.kind === "list" ? [...value.items].reverse() : [value];
    for (const source of sources) {
      if (source.kind !== "map") {
        const cause = `merge key << needs a mapping or a list of mappings, got ${typeName(source)}`;
        return this.#fail(keyStart - this.#base, cause, "write `<<: *NAME`, where &NAME marks a mapping");
      }
      this.#charge(keyStart - this.#base, source.entries.size);
      this.#written += source.entries.size;
      for (const [key, entry] of source.entries) {
        if (entries.has(key) && !merged.has(key)) continue;
        merged.add(key);
        entries.set(key, entry);
      }
    }
  }

  #keyText(key: Node, keyStart: number): string {
    if (key.kind === "scalar" && key.value !== null) return String(key.value);
    const offset = keyStart - this.#base;
    if (key.kind === "map" && this.#text.startsWith("{", offset)) {
      const isTemplate = this.#text.charAt(offset - 1) === "{";
      const remedy = isTemplate ? TEMPLATE_REMEDY : "put the key in quotes";
      return this.#fail(isTemplate ? offset - 1 : offset, "a mapping stands where a key is expected", remedy);
    }
    return this.#fail(offset, `a key must be text, got ${typeName(key)}`, "put the key in quotes");
  }

  #scalar(event: ScalarEvent): Node {
    const written = event.valueStart >= 0;
    const isQuoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
    const offset = written
      ? event.valueStart - (isQuoted ? 1 : 0)
      : event.tagStart >= 0
        ? event.tagStart
        : this.#lastEnd;
    if (written) this.#lastEnd = event.valueEnd;
    const text = getScalarValue(this.#text, event);
    return { kind: "scalar", start: this.#base + offset, value: this.#resolve(event, text, offset) };
  }

  #resolve(event: ScalarEvent, text: string, offset: number): Scalar {
    const plain = event.style === SCALAR_STYLE.PLAIN;
    if (event.tagStart === UNTAGGED) {
      if (!plain) return text;
      const value = plainScalar(text);
      if (value !== undefined) return value;
      return this.#fail(offset, `${text} is no value in Kubernetes`, "put it in quotes if text is meant");
    }
    const tag = this.#text.slice(event.tagStart, event.tagEnd);
    const kind = TAGS.get(tag);
    if (kind === undefined) return text;
    const value = plainScalar(text);
    const ok =
      kind === "number"
        ? typeof value === "number" || typeof value === "bigint"
        : kind === "null"
          ? value === null
          : typeof value === kind;
    if (ok && value !== undefined) return value;
    return this.#fail(offset, `"${text}" is no value for ${tag}`, "remove the tag or write a value of its type");
  }

  #fail(offset: number, cause: string, remedy = "check the indentation and the brackets around this place"): never {
    throw new SyntaxProblem("PC101", this.#base + offset, `not valid YAML: ${cause}`, remedy);
  }
}

/** Tags that change how a scalar is read. Any other tag makes it text. */
const TAGS: ReadonlyMap<string, "number" | "boolean" | "null"> = new Map([
  ["!!int", "number"],
  ["!!float", "number"],
  ["!!bool", "boolean"],
  ["!!null", "null"],
] as const);
