/** Tables print the beginning of long ids: `36c8f522-.` for `36c8f522-4f0d-400c-8226-299f0b8198cf`. */
import type { Fact } from "../source/fact.ts";
import { exportRemedy, nounOf } from "./ibm/export-commands.ts";
import type { VpcKind } from "./model.ts";

export function isAbbreviated(id: string): boolean {
  return id.endsWith("-.");
}

/** Writes ids out, and notes those that could be several or none. */
export class Abbreviations {
  readonly gaps: Fact[] = [];
  readonly #ids: readonly string[];
  readonly #kind: VpcKind;

  /** `ids` are all known ids of the kind. */
  constructor(kind: VpcKind, ids: Iterable<string>) {
    this.#kind = kind;
    this.#ids = [...new Set(ids)].filter((id) => !isAbbreviated(id));
  }

  /** The whole id where exactly one begins like this; else as it is. O(ids) for an abbreviation. */
  whole<T extends string | undefined>(id: T): string | T {
    if (id === undefined || !isAbbreviated(id)) return id;
    const beginning = id.slice(0, -1);
    const [first, ...others] = this.#ids.filter((candidate) => candidate.startsWith(beginning));
    if (first !== undefined && others.length === 0) return first;
    const why = first === undefined ? "no such id is in the input" : `it could be ${[first, ...others].join(" or ")}`;
    this.gaps.push({ text: `which ${nounOf(this.#kind)} ${id} is: ${why}`, remedy: exportRemedy(this.#kind) });
    return id;
  }
}
