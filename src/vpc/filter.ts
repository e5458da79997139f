/**
 * What an access list or a set of groups does to packets, one by one and as sets. A filter sees addresses and a header; which
 * header a flow has at which filter is a matter of `path/`.
 */
import { type AddressSet, addressSetText, coversAddresses } from "../net/address.ts";
import { overlaps, union } from "../net/intervals.ts";
import {
  ALL_TRAFFIC,
  containsTraffic,
  intersectTraffic,
  NO_TRAFFIC,
  subtractTraffic,
  type TrafficPoint,
  type TrafficSet,
  unionTraffic,
} from "../net/traffic.ts";
import type { Fact } from "../source/fact.ts";
import type { FilterRule } from "./model.ts";

/** A rule as a filter asks it; what it names is resolved to addresses. */
export interface NetworkRule extends FilterRule {
  /** Addresses that may belong to one of its sides too, and what would tell; undefined: its sides are known. */
  readonly perhaps:
    | { readonly side: "source" | "destination"; readonly addresses: AddressSet; readonly fact: Fact }
    | undefined;
}

/** The rules of one direction. In order the first match decides; of a union any match allows. No match denies. */
export interface RuleList {
  readonly order: "first match" | "union";
  readonly rules: readonly NetworkRule[];
}

/** Who speaks to whom, as the filter sees it; every address that a side may have. */
export interface Sight {
  readonly source: AddressSet;
  readonly destination: AddressSet;
}

/** Whether a legacy rule for all protocols matches every protocol. */
export type LegacyAll = "yes" | "no" | "unknown";

/** What a rule does with a packet; `facts` are those that would tell whether it matches. */
export interface RuleMatch {
  readonly holds: boolean | undefined;
  readonly facts: readonly Fact[];
  /** Whether it rests on how legacy rules for all protocols are read. */
  readonly byLegacy: boolean;
}

const NO_MATCH: RuleMatch = { holds: false, facts: [], byLegacy: false };

/** Whether a rule matches a packet. */
export function matchNetworkRule(rule: NetworkRule, sight: Sight, point: TrafficPoint, legacy: LegacyAll): RuleMatch {
  const isNamed = containsTraffic(rule.traffic, point);
  const byLegacy = !isNamed && containsTraffic(rule.legacyTraffic, point);
  if (!isNamed && !byLegacy) return NO_MATCH;
  const addresses = matchAddresses(rule, sight);
  if (addresses.holds === false || (byLegacy && legacy === "no")) return { ...NO_MATCH, byLegacy };
  const facts = [...addresses.facts, ...(byLegacy && legacy === "unknown" ? [legacyFact(rule)] : [])];
  return { holds: facts.length === 0 ? true : undefined, facts, byLegacy };
}

function matchAddresses(rule: NetworkRule, { source, destination }: Sight): Pick<RuleMatch, "holds" | "facts"> {
  const sides = [matchSide(rule, "source", source), matchSide(rule, "destination", destination)];
  if (sides.some(({ holds }) => holds === false)) return { holds: false, facts: [] };
  const facts = sides.flatMap((side) => side.facts);
  return { holds: facts.length === 0 ? true : undefined, facts };
}

function matchSide(
  rule: NetworkRule,
  side: "source" | "destination",
  seen: AddressSet,
): Pick<RuleMatch, "holds" | "facts"> {
  const named = rule[side];
  if (coversAddresses(named, seen)) return { holds: true, facts: [] };
  const perhaps = rule.perhaps?.side === side ? rule.perhaps : undefined;
  const possible = perhaps === undefined ? named : union(named, perhaps.addresses);
  if (!overlaps(possible, seen)) return { holds: false, facts: [] };
  const fact = perhaps !== undefined && coversAddresses(possible, seen) ? perhaps.fact : addressFact(seen);
  return { holds: undefined, facts: [fact] };
}

function addressFact(seen: AddressSet): Fact {
  return {
    text: `which address of ${addressSetText(seen).join(", ")} it is`,
    remedy: "ask about one address, or add the live pods (kubectl get pods -A -o yaml)",
  };
}

function legacyFact({ name, protocol }: NetworkRule): Fact {
  return {
    text: `whether rule ${name}, written for protocol "${protocol}", also matches others than ICMP, TCP and UDP`,
    remedy: "use --assume overlay-matched-by-legacy-all=yes or =no, whichever the network does",
  };
}

/** What became of a packet. `position` counts from 1 among the rules of the direction. */
export type ListDecision =
  | {
      readonly kind: "rule";
      readonly action: "allow" | "deny";
      readonly rule: NetworkRule;
      readonly position: number;
      readonly byLegacy: boolean;
    }
  | { readonly kind: "no match"; readonly action: "deny"; readonly byLegacy: boolean };

export interface ListReport {
  /** All that is possible, the likeliest first; one where everything is known. */
  readonly decisions: readonly ListDecision[];
  readonly facts: readonly Fact[];
}

/** Judges one packet, rule by rule. O(rules). */
export function judgeList(
  { order, rules }: RuleList,
  sight: Sight,
  point: TrafficPoint,
  legacy: LegacyAll,
): ListReport {
  const decisions: ListDecision[] = [];
  const facts: Fact[] = [];
  let passedByLegacy = false;
  for (const [index, rule] of rules.entries()) {
    const match = matchNetworkRule(rule, sight, point, legacy);
    if (match.holds === false) {
      passedByLegacy ||= match.byLegacy;
      continue;
    }
    const byLegacy = match.byLegacy || passedByLegacy;
    const decision = { kind: "rule", action: rule.action, rule, position: index + 1, byLegacy } as const;
    // In a union one certain match settles it, whatever may or may not match before.
    if (match.holds && order === "union") return { decisions: [decision], facts: [] };
    decisions.push(decision);
    facts.push(...match.facts);
    if (match.holds) return { decisions, facts };
  }
  return { decisions: [...decisions, { kind: "no match", action: "deny", byLegacy: passedByLegacy }], facts };
}

/** What passes for certain, and what may pass; the rest is denied. */
export interface Passing {
  readonly allowed: TrafficSet;
  readonly undecided: TrafficSet;
}

/** All packets at once; as a union allows only, one fold serves both orders. O(rules) set operations. */
export function passingList({ rules }: RuleList, sight: Sight, legacy: LegacyAll): Passing {
  let left = ALL_TRAFFIC;
  let canAllow = NO_TRAFFIC;
  let canDeny = NO_TRAFFIC;
  for (const rule of rules) {
    const { certain, possible } = trafficOf(rule, sight, legacy);
    const hit = intersectTraffic(left, possible);
    if (rule.action === "allow") canAllow = unionTraffic(canAllow, hit);
    else canDeny = unionTraffic(canDeny, hit);
    left = subtractTraffic(left, certain);
  }
  canDeny = unionTraffic(canDeny, left);
  const allowed = subtractTraffic(canAllow, canDeny);
  return { allowed, undecided: intersectTraffic(canAllow, canDeny) };
}

function trafficOf(
  rule: NetworkRule,
  sight: Sight,
  legacy: LegacyAll,
): { readonly certain: TrafficSet; readonly possible: TrafficSet } {
  const { holds } = matchAddresses(rule, sight);
  if (holds === false) return { certain: NO_TRAFFIC, possible: NO_TRAFFIC };
  const whole = unionTraffic(rule.traffic, rule.legacyTraffic);
  const possible = legacy === "no" ? rule.traffic : whole;
  const certain = legacy === "yes" ? whole : rule.traffic;
  return { certain: holds === true ? certain : NO_TRAFFIC, possible };
}
