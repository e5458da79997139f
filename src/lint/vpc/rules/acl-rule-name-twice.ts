/** PC228: one name for two rules of a list, or for two lists of a VPC. The provider refuses the second. */
import type { Finding } from "../../../source/finding.ts";
import type { Origin } from "../../../source/origin.ts";
import { lineText } from "../../../source/origin.ts";
import type { LintRule } from "../../rule.ts";
import type { VpcSurvey } from "../survey.ts";
import { aclText, findingAt } from "../wording.ts";

export const ruleNameTwice: LintRule<VpcSurvey> = {
  name: "acl-rule-name-twice",
  code: "PC228",
  about: "rules of a list, or lists of a VPC, with the same name",
  check: ({ lists }) => [
    ...lists.flatMap(({ acl }) =>
      repeated(acl.rules, ({ name }) => name).map(({ again, first }) =>
        found(`rule "${again.name}"`, aclText(acl), again.origin, first.origin),
      ),
    ),
    ...repeated(
      lists.map(({ acl }) => acl),
      ({ name, vpc }) => (name === "" ? "" : `${vpc}/${name}`),
    ).map(({ again, first }) => found(aclText(again), "its VPC", again.origin, first.origin)),
  ],
};

/** Everything whose key an earlier one has, with that one; an empty key is none. */
function repeated<T>(items: readonly T[], keyOf: (item: T) => string): readonly { again: T; first: T }[] {
  const firsts = new Map<string, T>();
  return items.flatMap((again) => {
    const key = keyOf(again);
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, again);
    return first === undefined || key === "" ? [] : [{ again, first }];
  });
}

function found(what: string, where: string, origin: Origin, first: Origin): Finding {
  return findingAt(
    "PC228",
    origin,
    `${what} stands twice in ${where}, first at ${lineText(first)}: names are unique there, so the provider refuses this one and what it says is missing`,
    "give it a name of its own, such as one that says which zone or network it is for",
  );
}
