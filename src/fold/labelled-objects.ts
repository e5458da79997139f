/** Objects as far as their labels tell them apart, numbered; and which of them selectors select, asked once for each. */
import { type Selector, selectorText } from "../labels/selector.ts";
import { bitsOf } from "../net/bit-set.ts";
import type { Bearer } from "../path/bearers.ts";
import { exactly, type Extent, NOBODY, someHolds } from "./extent.ts";
import { matchBearer } from "./match.ts";

/** One for selectors that read the same, unless they are alternatives, which are made from others. */
export interface Selection {
  /** What it selects among the first `asked` objects. */
  extent: Extent;
  asked: number;
}

type Listed = Extract<Selector, { readonly op: "in" }>;

/** Numbers stay what they are while objects are added. */
export class LabelledObjects {
  readonly #numbers = new Map<string, number>();
  readonly #bearers: Bearer[] = [];
  readonly #indexes = new Map<string, LabelIndex>();
  readonly #byText = new Map<string, Selection>();
  readonly #selections = new WeakMap<Selector, Selection>();

  /** How many there are. */
  get count(): number {
    return this.#bearers.length;
  }

  /** Objects that show the same labels under `keys`, the only ones any selector looks at, have one number. O(keys). */
  numberOf(bearer: Bearer, keys: readonly string[]): number {
    const text = shownText(bearer, keys);
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const shown = new Map(
      keys.flatMap((key): readonly (readonly [string, string])[] => {
        const value = bearer.labels.get(key);
        return value === undefined ? [] : [[key, value]];
      }),
    );
    const untold = new Set(keys.filter((key) => !shown.has(key) && bearer.missingLabel(key) !== undefined));
    // Whoever gets this number later has no labels under keys that nobody looks at yet, whatever this one has.
    const missingLabel: Bearer["missingLabel"] = (key) => (untold.has(key) ? bearer.missingLabel(key) : undefined);
    const number = this.#bearers.push({ ...bearer, labels: shown, missingLabel }) - 1;
    this.#numbers.set(text, number);
    return number;
  }

  /**
   * The objects a selector selects. Asks those that have the labels it cannot do without, later only new ones; of alternatives
   * each is asked by itself, as others may have asked for it.
   */
  selectedBy(selector: Selector): Selection {
    const selection = this.#selectionOf(selector);
    const { asked } = selection;
    if (asked === this.#bearers.length) return selection;
    selection.asked = this.#bearers.length;
    if (selector.op === "any") {
      selection.extent = someHolds(selector.of.map((part) => this.selectedBy(part).extent));
      return selection;
    }
    const candidates = asked === 0 ? this.#candidates(selector) : range(asked, this.#bearers.length);
    const certain: number[] = [];
    const possible: number[] = [];
    for (const number of candidates ?? range(0, this.#bearers.length)) {
      const bearer = this.#bearers[number];
      const selects = bearer === undefined ? false : matchBearer(selector, bearer);
      if (selects === false) continue;
      possible.push(number);
      if (selects === true) certain.push(number);
    }
    if (possible.length > 0) {
      const found =
        certain.length === possible.length
          ? exactly(bitsOf(certain))
          : { certain: bitsOf(certain), possible: bitsOf(possible) };
      selection.extent = someHolds(asked === 0 ? [found] : [selection.extent, found]);
    }
    return selection;
  }

  #selectionOf(selector: Selector): Selection {
    const known = this.#selections.get(selector);
    if (known !== undefined) return known;
    const selection = selector.op === "any" ? unasked() : this.#selectionReading(selectorText(selector));
    this.#selections.set(selector, selection);
    return selection;
  }

  #selectionReading(text: string): Selection {
    const selection = this.#byText.get(text) ?? unasked();
    this.#byText.set(text, selection);
    return selection;
  }

  /** Every object that can satisfy the selector, and perhaps others; undefined: any can. */
  #candidates(selector: Selector): readonly number[] | undefined {
    const narrowest = this.#narrowest(selector);
    return narrowest && this.#index(narrowest.key).among(narrowest.values);
  }

  /** The criterion that fewest objects can satisfy, of those that the selector cannot do without. */
  #narrowest(selector: Selector): Listed | undefined {
    switch (selector.op) {
      case "all": {
        let fewest: Listed | undefined;
        let least = Infinity;
        for (const part of selector.of) {
          const found = this.#narrowest(part);
          const count = found === undefined ? Infinity : this.#index(found.key).count(found.values);
          if (count < least) [fewest, least] = [found, count];
        }
        return fewest;
      }
      case "in":
        return selector;
      case "any":
      case "not":
      case "has":
      case "text":
        return undefined;
    }
  }

  #index(key: string): LabelIndex {
    const index = this.#indexes.get(key) ?? new LabelIndex(key);
    this.#indexes.set(key, index);
    index.add(this.#bearers);
    return index;
  }
}

/** Objects by the value they have under one key. */
class LabelIndex {
  readonly #key: string;
  readonly #byValue = new Map<string, number[]>();
  /** Those whose value the input does not tell. */
  readonly #untold: number[] = [];
  #added = 0;

  constructor(key: string) {
    this.#key = key;
  }

  add(bearers: readonly Bearer[]): void {
    for (; this.#added < bearers.length; this.#added++) {
      const bearer = bearers[this.#added];
      if (bearer === undefined) continue;
      if (bearer.missingLabel(this.#key) !== undefined) this.#untold.push(this.#added);
      const value = bearer.labels.get(this.#key);
      if (value === undefined) continue;
      const known = this.#byValue.get(value);
      if (known === undefined) this.#byValue.set(value, [this.#added]);
      else known.push(this.#added);
    }
  }

  /** How many `among` lists; those with a value that is asked for twice count twice. */
  count(values: readonly string[]): number {
    return values.reduce((sum, value) => sum + (this.#byValue.get(value)?.length ?? 0), this.#untold.length);
  }

  among(values: readonly string[]): readonly number[] {
    const [only] = values;
    const found =
      only !== undefined && values.length === 1
        ? (this.#byValue.get(only) ?? [])
        : [...new Set(values)].flatMap((value) => this.#byValue.get(value) ?? []);
    return this.#untold.length === 0 ? found : [...found, ...this.#untold];
  }
}

/** What a bearer shows under keys, and what is not told of it there. */
function shownText({ labels, missingLabel }: Bearer, keys: readonly string[]): string {
  let text = "";
  for (const key of keys) {
    const value = labels.get(key);
    // Values may contain any character, so their length stands before them.
    if (value !== undefined) text += `${key}=${value.length}:${value}`;
    else if (missingLabel(key) !== undefined) text += `${key}?`;
  }
  return text;
}

function unasked(): Selection {
  return { extent: NOBODY, asked: 0 };
}

function range(start: number, end: number): readonly number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}
