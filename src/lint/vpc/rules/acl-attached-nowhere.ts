/** PC234: an access list that no subnet has. */
import { counted } from "../../../source/words.ts";
import type { LintRule } from "../../rule.ts";
import type { VpcSurvey } from "../survey.ts";
import { aclText, findingAt } from "../wording.ts";

export const attachedNowhere: LintRule<VpcSurvey> = {
  name: "acl-attached-nowhere",
  code: "PC234",
  about: "lists that filter nothing, because no subnet has them",
  check: ({ lists, networks: { complete } }) => {
    if (!complete.has("subnet")) return [];
    return lists
      .filter(({ subnets, isDefault }) => subnets.length === 0 && !isDefault)
      .map(({ acl }) =>
        findingAt(
          "PC234",
          acl.origin,
          `no subnet has ${aclText(acl)}, so its ${counted(acl.rules.length, "rule")} ${acl.rules.length === 1 ? "filters" : "filter"} nothing`,
          "attach it to the subnet it is for, or delete it",
        ),
      );
  },
};
