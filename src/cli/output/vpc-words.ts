/** Wording for the networks around a cluster. */
import { addressSetText, type AddressSet } from "../../net/address.ts";
import { isNoTraffic, type TrafficSet } from "../../net/traffic.ts";
import { trafficText } from "../../net/traffic-text.ts";
import type { VpcInventory } from "../../vpc/model.ts";

/** How many rules may match more than they say for certain. */
export function legacyRules({ acls, groups }: Pick<VpcInventory, "acls" | "groups">): number {
  const rules = [...acls, ...groups].flatMap((list): readonly { readonly legacyTraffic: TrafficSet }[] => list.rules);
  return rules.filter(({ legacyTraffic }) => !isNoTraffic(legacyTraffic)).length;
}

/** `TCP 443`; with `(other protocols: not known)` where that is so. */
export function matchText({ traffic, legacyTraffic }: { traffic: TrafficSet; legacyTraffic: TrafficSet }): string {
  return isNoTraffic(legacyTraffic) ? trafficText(traffic) : `${trafficText(traffic)} (others: not known)`;
}

/** `any` for every IPv4 address, else the ranges. */
export function rangesText(set: AddressSet): string {
  const texts = addressSetText(set);
  if (texts.length === 0) return "none";
  return texts.length === 1 && texts[0] === "0.0.0.0/0" ? "any" : texts.join(", ");
}
