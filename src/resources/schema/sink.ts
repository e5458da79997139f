/** Where findings gather while a text is read. */
import type { CodeName, Severity } from "../../source/codes.ts";
import { type Finding, finding } from "../../source/finding.ts";
import type { Position } from "../../source/origin.ts";

/** Findings listed per text. More help nobody, and hostile input could make millions. */
export const MAX_FINDINGS = 10_000;

export class Sink {
  readonly #findings: Finding[] = [];
  readonly #unlisted = new Map<CodeName, number>();
  readonly #only: Severity | undefined;
  #errors = 0;

  /** Findings of another severity are dropped, where one is given. */
  constructor(only?: Severity) {
    this.#only = only;
  }

  /** How many errors were added so far, listed or not. */
  get errors(): number {
    return this.#errors;
  }

  add(item: Finding): void {
    if (item.severity === "error") this.#errors++;
    if (this.#only !== undefined && item.severity !== this.#only) return;
    if (this.#findings.length < MAX_FINDINGS) this.#findings.push(item);
    else this.#unlisted.set(item.code, (this.#unlisted.get(item.code) ?? 0) + 1);
  }

  /** All findings; the unlisted ones as one finding per code at the end of the text, so no severity gets lost. */
  findings(end: () => Position): readonly Finding[] {
    const rest = [...this.#unlisted].map(([code, count]) => {
      const position = end();
      const message = `${count} more of this kind in ${position.file} are not listed`;
      return finding(code, message, "mend the listed ones first", { position });
    });
    return [...this.#findings, ...rest];
  }
}
