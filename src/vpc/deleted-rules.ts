/** Rules that scripts delete. Their ids are often not told: an access list was born with them. */
import type { WrittenRule } from "./written-acl.ts";

/** Deletions by ids that belong to rules whose ids are not known. */
interface Pending {
  readonly candidates: readonly WrittenRule[];
  readonly ids: Set<string>;
}

export type Deletion =
  | { readonly rules: readonly WrittenRule[] }
  /** Why nothing is deleted. */
  | { readonly problem: string };

/**
 * Two rules of unknown ids and two ids that are not known: both rules are gone. As long as there are fewer ids than rules,
 * it is not known which one is.
 */
export class DeletedRules {
  /** By the id of the list. */
  readonly #pending = new Map<string, Pending>();

  /** The rules of the list without the one called `text`. */
  delete(acl: string, rules: readonly WrittenRule[], text: string): Deletion {
    const known = rules.filter(({ id, name }) => id === text || name === text);
    if (known.length > 0) return { rules: rules.filter((rule) => !known.includes(rule)) };
    const candidates = rules.filter(({ id }) => id === undefined);
    if (candidates.length === 0) return { problem: `the list has no rule ${text}` };
    const pending = this.#pending.get(acl) ?? { candidates, ids: new Set() };
    if (!candidates.every((rule) => pending.candidates.includes(rule))) {
      return { problem: `it is not told which rule ${text} is` };
    }
    pending.ids.add(text);
    this.#pending.set(acl, pending);
    if (pending.ids.size < candidates.length) return { rules };
    this.#pending.delete(acl);
    return { rules: rules.filter((rule) => !candidates.includes(rule)) };
  }

  /** Deletions that came to nothing, by the id of their list. */
  unsettled(): ReadonlyMap<string, readonly string[]> {
    return new Map([...this.#pending].map(([acl, { ids }]) => [acl, [...ids]]));
  }
}
