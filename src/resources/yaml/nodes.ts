/** The value tree of a document. Every node knows where it stands, as an offset into its text. */

import type { Path } from "../../source/origin.ts";

/** Numbers are exact: a `bigint` holds what a double cannot, and only values of 64-bit signed integers. */
export type Scalar = string | number | bigint | boolean | null;

export interface ScalarNode {
  readonly kind: "scalar";
  readonly start: number;
  readonly value: Scalar;
}

export interface ListNode {
  readonly kind: "list";
  readonly start: number;
  readonly items: readonly Node[];
}

export interface Entry {
  readonly keyStart: number;
  readonly value: Node;
}

export interface MapNode {
  readonly kind: "map";
  readonly start: number;
  readonly entries: ReadonlyMap<string, Entry>;
}

/** Aliases are written out: a node may hang in several places of the tree. */
export type Node = ScalarNode | ListNode | MapNode;

/** A key that stands more than once in one mapping. The later value counts, as everywhere in Kubernetes tooling. */
export interface DuplicateKey {
  readonly key: string;
  readonly first: number;
  readonly second: number;
}

/** Why a document could not be read. Thrown inside `yaml/` only; the reader of documents turns it into a value. */
export class SyntaxProblem extends Error {
  readonly code: "PC101" | "PC102";
  readonly offset: number;
  readonly remedy: string;

  constructor(code: "PC101" | "PC102", offset: number, message: string, remedy: string) {
    super(message);
    this.code = code;
    this.offset = offset;
    this.remedy = remedy;
  }
}

/** How many nodes a tree has when it is written out, the root included. */
export type Weight = number;

/** What a value is called in messages: `list`, `mapping`, `string`, `number`, `boolean` or `null`. */
export function typeName(node: Node): "list" | "mapping" | "string" | "number" | "boolean" | "null" {
  if (node.kind === "list") return "list";
  if (node.kind === "map") return "mapping";
  if (node.value === null) return "null";
  switch (typeof node.value) {
    case "string":
      return "string";
    case "boolean":
      return "boolean";
    default:
      return "number";
  }
}

/** The child at one step of a path; undefined where nothing is written. */
export function childOf(node: Node, step: string | number): Node | undefined {
  if (node.kind === "map") return node.entries.get(String(step))?.value;
  if (node.kind === "list" && typeof step === "number") return node.items[step];
  return undefined;
}

/** The offset of the field at `path`, at its key if it has one, or of its nearest parent that is written. O(path). */
export function placeOfField(root: Node, path: Path): number {
  let node = root;
  let place = root.start;
  for (const step of path) {
    const child = childOf(node, step);
    if (child === undefined) break;
    place = node.kind === "map" ? (node.entries.get(String(step))?.keyStart ?? place) : child.start;
    node = child;
  }
  return place;
}
