/** PC243: the list of one subnet has rules for another subnet, and the list of that one lets nothing of it through. */
import { type AddressSet, coversAddresses } from "../../../net/address.ts";
import { overlaps, unionOf } from "../../../net/intervals.ts";
import { ALL_TRAFFIC } from "../../../net/traffic.ts";
import type { Finding } from "../../../source/finding.ts";
import type { FilterRule, Subnet } from "../../../vpc/model.ts";
import { type Region, within } from "../../../vpc/rule-region.ts";
import type { LintRule } from "../../rule.ts";
import { type AclView, opposite, remoteSide } from "../acl-view.ts";
import { admittedOf, droppersOf } from "../decisions.ts";
import { rolesOf } from "../reply-traffic.ts";
import type { VpcSurvey } from "../survey.ts";
import { aclText, findingAt, ruleName, rulesText, subnetText } from "../wording.ts";

export const oneSided: LintRule<VpcSurvey> = {
  name: "acl-one-sided",
  code: "PC243",
  about: "rules for another subnet of the VPC whose own list does not let the packets through",
  check: (survey) => survey.lists.flatMap((list) => inList(list, survey)),
};

/** One finding for each pair of a list and another subnet. */
function inList(list: AclView, survey: VpcSurvey): readonly Finding[] {
  const known = unionOf(
    survey.networks.subnets.filter(({ vpc }) => vpc === list.acl.vpc).flatMap(({ addresses }) => addresses),
  );
  return survey.networks.subnets.flatMap((other) => {
    const theirs = survey.listOf.get(other.id);
    if (other.vpc !== list.acl.vpc || theirs === undefined || theirs === list || isOneCluster(list, other, survey))
      return [];
    const futile = [...list.inbound.narrow.rules, ...list.outbound.narrow.rules].flatMap(({ rule, decides }) => {
      if (!asksFor(rule, other, known)) return [];
      const packets = between(decides, rule, other);
      const passes = admittedOf(packets, theirs[opposite(rule.direction)].wide).length > 0;
      return packets.length === 0 || passes ? [] : [{ rule, packets }];
    });
    const [first, ...more] = futile;
    return first === undefined
      ? []
      : [
          found(
            first,
            more.map(({ rule }) => rule),
            other,
            theirs,
          ),
        ];
  });
}

/** Whether a rule admits requests from or to the subnet. Who names a wider network does not mean it in particular. */
function asksFor(rule: FilterRule, { addresses }: Subnet, known: AddressSet): boolean {
  const remote = remoteSide(rule);
  if (rule.action === "deny" || !coversAddresses(known, remote) || !overlaps(remote, addresses)) return false;
  const { asking, open } = rolesOf(rule.traffic);
  return asking.length + open.length > 0;
}

/** Between subnets of one cluster a missing rule is an error of its own: PC244. */
function isOneCluster({ subnets }: AclView, other: Subnet, { clusters }: VpcSurvey): boolean {
  return clusters.some((cluster) => {
    const all = new Set(cluster.subnets.map(({ subnet }) => subnet));
    return all.has(other) && subnets.some((subnet) => all.has(subnet));
  });
}

function between(decides: Region, { direction, source, destination }: FilterRule, other: Subnet): Region {
  const box = { source, destination, traffic: ALL_TRAFFIC };
  return within(
    decides,
    direction === "inbound" ? { ...box, source: other.addresses } : { ...box, destination: other.addresses },
  );
}

function found(
  { rule, packets }: { readonly rule: FilterRule; readonly packets: Region },
  more: readonly FilterRule[],
  other: Subnet,
  theirs: AclView,
): Finding {
  const there = opposite(rule.direction);
  const droppers = droppersOf(packets, theirs[there].wide);
  const what = rule.direction === "outbound" ? "lets packets out to" : "lets packets in from";
  return findingAt(
    "PC243",
    rule.origin,
    `${ruleName(rule)} ${what} ${subnetText(other)}, whose ${aclText(theirs.acl)} drops them ${there}` +
      (droppers.length === 0 ? ", as no rule matches them" : ` by ${rulesText(droppers)}`) +
      (more.length === 0 ? "" : `; the same goes for ${rulesText(more)}`),
    `name this list's subnets in ${aclText(theirs.acl)} too, in both directions, or remove the rules for ${other.name} here`,
  );
}
