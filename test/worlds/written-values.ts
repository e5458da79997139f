import type { RawObject } from "../naive/raw-objects.ts";

/** A value that is written somewhere in an object, and the nearest field that holds it. */
export interface Leaf {
  readonly field: string;
  readonly value: string | number;
}

/** Every text and number in an object, in the order in which they stand. */
export function leavesOf(object: RawObject): readonly Leaf[] {
  return leavesIn("", object);
}

function leavesIn(field: string, value: unknown): readonly Leaf[] {
  if (typeof value === "string" || typeof value === "number") return [{ field, value }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, own]) => leavesIn(Array.isArray(value) ? field : key, own));
}
