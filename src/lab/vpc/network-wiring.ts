/**
 * Links, addresses and routes of networks as lines of `ip -batch`. A subnet is a bridge on the router: what stays within it is
 * bridged and never routed. What lies behind the router is reached by way of the gateway.
 */
import { type Address, addressText, type AddressSet, cidrsOf, coversAddresses, ofFamily } from "../../net/address.ts";
import { subtract, unionOf } from "../../net/intervals.ts";
import { PRIVATE_ADDRESSES } from "../../vpc/areas.ts";
import type { Route } from "../../vpc/model.ts";
import { UNROUTABLE } from "../address-pool.ts";
import { bear, GATEWAY, host, INNER, link, neighbour, OUTER, routeBy } from "../ip-commands.ts";
import type { Commands } from "../namespace-setup.ts";
import { INNER_SIDE, OUTER_SIDE } from "./gateway-rules.ts";
import type { Network, NetworkHost } from "./network.ts";
import { NOWHERE, type RoutedSubnet } from "./router-rules.ts";

/** A namespace that is attached to a subnet. */
export interface WiredHost {
  readonly namespace: string;
  /** The name of its link to the subnet. */
  readonly link: string;
  /** The name of that link's other end, on the router. */
  readonly port: string;
  readonly hardware: string;
  readonly addresses: readonly NetworkHost[];
}

/** A subnet, its bridge on the router, and what is attached to it. */
export interface WiredSubnet extends RoutedSubnet {
  readonly wired: readonly WiredHost[];
}

/** The namespaces between the hosts' and the outside. */
export interface NetworkNamespaces {
  readonly router: string;
  readonly gateway: string;
}

/** The link of a namespace that has only one. */
export const ONLY_LINK = "eth0";
const UPLINK = "uplink";
const EVERYTHING = "0.0.0.0/0";

/** The hardware address of a host by its number, no two of which are alike in one subnet. */
export function hardwareOf(number: number): string {
  const octet = (value: number): string => value.toString(16).padStart(2, "0");
  return `02:00:00:01:${octet(number >> 8)}:${octet(number & 255)}`;
}

export function networkLinks(
  subnets: readonly WiredSubnet[],
  { router, gateway }: NetworkNamespaces,
  outside: string,
): readonly string[] {
  return [
    link(router, UPLINK, gateway, INNER_SIDE),
    link(gateway, OUTER_SIDE, outside, ONLY_LINK),
    ...subnets.flatMap(({ wired }) =>
      wired.map((one) => link(one.namespace, one.link, router, one.port, one.hardware)),
    ),
  ];
}

/** What makes a host reach its neighbours directly; everything else goes by the router, whose hardware address it knows. */
export function neighbourCommands(own: WiredHost, { wired }: WiredSubnet): readonly string[] {
  const others = wired.filter(({ port }) => port !== own.port);
  return [
    neighbour(GATEWAY[4], OUTER, own.link),
    ...others.flatMap(({ addresses, hardware }) =>
      addresses.map(({ address }) => neighbour(addressText(address), hardware, own.link)),
    ),
  ];
}

/** The routes of a host: to its subnet, and to everything. */
export function hostRoutes({ link: device }: WiredHost, { subnet }: WiredSubnet): readonly string[] {
  return [
    ...blocksOf(subnet.addresses).map((cidr) => `route add ${cidr} dev ${device}`),
    routeBy(EVERYTHING, 4, device),
  ];
}

export function blocksOf(addresses: AddressSet): readonly string[] {
  return cidrsOf(ofFamily(addresses, 4));
}

/** Tables of the router: its own routes for the zone of a subnet; the ways to service networks and internet; what is left. */
const CUSTOM = 1000;
const SERVICES = 99;
const INTERNET = 100;
const REST = 101;

/** What errors of the router come from, RFC 7600. */
const ROUTER_ADDRESS = 0xc0000008n;

/**
 * The router knows subnets for everybody, custom routes for those they are made for, service networks for addresses of the
 * subnets, and the internet for those of them that have a way to it. What is left goes to a link that leads nowhere, so that it can be noted before it is
 * refused; so do `strangers`, addresses that only others know.
 */
export function routerCommands(
  subnets: readonly WiredSubnet[],
  { serviceNetworks }: Network,
  { router }: NetworkNamespaces,
  strangers: readonly Address[] = [],
): Commands {
  const nowhere = subtract(ofFamily(PRIVATE_ADDRESSES, 4), UNROUTABLE);
  return {
    namespace: router,
    routes: true,
    commands: [
      "link set lo up",
      bear(ROUTER_ADDRESS, "lo"),
      `link set ${UPLINK} up`,
      neighbour(GATEWAY[4], OUTER, UPLINK),
      `link add name ${NOWHERE} type bridge`,
      `link set ${NOWHERE} up`,
      ...subnets.flatMap(bridgeCommands),
      ...[...cidrsOf(nowhere), ...strangers.map(host)].map((block) => `route add ${block} dev ${NOWHERE}`),
      ...blocksOf(serviceNetworks).map((cidr) => `${routeBy(cidr, 4, UPLINK)} table ${SERVICES}`),
      ...subnets.flatMap((one, i) => customRoutes(one, subnets, CUSTOM + i)),
      `${routeBy(EVERYTHING, 4, UPLINK)} table ${INTERNET}`,
      `route add ${EVERYTHING} dev ${NOWHERE} table ${REST}`,
      // Behind the main table, which has no default route. The router's own errors know every way.
      ...subnets
        .flatMap(({ subnet, device }) => blocksOf(subnet.addresses).map((cidr) => `from ${cidr} iif ${device}`))
        .map((selector) => `rule add pref 40000 ${selector} lookup ${SERVICES}`),
      ...["iif lo", ...subnets.flatMap(internetSelectors)].map(
        (selector) => `rule add pref 40001 ${selector} lookup ${INTERNET}`,
      ),
      `rule add pref 40002 lookup ${REST}`,
    ],
  };
}

/** What of a subnet's packets has a way to the internet. */
function internetSelectors({ device, subnet, gateway, hosts }: WiredSubnet): readonly string[] {
  const sources =
    gateway === undefined
      ? hosts.filter(({ floating }) => floating !== undefined).map(({ address }) => host(address))
      : blocksOf(subnet.addresses);
  return sources.map((source) => `from ${source} iif ${device}`);
}

/** The routes of a subnet's own table, which come before the system's. A later line replaces an earlier one of its block. */
function customRoutes(one: WiredSubnet, subnets: readonly WiredSubnet[], table: number): readonly string[] {
  if (one.routes.length === 0) return [];
  const own = subnets.filter(({ subnet }) => subnet.vpc === one.subnet.vpc).map(({ subnet }) => subnet.addresses);
  // What stays inside the VPC is first, so that routes which name the same block replace it.
  const inside = one.routes
    .filter(({ action }) => action === "delegate_vpc")
    .flatMap(({ destination }) => own.filter((addresses) => coversAddresses(destination, addresses)))
    .flatMap((addresses) => blocksOf(addresses).map((cidr) => `throw ${cidr}`));
  const named = one.routes.flatMap((route) =>
    blocksOf(route.destination).map((cidr) => customRoute(route, cidr, subnets, unionOf(own.flat()))),
  );
  return [
    ...[...inside, ...named].map((text) => `route replace ${text} table ${table}`),
    `rule add pref 30000 iif ${one.device} lookup ${table}`,
  ];
}

function customRoute(
  { action, destination, nextHop }: Route,
  cidr: string,
  subnets: readonly WiredSubnet[],
  inVpc: AddressSet,
): string {
  switch (action) {
    case "delegate":
      return `throw ${cidr}`;
    case "delegate_vpc":
      return coversAddresses(inVpc, destination) ? `throw ${cidr}` : `${cidr} dev ${NOWHERE}`;
    case "drop":
      return `${cidr} dev ${NOWHERE}`;
    case "deliver": {
      const by = subnets.find(({ hosts }) => hosts.some(({ address }) => address === nextHop));
      return by === undefined || nextHop === undefined
        ? `${cidr} dev ${NOWHERE}`
        : `${cidr} via ${addressText(nextHop)} dev ${by.device} onlink`;
    }
  }
}

function bridgeCommands({ device, subnet, wired }: WiredSubnet): readonly string[] {
  return [
    `link add name ${device} address ${OUTER} type bridge mcast_snooping 0`,
    `link set ${device} up`,
    ...blocksOf(subnet.addresses).map((cidr) => `route add ${cidr} dev ${device}`),
    ...wired.flatMap(({ addresses, port, hardware }) => [
      `link set ${port} master ${device} up`,
      ...addresses.map(({ address }) => neighbour(addressText(address), hardware, device)),
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
      bear(ROUTER_ADDRESS, "lo"),
      neighbour(GATEWAY[4], INNER, INNER_SIDE),
      neighbour(GATEWAY[4], OUTER, OUTER_SIDE),
      ...subnets.flatMap(({ subnet }) => blocksOf(subnet.addresses).map((cidr) => routeBy(cidr, 4, INNER_SIDE))),
      routeBy(EVERYTHING, 4, OUTER_SIDE),
    ],
  };
}

/** Everybody outside, the provider's services among them, at one place; `bearing` is what gives it its addresses. */
export function outsideSetup(namespace: string, bearing: readonly string[], routes: readonly string[]): Commands {
  return {
    namespace,
    routes: false,
    commands: [
      "link set lo up",
      `link set ${ONLY_LINK} up`,
      neighbour(GATEWAY[4], INNER, ONLY_LINK),
      ...bearing,
      ...routes,
    ],
  };
}

/** The route of the outside. */
export const OUTSIDE_ROUTE = routeBy(EVERYTHING, 4, ONLY_LINK);
