/** Numbers that look random and are the same for the same seed, everywhere and always. */

/** A stream of numbers (mulberry32). Fast and even enough to shape clusters; not for secrets. */
export class Random {
  readonly #seed: number;
  #state: number;

  constructor(seed: number) {
    this.#seed = seed | 0;
    this.#state = this.#seed;
  }

  /** A stream of its own for one thing, so that what one thing draws changes nothing for the others. */
  fork(name: string): Random {
    let hash = this.#seed ^ 0x811c9dc5;
    for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
    return new Random(hash ^ (hash >>> 15));
  }

  /** At least 0 and below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number; both ends are included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Throws on an empty list. */
  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new RangeError("nothing to pick from");
    return item;
  }

  /** `count` different items in random order; all of them where there are fewer. O(items). */
  sample<T>(items: readonly T[], count: number): readonly T[] {
    const pool = [...items];
    const chosen: T[] = [];
    while (chosen.length < count && pool.length > 0) {
      chosen.push(...pool.splice(Math.floor(this.next() * pool.length), 1));
    }
    return chosen;
  }

  /** A key by its weight. Throws where no weight is above 0. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries<number>(weights);
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of entries) {
      left -= weight;
      if (left < 0 && isKeyOf(weights, key)) return key;
    }
    throw new RangeError("no weight is above 0");
  }

  /** Most results are near `min`, few far above it (Pareto, cut off at `max`). A smaller `steepness` has the longer tail. */
  longTail(min: number, max: number, steepness: number): number {
    return Math.min(max, Math.floor(min / (1 - this.next()) ** (1 / steepness)));
  }

  /** `length` characters of those that Kubernetes uses in generated names. */
  word(length: number): string {
    return Array.from({ length }, () => this.pick(NAME_CHARACTERS)).join("");
  }

  /** A UUID as the API server gives to objects. */
  uuid(): string {
    const hex = Array.from({ length: 32 }, () => this.integer(0, 15).toString(16)).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20)].join(
      "-",
    );
  }
}

function isKeyOf<K extends string>(record: Readonly<Record<K, unknown>>, key: string): key is K {
  return Object.hasOwn(record, key);
}

const NAME_CHARACTERS = "bcdfghjklmnpqrstvwxz2456789".split("");

/** How many names `generatedName` has. */
const NAMES = 27 ** 5;

/** The five characters at the end of the name of the `index`-th pod of a controller. Different for different indexes. */
export function generatedName(offset: number, index: number): string {
  // A step without a factor in common with the number of names visits each of them once.
  let rest = (offset + index * 5_000_011) % NAMES;
  let text = "";
  for (let i = 0; i < 5; i++) {
    text += NAME_CHARACTERS[rest % 27];
    rest = Math.floor(rest / 27);
  }
  return text;
}
