/** The filters of a network: an ACL at the border of a subnet, and the security groups of an interface. */
import type { Address } from "./address.ts";
import type { Header } from "./vpc-header.ts";
import { membersOf } from "./vpc-networks.ts";
import type { RawAcl, RawAclRule, RawGroupRule, RawGroupSide, RawSecurityGroup, RawNetworks } from "./vpc-objects.ts";
import { sideMatches, trafficMatches } from "./vpc-rule.ts";
import type { LegacyAll } from "./vpc-rule.ts";
import { sameAddress } from "./address.ts";

export type NetworkDirection = "inbound" | "outbound";

/** The first rule of the direction that meets the packet; undefined: none does, which denies. */
export function decidingRule(
  { rules }: RawAcl,
  direction: NetworkDirection,
  header: Header,
  legacyAll: LegacyAll,
): RawAclRule | undefined {
  return rules.find(
    (rule) =>
      rule.direction === direction &&
      sideMatches(rule.source, header.source) &&
      sideMatches(rule.destination, header.destination) &&
      trafficMatches(rule, rule.action, header, legacyAll),
  );
}

export function aclPasses(acl: RawAcl, direction: NetworkDirection, header: Header, legacyAll: LegacyAll): boolean {
  return decidingRule(acl, direction, header, legacyAll)?.action === "allow";
}

/** What no export tells, for example of whoever asks: what "all" means, and who of those without known groups is a member. */
export interface GroupGuess {
  readonly legacyAll: LegacyAll;
  /** Of addresses that no export tells the groups of. */
  readonly isUnlistedMember: (address: Address, group: string) => boolean;
}

/** Some rule of some of the groups must meet the packet; replies are not asked. */
export function groupsPass(
  networks: RawNetworks,
  groups: readonly RawSecurityGroup[],
  direction: NetworkDirection,
  header: Header,
  { legacyAll, isUnlistedMember }: GroupGuess,
): boolean {
  const [local, remote] =
    direction === "outbound" ? [header.source, header.destination] : [header.destination, header.source];
  const meets = (rule: RawGroupRule) =>
    rule.direction === direction &&
    sideOfGroupMatches(networks, rule.local ?? {}, local, isUnlistedMember) &&
    sideOfGroupMatches(networks, rule.remote, remote, isUnlistedMember) &&
    trafficMatches(rule, "allow", header, legacyAll);
  return groups.some(({ rules }) => rules.some(meets));
}

function sideOfGroupMatches(
  networks: RawNetworks,
  side: RawGroupSide,
  address: Address,
  isUnlistedMember: GroupGuess["isUnlistedMember"],
): boolean {
  const written = side.address ?? side.cidr_block;
  if (written !== undefined) return sideMatches(written, address);
  if (side.id === undefined || isUnlistedMember(address, side.id)) return true;
  return membersOf(networks, side.id).some((member) => sameAddress(member, address));
}
