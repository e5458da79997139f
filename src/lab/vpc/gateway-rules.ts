/** The rules of the gateway behind the router: all address translation of the VPC. */
import { chain, type Lines } from "../ruleset-lines.ts";
import { addressText, ofFamily } from "../../net/address.ts";
import { unionOf } from "../../net/intervals.ts";
import { setText } from "./acl-rules.ts";
import type { Network, NetworkHost } from "./network.ts";
import { STRAY, tableText, TO_NOWHERE } from "./network-table.ts";

/** The gateway's interfaces towards the router and towards the outside. */
export const INNER_SIDE = "inner";
export const OUTER_SIDE = "outer";

/**
 * Replaces the gateway's table. Floating addresses are translated one to one and both ways; public gateways hide a subnet
 * behind one address, so that nobody reaches in; the service network sees what the VPC shows it of the zone.
 */
export function gatewayRules({ subnets, serviceNetworks }: Pick<Network, "subnets" | "serviceNetworks">): string {
  const hosts = subnets.flatMap((subnet) => subnet.hosts);
  const inside = ofFamily(unionOf(subnets.flatMap(({ subnet }) => subnet.addresses)), 4);
  const services = ofFamily(serviceNetworks, 4);
  return tableText([
    ...(inside.length > 0
      ? [
          chain("entrance", "Nobody outside knows a way to private addresses.", [
            "type filter hook prerouting priority raw; policy accept;",
            // Untracked, else what a host sends would be taken for an answer to it, and not be translated.
            `iifname "${OUTER_SIDE}" ip daddr ${setText(inside)} ip dscp set ${STRAY} notrack`,
          ]),
        ]
      : []),
    chain("forward", "What is not translated on its way in would go back to where it came from.", [
      "type filter hook forward priority filter; policy accept;",
      `iifname "${OUTER_SIDE}" oifname "${OUTER_SIDE}" ${TO_NOWHERE}`,
    ]),
    chain("prerouting", "Floating addresses, in, for the internet: the service network begins nothing.", [
      "type nat hook prerouting priority dstnat; policy accept;",
      ...(services.length === 0 ? [] : [`iifname "${OUTER_SIDE}" ip saddr ${setText(services)} accept`]),
      ...translation(hosts, (pairs) => `iifname "${OUTER_SIDE}" dnat to ip daddr map ${pairs}`, "in"),
    ]),
    chain(
      "postrouting",
      "Towards the service network its own sources, else floating addresses, else public gateways.",
      [
        "type nat hook postrouting priority srcnat; policy accept;",
        `oifname != "${OUTER_SIDE}" accept`,
        ...(services.length === 0 ? [] : [`ip daddr ${setText(services)} goto services`]),
        ...translation(hosts, (pairs) => `snat to ip saddr map ${pairs}`, "out"),
        ...sources({ subnets }, "gateway"),
      ],
    ),
    chain("services", "What the service network sees of each zone.", sources({ subnets }, "serviceSource")),
  ]);
}

function translation(hosts: readonly NetworkHost[], rule: (pairs: string) => string, direction: "in" | "out"): Lines {
  const pairs = hosts.flatMap(({ address, floating }) => {
    if (floating === undefined) return [];
    const [from, to] = direction === "in" ? [floating, address] : [address, floating];
    return [`${addressText(from)} : ${addressText(to)}`];
  });
  return pairs.length === 0 ? [] : [rule(`{ ${pairs.join(", ")} }`)];
}

/** Subnets that appear under another address. */
function sources({ subnets }: Pick<Network, "subnets">, what: "gateway" | "serviceSource"): Lines {
  return subnets.flatMap((one) => {
    const address = one[what];
    if (address === undefined) return [];
    return [`ip saddr ${setText(ofFamily(one.subnet.addresses, 4))} snat to ${addressText(address)}`];
  });
}
