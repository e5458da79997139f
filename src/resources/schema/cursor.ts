import type { CodeName } from "../../source/codes.ts";
import { finding } from "../../source/finding.ts";
import { type Path, pathText } from "../../source/origin.ts";
import type { Validation } from "../reading.ts";
import { childOf, type Node } from "../yaml/nodes.ts";
import type { SourceText } from "../yaml/source.ts";
import type { Places } from "./places.ts";
import { offsetInScalar } from "./scalar-place.ts";
import type { Sink } from "./sink.ts";

/** What all cursors of one object share. */
export interface ObjectContext {
  readonly source: SourceText;
  readonly sink: Sink;
  readonly validation: Validation;
  /** `NetworkPolicy accounts/backend-allow`. */
  readonly resource: string;
  /** The namespace the object lands in; empty for cluster-scoped kinds. */
  readonly namespace: string;
}

/** A place in an object while it is read: the value there, if one is written, and the way to it. */
export class Cursor {
  readonly context: ObjectContext;
  readonly node: Node | undefined;
  readonly #parent: Cursor | undefined;
  readonly #step: string | number;
  readonly #keyStart: number;
  readonly #muted: boolean;
  readonly #places: Places | undefined;

  private constructor(
    context: ObjectContext,
    node: Node | undefined,
    keyStart: number,
    parent: Cursor | undefined,
    step: string | number,
    muted: boolean,
    places: Places | undefined,
  ) {
    this.context = context;
    this.node = node;
    this.#keyStart = keyStart;
    this.#parent = parent;
    this.#step = step;
    this.#muted = muted;
    this.#places = places;
  }

  /** `places` learns where fields stand that are read; undefined where nobody needs it to. */
  static atRoot(context: ObjectContext, root: Node, places: Places | undefined): Cursor {
    return new Cursor(context, root, root.start, undefined, "", false, places);
  }

  get path(): Path {
    return this.#parent === undefined ? [] : [...this.#parent.path, this.#step];
  }

  get pathText(): string {
    return pathText(this.path);
  }

  /** False where nothing is written, or `null`: Kubernetes makes no difference. */
  get isPresent(): boolean {
    return this.node !== undefined && !(this.node.kind === "scalar" && this.node.value === null);
  }

  has(field: string): boolean {
    return this.child(field).isPresent;
  }

  /** For a look at a field. */
  child(step: string | number): Cursor {
    return this.#descend(step, false);
  }

  /** For reading a field, which makes its place known to `Places`. Once per field. */
  enter(step: string | number): Cursor {
    return this.#descend(step, true);
  }

  #descend(step: string | number, isRead: boolean): Cursor {
    const { node } = this;
    const entry = node?.kind === "map" ? node.entries.get(String(step)) : undefined;
    const value = node?.kind === "list" ? childOf(node, step) : entry?.value;
    const start = entry?.keyStart ?? value?.start ?? this.offset;
    const places = isRead && value !== undefined ? this.#places?.add(step, start) : undefined;
    return new Cursor(this.context, value, start, this, step, this.#muted, places);
  }

  /** The same place as if nothing were written there, and silent: for going on after a value that cannot be used. */
  blank(): Cursor {
    return new Cursor(this.context, undefined, this.#keyStart, this.#parent, this.#step, true, undefined);
  }

  /** The same place as if this field were not written: for reading the rest by a table that does not know it. */
  without(field: string): Cursor {
    const { node } = this;
    if (node?.kind !== "map") return this;
    const entries = new Map([...node.entries].filter(([key]) => key !== field));
    return new Cursor(
      this.context,
      { ...node, entries },
      this.#keyStart,
      this.#parent,
      this.#step,
      this.#muted,
      this.#places,
    );
  }

  /** The place of the value, or of its key, or of the nearest thing that is written. */
  get offset(): number {
    return this.isPresent && this.node !== undefined ? this.node.start : this.#keyStart;
  }

  /** The unquoted text as the author wrote it, which may differ from its value (`yes` is true). */
  get written(): string {
    return /^[^\s,\]}#]{0,60}/.exec(this.context.source.text.slice(this.offset, this.offset + 60))?.[0] ?? "";
  }

  /** Reports about the value here. The message gets the path in front. */
  report(code: CodeName, message: string, remedy: string): void {
    this.#add(code, `${this.pathText}: ${message}`, remedy, this.offset);
  }

  /** Reports about a character inside the text here, `index` code units from its start. */
  reportInside(code: CodeName, message: string, remedy: string, index: number): void {
    const { node } = this;
    const offset =
      node?.kind === "scalar" && typeof node.value === "string"
        ? offsetInScalar(this.context.source.text, node.start, node.value, index)
        : this.offset;
    this.#add(code, `${this.pathText}: ${message}`, remedy, offset);
  }

  /** Reports about the key here. */
  reportKey(code: CodeName, message: string, remedy: string): void {
    this.#add(code, message, remedy, this.#keyStart);
  }

  #add(code: CodeName, message: string, remedy: string, offset: number): void {
    if (this.#muted) return;
    const { sink, source, resource } = this.context;
    sink.add(finding(code, message, remedy, { position: source.positionAt(offset), resource }));
  }
}
