/** PC221: a rule admits nothing but replies, and the list drops every request that they could answer. */
import type { Finding } from "../../../source/finding.ts";
import type { LintRule } from "../../rule.ts";
import { type AclView, opposite } from "../acl-view.ts";
import { type Conversation, byRule } from "../conversations.ts";
import { droppersOf } from "../decisions.ts";
import { portSwaps, swappedRules } from "../port-swaps.ts";
import { beforeText } from "../reply-rules.ts";
import { requestsFor } from "../reply-traffic.ts";
import type { SurveyedAcl, VpcSurvey } from "../survey.ts";
import { boxText, findingAt, ruleName, rulesText } from "../wording.ts";

export const requestsDropped: LintRule<VpcSurvey> = {
  name: "acl-requests-dropped",
  code: "PC221",
  about: "replies that a rule admits although nothing may ask for them",
  check: ({ lists }) => lists.flatMap(inList),
};

function inList(list: SurveyedAcl): readonly Finding[] {
  const swapped = swappedRules(portSwaps(list));
  return byRule(list.conversations).flatMap(([first, ...others]) => {
    if (first?.role !== "answering" || others.length > 0 || !first.isCut || swapped.has(first.rule)) return [];
    return [found(list, first)];
  });
}

function found(list: AclView, { rule, dropped, traffic }: Conversation): Finding {
  const back = opposite(rule.direction);
  const droppers = droppersOf(dropped, list[back].wide);
  const by = droppers.length === 0 ? `, as no ${back} rule matches them` : ` by ${rulesText(droppers)}`;
  const requests = boxText({ source: rule.destination, destination: rule.source, traffic: requestsFor(traffic) });
  return findingAt(
    "PC221",
    rule.origin,
    `${ruleName(rule)} admits replies ${rule.direction}, ${boxText(rule)}, and every request for them is dropped ${back}${by}: ` +
      "it opens ports and serves nobody",
    `add an ${back} rule${beforeText(droppers)} that allows ${requests}, or remove this one`,
  );
}
