/** What a Calico rule says of protocols, ICMP and ports, as traffic sets and conditions on ports. */
import type { Selector } from "../../../labels/selector.ts";
import type { Family } from "../../../net/address.ts";
import { unionOf } from "../../../net/intervals.ts";
import { ICMP, ICMPV6, protocolNumber } from "../../../net/protocol.ts";
import { ALL_TRAFFIC, allOf, box, intersectTraffic, subtractTraffic, type TrafficSet } from "../../../net/traffic.ts";
import type { CalicoIcmp, CalicoPort, CalicoProtocol, CalicoRule } from "../../../resources/calico-kinds.ts";
import type { PortChoice, PortCondition, ServiceName } from "../../model.ts";

/** The IP version a rule is about: what it says, else what the name of its protocol implies; a number implies nothing. */
export function ruleFamily({ ipVersion, protocol }: CalicoRule): Family | undefined {
  if (ipVersion !== undefined) return ipVersion;
  if (protocol?.kind !== "name") return undefined;
  return protocol.name === "ICMP" ? 4 : protocol.name === "ICMPv6" ? 6 : undefined;
}

/** Protocol and ICMP criteria, positive and negative. */
export function ruleTraffic(rule: CalicoRule): TrafficSet {
  const { protocol, notProtocol, icmp, notICMP } = rule;
  let traffic = protocol === undefined ? ALL_TRAFFIC : allOf(numberOf(protocol));
  if (notProtocol !== undefined) traffic = subtractTraffic(traffic, allOf(numberOf(notProtocol)));
  const kinds = protocol === undefined ? [ICMP, ICMPV6] : [numberOf(protocol)].filter(isIcmp);
  if (icmp !== undefined) traffic = intersectTraffic(traffic, messages(kinds, icmp));
  if (notICMP !== undefined) traffic = subtractTraffic(traffic, messages(kinds, notICMP));
  return traffic;
}

function isIcmp(protocol: number): boolean {
  return protocol === ICMP || protocol === ICMPV6;
}

function numberOf(protocol: CalicoProtocol): number {
  if (protocol.kind === "number") return protocol.number;
  const number = protocolNumber(protocol.name);
  if (number === undefined) throw new Error(`no protocol number for ${protocol.name}`);
  return number;
}

function messages(protocols: readonly number[], { type, code }: CalicoIcmp): TrafficSet {
  const range = (value: number | undefined): { start: number; end: number } =>
    value === undefined ? { start: 0, end: 256 } : { start: value, end: value + 1 };
  // Protocols stand apart, so their boxes make one canonical list.
  return protocols.flatMap((protocol) => box(protocol, [range(type)], [range(code)]));
}

/**
 * Ports of one side. `among` limits port names to the objects that the rule selects on that side. A list of numbers and
 * names holds if any of them does.
 */
export function portConditions(
  side: "source" | "destination",
  ports: readonly CalicoPort[],
  notPorts: readonly CalicoPort[],
  among: Selector | undefined,
  service: ServiceName | undefined,
): readonly PortCondition[] {
  const choices = (list: readonly CalicoPort[]): readonly PortChoice[] => portChoices(list, among);
  return [
    ...(ports.length === 0 ? [] : [{ side, negated: false, anyOf: choices(ports) }]),
    ...(notPorts.length === 0 ? [] : [{ side, negated: true, anyOf: choices(notPorts) }]),
    ...(service === undefined ? [] : [{ side, negated: false, anyOf: [{ kind: "service", service } as const] }]),
  ];
}

function portChoices(ports: readonly CalicoPort[], among: Selector | undefined): readonly PortChoice[] {
  const numbers = unionOf(
    ports.flatMap((port) => (port.kind === "range" ? [{ start: port.start, end: port.end + 1 }] : [])),
  );
  return [
    ...(numbers.length === 0 ? [] : [{ kind: "numbers", ports: numbers } as const]),
    ...ports.flatMap((port) =>
      port.kind === "named" ? [{ kind: "named", name: port.name, protocol: undefined, among } as const] : [],
    ),
  ];
}
