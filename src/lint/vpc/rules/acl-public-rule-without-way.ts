/** PC240: rules for public addresses in the list of subnets that have no way to the internet. */
import { coversAddresses } from "../../../net/address.ts";
import type { Finding } from "../../../source/finding.ts";
import type { FilterRule, VpcInventory } from "../../../vpc/model.ts";
import type { LintRule } from "../../rule.ts";
import { type AclView, remoteSide } from "../acl-view.ts";
import { publicOf } from "../private-networks.ts";
import type { VpcSurvey } from "../survey.ts";
import { hasWayTo } from "../ways-out.ts";
import { addressesText, findingAt, ruleName, rulesText, subnetsText } from "../wording.ts";

export const publicRuleWithoutWay: LintRule<VpcSurvey> = {
  name: "acl-public-rule-without-way",
  code: "PC240",
  about: "rules for public addresses where a subnet has no gateway, floating IP, public load balancer or route",
  check: ({ lists, networks }) => lists.flatMap((list) => inList(list, networks)),
};

/** One finding for the rules about one network, as a connection needs a rule for each direction. */
function inList(list: AclView, networks: VpcInventory): readonly Finding[] {
  if (list.subnets.length === 0) return [];
  const outside = publicOf(networks);
  const byNetwork = new Map<string, FilterRule[]>();
  for (const { rule, decides } of [...list.inbound.narrow.rules, ...list.outbound.narrow.rules]) {
    const remote = remoteSide(rule);
    if (rule.action === "deny" || decides.length === 0 || !coversAddresses(outside, remote)) continue;
    if (list.subnets.some((subnet) => hasWayTo(subnet, remote, networks))) continue;
    const text = addressesText(remote);
    byNetwork.set(text, [...(byNetwork.get(text) ?? []), rule]);
  }
  return [...byNetwork].flatMap(([text, [first, ...more]]) =>
    first === undefined ? [] : [found(text, first, more, list)],
  );
}

function found(network: string, rule: FilterRule, more: readonly FilterRule[], { subnets }: AclView): Finding {
  const also = more.length === 0 ? "" : `, as ${more.length === 1 ? "does" : "do"} ${rulesText(more)}`;
  return findingAt(
    "PC240",
    rule.origin,
    `${ruleName(rule)} allows ${network}${also}, which are public addresses, and ${subnetsText(subnets)} ` +
      `${subnets.length === 1 ? "has" : "have"} no public gateway, floating IP, public load balancer or route there: no packet comes that far`,
    "attach a public gateway to the subnet that needs these addresses; nothing to do where a VPN, Direct Link or Transit Gateway leads there",
  );
}
