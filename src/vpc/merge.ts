/** Several places may tell of one object: what one of them leaves out, another may tell. */
import { type Finding, finding } from "../source/finding.ts";
import { type Origin, positionText } from "../source/origin.ts";

export interface Identified {
  readonly id: string;
  readonly origin: Origin;
}

export interface MergeRules<T> {
  /** Fields that say something when they are undefined: that there is none. */
  readonly told?: readonly (keyof T)[];
  /** Lists that say nothing when they are empty. */
  readonly untoldWhenEmpty?: readonly (keyof T)[];
  /** Another way to make one of two that differ; undefined: there is none. */
  readonly join?: (earlier: T, later: T) => T | undefined;
}

export interface Merged<T> {
  readonly values: readonly T[];
  readonly findings: readonly Finding[];
}

/**
 * Every id once. Of values that contradict each other the later one stays, and PC118 says so. `noun` is how messages call
 * them. O(values).
 */
export function mergeById<T extends Identified>(values: readonly T[], rules: MergeRules<T> = {}): Merged<T> {
  const byId = new Map<string, T>();
  const findings: Finding[] = [];
  for (const value of values) {
    const earlier = byId.get(value.id);
    const merged = earlier === undefined ? value : (fill(earlier, value, rules) ?? rules.join?.(earlier, value));
    if (merged === undefined && earlier !== undefined) findings.push(contradiction(earlier, value));
    byId.set(value.id, merged ?? value);
  }
  return { values: [...byId.values()], findings };
}

function contradiction(earlier: Identified, later: Identified): Finding {
  const { resource } = later.origin;
  return finding(
    "PC118",
    `${resource} stands twice, and not the same: this one replaces the one at ${positionText(earlier.origin)}`,
    "leave the older export out of the input",
    { position: later.origin, resource },
  );
}

/** The later value with what only the earlier one tells; undefined where they contradict each other. */
export function fill<T extends object>(earlier: T, later: T, rules: MergeRules<T> = {}): T | undefined {
  const result = { ...later };
  for (const key in earlier) {
    if (IGNORED.has(key) || !Object.hasOwn(earlier, key) || isUntold(key, earlier[key], rules)) continue;
    if (isUntold(key, later[key], rules)) result[key] = earlier[key];
    else if (!same(earlier[key], later[key])) return undefined;
  }
  return result;
}

function isUntold<T>(key: keyof T, value: unknown, { told = [], untoldWhenEmpty = [] }: MergeRules<T>): boolean {
  if (value === undefined) return !told.includes(key);
  return value === "" || (Array.isArray(value) && value.length === 0 && untoldWhenEmpty.includes(key));
}

/** Where something stands is no part of what it is; a protocol's word depends on the version of the API that was asked. */
const IGNORED: ReadonlySet<string> = new Set(["origin", "protocol"]);

function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const [left, right] = [entriesOf(a), entriesOf(b)];
  return left.size === right.size && [...left].every(([key, value]) => right.has(key) && same(value, right.get(key)));
}

function entriesOf(value: object): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(value).filter(([key]) => !IGNORED.has(key)));
}
