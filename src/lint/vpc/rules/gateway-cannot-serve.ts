/** PC242: a public gateway that cannot serve its subnet: it is in another zone, or not up. That a zone has two is told on reading. */
import type { Finding } from "../../../source/finding.ts";
import type { VpcInventory } from "../../../vpc/model.ts";
import type { LintRule } from "../../rule.ts";
import type { VpcSurvey } from "../survey.ts";
import { gatewayOf } from "../ways-out.ts";
import { findingAt, subnetText } from "../wording.ts";

export const gatewayCannotServe: LintRule<VpcSurvey> = {
  name: "gateway-cannot-serve",
  code: "PC242",
  about: "gateways in another zone than their subnet, and gateways that are not available",
  check: ({ networks }) => atSubnets(networks),
};

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
