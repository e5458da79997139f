/** Packets from one place to another and back, through the access lists of both, as far as they get. */
import type { AddressSet } from "../../net/address.ts";
import type { TrafficSet } from "../../net/traffic.ts";
import { shortList } from "../../source/words.ts";
import type { FilterRule, NetworkDirection, Subnet } from "../../vpc/model.ts";
import type { Region } from "../../vpc/rule-region.ts";
import type { AclView } from "./acl-view.ts";
import { admittedOf, droppersOf, type LegacyReading } from "./decisions.ts";
import { replyRegion } from "./reply-traffic.ts";
import type { VpcSurvey } from "./survey.ts";
import { aclText, ruleText } from "./wording.ts";

export interface Place {
  readonly addresses: AddressSet;
  /** The list of its subnet; undefined where it has none or where the list is not in the input. */
  readonly list: AclView | undefined;
}

/** Where everything ends. */
export interface Obstacle {
  readonly list: AclView;
  readonly direction: NetworkDirection;
  /** Whether requests passed and what ends here are their replies. */
  readonly isReply: boolean;
  /** The rules that drop it; none where no rule matches. */
  readonly by: readonly FilterRule[];
}

/** A subnet, or the addresses in it that are given. */
export function placeIn({ listOf }: VpcSurvey, subnet: Subnet, addresses: AddressSet = subnet.addresses): Place {
  return { addresses, list: listOf.get(subnet.id) };
}

/**
 * Where requests of the traffic, or all replies to them, are dropped; undefined where at least one packet comes there and back.
 * Four evaluations: out of one subnet, into the other, and the same for the replies. The places must not share a subnet.
 */
export function obstacleBetween(
  from: Place,
  to: Place,
  traffic: TrafficSet,
  reading: LegacyReading = "wide",
): Obstacle | undefined {
  const steps: readonly (readonly [AclView | undefined, NetworkDirection, boolean])[] = [
    [from.list, "outbound", false],
    [to.list, "inbound", false],
    [to.list, "outbound", true],
    [from.list, "inbound", true],
  ];
  let packets: Region = [{ source: from.addresses, destination: to.addresses, traffic }];
  let areReplies = false;
  for (const [list, direction, isReply] of steps) {
    if (isReply && !areReplies) packets = replyRegion(packets);
    areReplies = isReply;
    if (list === undefined) continue;
    const decisions = list[direction][reading];
    const passed = admittedOf(packets, decisions);
    if (passed.length === 0) return { list, direction, isReply, by: droppersOf(packets, decisions) };
    packets = passed;
  }
  return undefined;
}

/** `replies are dropped inbound by "deny-all-inbound" (acl.json:9)`. */
export function obstacleText({ list, direction, isReply, by }: Obstacle): string {
  const what = isReply ? "replies are" : "requests are";
  return by.length === 0
    ? `${what} dropped ${direction}, as no rule of ${aclText(list.acl)} matches them`
    : `${what} dropped ${direction} by ${shortList(by.map(ruleText))}`;
}

/** Two obstacles are one where the same rules drop in the same direction. */
export function obstacleKey({ list, direction, isReply, by }: Obstacle): string {
  return [list.acl.id, direction, isReply, ...by.map(({ origin }) => origin.path)].join(" ");
}
