/**
 * Sets of small whole numbers, as bits of words. Only the words from the first to the last that is not zero are kept, so a set
 * whose members lie close together is small and cheap wherever they lie, and equal sets have one form.
 */

/** Treat as opaque: build it with the functions of this module, which never change a set. */
export interface BitSet {
  /** How many words of zeros come before the kept ones. */
  readonly skipped: number;
  readonly words: Uint32Array;
}

export const NO_BITS: BitSet = { skipped: 0, words: new Uint32Array(0) };

const WIDTH = 32;

/** The set of the numbers, in any order. O(numbers + span of them / 32). */
export function bitsOf(numbers: readonly number[]): BitSet {
  let low = Infinity;
  let high = -1;
  for (const number of numbers) {
    if (number < low) low = number;
    if (number > high) high = number;
  }
  if (high < 0) return NO_BITS;
  const skipped = low >>> 5;
  const words = new Uint32Array((high >>> 5) - skipped + 1);
  for (const number of numbers) {
    const index = (number >>> 5) - skipped;
    words[index] = (words[index] ?? 0) | (1 << (number & 31));
  }
  return { skipped, words };
}

/** The numbers from 0 to below `end`. */
export function bitsBelow(end: number): BitSet {
  if (end <= 0) return NO_BITS;
  const words = new Uint32Array(Math.ceil(end / WIDTH)).fill(0xffff_ffff);
  if (end % WIDTH !== 0) words[words.length - 1] = (1 << (end % WIDTH)) - 1;
  return { skipped: 0, words };
}

export function isNoBits(set: BitSet): boolean {
  return set.words.length === 0;
}

export function hasBit({ skipped, words }: BitSet, number: number): boolean {
  const index = (number >>> 5) - skipped;
  return index >= 0 && index < words.length && (((words[index] ?? 0) >>> (number & 31)) & 1) === 1;
}

/** The set with one number more; itself where it has it. O(span / 32). */
export function withBit(set: BitSet, number: number): BitSet {
  if (hasBit(set, number)) return set;
  const word = number >>> 5;
  const skipped = isNoBits(set) ? word : Math.min(set.skipped, word);
  const words = new Uint32Array(Math.max(endOf(set), word + 1) - skipped);
  if (!isNoBits(set)) words.set(set.words, set.skipped - skipped);
  words[word - skipped] = (words[word - skipped] ?? 0) | (1 << (number & 31));
  return { skipped, words };
}

/** O(span of both / 32). */
export function unionBits(a: BitSet, b: BitSet): BitSet {
  if (a === b || isNoBits(b)) return a;
  if (isNoBits(a)) return b;
  const skipped = Math.min(a.skipped, b.skipped);
  const words = new Uint32Array(Math.max(endOf(a), endOf(b)) - skipped);
  words.set(a.words, a.skipped - skipped);
  const shift = b.skipped - skipped;
  for (let i = 0; i < b.words.length; i++) words[shift + i] = (words[shift + i] ?? 0) | (b.words[i] ?? 0);
  return { skipped, words };
}

/** The union of any number of sets. O(sum of their spans / 32). */
export function unionOfBits(sets: readonly BitSet[]): BitSet {
  const [first = NO_BITS, second] = sets;
  if (second === undefined) return first;
  const filled = sets.filter((set) => !isNoBits(set));
  const skipped = filled.reduce((low, set) => Math.min(low, set.skipped), Infinity);
  const end = filled.reduce((high, set) => Math.max(high, endOf(set)), 0);
  if (end === 0) return NO_BITS;
  const words = new Uint32Array(end - skipped);
  for (const set of filled) {
    const shift = set.skipped - skipped;
    for (let i = 0; i < set.words.length; i++) words[shift + i] = (words[shift + i] ?? 0) | (set.words[i] ?? 0);
  }
  return { skipped, words };
}

/** O(span that both have / 32). */
export function intersectBits(a: BitSet, b: BitSet): BitSet {
  if (a === b) return a;
  const start = Math.max(a.skipped, b.skipped);
  let low = start;
  let high = Math.min(endOf(a), endOf(b)) - 1;
  while (low <= high && common(a, b, low) === 0) low++;
  while (low <= high && common(a, b, high) === 0) high--;
  if (low > high) return NO_BITS;
  const words = new Uint32Array(high - low + 1);
  for (let i = 0; i < words.length; i++) words[i] = common(a, b, low + i);
  return { skipped: low, words };
}

/** Whether some number is in both. O(span that both have / 32), less where one is found early. */
export function overlapBits(a: BitSet, b: BitSet): boolean {
  const end = Math.min(endOf(a), endOf(b));
  for (let i = Math.max(a.skipped, b.skipped); i < end; i++) if (common(a, b, i) !== 0) return true;
  return false;
}

/** The numbers of `a` that are not in `b`; `a` itself where they share none. O(span of a / 32). */
export function subtractBits(a: BitSet, b: BitSet): BitSet {
  if (a === b) return NO_BITS;
  if (!overlapBits(a, b)) return a;
  const words = a.words.slice();
  const end = Math.min(endOf(a), endOf(b));
  for (let i = Math.max(a.skipped, b.skipped); i < end; i++) {
    words[i - a.skipped] = (words[i - a.skipped] ?? 0) & ~(b.words[i - b.skipped] ?? 0);
  }
  return trimmed(a.skipped, words);
}

/** Whether every number of `inner` is in `outer`. */
export function coversBits(outer: BitSet, inner: BitSet): boolean {
  if (outer === inner || isNoBits(inner)) return true;
  if (inner.skipped < outer.skipped || endOf(inner) > endOf(outer)) return false;
  const shift = inner.skipped - outer.skipped;
  for (let i = 0; i < inner.words.length; i++) {
    if (((inner.words[i] ?? 0) & ~(outer.words[shift + i] ?? 0)) !== 0) return false;
  }
  return true;
}

export function equalBits(a: BitSet, b: BitSet): boolean {
  if (a === b) return true;
  if (a.skipped !== b.skipped || a.words.length !== b.words.length) return false;
  for (let i = 0; i < a.words.length; i++) if (a.words[i] !== b.words[i]) return false;
  return true;
}

/** The numbers of the set, ascending. */
export function numbersIn({ skipped, words }: BitSet): readonly number[] {
  const numbers: number[] = [];
  for (let i = 0; i < words.length; i++) {
    for (let word = words[i] ?? 0; word !== 0; word &= word - 1) {
      numbers.push((skipped + i) * WIDTH + 31 - Math.clz32(word & -word));
    }
  }
  return numbers;
}

/** Those from `start` on, ascending. O(span behind it / 32). */
export function numbersFrom({ skipped, words }: BitSet, start: number): readonly number[] {
  const first = Math.max(0, (start >>> 5) - skipped);
  const behind = { skipped: skipped + first, words: words.subarray(first) };
  return numbersIn(behind).filter((number) => number >= start);
}

/** The least number of the set; undefined for the empty one. */
export function firstBit({ skipped, words }: BitSet): number | undefined {
  const [word] = words;
  return word === undefined ? undefined : skipped * WIDTH + 31 - Math.clz32(word & -word);
}

/** The least number that is in both. */
export function firstCommonBit(a: BitSet, b: BitSet): number | undefined {
  const end = Math.min(endOf(a), endOf(b));
  for (let i = Math.max(a.skipped, b.skipped); i < end; i++) {
    const word = common(a, b, i);
    if (word !== 0) return i * WIDTH + 31 - Math.clz32(word & -word);
  }
  return undefined;
}

/** The least number of `a` that is not in `b`. */
export function firstBitBut(a: BitSet, b: BitSet): number | undefined {
  for (let i = 0; i < a.words.length; i++) {
    const word = (a.words[i] ?? 0) & ~(b.words[a.skipped + i - b.skipped] ?? 0);
    if (word !== 0) return (a.skipped + i) * WIDTH + 31 - Math.clz32(word & -word);
  }
  return undefined;
}

export function countBits({ words }: BitSet): number {
  let count = 0;
  for (let i = 0; i < words.length; i++) {
    let word = words[i] ?? 0;
    word -= (word >>> 1) & 0x5555_5555;
    word = (word & 0x3333_3333) + ((word >>> 2) & 0x3333_3333);
    count += Math.imul((word + (word >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
  }
  return count;
}

/** A number that equal sets share, and different ones seldom. */
export function hashBits({ skipped, words }: BitSet): number {
  let hash = skipped ^ 0x811c_9dc5;
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ (words[i] ?? 0), 0x0100_0193) ^ (hash >>> 15);
  return hash >>> 0;
}

function endOf({ skipped, words }: BitSet): number {
  return skipped + words.length;
}

function common(a: BitSet, b: BitSet, index: number): number {
  return (a.words[index - a.skipped] ?? 0) & (b.words[index - b.skipped] ?? 0);
}

function trimmed(skipped: number, words: Uint32Array): BitSet {
  let low = 0;
  let high = words.length;
  while (low < high && words[low] === 0) low++;
  while (low < high && words[high - 1] === 0) high--;
  if (low === high) return NO_BITS;
  return low === 0 && high === words.length
    ? { skipped, words }
    : { skipped: skipped + low, words: words.slice(low, high) };
}
