import * as fc from "fast-check";
import type { RawLabels } from "../naive/raw-objects.ts";

/** What an arbitrary gives: the choices for one object, before they are resolved against the rest of the world. */
export type DraftOf<T> = T extends fc.Arbitrary<infer D> ? D : never;

/** The name of an object, which worlds always write. */
export function nameOf(object: { readonly metadata?: { readonly name?: string } }): string {
  return object.metadata?.name ?? "";
}

/** Some of the keys (never `absent`), each with one of its values. */
export function labelsFrom(values: Readonly<Record<string, readonly string[]>>): fc.Arbitrary<RawLabels> {
  const fields = Object.entries(values)
    .filter(([key]) => key !== "absent")
    .map(([key, own]) => fc.option(fc.constantFrom(...own), { freq: 3 }).map((value) => [key, value] as const));
  return fc
    .tuple(...fields)
    .map((entries) => Object.fromEntries(entries.flatMap(([key, value]) => (value === null ? [] : [[key, value]]))));
}

/** True in about `hits` of `of` cases; shrinks to false. */
export function chance(hits: number, of: number): fc.Arbitrary<boolean> {
  return fc.integer({ min: 1, max: of }).map((number) => number > of - hits);
}

/** Null, and in one of `of` cases a value; shrinks to null. */
export function seldom<T>(value: fc.Arbitrary<T>, of: number): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: of - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value });
}

/** The fields that are there: neither undefined nor null. Manifests of worlds leave the others out. */
export function written<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const kept: { [K in keyof T]?: NonNullable<T[K]> } = {};
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined && value !== null) kept[key] = value;
  }
  return kept;
}
