/** The rules of the gateway behind the router: all address translation of the VPC. Pure. */
import { addressText, ofFamily } from "../../net/address.ts";
import { union, unionOf } from "../../net/intervals.ts";
import { PRIVATE_ADDRESSES } from "../../vpc/areas.ts";
import { chain, type Lines } from "../ruleset-lines.ts";
import { setText } from "./acl-rules.ts";
import type { Network } from "./network.ts";
import { STRAY, tableText, TO_NOWHERE } from "./network-table.ts";

/** The gateway's interfaces towards the router and towards the outside. */
export const INNER_SIDE = "inner";
export const OUTER_SIDE = "outer";

/**
 * Replaces the gateway's table. Floating addresses are translated one to one, both ways and every packet by itself; public
 * gateways hide a subnet behind one address, so that nobody reaches in; the service network sees what the VPC shows it of
 * the zone.
 */
export function gatewayRules({ subnets, serviceNetworks }: Pick<Network, "subnets" | "serviceNetworks">): string {
  const hosts = subnets.flatMap((subnet) => subnet.hosts);
  const inside = ofFamily(unionOf(subnets.flatMap(({ subnet }) => subnet.addresses)), 4);
  const services = ofFamily(serviceNetworks, 4);
  const floating = hosts.flatMap(({ address, floating: own }) =>
    own === undefined ? [] : [{ inner: addressText(address), outer: addressText(own) }],
  );
  // Only the internet can send to addresses of the internet.
  const elsewhere = setText(union(ofFamily(PRIVATE_ADDRESSES, 4), services));
  const toServices = services.length === 0 ? [] : [`ip daddr ${setText(services)}`];
  return tableText([
    chain("entrance", "Nobody outside knows a way to private addresses; floating ones stand for some.", [
      "type filter hook prerouting priority raw; policy accept;",
      // Untracked, else what a host sends would be taken for an answer to it, and not be translated.
      ...(inside.length > 0
        ? [`iifname "${OUTER_SIDE}" ip daddr ${setText(inside)} ip dscp set ${STRAY} notrack accept`]
        : []),
      ...floating.flatMap(({ inner, outer }) => [
        `iifname "${OUTER_SIDE}" ip daddr ${outer} ip saddr ${elsewhere} ip dscp set ${STRAY}`,
        `iifname "${OUTER_SIDE}" ip daddr ${outer} ip daddr set ${inner} notrack accept`,
      ]),
      ...toServices.map((match) => `${match} accept`),
      ...floating.map(({ inner }) => `iifname "${INNER_SIDE}" ip saddr ${inner} notrack`),
    ]),
    chain("forward", "What is not translated on its way in would go back to where it came from.", [
      "type filter hook forward priority filter; policy accept;",
      `iifname "${OUTER_SIDE}" oifname "${OUTER_SIDE}" ${TO_NOWHERE}`,
    ]),
    chain("floating", "On their way out, untracked packets are of floating addresses.", [
      "type filter hook postrouting priority srcnat; policy accept;",
      ...floating.map(
        ({ inner, outer }) => `oifname "${OUTER_SIDE}" ct state untracked ip saddr ${inner} ip saddr set ${outer}`,
      ),
    ]),
    chain("postrouting", "Towards the service network its own sources, else public gateways.", [
      "type nat hook postrouting priority srcnat; policy accept;",
      `oifname != "${OUTER_SIDE}" accept`,
      ...toServices.map((match) => `${match} goto services`),
      ...sources({ subnets }, "gateway"),
    ]),
    chain("services", "What the service network sees of each zone.", sources({ subnets }, "serviceSource")),
  ]);
}

/** Subnets that appear under another address. */
function sources({ subnets }: Pick<Network, "subnets">, what: "gateway" | "serviceSource"): Lines {
  return subnets.flatMap((one) => {
    const address = one[what];
    if (address === undefined) return [];
    return [`ip saddr ${setText(ofFamily(one.subnet.addresses, 4))} snat to ${addressText(address)}`];
  });
}
