/** How findings about networks name things. */
import { addressSetText, type AddressSet, coversAddresses, IPV4 } from "../../net/address.ts";
import { type Interval, subtract } from "../../net/intervals.ts";
import { headerKind } from "../../net/protocol.ts";
import { type TrafficEntry, trafficEntries, trafficText } from "../../net/traffic-text.ts";
import { box, boxesOf, type TrafficSet, unionTraffic } from "../../net/traffic.ts";
import type { CodeName } from "../../source/codes.ts";
import { type Finding, finding } from "../../source/finding.ts";
import { lineText, type Origin } from "../../source/origin.ts";
import { shortList } from "../../source/words.ts";
import type { Acl, FilterRule, Subnet } from "../../vpc/model.ts";
import { type Box, merged, type Region } from "../../vpc/rule-region.ts";

/** A finding at an object of the input. */
export function findingAt(code: CodeName, origin: Origin, message: string, remedy: string): Finding {
  return finding(code, message, remedy, { position: origin, resource: origin.resource });
}

/** `"deny-all-inbound"`, or its place in the list where it has no name. */
export function ruleName({ name, origin }: FilterRule): string {
  return name === "" ? origin.path : `"${name}"`;
}

/** `"deny-all-inbound" (acl.json:12)`. */
export function ruleText(rule: FilterRule): string {
  return `${ruleName(rule)} (${lineText(rule.origin)})`;
}

export function rulesText(rules: readonly FilterRule[]): string {
  return shortList(rules.map(ruleText));
}

export function aclText({ name, id }: Pick<Acl, "name" | "id">): string {
  return `access list "${name === "" ? id : name}"`;
}

/** `subnet zone-1 (10.240.0.0/24)`. */
export function subnetText({ name, id, addresses }: Subnet): string {
  return `subnet ${name === "" ? id : name} (${addressesText(addresses)})`;
}

export function subnetsText(subnets: readonly Subnet[]): string {
  return shortList(subnets.map(subnetText));
}

/** `10.0.0.0/8`, `10.0.0.1, 10.0.0.7 and 3 more`, `0.0.0.0/0 but 10.0.0.0/8`. */
export function addressesText(addresses: AddressSet): string {
  if (addresses.length === 0) return "no address";
  const left = subtract([IPV4], addresses);
  const isMost = coversAddresses([IPV4], addresses) && left.length > 0 && sizeOf(left) < sizeOf(addresses);
  return isMost ? `0.0.0.0/0 but ${shortList(addressSetText(left))}` : shortList(addressSetText(addresses));
}

function sizeOf(addresses: AddressSet): bigint {
  return addresses.reduce((sum, { start, end }) => sum + end - start, 0n);
}

/** `TCP from 10.0.0.0/8 port 443 to 0.0.0.0/0 ports 1024-65535`, `TCP 80, ICMP from A to B`. */
export function boxText({ source, destination, traffic: exact }: Box): string {
  const traffic = withPortZero(exact);
  const entries = trafficEntries(traffic);
  const [from, to] = [addressesText(source), addressesText(destination)];
  if (entries.every(({ sourcePorts }) => sourcePorts === undefined))
    return `${trafficText(traffic)} from ${from} to ${to}`;
  return shortList(entries.map((entry) => entryText(entry, from, to)));
}

function entryText(entry: TrafficEntry, from: string, to: string): string {
  const { protocol, ports, sourcePorts, icmpType, icmpCode } = entry;
  const icmp = `${icmpType ? ` type ${icmpType.join(",")}` : ""}${icmpCode ? ` code ${icmpCode.join(",")}` : ""}`;
  return `${protocol.toUpperCase()}${icmp} from ${from}${portsText(sourcePorts)} to ${to}${portsText(ports)}`;
}

function portsText(ports: readonly string[] | undefined): string {
  if (ports === undefined) return "";
  const [first = ""] = ports;
  return ` ${ports.length === 1 && !first.includes("-") ? "port" : "ports"} ${ports.join(",")}`;
}

/** Exports write 1-65535 for any port, and nobody means to leave out port 0 by it. */
function withPortZero(traffic: TrafficSet): TrafficSet {
  const widened = ({ start, end }: Interval<number>): Interval<number> => ({
    start: start === 1 && end === 65_536 ? 0 : start,
    end,
  });
  return [...boxesOf(traffic)]
    .filter(({ protocols }) => headerKind(protocols.start) === "ports")
    .reduce(
      (all, { protocols, first, second }) =>
        unionTraffic(all, box(protocols.start, [widened(first)], [widened(second)])),
      traffic,
    );
}

/** The packets of a region, its first boxes spelled out. */
export function regionText(region: Region): string {
  return shortList(merged(region).map(boxText), 2);
}
