/** What the rules of an access list decide in one direction, exactly: the first rule that matches a packet decides it. */
import { type AddressSet, ALL_ADDRESSES, coversAddresses, IPV4, ofFamily } from "../../net/address.ts";
import { subtract, unionOf } from "../../net/intervals.ts";
import { ICMP, TCP, UDP } from "../../net/protocol.ts";
import { ALL_TRAFFIC, allOf, subtractTraffic, type TrafficSet, unionTraffic } from "../../net/traffic.ts";
import type { FilterRule, NetworkDirection } from "../../vpc/model.ts";
import { type Box, common, meet, type Region, within, without } from "../../vpc/rule-region.ts";

/** What a legacy "all" means at least, and what nearly every packet is. */
export const COMMON_PROTOCOLS: TrafficSet = unionTraffic(allOf(ICMP), unionTraffic(allOf(TCP), allOf(UDP)));

/** How a legacy "all" is read (assumption `overlay-matched-by-legacy-all`): its documented protocols, or every one. */
export type LegacyReading = "narrow" | "wide";

/** What is assumed about it: that it means every protocol, that it does not, or neither. */
export type LegacyAll = "unknown" | "yes" | "no";

export interface Decided {
  readonly rule: FilterRule;
  /** The packets it matches among those that cross the border of a subnet of the list. */
  readonly matched: Region;
  /** Those of them that no earlier rule matches. */
  readonly decides: Region;
}

export interface Decisions {
  /** In the order of the list. */
  readonly rules: readonly Decided[];
  /** The packets that no rule matches: denied. */
  readonly rest: Region;
}

/** One direction of a list. */
export interface DirectionView {
  readonly direction: NetworkDirection;
  /** The packets that cross the border of a subnet of the list in this direction. */
  readonly universe: Region;
  /** The same where one reading is assumed. */
  readonly narrow: Decisions;
  readonly wide: Decisions;
}

/**
 * The packets between each subnet and the rest of the world; traffic inside a subnet meets no list. For a list without subnets
 * the packets between any addresses. The world outside is one box for all subnets, as most rules are about it.
 */
function universeOf(direction: NetworkDirection, subnets: readonly AddressSet[]): Region {
  if (subnets.length === 0) return [{ source: [IPV4], destination: [IPV4], traffic: ALL_TRAFFIC }];
  return ([4, 6] as const).flatMap((family): Region => {
    const owns = subnets.map((subnet) => ofFamily(subnet, family));
    const all = unionOf(owns.flat());
    const sides: readonly (readonly [AddressSet, AddressSet])[] = [
      [all, subtract(ofFamily(ALL_ADDRESSES, family), all)],
      ...owns.map((own) => [own, subtract(all, own)] as const),
    ];
    return sides
      .filter(([own, remote]) => own.length > 0 && remote.length > 0)
      .map(([own, remote]) => {
        const [source, destination] = direction === "inbound" ? [remote, own] : [own, remote];
        return { source, destination, traffic: ALL_TRAFFIC };
      });
  });
}

/**
 * O(rules x boxes), where the boxes that are left grow with the rules that overlap: with rules for different networks O(rules^2)
 * operations on address sets, for each subnet.
 */
export function directionView(
  rules: readonly FilterRule[],
  direction: NetworkDirection,
  subnets: readonly AddressSet[],
  legacyAll: LegacyAll = "unknown",
): DirectionView {
  const mine = rules.filter((rule) => rule.direction === direction);
  const universe = universeOf(direction, subnets);
  const narrow = decisionsOf(mine, universe, "narrow");
  if (legacyAll === "no" || mine.every(({ legacyTraffic }) => legacyTraffic.length === 0)) {
    return { direction, universe, narrow, wide: narrow };
  }
  const wide = decisionsOf(mine, universe, "wide");
  return { direction, universe, narrow: legacyAll === "yes" ? wide : narrow, wide };
}

function decisionsOf(rules: readonly FilterRule[], universe: Region, reading: LegacyReading): Decisions {
  let rest = universe;
  const decided = rules.map((rule): Decided => {
    const box = boxOf(rule, reading);
    const decides = within(rest, box);
    rest = without(rest, box);
    return { rule, matched: within(universe, box), decides };
  });
  return { rules: decided, rest };
}

/** Whether the rule matches every packet of the traffic in its direction, whichever way a legacy "all" is read. */
export function isCatchAll(
  { source, destination, traffic }: FilterRule,
  { universe }: DirectionView,
  of = ALL_TRAFFIC,
): boolean {
  return (
    subtractTraffic(of, traffic).length === 0 &&
    universe.every((part) => coversAddresses(source, part.source) && coversAddresses(destination, part.destination))
  );
}

/** What a rule matches. */
function boxOf({ source, destination, traffic, legacyTraffic }: FilterRule, reading: LegacyReading): Box {
  return { source, destination, traffic: reading === "wide" ? unionTraffic(traffic, legacyTraffic) : traffic };
}

/** The allow rules that let packets of `region` through, with what they decide. */
export function admittingRules(region: Region, { rules }: Decisions): readonly Decided[] {
  return rules.filter(({ rule, decides }) => rule.action === "allow" && meet(decides, region));
}

/** The packets of `region` that are let through. */
export function admittedOf(region: Region, decisions: Decisions): Region {
  return admittingRules(region, decisions).flatMap(({ decides }) => common(region, decides));
}

/** The deny rules that drop packets of `region`, in order; others may be dropped because no rule matches them. */
export function droppersOf(region: Region, { rules }: Decisions): readonly FilterRule[] {
  return rules.filter(({ rule, decides }) => rule.action === "deny" && meet(region, decides)).map(({ rule }) => rule);
}
