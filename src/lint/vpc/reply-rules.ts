/** The rule that would let replies through: how it reads, where it goes, and which rule was probably meant to be it. */
import { overlaps } from "../../net/intervals.ts";
import { intersectTraffic } from "../../net/traffic.ts";
import type { FilterRule } from "../../vpc/model.ts";
import { type AclView, opposite, ownSide, remoteSide } from "./acl-view.ts";
import type { Conversation } from "./conversations.ts";
import { isCatchAll } from "./decisions.ts";
import { CLIENT_PORTS, repliesTo, rolesOf } from "./reply-traffic.ts";
import { addressesText, boxText, ruleText } from "./wording.ts";

/** What the missing rule has to allow: `TCP from 10.0.0.0/8 port 443 to 0.0.0.0/0 ports 1024-65535`. */
export function missingReplyRule(rule: FilterRule): string {
  const { asking, open } = rolesOf(rule.traffic, CLIENT_PORTS);
  const sides = { source: rule.destination, destination: rule.source };
  // Traffic without any restriction reads the same both ways.
  if (open.length > 0)
    return `${rule.protocol} from ${addressesText(sides.source)} to ${addressesText(sides.destination)}`;
  return boxText({ ...sides, traffic: repliesTo(asking) });
}

/** ` before "deny-all-inbound" (acl.json:9)`, or nothing where no rule drops them. */
export function beforeText([first]: readonly FilterRule[]): string {
  return first === undefined ? "" : ` before ${ruleText(first)}`;
}

/** Rules of the other direction that are about the dropped replies and do not admit them: each with the reasons, as a sentence. */
export function failedReplyRules(list: AclView, { rule, traffic }: Conversation): readonly string[] {
  const view = list[opposite(rule.direction)];
  const replies = repliesTo(traffic);
  return view.narrow.rules.flatMap(({ rule: other }, i) => {
    const { asking, answering, open } = rolesOf(other.traffic);
    if (asking.length > 0 || open.length > 0 || intersectTraffic(answering, replies).length === 0) return [];
    const denyAll = view.narrow.rules
      .slice(0, i)
      .find((one) => one.rule.action === "deny" && isCatchAll(one.rule, view));
    const reasons = [
      ...(other.action === "deny" ? ["denies"] : []),
      ...(denyAll === undefined ? [] : [`stands behind ${ruleText(denyAll.rule)}`]),
      ...(overlaps(ownSide(other), ownSide(rule))
        ? []
        : [`names ${addressesText(ownSide(other))} instead of ${addressesText(ownSide(rule))}`]),
      ...(overlaps(remoteSide(other), remoteSide(rule))
        ? []
        : [`names ${addressesText(remoteSide(other))} instead of ${addressesText(remoteSide(rule))}`]),
    ];
    if (reasons.length === 0) return [];
    return [`${ruleText(other)} looks meant for that, but it ${reasons.join(" and ")}`];
  });
}
