/** Keys of the objects that are open while a JSON text is looked through, to find those that stand twice. */

import { jsonString } from "./json-scalars.ts";

/** With more keys in one object a map is quicker than a look at each of them. */
const FEW = 32;

/**
 * Keys are kept as places in the text. Two are compared as texts only where length, first and last character agree, which
 * hardly ever happens, so most keys are never made texts of.
 */
export class OpenKeys {
  readonly #text: string;
  readonly #prints: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  /** Of objects with many keys, by where their keys begin: the place of each key. */
  readonly #large = new Map<number, Map<string, number>>();
  #count = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Where the keys of an object that begins now will stand. */
  open(): number {
    return this.#count;
  }

  close(first: number): void {
    this.#count = first;
    if (this.#large.size > 0) this.#large.delete(first);
  }

  /**
   * Notes the key between two offsets, quotes included, of the object whose keys begin at `first`. Gives the offset of the
   * same key before it; undefined where there is none. O(keys of the object) for a few, O(1) for many.
   */
  note(first: number, start: number, end: number, isEscaped: boolean): number | undefined {
    const print = this.#printOf(start, end, isEscaped);
    const place = this.#count - first < FEW ? this.#search(first, print, start, end) : this.#lookUp(first, start, end);
    const earlier = place < this.#count ? this.#starts[place] : undefined;
    this.#prints[place] = print;
    this.#starts[place] = start;
    this.#ends[place] = end;
    if (earlier === undefined) this.#count++;
    return earlier;
  }

  /** The place of the same key, or the next free one. */
  #search(first: number, print: number, start: number, end: number): number {
    for (let place = first; place < this.#count; place++) {
      if (this.#prints[place] === print && this.#keyAt(place) === keyText(this.#text, start, end)) return place;
    }
    return this.#count;
  }

  #lookUp(first: number, start: number, end: number): number {
    const places = this.#large.get(first) ?? new Map<string, number>();
    for (let place = first + places.size; place < this.#count; place++) places.set(this.#keyAt(place), place);
    this.#large.set(first, places);
    const key = keyText(this.#text, start, end);
    const place = places.get(key) ?? this.#count;
    places.set(key, place);
    return place;
  }

  #keyAt(place: number): string {
    return keyText(this.#text, this.#starts[place] ?? 0, this.#ends[place] ?? 0);
  }

  #printOf(start: number, end: number, isEscaped: boolean): number {
    if (!isEscaped) return printOf(this.#text, start + 1, end - 1);
    const key = keyText(this.#text, start, end);
    return printOf(key, 0, key.length);
  }
}

/** A number for the text between two offsets that other texts seldom have: from its length, first and last character. */
function printOf(text: string, start: number, end: number): number {
  if (start === end) return 0;
  return ((end - start) << 16) ^ (text.charCodeAt(start) << 8) ^ text.charCodeAt(end - 1);
}

function keyText(text: string, start: number, end: number): string {
  return jsonString(text, start, end) ?? "";
}
