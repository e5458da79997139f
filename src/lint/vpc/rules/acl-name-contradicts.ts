/** PC237: the name of a rule says another action or direction than the rule has. */
import type { Finding } from "../../../source/finding.ts";
import type { FilterRule } from "../../../vpc/model.ts";
import type { LintRule } from "../../rule.ts";
import { opposite } from "../acl-view.ts";
import type { VpcSurvey } from "../survey.ts";
import { findingAt, ruleName } from "../wording.ts";

export const nameContradicts: LintRule<VpcSurvey> = {
  name: "acl-name-contradicts",
  code: "PC237",
  about: "rules whose name says another action or direction",
  check: ({ lists }) => lists.flatMap(({ acl }) => acl.rules.flatMap(found)),
};

/** Words of names, each with what it says. */
const WORDS: readonly (readonly [RegExp, FilterRule["action"] | FilterRule["direction"]])[] = [
  [word("allow|permit|accept"), "allow"],
  [word("deny|block|drop|reject|forbid"), "deny"],
  [word("inbound|ingress|incoming"), "inbound"],
  [word("outbound|egress|outgoing"), "outbound"],
];

function word(choices: string): RegExp {
  return new RegExp(`(?<![a-z])(?:${choices})(?![a-z])`, "i");
}

function found(rule: FilterRule): readonly Finding[] {
  const says = new Set(WORDS.filter(([pattern]) => pattern.test(rule.name)).map(([, meaning]) => meaning));
  const otherAction = rule.action === "allow" ? "deny" : "allow";
  // A name with both words speaks of something else, such as what the rule stands before.
  const slips = [
    ...(says.has(otherAction) && !says.has(rule.action)
      ? [`says ${otherAction}, and the rule ${rule.action === "allow" ? "allows" : "denies"}`]
      : []),
    ...(says.has(opposite(rule.direction)) && !says.has(rule.direction)
      ? [`says ${opposite(rule.direction)}, and the rule is ${rule.direction}`]
      : []),
  ];
  if (slips.length === 0) return [];
  return [
    findingAt(
      "PC237",
      rule.origin,
      `the name of ${ruleName(rule)} ${slips.join("; it ")}`,
      "correct the rule, or its name if the rule is as it was meant",
    ),
  ];
}
