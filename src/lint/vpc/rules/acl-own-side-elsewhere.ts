/** PC230: the own side of a rule, destination of inbound and source of outbound, meets no subnet that the list is attached to. */
import { addressSetText, coversAddresses } from "../../../net/address.ts";
import { equal, overlaps, unionOf } from "../../../net/intervals.ts";
import { suggestionFor } from "../../../resources/schema/spelling.ts";
import type { Finding } from "../../../source/finding.ts";
import type { FilterRule, Subnet } from "../../../vpc/model.ts";
import type { LintRule } from "../../rule.ts";
import { type AclView, ownSide, remoteSide } from "../acl-view.ts";
import type { VpcSurvey } from "../survey.ts";
import { aclText, addressesText, findingAt, ruleName, subnetsText, subnetText } from "../wording.ts";

export const ownSideElsewhere: LintRule<VpcSurvey> = {
  name: "acl-own-side-elsewhere",
  code: "PC230",
  about: "rules whose own side is in no subnet that the list is attached to",
  check: ({ lists, networks }) => lists.flatMap((list) => inList(list, networks.subnets)),
};

function inList(list: AclView, all: readonly Subnet[]): readonly Finding[] {
  const served = unionOf(list.subnets.flatMap(({ addresses }) => addresses));
  if (served.length === 0) return [];
  return list.acl.rules
    .filter((rule) => !overlaps(served, ownSide(rule)))
    .map((rule) => {
      const side = rule.direction === "inbound" ? "destination" : "source";
      const isExchanged = coversAddresses(served, remoteSide(rule));
      return findingAt(
        "PC230",
        rule.origin,
        `${ruleName(rule)} never matches: its ${side} ${addressesText(ownSide(rule))} is in no subnet of ${aclText(list.acl)}, ` +
          `which serves ${subnetsText(list.subnets)}`,
        isExchanged ? exchanged(rule) : meant(rule, list, all),
      );
    });
}

function exchanged({ direction }: FilterRule): string {
  const own = direction === "inbound" ? "destination" : "source";
  return `exchange source and destination: of ${direction} traffic the ${own} is the subnet`;
}

function meant(rule: FilterRule, { subnets }: AclView, all: readonly Subnet[]): string {
  const own = ownSide(rule);
  const elsewhere = all.find(({ addresses }) => equal(addresses, own));
  if (elsewhere !== undefined) {
    return `move it to the list of ${subnetText(elsewhere)}, or write the subnet that is meant; 0.0.0.0/0 means every subnet of the list`;
  }
  const texts = subnets.flatMap(({ addresses }) => addressSetText(addresses));
  const near = suggestionFor(addressSetText(own).join(","), texts)?.word ?? (texts.length === 1 ? texts[0] : undefined);
  return near === undefined
    ? "write the CIDR of one of these subnets, or 0.0.0.0/0 for all of them"
    : `write ${near}, or 0.0.0.0/0 for every subnet of the list`;
}
