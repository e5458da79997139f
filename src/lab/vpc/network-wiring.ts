/**
 * Links, addresses and routes of a VPC lab as lines of `ip -batch`. A subnet is a bridge on the router: what stays within
 * it is bridged and never routed. Hosts send by a routing table that only marked packets see, so that their own stacks, which
 * know nothing of crafted packets, keep silent: no reset, no ICMP error has a way out.
 */
import { type Address, addressText, cidrsOf, ofFamily } from "../../net/address.ts";
import { bear, type Commands, GATEWAY, host, INNER, link, neighbour, OUTER, routeBy } from "../ip-commands.ts";
import { INNER_SIDE, OUTER_SIDE } from "./gateway-rules.ts";
import type { Network } from "./network.ts";
import { NOWHERE, type RoutedSubnet } from "./router-rules.ts";

/** A host in its namespace. */
export interface WiredHost {
  readonly namespace: string;
  readonly address: Address;
  readonly floating: Address | undefined;
  /** The name of the link's other end, on the router. */
  readonly port: string;
  readonly hardware: string;
}

/** A subnet, its bridge on the router, and its hosts. */
export interface WiredSubnet extends RoutedSubnet {
  readonly wired: readonly WiredHost[];
}

/** The namespaces beside the hosts'. */
export interface NetworkNamespaces {
  readonly router: string;
  readonly gateway: string;
  readonly outside: string;
}

/** The mark of crafted packets, and the number of the routing table that they see. */
export const PACKET_MARK = 4477;

const HOST_LINK = "eth0";
const UPLINK = "uplink";
const EVERYTHING = "0.0.0.0/0";

export function networkLinks(
  subnets: readonly WiredSubnet[],
  { router, gateway, outside }: NetworkNamespaces,
): readonly string[] {
  return [
    link(router, UPLINK, gateway, INNER_SIDE),
    link(gateway, OUTER_SIDE, outside, HOST_LINK),
    ...subnets.flatMap(({ wired }) =>
      wired.map(({ namespace, port, hardware }) => link(namespace, HOST_LINK, router, port, hardware)),
    ),
  ];
}

/** A host reaches its neighbours directly, and everything else by the router. */
export function hostCommands({ namespace, address }: WiredHost, { subnet, wired }: WiredSubnet): Commands {
  const others = wired.filter((one) => one.address !== address);
  return {
    namespace,
    routes: false,
    commands: [
      "link set lo up",
      `link set ${HOST_LINK} up`,
      bear(address, HOST_LINK),
      neighbour(GATEWAY[4], OUTER, HOST_LINK),
      ...others.map((one) => neighbour(addressText(one.address), one.hardware, HOST_LINK)),
      ...forMarked([
        ...cidrsOf(ofFamily(subnet.addresses, 4)).map((cidr) => `route add ${cidr} dev ${HOST_LINK}`),
        routeBy(EVERYTHING, 4, HOST_LINK),
      ]),
    ],
  };
}

/** The routes, in a table for marked packets only. */
function forMarked(routes: readonly string[]): readonly string[] {
  return [
    `rule add pref 100 fwmark ${PACKET_MARK} lookup ${PACKET_MARK}`,
    ...routes.map((route) => `${route} table ${PACKET_MARK}`),
  ];
}

/** Tables of the router: what hosts with a gateway or a floating address see beside the subnets, and what all others see. */
const INTERNET = 100;
const REST = 101;

/**
 * The router knows subnets and service networks for everybody; the internet only for those that have a way to it. What is
 * left goes to a link that leads nowhere, so that it can be noted before it is refused.
 */
export function routerCommands(
  subnets: readonly WiredSubnet[],
  { serviceNetworks }: Network,
  { router }: NetworkNamespaces,
): Commands {
  const internet = subnets.flatMap(({ device, gateway, wired }) =>
    gateway === undefined
      ? wired.filter(({ floating }) => floating !== undefined).map((one) => `from ${host(one.address)} iif ${device}`)
      : [`iif ${device}`],
  );
  return {
    namespace: router,
    routes: true,
    commands: [
      "link set lo up",
      `link set ${UPLINK} up`,
      neighbour(GATEWAY[4], OUTER, UPLINK),
      `link add name ${NOWHERE} type bridge`,
      `link set ${NOWHERE} up`,
      ...subnets.flatMap(bridgeCommands),
      ...cidrsOf(ofFamily(serviceNetworks, 4)).map((cidr) => routeBy(cidr, 4, UPLINK)),
      `${routeBy(EVERYTHING, 4, UPLINK)} table ${INTERNET}`,
      `route add ${EVERYTHING} dev ${NOWHERE} table ${REST}`,
      // Behind the main table, which has no default route. The router's own errors know every way.
      ...["iif lo", ...internet].map((selector) => `rule add pref 40000 ${selector} lookup ${INTERNET}`),
      `rule add pref 40001 lookup ${REST}`,
    ],
  };
}

function bridgeCommands({ device, subnet, wired }: WiredSubnet): readonly string[] {
  return [
    `link add name ${device} address ${OUTER} type bridge mcast_snooping 0`,
    `link set ${device} up`,
    ...cidrsOf(ofFamily(subnet.addresses, 4)).map((cidr) => `route add ${cidr} dev ${device}`),
    ...wired.flatMap(({ address, port, hardware }) => [
      `link set ${port} master ${device} up`,
      neighbour(addressText(address), hardware, device),
    ]),
  ];
}

export function gatewayCommands(subnets: readonly WiredSubnet[], { gateway }: NetworkNamespaces): Commands {
  return {
    namespace: gateway,
    routes: true,
    commands: [
      "link set lo up",
      `link set ${INNER_SIDE} up`,
      `link set ${OUTER_SIDE} up`,
      neighbour(GATEWAY[4], INNER, INNER_SIDE),
      neighbour(GATEWAY[4], OUTER, OUTER_SIDE),
      ...subnets.flatMap(({ subnet }) =>
        cidrsOf(ofFamily(subnet.addresses, 4)).map((cidr) => routeBy(cidr, 4, INNER_SIDE)),
      ),
      routeBy(EVERYTHING, 4, OUTER_SIDE),
    ],
  };
}

/** Everybody outside, the provider's services among them, at one place. */
export function outsideCommands({ outside: addresses }: Network, { outside }: NetworkNamespaces): Commands {
  return {
    namespace: outside,
    routes: false,
    commands: [
      "link set lo up",
      `link set ${HOST_LINK} up`,
      ...addresses.map((address) => bear(address, "lo")),
      neighbour(GATEWAY[4], INNER, HOST_LINK),
      ...forMarked([routeBy(EVERYTHING, 4, HOST_LINK)]),
    ],
  };
}
