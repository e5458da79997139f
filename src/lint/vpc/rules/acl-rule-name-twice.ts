/** PC228: one name for two rules of a list. The provider refuses the second. */
import { lineText } from "../../../source/origin.ts";
import type { Acl, FilterRule } from "../../../vpc/model.ts";
import type { LintRule } from "../../rule.ts";
import type { VpcSurvey } from "../survey.ts";
import { aclText, findingAt } from "../wording.ts";

export const ruleNameTwice: LintRule<VpcSurvey> = {
  name: "acl-rule-name-twice",
  code: "PC228",
  about: "rules of one list with the same name",
  check: ({ lists }) =>
    lists.flatMap(({ acl }) =>
      repeated(acl).map(({ again, first }) =>
        findingAt(
          "PC228",
          again.origin,
          `rule "${again.name}" stands twice in ${aclText(acl)}, first at ${lineText(first.origin)}: names are unique there, so the provider refuses ` +
            "this one and what it says is missing",
          "give it a name of its own, such as one that says which zone or network it is for",
        ),
      ),
    ),
};

/** Each rule whose name an earlier one has, with the first of them. */
function repeated({ rules }: Acl): readonly { readonly again: FilterRule; readonly first: FilterRule }[] {
  const firsts = new Map<string, FilterRule>();
  return rules.flatMap((again) => {
    const first = firsts.get(again.name);
    if (first === undefined) firsts.set(again.name, again);
    return first === undefined || again.name === "" ? [] : [{ again, first }];
  });
}
