/** All rules about networks, in the order of their codes. */
import type { Finding } from "../../source/finding.ts";
import { checkAll, type LintRule } from "../rule.ts";
import { allowsEverythingFirst } from "./rules/acl-allows-everything-first.ts";
import { aclAndGroupsMixed } from "./rules/acl-and-groups-mixed.ts";
import { attachedNowhere } from "./rules/acl-attached-nowhere.ts";
import { insideOneSubnet } from "./rules/acl-inside-one-subnet.ts";
import { legacyAll } from "./rules/acl-legacy-all.ts";
import { nameContradicts } from "./rules/acl-name-contradicts.ts";
import { oneSided } from "./rules/acl-one-sided.ts";
import { ownSideElsewhere } from "./rules/acl-own-side-elsewhere.ts";
import { portsSwapped } from "./rules/acl-ports-swapped.ts";
import { publicRuleWithoutWay } from "./rules/acl-public-rule-without-way.ts";
import { repliesDropped } from "./rules/acl-replies-dropped.ts";
import { repliesPartlyDropped } from "./rules/acl-replies-partly-dropped.ts";
import { requestsDropped } from "./rules/acl-requests-dropped.ts";
import { ruleBehindDenyAll } from "./rules/acl-rule-behind-deny-all.ts";
import { ruleNameTwice } from "./rules/acl-rule-name-twice.ts";
import { ruleNeverMatches } from "./rules/acl-rule-never-matches.ts";
import { ruleOrderDecides } from "./rules/acl-rule-order-decides.ts";
import { ruleRedundant } from "./rules/acl-rule-redundant.ts";
import { splitsSubnet } from "./rules/acl-splits-subnet.ts";
import { wrongZone } from "./rules/acl-wrong-zone.ts";
import { clusterServicesClosed } from "./rules/cluster-services-closed.ts";
import { clusterSubnetsCutOff } from "./rules/cluster-subnets-cut-off.ts";
import { defaultAclChanged } from "./rules/default-acl-changed.ts";
import { endpointGatewayClosed } from "./rules/endpoint-gateway-closed.ts";
import { gatewayBehindClosedAcl } from "./rules/gateway-behind-closed-acl.ts";
import { gatewayCannotServe } from "./rules/gateway-cannot-serve.ts";
import { icmpFragmentationDropped } from "./rules/icmp-fragmentation-dropped.ts";
import { loadBalancerMembersClosed } from "./rules/load-balancer-members-closed.ts";
import { quotaUsed } from "./rules/quota-used.ts";
import { rangesOverlap } from "./rules/ranges-overlap.ts";
import { surveyOf, type VpcSubject, type VpcSurvey } from "./survey.ts";

export const VPC_RULES: readonly LintRule<VpcSurvey>[] = [
  repliesDropped,
  requestsDropped,
  repliesPartlyDropped,
  portsSwapped,
  ruleNeverMatches,
  ruleRedundant,
  ruleBehindDenyAll,
  allowsEverythingFirst,
  ruleNameTwice,
  ruleOrderDecides,
  ownSideElsewhere,
  insideOneSubnet,
  splitsSubnet,
  wrongZone,
  attachedNowhere,
  defaultAclChanged,
  rangesOverlap,
  nameContradicts,
  legacyAll,
  quotaUsed,
  publicRuleWithoutWay,
  gatewayBehindClosedAcl,
  gatewayCannotServe,
  oneSided,
  clusterSubnetsCutOff,
  clusterServicesClosed,
  endpointGatewayClosed,
  loadBalancerMembersClosed,
  icmpFragmentationDropped,
  aclAndGroupsMixed,
];

/** Everything that the rules find in the networks of the subject; nothing where it knows none. */
export function checkVpc(subject: VpcSubject): readonly Finding[] {
  const survey = surveyOf(subject);
  return survey === undefined ? [] : checkAll(VPC_RULES, survey);
}
