/** Both directions of a list held together: what each allow rule admits, and what becomes of its counterpart. */
import { overlaps } from "../../net/intervals.ts";
import { ICMP, TCP, UDP } from "../../net/protocol.ts";
import { allOf, intersectTraffic, type TrafficSet } from "../../net/traffic.ts";
import type { FilterRule } from "../../vpc/model.ts";
import { common, difference, ofTraffic, type Region } from "../../vpc/rule-region.ts";
import { type AclView, remoteSide } from "./acl-view.ts";
import { admittingRules, type Decided, type DirectionView } from "./decisions.ts";
import { PUBLIC_ADDRESSES } from "../../vpc/areas.ts";
import {
  ALL_REPLIES,
  CLIENT_PORTS,
  LINUX_CLIENT_PORTS,
  replyRegion,
  requestRegion,
  type Roles,
  rolesOf,
} from "./reply-traffic.ts";

/** What a rule admits in one role, and the other half of these connections. */
export interface Conversation {
  readonly rule: FilterRule;
  readonly role: keyof Roles;
  readonly traffic: TrafficSet;
  /** What the rule decides. */
  readonly packets: Region;
  /** What of the other half the list drops in the other direction. */
  readonly dropped: Region;
  /** The rules by which the rest of it passes. */
  readonly passing: readonly FilterRule[];
  /**
   * Whether nothing of the other half passes; of requests and replies also where some passes only by rules that are open for
   * everything of another network, so that nobody thought of the other half.
   */
  readonly isCut: boolean;
}

/**
 * The conversations of every allow rule. A rule that admits all of a protocol has one for each of TCP, UDP and ICMP. What a
 * legacy "all" might admit beside its three protocols is taken to answer, and not to ask. O(rules^2 x boxes).
 */
export function conversationsOf({ inbound, outbound }: AclView): readonly Conversation[] {
  return [
    ...inbound.narrow.rules.flatMap((decided) => conversationsOfRule(decided, outbound)),
    ...outbound.narrow.rules.flatMap((decided) => conversationsOfRule(decided, inbound)),
  ];
}

/** One list for each rule that has any. */
export function byRule(conversations: readonly Conversation[]): readonly (readonly Conversation[])[] {
  const rules = new Map<FilterRule, Conversation[]>();
  for (const conversation of conversations) {
    rules.set(conversation.rule, [...(rules.get(conversation.rule) ?? []), conversation]);
  }
  return [...rules.values()];
}

function conversationsOfRule(decided: Decided, other: DirectionView): readonly Conversation[] {
  const { rule, decides } = decided;
  if (rule.action === "deny" || decides.length === 0) return [];
  const { asking, answering, open } = rolesOf(rule.traffic, clientPortsOf(rule));
  const halves = (["asking", "answering"] as const).map((role) =>
    half(decided, role, role === "asking" ? asking : answering, other),
  );
  const wholes = [TCP, UDP, ICMP].map((protocol) =>
    unrestricted(decided, intersectTraffic(open, allOf(protocol)), protocol, other),
  );
  return [...halves, ...wholes].filter(({ packets }) => packets.length > 0);
}

/** Clients on the internet may have any port of a client, as addresses are translated on the way. */
function clientPortsOf(rule: FilterRule): typeof CLIENT_PORTS {
  return rule.direction === "inbound" && overlaps(remoteSide(rule), PUBLIC_ADDRESSES)
    ? CLIENT_PORTS
    : LINUX_CLIENT_PORTS;
}

/** Packets that are one half of connections. */
function half(
  { rule, decides }: Decided,
  role: "asking" | "answering",
  traffic: TrafficSet,
  other: DirectionView,
): Conversation {
  const packets = ofTraffic(decides, traffic);
  const counterpart = role === "asking" ? replyRegion(packets) : requestRegion(packets);
  const { passing, dropped } = throughOther(counterpart, other);
  return { rule, role, traffic, packets, passing, dropped, isCut: dropped.length > 0 && passing.every(isOpen) };
}

/** Packets that may be requests and replies: no connection comes about only where neither half has the other. */
function unrestricted(
  { rule, decides }: Decided,
  traffic: TrafficSet,
  protocol: number,
  other: DirectionView,
): Conversation {
  const packets = ofTraffic(decides, traffic);
  const { passing, dropped } = throughOther(replyRegion(packets), other);
  const requests = requestRegion(ofTraffic(decides, intersectTraffic(allOf(protocol), ALL_REPLIES)));
  const isCut = dropped.length > 0 && passing.length === 0 && admittingRules(requests, other.wide).length === 0;
  return { rule, role: "open", traffic, packets, passing, dropped, isCut };
}

function throughOther(
  counterpart: Region,
  { universe, wide }: DirectionView,
): Pick<Conversation, "passing" | "dropped"> {
  // Between two subnets of one list only packets that cross a border count.
  const packets = common(counterpart, universe);
  const admitting = admittingRules(packets, wide);
  return {
    passing: admitting.map(({ rule }) => rule),
    dropped: admitting.reduce((rest, { decides }) => difference(rest, decides), packets),
  };
}

function isOpen({ traffic }: FilterRule): boolean {
  return rolesOf(traffic).open.length > 0;
}
