/** PC241: a subnet has a public gateway, and its access list lets no connection to the internet through. */
import { TCP, UDP } from "../../../net/protocol.ts";
import { allOf, unionTraffic } from "../../../net/traffic.ts";
import type { Finding } from "../../../source/finding.ts";
import type { Subnet } from "../../../vpc/model.ts";
import type { LintRule } from "../../rule.ts";
import { obstacleBetween, obstacleText, placeIn } from "../crossing.ts";
import { publicOf } from "../private-networks.ts";
import { rolesOf } from "../reply-traffic.ts";
import type { VpcSurvey } from "../survey.ts";
import { gatewayOf } from "../ways-out.ts";
import { findingAt, subnetText } from "../wording.ts";

export const gatewayBehindClosedAcl: LintRule<VpcSurvey> = {
  name: "gateway-behind-closed-acl",
  code: "PC241",
  about: "public gateways that nothing can use, because the access list of the subnet is closed",
  check: (survey) => survey.networks.subnets.flatMap((subnet) => atSubnet(subnet, survey)),
};

/** Connections as clients make them. */
const CONNECTIONS = rolesOf(unionTraffic(allOf(TCP), allOf(UDP))).open;

function atSubnet(subnet: Subnet, survey: VpcSurvey): readonly Finding[] {
  const gateway = gatewayOf(subnet, survey.networks);
  if (gateway === undefined) return [];
  const outside = { addresses: publicOf(survey.networks), list: undefined };
  const obstacle = obstacleBetween(placeIn(survey, subnet), outside, CONNECTIONS);
  if (obstacle === undefined) return [];
  const [first] = obstacle.by;
  return [
    findingAt(
      "PC241",
      first?.origin ?? obstacle.list.acl.origin,
      `${subnetText(subnet)} has public gateway ${gateway.name}, and nothing can use it: ${obstacleText(obstacle)}`,
      "add, for each public endpoint that pods need, an outbound rule to it and an inbound rule for its replies, both before the rules " +
        "that deny everything; or detach the gateway",
    ),
  ];
}
