/** From the event stream of the YAML parser to positioned nodes, with aliases and merge keys written out. */
import {
  EVENT_ID,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
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
  if (structureOf(text) > MAX_NODES) {
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

interface Built {
  readonly node: Node;
  readonly weight: Weight;
}

const UNTAGGED = -1;

class TreeBuilder {
  readonly #text: string;
  readonly #base: number;
  readonly #events: readonly Event[];
  readonly #duplicates: DuplicateKey[];
  #next = 0;
  /** Where the last token ended: the place of values that are not written. */
  #lastEnd = 0;
  #anchors = new Map<string, Built | "open">();
  #aliased = 0;

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
        const { node } = this.#node();
        if (node.kind !== "scalar" || node.value !== null) roots.push(node);
      }
      this.#next++;
    }
    return roots;
  }

  #peek(): Event["type"] {
    return this.#events[this.#next]?.type ?? EVENT_ID.POP;
  }

  #node(): Built {
    const event = this.#events[this.#next++];
    if (event === undefined) return this.#fail(this.#lastEnd, "the document ends too early");
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return this.#anchored(event, () => ({ node: this.#scalar(event), weight: 1 }));
      case EVENT_ID.SEQUENCE:
        return this.#anchored(event, () => this.#list(event.start));
      case EVENT_ID.MAPPING:
        return this.#anchored(event, () => this.#map(event.start));
      case EVENT_ID.ALIAS:
        return this.#alias(event.anchorStart, event.anchorEnd);
      case EVENT_ID.DOCUMENT:
      case EVENT_ID.POP:
        return this.#fail(this.#lastEnd, "a value is missing");
    }
  }

  #anchored(event: { readonly anchorStart: number; readonly anchorEnd: number }, build: () => Built): Built {
    if (event.anchorStart < 0) return build();
    const name = this.#text.slice(event.anchorStart, event.anchorEnd);
    this.#lastEnd = event.anchorEnd;
    this.#anchors.set(name, "open");
    const built = build();
    this.#anchors.set(name, built);
    return built;
  }

  #alias(start: number, end: number): Built {
    const name = this.#text.slice(start, end);
    this.#lastEnd = end;
    const built = this.#anchors.get(name);
    if (built === undefined) {
      return this.#fail(
        start - 1,
        `alias *${name} has no anchor`,
        `write &${name} at the value it stands for, earlier in this document`,
      );
    }
    if (built === "open") {
      return this.#fail(
        start - 1,
        `anchor &${name} contains itself`,
        `take *${name} out of the value that &${name} names`,
      );
    }
    this.#charge(start, built.weight);
    return built;
  }

  #charge(offset: number, weight: Weight): void {
    this.#aliased += weight;
    if (this.#aliased <= MAX_ALIASED_NODES) return;
    const limit = `aliases make this document grow beyond ${MAX_ALIASED_NODES} values`;
    throw new SyntaxProblem("PC102", this.#base + offset, limit, "write the values out, or split the document");
  }

  #list(start: number): Built {
    this.#lastEnd = start;
    const items: Node[] = [];
    let weight = 1;
    while (this.#peek() !== EVENT_ID.POP) {
      const item = this.#node();
      weight += item.weight;
      items.push(item.node);
    }
    this.#next++;
    return { node: { kind: "list", start: this.#base + start, items }, weight };
  }

  #map(start: number): Built {
    this.#lastEnd = start;
    const entries = new Map<string, Entry>();
    /** Keys that a merge brought: what the mapping itself says wins, wherever it stands. */
    const merged = new Set<string>();
    let weight = 1;
    while (this.#peek() !== EVENT_ID.POP) {
      const keyEvent = this.#events[this.#next];
      const isMerge = keyEvent?.type === EVENT_ID.SCALAR && this.#isMergeKey(keyEvent);
      const key = this.#node();
      const keyStart = this.#keyStart(keyEvent, key.node);
      const value = this.#node();
      weight += value.weight;
      if (isMerge) {
        weight += this.#merge(value.node, keyStart, entries, merged);
        continue;
      }
      const text = this.#keyText(key.node, keyStart);
      const earlier = entries.get(text);
      if (earlier !== undefined && !merged.delete(text)) {
        this.#duplicates.push({ key: text, first: earlier.keyStart, second: keyStart });
      }
      entries.set(text, { keyStart, value: value.node });
    }
    this.#next++;
    return { node: { kind: "map", start: this.#base + start, entries }, weight };
  }

  #keyStart(event: Event | undefined, key: Node): number {
    return event?.type === EVENT_ID.ALIAS ? this.#base + event.anchorStart - 1 : key.start;
  }

  #isMergeKey(event: ScalarEvent): boolean {
    const plain = event.style === SCALAR_STYLE.PLAIN && event.tagStart === UNTAGGED;
    return plain && event.valueEnd - event.valueStart === 2 && this.#text.startsWith("<<", event.valueStart);
  }

  /** `<<: *base` or `<<: [*a, *b]`, where the earlier of the list wins. */
  #merge(value: Node, keyStart: number, entries: Map<string, Entry>, merged: Set<string>): Weight {
    const sources = value.kind === "list" ? [...value.items].reverse() : [value];
    let weight = 0;
    for (const source of sources) {
      if (source.kind !== "map") {
        const cause = `merge key << needs a mapping or a list of mappings, got ${typeName(source)}`;
        return this.#fail(keyStart - this.#base, cause, "write `<<: *NAME`, where &NAME marks a mapping");
      }
      this.#charge(keyStart - this.#base, source.entries.size);
      weight += source.entries.size;
      for (const [key, entry] of source.entries) {
        if (entries.has(key) && !merged.has(key)) continue;
        merged.add(key);
        entries.set(key, entry);
      }
    }
    return weight;
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
