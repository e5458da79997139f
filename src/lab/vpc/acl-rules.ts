/** Access lists as stateless rules of nft: no statement asks connection tracking, so replies are judged like anything else. */
import { commentText } from "../../dataplane/ruleset-text.ts";
import { chain, type Lines } from "../ruleset-lines.ts";
import { type AddressSet, addressSetText, IPV4, ofFamily } from "../../net/address.ts";
import { equal } from "../../net/intervals.ts";
import { ALL_TRAFFIC, boxesOf, equalTraffic, type TrafficSet, unionTraffic } from "../../net/traffic.ts";
import { lineText } from "../../source/origin.ts";
import { packetMatch } from "./packet-match.ts";
import type { Acl, FilterRule, NetworkDirection, Subnet } from "../../vpc/model.ts";

/** One direction of the access list of one subnet: a point that packets between subnets pass. */
export interface AclPoint {
  readonly subnet: Subnet;
  readonly acl: Acl;
  readonly direction: NetworkDirection;
}

/** What may decide about a packet at a point. */
export interface AclJudge extends AclPoint {
  /** Undefined: no rule of the list matched, and that means deny. */
  readonly rule: FilterRule | undefined;
}

/** Whether the rules that say a legacy "all" match every protocol, or only those they match for certain. */
export type LegacyAll = "yes" | "no";

/** The rules of the point's direction in their order, then what decides when none of them does. */
export function judgesAt(point: AclPoint): readonly AclJudge[] {
  const own = point.acl.rules.filter(({ direction }) => direction === point.direction);
  return [...own, undefined].map((rule) => ({ ...point, rule }));
}

/** The chains that an access list ends in. Each notes the packet together with its judge, whose number is in the mark. */
export const ALLOW_CHAIN = "allow";
export const DENY_CHAIN = "deny";

/**
 * The chain of one point, to be jumped to; it returns for what it allows. Every rule has a counter, and a comment with
 * the number of its judge, its name and its line. `numberOf` gives each of the judges its number. IPv4 only.
 */
export function aclChain(
  name: string,
  judges: readonly AclJudge[],
  numberOf: (judge: AclJudge) => number,
  legacyAll: LegacyAll,
): Lines {
  const [first] = judges;
  const about =
    first === undefined
      ? "Nothing."
      : `${first.acl.name}, ${first.direction} at subnet ${first.subnet.name}: the first match decides, none means deny.`;
  return chain(
    name,
    commentText(about),
    judges.flatMap((judge) => judgeLines(judge, numberOf(judge), legacyAll)),
  );
}

function judgeLines({ rule }: AclJudge, number: number, legacyAll: LegacyAll): Lines {
  if (rule === undefined) return [ruleLine([], number, DENY_CHAIN, "no rule matches")];
  const addresses = addressMatches(rule);
  const target = rule.action === "allow" ? ALLOW_CHAIN : DENY_CHAIN;
  const about = `${rule.name} ${lineText(rule.origin)}`;
  return addresses === undefined
    ? []
    : trafficMatches(trafficOf(rule, legacyAll)).map((match) =>
        ruleLine([...addresses, ...match], number, target, about),
      );
}

/** What a rule matches, once the legacy "all" is decided. */
export function trafficOf(
  { traffic, legacyTraffic }: Pick<FilterRule, "traffic" | "legacyTraffic">,
  legacyAll: LegacyAll,
): TrafficSet {
  return legacyAll === "yes" ? unionTraffic(traffic, legacyTraffic) : traffic;
}

/** Undefined where no address of the family can match. */
function addressMatches({ source, destination }: FilterRule): Lines | undefined {
  const matches: string[] = [];
  for (const [field, set] of [
    ["saddr", source],
    ["daddr", destination],
  ] as const) {
    const own = ofFamily(set, 4);
    if (own.length === 0) return undefined;
    if (!equal(own, [IPV4])) matches.push(`ip ${field} ${setText(own)}`);
  }
  return matches;
}

/** A set of addresses where a match expects one. */
export function setText(set: AddressSet): string {
  const texts = addressSetText(set);
  return texts.length === 1 ? texts.join("") : `{ ${texts.join(", ")} }`;
}

/** One list of matches for every box; a single empty one for all traffic. */
function trafficMatches(traffic: TrafficSet): readonly Lines[] {
  if (equalTraffic(traffic, ALL_TRAFFIC)) return [[]];
  return [...boxesOf(traffic)].map((box) => [packetMatch(box)]);
}

/** The longest comment that nft takes. */
const COMMENT_LENGTH = 128;

function ruleLine(matches: Lines, number: number, target: string, about: string): string {
  const comment = commentText(`${number} ${about}`).replaceAll(/["\\]/g, "?").slice(0, COMMENT_LENGTH);
  return [...matches, `meta mark set ${number}`, "counter", `goto ${target}`, `comment "${comment}"`].join(" ");
}
