/** PC249: workers are filtered by access lists of their own and by security groups. */
import type { Finding } from "../../../source/finding.ts";
import { shortList } from "../../../source/words.ts";
import type { SecurityGroup } from "../../../vpc/model.ts";
import type { LintRule } from "../../rule.ts";
import { type ClusterView, SECURE_BY_DEFAULT } from "../clusters.ts";
import type { VpcSurvey } from "../survey.ts";
import { aclText, findingAt } from "../wording.ts";

export const aclAndGroupsMixed: LintRule<VpcSurvey> = {
  name: "acl-and-groups-mixed",
  code: "PC249",
  about: "clusters whose workers are behind access lists of their own and behind security groups",
  check: (survey) => survey.clusters.flatMap((cluster) => inCluster(cluster, survey)),
};

/** One finding for a cluster. */
function inCluster({ name, release, subnets }: ClusterView, { listOf, networks }: VpcSurvey): readonly Finding[] {
  const lists = [...new Set(subnets.flatMap(({ subnet }) => listOf.get(subnet.id) ?? []))].filter(
    ({ isDefault }) => !isDefault,
  );
  const [first] = lists;
  if (first === undefined) return [];
  const isSecured = release !== undefined && release >= SECURE_BY_DEFAULT;
  const groups = groupsOf(first.acl.vpc, networks);
  if (groups.length === 0 && !isSecured) return [];
  const also =
    groups.length > 0
      ? `security groups (${shortList(groups.map((group) => group.name))})`
      : "the security groups that clusters have since 1.30";
  return [
    findingAt(
      "PC249",
      first.acl.origin,
      `workers of ${name} are behind ${shortList(lists.map(({ acl }) => aclText(acl)))} and behind ${also}: packets have to pass both, and only ` +
        "groups know connections",
      "since 1.30 the provider advises to filter with groups and leave lists as they are; keep lists where a rule of yours demands them",
    ),
  ];
}

/** Groups with rules, but for the one that each VPC is born with. */
function groupsOf(vpc: string, { groups, vpcs }: VpcSurvey["networks"]): readonly SecurityGroup[] {
  const born = vpcs.find(({ id }) => id === vpc)?.defaultGroup;
  return groups.filter((group) => group.vpc === vpc && group.id !== born && group.rules.length > 0);
}
