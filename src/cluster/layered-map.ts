/** Maps that change a little from one to the next, without being copied. */

/** What became of a key; undefined: it is gone. */
type Layer<K, V> = ReadonlyMap<K, V | undefined>;

/** How much of a map may stand in its layer before both are put together; more would make copies of the layer dear. */
const MOST_CHANGES = 256;

/** A map that nobody changes, with a few entries changed. */
class LayeredMap<K, V> implements ReadonlyMap<K, V> {
  readonly base: ReadonlyMap<K, V>;
  readonly layer: Layer<K, V>;
  readonly size: number;

  constructor(base: ReadonlyMap<K, V>, layer: Layer<K, V>) {
    this.base = base;
    this.layer = layer;
    let { size } = base;
    for (const [key, value] of layer) size += (value === undefined ? 0 : 1) - (base.has(key) ? 1 : 0);
    this.size = size;
  }

  get(key: K): V | undefined {
    return this.layer.has(key) ? this.layer.get(key) : this.base.get(key);
  }

  has(key: K): boolean {
    return this.layer.has(key) ? this.layer.get(key) !== undefined : this.base.has(key);
  }

  *entries(): Generator<[K, V], undefined> {
    for (const entry of this.base) if (!this.layer.has(entry[0])) yield entry;
    for (const [key, value] of this.layer) if (value !== undefined) yield [key, value];
  }

  *keys(): Generator<K, undefined> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): Generator<V, undefined> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): Generator<[K, V], undefined> {
    return this.entries();
  }

  forEach(visit: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this.entries()) visit(value, key, this);
  }
}

/**
 * The map without some keys and with some entries; itself where there is nothing to do. The order of entries may differ.
 * O(changes), and now and then O(entries).
 */
export function withEntries<K, V extends object>(
  map: ReadonlyMap<K, V>,
  without: Iterable<K>,
  entries: Iterable<readonly [K, V]>,
): ReadonlyMap<K, V> {
  const [gone, come] = [[...without], [...entries]];
  if (gone.length === 0 && come.length === 0) return map;
  const base = map instanceof LayeredMap ? map.base : map;
  const layer = new Map<K, V | undefined>(map instanceof LayeredMap ? map.layer : []);
  for (const key of gone) layer.set(key, undefined);
  for (const [key, value] of come) layer.set(key, value);
  const changed = new LayeredMap<K, V>(base, layer);
  return layer.size > MOST_CHANGES ? new Map(changed) : changed;
}
