/** PC224: earlier rules decide every packet of a rule, and some of them decide otherwise than it would. */
import type { Finding } from "../../../source/finding.ts";
import type { LintRule } from "../../rule.ts";
import type { DeadRule } from "../dead-rules.ts";
import type { VpcSurvey } from "../survey.ts";
import { boxText, findingAt, ruleName, rulesText, ruleText } from "../wording.ts";

export const ruleNeverMatches: LintRule<VpcSurvey> = {
  name: "acl-rule-never-matches",
  code: "PC224",
  about: "rules whose packets are all decided before, by rules that cover them together and decide otherwise",
  check: ({ lists }) => lists.flatMap(({ dead }) => dead.flatMap(found)),
};

function found({ rule, death }: DeadRule): readonly Finding[] {
  if (death.kind !== "overruled") return [];
  const { by, twin } = death;
  if (twin !== undefined) {
    return [
      findingAt(
        "PC224",
        rule.origin,
        `${ruleName(rule)} contradicts ${ruleText(twin)}: one allows and one denies ${boxText(rule)}, and the first one decides`,
        "keep the one that is meant and remove the other",
      ),
    ];
  }
  const others = by.filter(({ action }) => action !== rule.action);
  const same = by.filter(({ action }) => action === rule.action);
  const [nothing, instead] = rule.action === "allow" ? ["allows nothing", "denied"] : ["denies nothing", "allowed"];
  return [
    findingAt(
      "PC224",
      rule.origin,
      `${ruleName(rule)} ${nothing}: what it matches is ${instead} before by ${rulesText(others)}` +
        (same.length === 0 ? "" : `, and the rest of it decided by ${rulesText(same)}`),
      `move it before ${rulesText(others)}, or remove it`,
    ),
  ];
}
