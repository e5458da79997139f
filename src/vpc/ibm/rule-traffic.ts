/** What a rule of an access list or of a group matches, from its words. */
import { ICMP } from "../../net/protocol.ts";
import { allOf, box, fieldRange, NO_TRAFFIC, type TrafficSet } from "../../net/traffic.ts";
import { type Action, type Protocol, protocolOf } from "./protocol.ts";
import type { Told } from "./told.ts";

/** First and last port. */
export type PortRange = readonly [number, number];

export interface RuleWords {
  readonly action: Action;
  readonly protocol: Told<string>;
  /** Undefined: not restricted. */
  readonly sourcePorts: Told<PortRange> | undefined;
  readonly ports: Told<PortRange> | undefined;
  readonly icmpType: Told<number> | undefined;
  readonly icmpCode: Told<number> | undefined;
}

export interface RuleTraffic {
  readonly traffic: TrafficSet;
  readonly legacyTraffic: TrafficSet;
}

const NOTHING: RuleTraffic = { traffic: NO_TRAFFIC, legacyTraffic: NO_TRAFFIC };

/** Reports what does not fit together; the result is then not to be used. */
export function ruleTraffic(words: RuleWords): RuleTraffic {
  const protocol = protocolOf(words.protocol, words.action);
  if (protocol === undefined) return NOTHING;
  refuseStrangers(protocol, words);
  switch (protocol.kind) {
    case "whole":
      return { traffic: protocol.traffic, legacyTraffic: protocol.legacyTraffic };
    case "ports":
      return { ...NOTHING, traffic: portTraffic(protocol.number, words) };
    case "icmp":
      return { ...NOTHING, traffic: icmpTraffic(words) };
  }
}

function refuseStrangers({ kind }: Protocol, words: RuleWords): void {
  const { protocol, sourcePorts, ports, icmpType, icmpCode } = words;
  const strangers = [
    ...(kind === "ports" ? [] : [sourcePorts, ports].map((told) => ({ told, what: "ports" }))),
    ...(kind === "icmp" ? [] : [icmpType, icmpCode].map((told) => ({ told, what: "ICMP types" }))),
  ];
  for (const { told, what } of strangers) {
    told?.at.report("PC114", `${what} stand in a rule of protocol ${protocol.value}, which has none`, "remove them");
  }
}

function portTraffic(protocol: number, { sourcePorts, ports }: RuleWords): TrafficSet {
  if (sourcePorts === undefined && ports === undefined) return allOf(protocol);
  return box(protocol, [intervalOf(protocol, sourcePorts)], [intervalOf(protocol, ports)]);
}

/** A pair that is left out does not restrict; one that is written does not hold port 0. */
function intervalOf(protocol: number, told: Told<PortRange> | undefined): { start: number; end: number } {
  if (told === undefined) return fieldRange(protocol);
  const [first, last] = told.value;
  return { start: first, end: last + 1 };
}

function icmpTraffic({ icmpType, icmpCode }: RuleWords): TrafficSet {
  if (icmpType === undefined) {
    icmpCode?.at.report("PC114", "an ICMP code stands without a type", "write the type too, or remove the code");
    return allOf(ICMP);
  }
  const code = icmpCode === undefined ? fieldRange(ICMP) : { start: icmpCode.value, end: icmpCode.value + 1 };
  return box(ICMP, [{ start: icmpType.value, end: icmpType.value + 1 }], [code]);
}
