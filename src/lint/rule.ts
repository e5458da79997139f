/** The form of every lint rule: one thing that an author would want to know, looked for in a whole subject. */
import type { CodeName } from "../source/codes.ts";
import type { Finding } from "../source/finding.ts";

export interface LintRule<Subject> {
  /** In kebab-case, `acl-rule-never-matches`. */
  readonly name: string;
  /** The code of everything it finds; no two rules share one. */
  readonly code: CodeName;
  /** What it looks for, one line without a full stop. */
  readonly about: string;
  /** Pure. Each finding stands at the text that should change; what else has a part in it is named as `file:line`. */
  readonly check: (subject: Subject) => readonly Finding[];
}

/** What all rules find, in their order. */
export function checkAll<Subject>(rules: readonly LintRule<Subject>[], subject: Subject): readonly Finding[] {
  return rules.flatMap(({ check }) => check(subject));
}
