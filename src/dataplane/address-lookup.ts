/** What addresses of one family lead to: values of blocks, of single addresses inside and outside of them, and of the rest. */
import type { Address } from "../net/address.ts";
import type { Interval } from "../net/intervals.ts";

export interface AddressLookup<T> {
  /** Of every address that is in no block and not listed by itself. */
  readonly rest: T;
  /** Disjoint and in order; none has the value of the rest. */
  readonly blocks: readonly BlockValue<T>[];
  /** In order, each with another value than the block that holds it or the rest. */
  readonly addresses: readonly AddressValue<T>[];
}

export interface BlockValue<T> {
  readonly block: Interval<Address>;
  readonly value: T;
}

export interface AddressValue<T> {
  readonly address: Address;
  readonly value: T;
}

/** Addresses with one value: blocks that nobody bears, or single addresses of pods and nodes. */
export interface Valued<T> {
  readonly blocks: readonly Interval<Address>[];
  readonly areSingle: boolean;
  readonly value: T;
}

/**
 * The blocks that are not single must cover the family. `keyOf` is the same for equal values. The rest is what most blocks lead
 * to. O(n log n).
 */
export function lookupOf<T>(all: readonly Valued<T>[], keyOf: (value: T) => string): AddressLookup<T> {
  const rest = mostFrequent(all, keyOf);
  const restKey = keyOf(rest);
  const blocks = joined(
    all
      .filter(({ areSingle, value }) => !areSingle && keyOf(value) !== restKey)
      .flatMap(({ blocks: own, value }) => own.map((block) => ({ block, value })))
      .sort((a, b) => (a.block.start < b.block.start ? -1 : 1)),
    keyOf,
  );
  const around: AddressLookup<T> = { rest, blocks, addresses: [] };
  const addresses = all
    .filter(({ areSingle }) => areSingle)
    .flatMap(({ blocks: own, value }) => own.map(({ start: address }) => ({ address, value })))
    .filter(({ address, value }) => keyOf(valueAt(around, address)) !== keyOf(value))
    .sort((a, b) => (a.address < b.address ? -1 : 1));
  return { rest, blocks, addresses };
}

/** O(log n). */
export function valueAt<T>({ rest, blocks, addresses }: AddressLookup<T>, address: Address): T {
  const own = lastUpTo(addresses, address, (entry) => entry.address);
  if (own?.address === address) return own.value;
  const around = lastUpTo(blocks, address, (entry) => entry.block.start);
  return around !== undefined && address < around.block.end ? around.value : rest;
}

/** Every value that some address has, each at least once. */
export function valuesOf<T>({ rest, blocks, addresses }: AddressLookup<T>): readonly T[] {
  return [rest, ...blocks.map(({ value }) => value), ...addresses.map(({ value }) => value)];
}

/** Addresses of the family among which each pair of values occurs that two look-ups have at one address. O(n + m). */
export function examplesOf(
  family: Interval<Address>,
  a: AddressLookup<unknown>,
  b: AddressLookup<unknown>,
): readonly Address[] {
  const both = [a, b];
  const singles = new Set(both.flatMap(({ addresses }) => addresses.map(({ address }) => address)));
  const borders = new Set(both.flatMap(({ blocks }) => blocks.flatMap(({ block }) => [block.start, block.end])));
  // A border that is listed by itself does not show what lies around it.
  const beside = [family.start, ...borders].map((border) => {
    let address = border;
    while (singles.has(address)) address++;
    return address;
  });
  return [...singles, ...beside].filter((address) => address < family.end);
}

function lastUpTo<E>(entries: readonly E[], address: Address, startOf: (entry: E) => Address): E | undefined {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry === undefined || startOf(entry) > address) high = middle;
    else low = middle + 1;
  }
  return entries[low - 1];
}

function mostFrequent<T>(all: readonly Valued<T>[], keyOf: (value: T) => string): T {
  const counts = new Map<string, { readonly value: T; count: number }>();
  for (const { blocks, areSingle, value } of all) {
    const known = counts.get(keyOf(value)) ?? { value, count: 0 };
    known.count += areSingle ? 0 : blocks.length;
    counts.set(keyOf(value), known);
  }
  const [most] = [...counts.values()].sort((a, b) => b.count - a.count);
  if (most === undefined) throw new Error("a look-up has at least one value");
  return most.value;
}

function joined<T>(sorted: readonly BlockValue<T>[], keyOf: (value: T) => string): readonly BlockValue<T>[] {
  const result: BlockValue<T>[] = [];
  for (const entry of sorted) {
    const last = result.at(-1);
    if (last !== undefined && last.block.end === entry.block.start && keyOf(last.value) === keyOf(entry.value)) {
      result[result.length - 1] = { ...last, block: { start: last.block.start, end: entry.block.end } };
    } else {
      result.push(entry);
    }
  }
  return result;
}
