/** PC226: an allow rule stands behind the rule that denies everything in its direction. */
import type { Finding } from "../../../source/finding.ts";
import type { LintRule } from "../../rule.ts";
import { opposite } from "../acl-view.ts";
import type { DeadRule } from "../dead-rules.ts";
import type { VpcSurvey } from "../survey.ts";
import { findingAt, ruleName, ruleText } from "../wording.ts";

export const ruleBehindDenyAll: LintRule<VpcSurvey> = {
  name: "acl-rule-behind-deny-all",
  code: "PC226",
  about: "allow rules behind the deny-all of their direction, also those put before the deny-all of the other one",
  check: ({ lists }) => lists.flatMap(({ dead }) => dead.flatMap(found)),
};

function found({ rule, death }: DeadRule): readonly Finding[] {
  if (death.kind !== "behind deny-all") return [];
  const { denyAll, before, isOpen } = death;
  const slip =
    before === undefined
      ? ""
      : `; it was put before ${ruleText(before)}, which is about what goes ${opposite(rule.direction)}`;
  return [
    findingAt(
      "PC226",
      rule.origin,
      `${ruleName(rule)} allows nothing: it stands behind ${ruleText(denyAll)}, which denies everything ${rule.direction}${slip}`,
      isOpen
        ? `remove it: before ${ruleName(denyAll)} it would let everything through`
        : `move it before ${ruleName(denyAll)}; a rule that is added without a place goes to the end`,
    ),
  ];
}
