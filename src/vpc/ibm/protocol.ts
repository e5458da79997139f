/**
 * The protocol words of IBM Cloud VPC, of all versions of its API. Since December 2025 the word `all` is gone: what it said
 * in an allow rule is now called `icmp_tcp_udp`, and what it said in a deny rule is called `any`. Which word an export holds
 * depends on the version it was asked with, not on the age of the rule.
 */
import { ICMP, SCTP, TCP, UDP } from "../../net/protocol.ts";
import { ALL_TRAFFIC, allOf, NO_TRAFFIC, subtractTraffic, type TrafficSet, unionTraffic } from "../../net/traffic.ts";
import { suggestionFor } from "../../resources/schema/spelling.ts";
import { shown } from "../../resources/schema/syntax.ts";
import type { Told } from "./told.ts";

export type Action = "allow" | "deny";

export type Protocol =
  | { readonly kind: "ports"; readonly number: number }
  | { readonly kind: "icmp" }
  /** Nothing but the protocol can be asked for. */
  | { readonly kind: "whole"; readonly traffic: TrafficSet; readonly legacyTraffic: TrafficSet };

/** Protocols with a word of their own beside tcp, udp and icmp. */
const NAMED: ReadonlyMap<string, number> = new Map([
  ["ah", 51],
  ["esp", 50],
  ["gre", 47],
  ["ip_in_ip", 4],
  ["l2tp", 115],
  ["rsvp", 46],
  ["sctp", SCTP],
  ["vrrp", 112],
]);

const ALL_NAMED: ReadonlyMap<string, number> = new Map([["tcp", TCP], ["udp", UDP], ["icmp", ICMP], ...NAMED]);

/** Numbers that mean something in IPv6 only, which a VPC does not carry. */
const IPV6_ONLY: ReadonlySet<number> = new Set([0, 43, 44, 58, 59, 60, 135]);

const THREE = [ICMP, TCP, UDP].map(allOf).reduce(unionTraffic);

/** The three protocols for certain; whether the platform lets others pass with them is not known. */
const LEGACY_ALL: Protocol = { kind: "whole", traffic: THREE, legacyTraffic: subtractTraffic(ALL_TRAFFIC, THREE) };
const ANY: Protocol = { kind: "whole", traffic: ALL_TRAFFIC, legacyTraffic: NO_TRAFFIC };

/** What a word means in a rule with this action. Reports a word that means nothing, and gives undefined. */
export function protocolOf(told: Told<string>, action: Action): Protocol | undefined {
  const { value, at } = told;
  switch (value) {
    case "tcp":
      return { kind: "ports", number: TCP };
    case "udp":
      return { kind: "ports", number: UDP };
    case "icmp":
      return { kind: "icmp" };
    case "any":
      return ANY;
    case "all":
      return action === "allow" ? LEGACY_ALL : ANY;
    case "icmp_tcp_udp":
      if (action === "allow") return LEGACY_ALL;
      at.report(
        "PC114",
        "icmp_tcp_udp can be allowed and not denied",
        "write any, or one rule each for icmp, tcp and udp",
      );
      return undefined;
    default: {
      const named = NAMED.get(value);
      return named === undefined ? numberedProtocol(told) : whole(named);
    }
  }
}

function whole(number: number): Protocol {
  return { kind: "whole", traffic: allOf(number), legacyTraffic: NO_TRAFFIC };
}

function numberedProtocol({ value, at }: Told<string>): Protocol | undefined {
  const digits = /^number_(0|[1-9]\d{0,2})$/.exec(value)?.[1];
  const number = Number(digits);
  if (digits === undefined || number > 255) {
    const words = [...ALL_NAMED.keys(), "icmp_tcp_udp", "any", "all"];
    const suggestion = suggestionFor(value, words);
    const remedy =
      suggestion === undefined ? `write ${words.join(", ")}, or number_N with N up to 255` : `write ${suggestion.word}`;
    at.report("PC112", `${shown(value)} is not a protocol`, remedy);
    return undefined;
  }
  const name = [...ALL_NAMED].find(([, named]) => named === number)?.[0];
  if (name !== undefined) {
    at.report("PC112", `protocol ${number} has a name, so ${shown(value)} is not valid`, `write ${name}`);
    return undefined;
  }
  if (IPV6_ONLY.has(number)) {
    at.report("PC204", `protocol ${number} belongs to IPv6, which a VPC does not carry`, "remove the rule");
  }
  return whole(number);
}
