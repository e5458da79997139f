/** Numbers for values by what they contain. */

/** Equal texts get one number, in the order in which they come. */
export class ContentNumbers {
  readonly #numbers = new Map<string, number>();

  of(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(text, number);
    return number;
  }
}

/** The same for objects whose content `textOf` tells; it is asked once for each object. */
export class ObjectNumbers<T extends object> {
  readonly #numbers = new ContentNumbers();
  readonly #known = new WeakMap<T, number>();
  readonly #textOf: (value: T) => string;

  constructor(textOf: (value: T) => string) {
    this.#textOf = textOf;
  }

  of(value: T): number {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const number = this.#numbers.of(this.#textOf(value));
    this.#known.set(value, number);
    return number;
  }
}
