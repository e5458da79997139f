/** What a rule wants of protocol and ports, and what a packet has instead. */
import { podText } from "../cluster/endpoint.ts";
import { portsNamed } from "../cluster/service.ts";
import { headerKind, protocolText } from "../net/protocol.ts";
import { ALL_TRAFFIC, equalTraffic, intersectTraffic, toPorts, type TrafficPoint } from "../net/traffic.ts";
import { pointText, trafficText } from "../net/traffic-text.ts";
import { type End, familyOfEnd } from "../path/end.ts";
import type { PortChoice, PortCondition, Rule, TrafficMatch } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import { matchTraffic } from "./match.ts";
import type { Unmet } from "./unmet.ts";
import { shortList } from "./unmet-peer.ts";

/** Empty when the rule's traffic holds the packet. */
export function unmetTraffic(
  situation: Situation,
  rule: Rule,
  from: End,
  to: End,
  point: TrafficPoint,
): readonly Unmet[] {
  const base = { part: "traffic", has: pointText(point), correction: undefined } as const;
  if (rule.family !== undefined && rule.family !== familyOfEnd(to)) {
    const wants = `IPv${rule.family}`;
    return [{ ...base, wants, has: `IPv${familyOfEnd(to)}`, note: undefined, origin: rule.origin, distance: 2 }];
  }
  const alternatives = rule.traffic ?? [];
  const [first] = alternatives;
  if (first === undefined) return [];
  if (alternatives.some((match) => matchTraffic(situation, match, from, to, point).holds !== false)) return [];
  const wants = shortList(alternatives.map(wantsText));
  if (headerKind(point.protocol) !== "ports") {
    const note = "a rule with ports admits only TCP, UDP and SCTP";
    return [{ ...base, wants, note: hasPorts(alternatives) ? note : undefined, origin: first.origin, distance: 2 }];
  }
  const note = alternatives
    .flatMap(({ conditions }) => conditions)
    .map((condition) => namedPortNote(condition, condition.side === "source" ? from : to))
    .find((text) => text !== undefined);
  return [{ ...base, wants, note, origin: first.origin, distance: 1 }];
}

function hasPorts(alternatives: readonly TrafficMatch[]): boolean {
  return alternatives.every(({ within, conditions }) => conditions.length > 0 || !trafficText(within).includes("icmp"));
}

function wantsText({ within, conditions }: TrafficMatch): string {
  if (conditions.length === 0) return trafficText(within);
  const [first] = conditions;
  const numbers = first?.anyOf[0];
  // The common case, one list of numbers, reads as the ports of the protocol.
  if (conditions.length === 1 && first?.side === "destination" && !first.negated && numbers?.kind === "numbers") {
    const protocols = [...new Set(within.flatMap(({ start, end }) => (end - start === 1 ? [start] : [])))];
    const [protocol] = protocols;
    if (first.anyOf.length === 1 && protocols.length === 1 && protocol !== undefined) {
      return trafficText(intersectTraffic(within, toPorts(protocol, numbers.ports)));
    }
  }
  const asked = conditions.map(conditionText).join(" and ");
  return equalTraffic(within, ALL_TRAFFIC) ? asked : `${trafficText(within)} with ${asked}`;
}

function conditionText({ side, negated, anyOf }: PortCondition): string {
  return `${negated ? "no " : ""}${side} port ${anyOf.map(choiceText).join(" or ")}`;
}

function choiceText(choice: PortChoice): string {
  switch (choice.kind) {
    case "numbers":
      return choice.ports.map(({ start, end }) => (end - start === 1 ? `${start}` : `${start}-${end - 1}`)).join(",");
    case "named":
      return `"${choice.name}"`;
    case "service":
      return `of ${choice.service.namespace}/svc/${choice.service.name}`;
  }
}

function namedPortNote({ anyOf, negated }: PortCondition, end: End): string | undefined {
  const named = anyOf.find((choice) => choice.kind === "named");
  if (named === undefined || named.kind !== "named" || negated) return undefined;
  if (end.kind !== "pod") return `port names such as "${named.name}" mean nothing towards an address`;
  const numbers =
    named.protocol === undefined
      ? end.pod.ports.filter(({ name }) => name === named.name).map(({ port }) => port)
      : portsNamed(end.pod.ports, named.name, named.protocol);
  const protocol = named.protocol === undefined ? "" : `${protocolText(named.protocol)} `;
  return numbers.length === 0
    ? `${podText(end.pod)} names no ${protocol}port "${named.name}"`
    : `"${named.name}" is ${numbers.join(" and ")} at ${podText(end.pod)}`;
}
