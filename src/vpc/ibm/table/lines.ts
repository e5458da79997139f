/** A text line by line. */
export interface TextLine {
  readonly text: string;
  readonly offset: number;
}

export class Lines {
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next line, which stays the next one; undefined at the end. */
  peek(): TextLine | undefined {
    if (this.#offset >= this.#text.length) return undefined;
    return { text: this.#text.slice(this.#offset, this.#end()).replace(/\r$/, ""), offset: this.#offset };
  }

  /** The line after the next one. */
  peekSecond(): TextLine | undefined {
    const offset = this.#offset;
    this.skip();
    const line = this.peek();
    this.#offset = offset;
    return line;
  }

  skip(): void {
    this.#offset = this.#end() + 1;
  }

  /** Goes on behind the line that holds `offset`. */
  skipTo(offset: number): void {
    this.#offset = Math.max(this.#offset, offset);
    this.skip();
  }

  /** Passes over empty lines; gives the next other one. */
  peekFilled(): TextLine | undefined {
    for (;;) {
      const line = this.peek();
      if (line === undefined || line.text.trim() !== "") return line;
      this.skip();
    }
  }

  #end(): number {
    const newline = this.#text.indexOf("\n", this.#offset);
    return newline < 0 ? this.#text.length : newline;
  }
}
