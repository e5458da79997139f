/** What `test` found, for people and as `portcullis/test/v1`: docs/schemas/test.v1.json. */
import type { Proof } from "../../reach/proof.ts";
import type { Assumptions } from "../../situation/assumptions.ts";
import { lineText } from "../../source/origin.ts";
import type { WhyAnswer } from "../why-answer.ts";
import { type Json, missingJson, originJson } from "./json.ts";
import { type Line, type Style, styled } from "./lines.ts";
import { answerJson } from "./why-json.ts";
import { whyLines } from "./why-text.ts";
import { counted } from "./words.ts";

/** A proof, and the answer of `why` to the packet that shows it. */
export interface Proved {
  readonly proof: Proof;
  readonly why: WhyAnswer | undefined;
}

const WORDS: Readonly<Record<Proof["kind"], string>> = { holds: "ok", fails: "FAILED", undecided: "UNDECIDED" };

const STYLES: Readonly<Record<Proof["kind"], Style>> = { holds: "good", fails: "bad", undecided: "unsure" };

/** A line for each assertion; under those that do not hold, why. A summary at the end. */
export function proofLines(proved: readonly Proved[], assumptions: Assumptions): readonly Line[] {
  const width = Math.max(...proved.map(({ proof }) => WORDS[proof.kind].length));
  return [...proved.flatMap((one) => linesOf(one, assumptions, width)), [summaryOf(proved)]];
}

function linesOf({ proof, why }: Proved, assumptions: Assumptions, width: number): readonly Line[] {
  const { kind, assertion } = proof;
  const head: Line = [
    styled(STYLES[kind], WORDS[kind].padEnd(width)),
    `  ${assertion.expectation.padEnd(5)}  `,
    styled("strong", assertion.name),
    styled("faint", ` (${lineText(assertion.origin)})`),
  ];
  if (kind === "holds") return [head];
  const reasons = [...(assertion.because === undefined ? [] : [assertion.because]), ...reasonsOf(proof)];
  return [
    head,
    ...reasons.map((reason): Line => [`    ${reason}`]),
    ...(why === undefined ? [] : whyLines(why, assumptions).map((line): Line => ["    ", ...line])),
  ];
}

/** Why it does not hold, as far as no packet shows it. */
export function reasonsOf(proof: Proof): readonly string[] {
  switch (proof.kind) {
    case "holds":
      return [];
    case "fails":
      return proof.reason === "" ? [] : [proof.reason];
    case "undecided":
      return proof.facts.map(({ text, remedy }) => `not known: ${text}; ${remedy}`);
  }
}

/** `3 passed, 1 failed, 1 undecided`. */
export function summaryOf(proved: readonly Proved[]): string {
  const undecided = countOf(proved, "undecided");
  const rest = undecided === 0 ? "" : `, ${undecided} undecided`;
  return `${counted(proved.length, "assertion")}: ${countOf(proved, "holds")} passed, ${countOf(proved, "fails")} failed${rest}`;
}

export function countOf(proved: readonly Proved[], kind: Proof["kind"]): number {
  return proved.filter(({ proof }) => proof.kind === kind).length;
}

export function proofJson(proved: readonly Proved[], assumptions: Assumptions): Json {
  return {
    schema: "portcullis/test/v1",
    assertions: proved.map(({ proof, why }) => ({
      name: proof.assertion.name,
      expectation: proof.assertion.expectation,
      because: proof.assertion.because,
      origin: originJson(proof.assertion.origin),
      result: proof.kind,
      reason: proof.kind === "fails" && proof.reason !== "" ? proof.reason : undefined,
      missing: proof.kind === "undecided" ? missingJson(proof.facts) : undefined,
      counterexample: why && answerJson(why, assumptions),
    })),
  };
}
