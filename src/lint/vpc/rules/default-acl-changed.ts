/** PC235: the default list of a VPC no longer allows everything. It serves every subnet that is given no list of its own. */
import { counted } from "../../../source/words.ts";
import type { LintRule } from "../../rule.ts";
import type { AclView } from "../acl-view.ts";
import { COMMON_PROTOCOLS, type DirectionView, isCatchAll } from "../decisions.ts";
import type { VpcSurvey } from "../survey.ts";
import { aclText, findingAt } from "../wording.ts";

export const defaultAclChanged: LintRule<VpcSurvey> = {
  name: "default-acl-changed",
  code: "PC235",
  about: "default lists that were changed, and so filter every new subnet",
  check: ({ lists }) =>
    lists
      .filter((list) => list.isDefault && !isAsBorn(list))
      .map(({ acl, vpc, subnets }) =>
        findingAt(
          "PC235",
          acl.origin,
          `${aclText(acl)}, the default of VPC ${vpc?.name ?? acl.vpc}, was changed: it filters ${counted(subnets.length, "subnet")} now ` +
            "and every new one that is given no list of its own",
          "put the rules into a list of their own and attach that; let the default allow everything again, one rule for each direction",
        ),
      ),
};

function isAsBorn({ inbound, outbound }: AclView): boolean {
  return [inbound, outbound].every(isOneAllowAll);
}

function isOneAllowAll(view: DirectionView): boolean {
  const [first, ...more] = view.narrow.rules;
  return more.length === 0 && first?.rule.action === "allow" && isCatchAll(first.rule, view, COMMON_PROTOCOLS);
}
