/** PC233: a subnet has an access list that is named for another zone, or written for another subnet. */
import type { Finding } from "../../../source/finding.ts";
import type { LintRule } from "../../rule.ts";
import type { AclView } from "../acl-view.ts";
import type { VpcSurvey } from "../survey.ts";
import { aclText, findingAt, subnetText } from "../wording.ts";
import { writtenFor, zoneInName } from "../zone-mismatch.ts";

export const wrongZone: LintRule<VpcSurvey> = {
  name: "acl-wrong-zone",
  code: "PC233",
  about: "subnets whose list is named or written for another zone",
  check: (survey) => survey.lists.flatMap((list) => inList(list, survey)),
};

function inList(list: AclView, survey: VpcSurvey): readonly Finding[] {
  const { acl, subnets } = list;
  const zone = zoneInName(acl.name, [...new Set(subnets.map((subnet) => subnet.zone))]);
  const byName = zone === undefined ? [] : subnets.filter((subnet) => subnet.zone !== zone);
  if (byName.length > 0) {
    return byName.map((subnet) =>
      findingAt(
        "PC233",
        subnet.origin,
        `${subnetText(subnet)} of zone ${subnet.zone} has ${aclText(acl)}, whose name says zone ${zone}: rules for the other zones may be missing`,
        `attach the list of zone ${subnet.zone}, or rename this one if it is meant for both`,
      ),
    );
  }
  const [subnet] = subnets;
  const other = writtenFor(list, survey);
  if (subnet === undefined || other === undefined) return [];
  return [
    findingAt(
      "PC233",
      subnet.origin,
      `${subnetText(subnet)} has ${aclText(acl)}, which names that subnet as the other side and does not name ${subnetText(other)}: ` +
        "it is written for the latter, and nothing passes between the two",
      `attach the list that is written for ${subnet.name}`,
    ),
  ];
}
