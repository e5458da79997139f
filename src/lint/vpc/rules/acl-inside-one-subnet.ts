/** PC231: both sides of a rule are in one subnet. No list is asked about traffic inside a subnet, so it isolates nothing. */
import { overlaps } from "../../../net/intervals.ts";
import type { Finding } from "../../../source/finding.ts";
import type { LintRule } from "../../rule.ts";
import { type AclView, ownSide, remoteSide } from "../acl-view.ts";
import type { VpcSurvey } from "../survey.ts";
import { findingAt, ruleName, subnetsText } from "../wording.ts";
import { writtenFor } from "../zone-mismatch.ts";

export const insideOneSubnet: LintRule<VpcSurvey> = {
  name: "acl-inside-one-subnet",
  code: "PC231",
  about: "rules that were to filter traffic between addresses of one subnet",
  check: (survey) =>
    // A list at the wrong subnet has such rules too, and that is what is to be said then.
    survey.lists.flatMap((list) => (writtenFor(list, survey) === undefined ? inList(list) : [])),
};

function inList({ subnets, inbound, outbound }: AclView): readonly Finding[] {
  return [...inbound.narrow.rules, ...outbound.narrow.rules].flatMap(({ rule, matched }) => {
    const both = subnets.filter(({ addresses }) =>
      [ownSide(rule), remoteSide(rule)].every((side) => overlaps(side, addresses)),
    );
    if (matched.length > 0 || both.length === 0) return [];
    return [
      findingAt(
        "PC231",
        rule.origin,
        `${ruleName(rule)} ${rule.action === "deny" ? "isolates nothing" : "has no effect"}: both its sides are inside ${subnetsText(both)}, ` +
          "and no access list is asked about traffic that stays in a subnet",
        rule.action === "deny"
          ? "separate workloads of one subnet with network policies, or machines with security groups, or give them subnets of their own"
          : "remove it: traffic inside the subnet passes without it",
      ),
    ];
  });
}
