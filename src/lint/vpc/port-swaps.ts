/** Rules whose source and destination ports look exchanged, guessed from what the ports are for and what the rule lacks. */
import { covers, overlaps } from "../../net/intervals.ts";
import { headerKind } from "../../net/protocol.ts";
import { boxesOf, intersectTraffic } from "../../net/traffic.ts";
import type { FilterRule } from "../../vpc/model.ts";
import { remoteSide } from "./acl-view.ts";
import type { Conversation } from "./conversations.ts";
import { joinsServicePorts, NODE_PORTS } from "./reply-traffic.ts";
import type { SurveyedAcl } from "./survey.ts";

export type PortSwap =
  /** TCP from a service's port to a service's port. */
  | { readonly kind: "service ports on both sides"; readonly rule: FilterRule }
  /** Admits replies from node ports, and nothing can ask these ports. */
  | { readonly kind: "node ports as source"; readonly rule: FilterRule }
  /** Both rules admit requests and no replies, or both replies and no requests: one of them was to be the other half. */
  | {
      readonly kind: "same half twice";
      readonly role: "asking" | "answering";
      readonly rule: FilterRule;
      readonly other: FilterRule;
    };

/** O(rules without counterpart^2). */
export function portSwaps({ acl, conversations }: SurveyedAcl): readonly PortSwap[] {
  const fixed = acl.rules.filter(({ traffic }) => joinsServicePorts(traffic));
  const cut = conversations.filter(
    ({ rule, isCut, role, traffic }) => isCut && role !== "open" && hasPorts(traffic) && !fixed.includes(rule),
  );
  const inbound = cut.filter(({ rule }) => rule.direction === "inbound");
  const outbound = cut.filter(({ rule }) => rule.direction === "outbound");
  const twice = inbound.flatMap((one): readonly PortSwap[] => {
    const other = outbound.find((candidate) => isSameHalf(one, candidate));
    if (other === undefined || one.role === "open") return [];
    return [{ kind: "same half twice", role: one.role, rule: one.rule, other: other.rule }];
  });
  const told = swappedRules(twice);
  const nodePorts = inbound.filter(
    ({ rule, role, traffic }) => role === "answering" && !told.has(rule) && comesFromNodePorts(traffic),
  );
  return [
    ...fixed.map((rule) => ({ kind: "service ports on both sides", rule }) as const),
    ...twice,
    ...nodePorts.map(({ rule }) => ({ kind: "node ports as source", rule }) as const),
  ];
}

/** Every rule that a swap is about. */
export function swappedRules(swaps: readonly PortSwap[]): ReadonlySet<FilterRule> {
  return new Set(swaps.flatMap((swap) => (swap.kind === "same half twice" ? [swap.rule, swap.other] : [swap.rule])));
}

function isSameHalf(one: Conversation, other: Conversation): boolean {
  return (
    one.role === other.role &&
    overlaps(remoteSide(one.rule), remoteSide(other.rule)) &&
    intersectTraffic(one.traffic, other.traffic).length > 0
  );
}

function hasPorts(traffic: Conversation["traffic"]): boolean {
  return [...boxesOf(traffic)].every(({ protocols }) => headerKind(protocols.start) === "ports");
}

function comesFromNodePorts(traffic: Conversation["traffic"]): boolean {
  return [...boxesOf(traffic)].every(({ first }) => covers(NODE_PORTS, [first]));
}
