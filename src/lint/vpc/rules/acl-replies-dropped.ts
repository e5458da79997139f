/** PC220: a rule admits requests, and the list drops every reply to them in the other direction. */
import type { Finding } from "../../../source/finding.ts";
import type { LintRule } from "../../rule.ts";
import { type AclView, opposite } from "../acl-view.ts";
import { type Conversation, byRule } from "../conversations.ts";
import { droppersOf } from "../decisions.ts";
import { portSwaps, swappedRules } from "../port-swaps.ts";
import { beforeText, failedReplyRules, missingReplyRule } from "../reply-rules.ts";
import type { SurveyedAcl, VpcSurvey } from "../survey.ts";
import { boxText, findingAt, ruleName, rulesText } from "../wording.ts";

export const repliesDropped: LintRule<VpcSurvey> = {
  name: "acl-replies-dropped",
  code: "PC220",
  about: "requests that a rule admits and whose replies are all dropped",
  check: ({ lists }) => lists.flatMap(inList),
};

function inList(list: SurveyedAcl): readonly Finding[] {
  const swapped = swappedRules(portSwaps(list));
  return byRule(list.conversations).flatMap((conversations) => {
    const requests = conversations.filter(({ role }) => role !== "answering");
    const [first] = requests;
    if (first === undefined || swapped.has(first.rule) || !conversations.every(({ isCut }) => isCut)) return [];
    return [found(list, first, requests)];
  });
}

function found(list: AclView, first: Conversation, requests: readonly Conversation[]): Finding {
  const { rule } = first;
  const back = opposite(rule.direction);
  const droppers = droppersOf(
    requests.flatMap(({ dropped }) => dropped),
    list[back].wide,
  );
  const dropped = droppers.length === 0 ? `, as no ${back} rule matches them` : ` by ${rulesText(droppers)}`;
  const passing = [...new Set(requests.flatMap((request) => request.passing))];
  const every =
    passing.length === 0 ? "every reply to them" : `every reply to them but what ${rulesText(passing)} admits`;
  return findingAt(
    "PC220",
    rule.origin,
    `${ruleName(rule)} admits requests ${rule.direction}, ${boxText(rule)}, and ${every} is dropped ${back}${dropped}`,
    [
      `add an ${back} rule${beforeText(droppers)} that allows ${missingReplyRule(rule)}`,
      ...failedReplyRules(list, first),
    ].join("\n"),
  );
}
