/** The objects of a bundle as trees, and where their fields stood in the texts that they came from. */
import type { Path, Position } from "../source/origin.ts";
import { placesIn } from "./projection.ts";
import { type Entry, type Node, placeOfField } from "./yaml/nodes.ts";
import { SourceText } from "./yaml/source.ts";

export type Fields = { readonly [key: string]: unknown };

/** A line of a bundle that holds an object: what was read of it, the file it came from, and the places of its values. */
export interface BundledObject {
  readonly object: Fields;
  readonly file: string;
  readonly at: string;
}

interface Line extends BundledObject {
  readonly start: number;
  positions?: readonly Position[];
  root?: Node;
}

/**
 * A bundle whose offsets are numbers of values: the start of the line plus the number of the value in the line's object,
 * parents first. A line has more characters than values, so that no two have one offset. Places are found by reading the line
 * again, so that nothing but the text has to be kept for them.
 */
export class BundledText extends SourceText {
  /** The line that was asked about last: questions about one object come together. */
  #last: Line | undefined;

  /** The tree of an object whose line begins at `start`. O(values). */
  open(start: number, line: BundledObject): Node {
    this.#last = { start, ...line };
    return nodeOf(line.object, start);
  }

  /** O(line) for the first question about a line. */
  override positionAt(offset: number): Position {
    const line = this.#lineAt(this.text.lastIndexOf("\n", offset - 1) + 1);
    if (line === undefined) return { file: this.name, line: 1, column: 1 };
    line.positions ??= placesIn(line.file, line.at);
    return line.positions[offset - line.start] ?? { file: line.file, line: 1, column: 1 };
  }

  /** All objects can be read again. */
  knows(): boolean {
    return true;
  }

  /** The offset of the field at `path` of the object at `start`, or of its nearest parent that is written. O(line). */
  find(start: number, path: Path): number {
    if (path.length === 0) return start;
    const line = this.#lineAt(start);
    if (line === undefined) return start;
    line.root ??= nodeOf(line.object, start);
    return placeOfField(line.root, path);
  }

  #lineAt(start: number): Line | undefined {
    if (this.#last?.start === start) return this.#last;
    const end = this.text.indexOf("\n", start);
    const line = objectIn(parsedLine(this.text.slice(start, end < 0 ? undefined : end)));
    if (line === undefined) return undefined;
    this.#last = { start, ...line };
    return this.#last;
  }
}

/** Undefined for what is no object of JSON. */
export function parsedLine(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined where a line holds something else. */
export function objectIn(line: Fields | undefined): BundledObject | undefined {
  if (line === undefined) return undefined;
  const { object, file, at } = line;
  return isFields(object) && typeof file === "string" && typeof at === "string" ? { object, file, at } : undefined;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as a tree whose offsets are numbers, parents first. */
function nodeOf(root: Fields, first: number): Node {
  let next = first;
  const node = (value: unknown, start: number): Node => {
    if (Array.isArray(value)) return { kind: "list", start, items: value.map((item) => node(item, next++)) };
    if (isFields(value)) {
      const entries = new Map<string, Entry>();
      for (const key of Object.keys(value)) {
        const keyStart = next++;
        entries.set(key, { keyStart, value: node(value[key], keyStart) });
      }
      return { kind: "map", start, entries };
    }
    const isScalar = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    return { kind: "scalar", start, value: isScalar ? value : null };
  };
  return node(root, next++);
}
