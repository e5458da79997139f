/** PC232: a rule means some addresses of a subnet and not the others. */
import { addressSetText, type AddressSet, coversAddresses } from "../../../net/address.ts";
import { intersect, overlaps, subtract } from "../../../net/intervals.ts";
import type { Finding } from "../../../source/finding.ts";
import { shortList } from "../../../source/words.ts";
import type { FilterRule, Subnet } from "../../../vpc/model.ts";
import type { LintRule } from "../../rule.ts";
import { type AclView, ownSide, remoteSide } from "../acl-view.ts";
import type { VpcSurvey } from "../survey.ts";
import { addressesText, findingAt, ruleName, subnetText } from "../wording.ts";

export const splitsSubnet: LintRule<VpcSurvey> = {
  name: "acl-splits-subnet",
  code: "PC232",
  about: "rules that mean a part of a subnet",
  check: (survey) => survey.lists.flatMap((list) => inList(list, survey)),
};

function inList(list: AclView, survey: VpcSurvey): readonly Finding[] {
  const own = new Set(list.subnets);
  const others = survey.networks.subnets.filter((subnet) => subnet.vpc === list.acl.vpc && !own.has(subnet));
  return list.acl.rules.flatMap((rule) => {
    const [subnet] = [
      ...list.subnets.filter(({ addresses }) => splits(ownSide(rule), addresses)),
      // A single address of another subnet is a machine that is meant.
      ...others.filter(({ addresses }) => splits(withoutSingles(remoteSide(rule)), addresses)),
    ];
    return subnet === undefined ? [] : [found(rule, subnet, own.has(subnet), survey)];
  });
}

function splits(side: AddressSet, subnet: AddressSet): boolean {
  return overlaps(side, subnet) && !coversAddresses(side, subnet);
}

function withoutSingles(addresses: AddressSet): AddressSet {
  return addresses.filter(({ start, end }) => end - start > 1n);
}

function found(rule: FilterRule, subnet: Subnet, isOwn: boolean, survey: VpcSurvey): Finding {
  const side = isOwn ? ownSide(rule) : remoteSide(rule);
  const out = subtract(subnet.addresses, side);
  return findingAt(
    "PC232",
    rule.origin,
    `${ruleName(rule)} is about a part of ${subnetText(subnet)}: ${addressesText(intersect(subnet.addresses, side))}, not ` +
      `${addressesText(out)}${workersText(survey, subnet, side)}`,
    isOwn
      ? "write 0.0.0.0/0 or the CIDR of the subnet, unless machines there are told apart by address on purpose"
      : "write the CIDR of the subnet, unless machines there are told apart by address on purpose",
  );
}

/** On which side of the border the workers of clusters are. */
function workersText({ clusters }: VpcSurvey, subnet: Subnet, side: AddressSet): string {
  const workers = clusters
    .flatMap(({ subnets }) => subnets)
    .filter((one) => one.subnet === subnet)
    .flatMap((one) => one.workers);
  const left = subtract(workers, side);
  return left.length === 0 ? "" : `; workers that it leaves out: ${shortList(addressSetText(left))}`;
}
