/** Where findings gather while a text is read. */
import type { CodeName } from "../../source/codes.ts";
import { type Finding, finding } from "../../source/finding.ts";
import type { Position } from "../../source/origin.ts";

/** Findings listed per text. More help nobody, and hostile input could make millions. */
export const MAX_FINDINGS = 10_000;

export class Sink {
  readonly #findings: Finding[] = [];
  readonly #unlisted = new Map<CodeName, number>();
  #errors = 0;

  /** How many errors were added so far, listed or not. */
  get errors(): number {
    return this.#errors;
  }

  add(item: Finding): void {
    if (item.severity === "error") this.#errors++;
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
