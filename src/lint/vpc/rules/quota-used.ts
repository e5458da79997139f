/** PC239: a quota of the provider is nearly used up, or more than used up. */
import type { Finding } from "../../../source/finding.ts";
import { counted } from "../../../source/words.ts";
import type { LintRule } from "../../rule.ts";
import { type Quota, quotasOf } from "../quotas.ts";
import type { VpcSurvey } from "../survey.ts";
import { findingAt } from "../wording.ts";

export const quotaUsed: LintRule<VpcSurvey> = {
  name: "quota-used",
  code: "PC239",
  about: "quotas of the provider that are nearly or more than used up",
  check: (survey) => quotasOf(survey).flatMap(found),
};

/** From this part of a quota on there is a finding, where the quota is one of many. */
const NEAR = 0.9;
const MANY = 40;

function found({ owner, noun, count, limit, origin, remedy }: Quota): readonly Finding[] {
  const things = limit === 1 ? noun : `${noun}s`;
  if (count > limit) {
    const text = `${owner} has ${counted(count, noun)}, and the provider allows ${limit} ${things}: the last ${count - limit} cannot be made`;
    return [findingAt("PC239", origin, text, remedy)];
  }
  if (limit < MANY || count < NEAR * limit) return [];
  return [
    findingAt(
      "PC239",
      origin,
      `${owner} has ${count} of ${limit} possible ${things}: ${limit - count} more fit`,
      remedy,
    ),
  ];
}
