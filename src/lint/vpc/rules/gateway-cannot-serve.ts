/** PC242: a public gateway that cannot serve: a second one in its zone, one in another zone than its subnet, one that is not up. */
import type { Finding } from "../../../source/finding.ts";
import { lineText } from "../../../source/origin.ts";
import type { PublicGateway, VpcInventory } from "../../../vpc/model.ts";
import type { LintRule } from "../../rule.ts";
import type { VpcSurvey } from "../survey.ts";
import { gatewayOf } from "../ways-out.ts";
import { findingAt, subnetText } from "../wording.ts";

export const gatewayCannotServe: LintRule<VpcSurvey> = {
  name: "gateway-cannot-serve",
  code: "PC242",
  about:
    "second public gateways of a zone, gateways in another zone than their subnet, and gateways that are not available",
  check: ({ networks }) => [...secondGateways(networks), ...atSubnets(networks)],
};

function secondGateways({ publicGateways }: VpcInventory): readonly Finding[] {
  const firsts = new Map<string, PublicGateway>();
  return publicGateways.flatMap((gateway) => {
    const key = `${gateway.vpc}/${gateway.zone}`;
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, gateway);
    if (first === undefined) return [];
    return [
      findingAt(
        "PC242",
        gateway.origin,
        `public gateway ${gateway.name} is the second of VPC ${gateway.vpc} in zone ${gateway.zone}, after ${first.name} ` +
          `(${lineText(first.origin)}), and a VPC has at most one in each zone`,
        `attach ${first.name} to all subnets of the zone that need one`,
      ),
    ];
  });
}

function atSubnets(networks: VpcInventory): readonly Finding[] {
  return networks.subnets.flatMap((subnet) => {
    const gateway = gatewayOf(subnet, networks);
    if (gateway === undefined) return [];
    const has = `${subnetText(subnet)} has public gateway ${gateway.name}`;
    if (gateway.zone !== subnet.zone) {
      return [
        findingAt(
          "PC242",
          subnet.origin,
          `${has} of zone ${gateway.zone} and is itself in zone ${subnet.zone}: a gateway serves the subnets of its own zone only`,
          `attach a gateway of zone ${subnet.zone}, such as CLUSTER-${subnet.zone}-gateway`,
        ),
      ];
    }
    if (gateway.status === "available") return [];
    return [
      findingAt(
        "PC242",
        subnet.origin,
        `${has}, which is ${gateway.status}: only an available gateway carries packets`,
        "wait until it is available; where it failed, make another one",
      ),
    ];
  });
}
