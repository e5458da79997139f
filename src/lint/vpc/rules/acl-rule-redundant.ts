/** PC225: earlier rules decide every packet of a rule, and decide as it would. */
import type { Finding } from "../../../source/finding.ts";
import type { LintRule } from "../../rule.ts";
import { openingRules } from "../open-lists.ts";
import type { SurveyedAcl, VpcSurvey } from "../survey.ts";
import { findingAt, ruleName, rulesText } from "../wording.ts";

export const ruleRedundant: LintRule<VpcSurvey> = {
  name: "acl-rule-redundant",
  code: "PC225",
  about: "rules whose packets are all decided before, in the same way",
  check: ({ lists }) => lists.flatMap(inList),
};

function inList(list: SurveyedAcl): readonly Finding[] {
  // Of a rule that allows everything PC227 speaks, and names those behind it.
  const opening = new Set(openingRules(list).map(({ rule }) => rule));
  return list.dead.flatMap(({ rule, death }) => {
    if (death.kind !== "redundant" || death.by.some((one) => opening.has(one))) return [];
    return [
      findingAt(
        "PC225",
        rule.origin,
        `${ruleName(rule)} changes nothing: ${rulesText(death.by)} ${rule.action} all it matches before it`,
        "remove it, as it counts against the quota of rules, or move it where it is meant to decide",
      ),
    ];
  });
}
