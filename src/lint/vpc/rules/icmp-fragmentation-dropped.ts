/** PC248: a list lets TCP connections through and drops the ICMP messages by which routers say that packets are too big. */
import type { AddressSet } from "../../../net/address.ts";
import { subtract, union } from "../../../net/intervals.ts";
import { ICMP, TCP } from "../../../net/protocol.ts";
import { allOf, box, intersectTraffic } from "../../../net/traffic.ts";
import type { Finding } from "../../../source/finding.ts";
import { destinationsOf, ofTraffic, sourcesOf } from "../../../vpc/rule-region.ts";
import type { LintRule } from "../../rule.ts";
import type { Decisions } from "../decisions.ts";
import type { SurveyedAcl, VpcSurvey } from "../survey.ts";
import { aclText, addressesText, findingAt } from "../wording.ts";

export const icmpFragmentationDropped: LintRule<VpcSurvey> = {
  name: "icmp-fragmentation-dropped",
  code: "PC248",
  about: "lists that let TCP through and drop ICMP type 3 code 4 (fragmentation needed) from the same networks",
  check: ({ lists }) => lists.flatMap(inList),
};

const TOO_BIG = box(ICMP, [{ start: 3, end: 4 }], [{ start: 4, end: 5 }]);

/** One finding for a list. */
function inList(list: SurveyedAcl): readonly Finding[] {
  const silent = subtract(peersOf(list), sendersOfErrors(list.inbound.wide));
  if (silent.length === 0) return [];
  const { acl } = list;
  return [
    findingAt(
      "PC248",
      acl.origin,
      `${aclText(acl)} lets TCP out to ${addressesText(silent)} and drops ICMP type 3 code 4 from there: where a tunnel or a smaller MTU is on ` +
        "the way, connections stand still as soon as packets are large, as fragments are dropped too",
      `allow inbound icmp type 3 code 4 from ${addressesText(silent)}`,
    ),
  ];
}

/** Where TCP packets go that belong to connections which come about. */
function peersOf({ conversations }: SurveyedAcl): AddressSet {
  return conversations
    .filter(
      ({ rule, traffic, isCut }) =>
        rule.direction === "outbound" && !isCut && intersectTraffic(traffic, allOf(TCP)).length > 0,
    )
    .reduce<AddressSet>((all, { packets }) => union(all, destinationsOf(packets)), []);
}

function sendersOfErrors({ rules }: Decisions): AddressSet {
  return sourcesOf(rules.flatMap(({ rule, decides }) => (rule.action === "allow" ? ofTraffic(decides, TOO_BIG) : [])));
}
