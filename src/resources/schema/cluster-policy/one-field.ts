/** Mappings of which exactly one field must be written, and what to do about fields of a newer API. */
import type { Cursor } from "../cursor.ts";
import { suggestionFor } from "../spelling.ts";
import { type Advice, record, type Type } from "../types.ts";

/** For items of a list, any of which is meant. */
export const SPLIT_ITEM = "make them several list items: the rule then means any of them";

type Fields<R> = { readonly [K in keyof R]: Type<R[K]> };

interface OneFieldRules {
  /** What the mapping is, as in `a peer`. */
  readonly what: string;
  readonly remedy: string;
  /** What to do where two fields stand. */
  readonly split: string;
  /** What to say about names that people write by mistake. Any other unknown name is taken for a field of a newer API. */
  readonly advice: Advice;
}

/**
 * Exactly one field, whose `Type` must give undefined where it is not written. Gives `undefined` where an unknown field
 * stands that may be of a newer API: the policies' documents demand that such a rule fails closed, not that it is refused.
 */
export function oneField<R>(fields: Fields<R>, rules: OneFieldRules): Type<Partial<R> | undefined> {
  const names = Object.keys(fields);
  const table = record(fields, { advice: rules.advice });
  return (at) => {
    const written = at.node?.kind === "map" ? [...at.node.entries.keys()] : [];
    const unknown = written.filter((key) => !names.includes(key));
    const newer = unknown.filter((key) => isNewer(key, at, names, rules.advice));
    // It decides what the rule comes to, so it counts as read.
    for (const key of newer) reportNewer(at.enter(key), key, names);
    const value = table(newer.reduce((rest, key) => rest.without(key), at));
    checkCount(at, names, unknown.length, newer.length, rules);
    return newer.length > 0 ? undefined : value;
  };
}

function isNewer(key: string, at: Cursor, names: readonly string[], advice: Advice): boolean {
  return suggestionFor(key, names) === undefined && advice(key, at) === undefined && /^[a-z][A-Za-z0-9]*$/.test(key);
}

function reportNewer(at: Cursor, key: string, names: readonly string[]): void {
  const consequence = "its rule matches nothing if it accepts, and denies everything if it does not";
  at.reportKey(
    "PC124",
    `${at.pathText}: ${key} is no field of any version known here; ${consequence}`,
    `write one of ${names.join(", ")}`,
  );
}

function checkCount(at: Cursor, names: readonly string[], unknown: number, newer: number, rules: OneFieldRules): void {
  if (at.isPresent && at.node?.kind !== "map") return;
  const known = names.filter((name) => at.has(name)).length;
  if (known + newer > 1) {
    at.report("PC114", `${rules.what} has exactly one field`, rules.split);
  } else if (known + newer === 0 && (unknown === 0 || at.context.validation !== "strict")) {
    at.report("PC113", `${rules.what} has exactly one field, and none is written`, rules.remedy);
  }
}
