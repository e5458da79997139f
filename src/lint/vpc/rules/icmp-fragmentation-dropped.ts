/** PC248: a list lets TCP out and drops the ICMP messages by which routers say that packets are too big. */
import { subtract } from "../../../net/intervals.ts";
import { ICMP, TCP } from "../../../net/protocol.ts";
import { allOf, box } from "../../../net/traffic.ts";
import type { Finding } from "../../../source/finding.ts";
import { destinationsOf, ofTraffic, type Region, sourcesOf } from "../../../vpc/rule-region.ts";
import type { LintRule } from "../../rule.ts";
import type { Decisions } from "../decisions.ts";
import type { AclView } from "../acl-view.ts";
import type { VpcSurvey } from "../survey.ts";
import { aclText, addressesText, findingAt } from "../wording.ts";

export const icmpFragmentationDropped: LintRule<VpcSurvey> = {
  name: "icmp-fragmentation-dropped",
  code: "PC248",
  about: "lists that let TCP out and drop ICMP type 3 code 4 (fragmentation needed) from the same networks",
  check: ({ lists }) => lists.flatMap(inList),
};

const TOO_BIG = box(ICMP, [{ start: 3, end: 4 }], [{ start: 4, end: 5 }]);

/** One finding for a list. */
function inList({ acl, inbound, outbound }: AclView): readonly Finding[] {
  const peers = destinationsOf(admitted(outbound.narrow, allOf(TCP)));
  const silent = subtract(peers, sourcesOf(admitted(inbound.wide, TOO_BIG)));
  if (silent.length === 0) return [];
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

function admitted({ rules }: Decisions, traffic: typeof TOO_BIG): Region {
  return rules.flatMap(({ rule, decides }) => (rule.action === "allow" ? ofTraffic(decides, traffic) : []));
}
