import type { Path } from "../../source/origin.ts";

/**
 * Where the fields of one object of YAML stand: a tree with the shape of what was read. It outlives the value tree, which
 * holds everything that was written. A linked list of children, because there are millions of places and few questions.
 */
export class Places {
  readonly start: number;
  readonly #step: string | number;
  readonly #sibling: Places | undefined;
  #lastChild: Places | undefined;

  private constructor(start: number, step: string | number, sibling: Places | undefined) {
    this.start = start;
    this.#step = step;
    this.#sibling = sibling;
  }

  static ofObject(start: number): Places {
    return new Places(start, "", undefined);
  }

  add(step: string | number, start: number): Places {
    this.#lastChild = new Places(start, step, this.#lastChild);
    return this.#lastChild;
  }

  /** The offset of the field at `path`, or of its nearest parent that is written. O(fields beside the path). */
  find(path: Path): number {
    const [step, ...rest] = path;
    const child = step === undefined ? undefined : this.#child(step);
    return child === undefined ? this.start : child.find(rest);
  }

  #child(step: string | number): Places | undefined {
    let child = this.#lastChild;
    while (child !== undefined && child.#step !== step) child = child.#sibling;
    return child;
  }
}
