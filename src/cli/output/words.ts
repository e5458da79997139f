/** Small pieces of wording that several outputs share. */
import { isTemplate } from "../../cluster/endpoint.ts";
import {
  type Address,
  type AddressSet,
  addressText,
  containsAddress,
  isAddressError,
  parseAddress,
} from "../../net/address.ts";
import type { TrafficSet } from "../../net/traffic.ts";
import { trafficText } from "../../net/traffic-text.ts";
import { type End, endText } from "../../path/end.ts";
import type { VerdictKind } from "../../verdict/verdict.ts";
import type { Style } from "./lines.ts";

/** `1 pod`, `3 pods`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** The first few items, and how many more there are. */
export function shortList(items: readonly string[], limit = 3): string {
  return items.length <= limit + 1
    ? items.join(", ")
    : `${items.slice(0, limit).join(", ")} and ${items.length - limit} more`;
}

/** `TCP 80,443, UDP 53`: traffic with protocols as people write them. */
export function trafficWords(traffic: TrafficSet): string {
  return trafficText(traffic)
    .replaceAll(/\b(tcp|udp|sctp|icmp|dccp|gre|esp|ah|udplite)\b/g, (name) => name.toUpperCase())
    .replaceAll(/\bicmpv6\b/g, "ICMPv6");
}

/** An end as text; of several address ranges an address in them, as in the example that is told. */
export function endWords(end: End): string {
  return end.kind === "outside" && end.where.length > 1 ? exampleText(end) : endText(end);
}

/** An end without its namespace, for places where the reader knows it: `frontend`, `node/worker-1`, `10.0.0.1`. */
export function shortName(end: End): string {
  if (end.kind !== "pod") return endWords(end);
  return isTemplate(end.pod) ? end.pod.workload.name : end.pod.name;
}

/** Addresses for examples: RFC 5737 and RFC 3849. */
const EXAMPLES: readonly Address[] = ["203.0.113.1", "2001:db8::1"].flatMap((text) => {
  const address = parseAddress(text);
  return isAddressError(address) ? [] : [address];
});

/** One end that stands for all of it: an address where it is a range. */
export function exampleText(end: End): string {
  return end.kind === "outside" ? addressText(exampleAddress(end.where)) : endText(end);
}

/** An address of a set that is not empty; one that is reserved for examples where it holds any. */
export function exampleAddress(where: AddressSet): Address {
  const known = EXAMPLES.find((address) => containsAddress(where, address));
  if (known !== undefined) return known;
  const [first] = where;
  if (first === undefined) throw new Error("there is no address to choose from");
  return first.end - first.start > 2n ? first.start + 1n : first.start;
}

export const VERDICT_STYLES: Readonly<Record<VerdictKind, Style>> = {
  allowed: "good",
  denied: "bad",
  "one-way": "bad",
  partial: "unsure",
  "no-route": "bad",
  undecided: "unsure",
};

/** `DENIED`, `NO ROUTE`. */
export function verdictWord(verdict: VerdictKind): string {
  return verdict.replaceAll("-", " ").toUpperCase();
}
