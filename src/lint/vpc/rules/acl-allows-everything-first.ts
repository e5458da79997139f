/** PC227: a rule allows everything in its direction and stands before rules that were to say more. */
import { counted } from "../../../source/words.ts";
import type { LintRule } from "../../rule.ts";
import { openingRules } from "../open-lists.ts";
import type { VpcSurvey } from "../survey.ts";
import { aclText, findingAt, ruleName, rulesText } from "../wording.ts";

export const allowsEverythingFirst: LintRule<VpcSurvey> = {
  name: "acl-allows-everything-first",
  code: "PC227",
  about: "rules that allow everything and leave the rules behind them without effect",
  check: ({ lists }) =>
    lists.flatMap((list) =>
      openingRules(list).map(({ rule, idle }) =>
        findingAt(
          "PC227",
          rule.origin,
          `${ruleName(rule)} allows all TCP, UDP and ICMP ${rule.direction}, so ${aclText(list.acl)} filters none of it and ` +
            `${counted(idle.length, "rule")} behind it ${idle.length === 1 ? "has" : "have"} no say: ${rulesText(idle)}`,
          "remove it, as is to be done with the two rules that a new list is born with, or move it behind the others",
        ),
      ),
    ),
};
