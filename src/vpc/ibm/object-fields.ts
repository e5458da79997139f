import type { MapNode } from "../../resources/yaml/nodes.ts";

/** Which fields an object has, to tell by. */
export class ObjectFields {
  readonly #node: MapNode;

  constructor(node: MapNode) {
    this.#node = node;
  }

  has(...names: readonly string[]): boolean {
    return names.every((name) => this.#node.entries.has(name));
  }

  hasAny(...names: readonly string[]): boolean {
    return names.some((name) => this.#node.entries.has(name));
  }

  /** Whether the field is a list. */
  lists(name: string): boolean {
    return this.#node.entries.get(name)?.value.kind === "list";
  }

  /** Whether the field is a list whose first item has the field `inside`. */
  listsWith(name: string, inside: string): boolean {
    const value = this.#node.entries.get(name)?.value;
    const [first] = value?.kind === "list" ? value.items : [];
    return first?.kind === "map" && first.entries.has(inside);
  }
}
