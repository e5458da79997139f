/** PC238: between zones of a cluster only a legacy `all`, or `icmp_tcp_udp`, could let the packets of an overlay through. */
import { equal } from "../../../net/intervals.ts";
import type { Finding } from "../../../source/finding.ts";
import type { FilterRule, Subnet } from "../../../vpc/model.ts";
import { meet } from "../../../vpc/rule-region.ts";
import type { LintRule } from "../../rule.ts";
import { type AclView, remoteSide } from "../acl-view.ts";
import { IP_IN_IP } from "../carriers.ts";
import { areLocated } from "../clusters.ts";
import { obstacleBetween, placeIn } from "../crossing.ts";
import type { VpcSurvey } from "../survey.ts";
import { findingAt, ruleName, subnetText } from "../wording.ts";

export const legacyAll: LintRule<VpcSurvey> = {
  name: "acl-legacy-all",
  code: "PC238",
  about: "lists between zones of a cluster in which only a legacy all could admit IP-in-IP",
  check: (survey) => survey.lists.flatMap((list) => (list.isDefault ? [] : inList(list, survey))),
};

/** At most one finding for a list. */
function inList(list: AclView, survey: VpcSurvey): readonly Finding[] {
  if (list.outbound.wide === list.outbound.narrow) return [];
  for (const from of list.subnets) {
    for (const to of neighboursOf(from, list, survey)) {
      const rule = onlyLegacyRule(list, from, to, survey);
      if (rule !== undefined) return [found(rule, to)];
    }
  }
  return [];
}

/** The other subnets of the same clusters; where no cluster is known, the subnets that the list names in another zone. */
function neighboursOf(subnet: Subnet, { acl }: AclView, { clusters, networks }: VpcSurvey): readonly Subnet[] {
  if (!areLocated(clusters)) {
    return networks.subnets.filter(
      ({ vpc, zone, addresses }) =>
        vpc === subnet.vpc && zone !== subnet.zone && acl.rules.some((rule) => equal(remoteSide(rule), addresses)),
    );
  }
  return clusters
    .map(({ subnets }) => subnets.map((one) => one.subnet))
    .filter((subnets) => subnets.includes(subnet))
    .flatMap((subnets) => subnets.filter((other) => other !== subnet));
}

/** The rule that lets IP-in-IP out if a legacy "all" means every protocol, where it would then come there and back. */
function onlyLegacyRule(list: AclView, from: Subnet, to: Subnet, survey: VpcSurvey): FilterRule | undefined {
  const ends = [placeIn(survey, from), placeIn(survey, to)] as const;
  if (obstacleBetween(...ends, IP_IN_IP, "narrow") === undefined) return undefined;
  if (obstacleBetween(...ends, IP_IN_IP, "wide") !== undefined) return undefined;
  const packets = [{ source: from.addresses, destination: to.addresses, traffic: IP_IN_IP }];
  const passes = list.outbound.wide.rules.find(
    ({ rule, decides }) => rule.action === "allow" && meet(decides, packets),
  );
  return passes?.rule;
}

function found(rule: FilterRule, to: Subnet): Finding {
  return findingAt(
    "PC238",
    rule.origin,
    `${ruleName(rule)} allows ${rule.protocol}, which is documented as ICMP, TCP and UDP: whether it lets IP-in-IP through, in which pods ` +
      `reach ${subnetText(to)}, is not documented, so answers about these pods are undecided`,
    "nothing to change where pods reach that zone today; say so with --assume overlay-matched-by-legacy-all=yes. " +
      "Test a rule for ip_in_ip or any before clusters depend on it",
  );
}
