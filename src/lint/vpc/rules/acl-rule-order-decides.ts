/** PC229: two rules that contradict each other in part, so that the outcome hangs on which one stands first. */
import type { Finding } from "../../../source/finding.ts";
import { common, meet } from "../../../vpc/rule-region.ts";
import type { LintRule } from "../../rule.ts";
import { isException } from "../dead-rules.ts";
import type { Decided, DirectionView } from "../decisions.ts";
import type { VpcSurvey } from "../survey.ts";
import { findingAt, regionText, ruleName, rulesText } from "../wording.ts";

export const ruleOrderDecides: LintRule<VpcSurvey> = {
  name: "acl-rule-order-decides",
  code: "PC229",
  about: "rules that are partly shadowed by a rule of the other action that is no exception to them",
  check: ({ lists }) => lists.flatMap(({ inbound, outbound }) => [...inView(inbound), ...inView(outbound)]),
};

/** O(rules^2 x boxes). */
function inView({ narrow: { rules } }: DirectionView): readonly Finding[] {
  return rules.flatMap((later, i) => {
    if (later.decides.length === 0) return [];
    const rivals = rules.slice(0, i).filter((earlier) => areRivals(earlier, later));
    return rivals.length === 0 ? [] : [found(later, rivals)];
  });
}

/** An exception before the rule that it is taken from is how lists are written. */
function areRivals(earlier: Decided, later: Decided): boolean {
  return (
    earlier.rule.action !== later.rule.action &&
    !isException(earlier.rule, later.rule) &&
    meet(earlier.decides, later.matched)
  );
}

function found(later: Decided, rivals: readonly Decided[]): Finding {
  const { rule, matched, decides } = later;
  const lost = rivals.flatMap((rival) => common(rival.decides, matched));
  const [does, other] = rule.action === "allow" ? ["allow", "denied"] : ["deny", "allowed"];
  return findingAt(
    "PC229",
    rule.origin,
    `${ruleName(rule)} does not ${does} ${regionText(lost)}, which is ${other} before by ${rulesText(rivals.map((rival) => rival.rule))}; ` +
      `what remains of it: ${regionText(decides)}`,
    `nothing to do if the earlier rule is meant to win there; otherwise move ${ruleName(rule)} before it`,
  );
}
