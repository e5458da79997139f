/** PC222: replies to some requests that a rule admits are dropped: to some addresses, some ports, or one protocol of several. */
import type { Finding } from "../../../source/finding.ts";
import type { FilterRule } from "../../../vpc/model.ts";
import type { LintRule } from "../../rule.ts";
import { type AclView, opposite } from "../acl-view.ts";
import { type Conversation, byRule } from "../conversations.ts";
import { droppersOf } from "../decisions.ts";
import { beforeText } from "../reply-rules.ts";
import type { SurveyedAcl, VpcSurvey } from "../survey.ts";
import { findingAt, regionText, ruleName, rulesText } from "../wording.ts";

export const repliesPartlyDropped: LintRule<VpcSurvey> = {
  name: "acl-replies-partly-dropped",
  code: "PC222",
  about: "requests that a rule admits and some of whose replies are dropped",
  check: ({ lists }) => lists.flatMap(inList),
};

function inList(list: SurveyedAcl): readonly Finding[] {
  return byRule(list.conversations).flatMap((conversations) => {
    if (conversations.every(({ isCut }) => isCut)) return [];
    const unanswered = conversations.filter(isUnanswered);
    const [first] = unanswered;
    return first === undefined ? [] : [found(list, first.rule, unanswered)];
  });
}

/** Of traffic without restriction a part without replies is usual: what admits it is there for other replies. */
function isUnanswered({ role, isCut, dropped }: Conversation): boolean {
  switch (role) {
    case "asking":
      return dropped.length > 0;
    case "open":
      return isCut;
    case "answering":
      return false;
  }
}

function found(list: AclView, rule: FilterRule, unanswered: readonly Conversation[]): Finding {
  const back = opposite(rule.direction);
  const dropped = unanswered.flatMap((conversation) => conversation.dropped);
  const droppers = droppersOf(dropped, list[back].wide);
  const by = droppers.length === 0 ? `, as no ${back} rule matches them` : ` by ${rulesText(droppers)}`;
  return findingAt(
    "PC222",
    rule.origin,
    `${ruleName(rule)} admits requests ${rule.direction} and some replies to them are dropped ${back}${by}: ${regionText(dropped)}`,
    `widen the ${back} rule that admits the other replies, or add one${beforeText(droppers)}`,
  );
}
