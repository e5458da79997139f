/**
 * Hosts whose packets are crafted, as lines of `ip -batch`. They send by a routing table that only marked packets see, so
 * that their own stacks, which know nothing of crafted packets, keep silent: no reset, no ICMP error has a way out.
 */
import { bear } from "../ip-commands.ts";
import type { Commands } from "../namespace-setup.ts";
import type { Network } from "./network.ts";
import {
  hostRoutes,
  neighbourCommands,
  OUTSIDE_ROUTE,
  outsideSetup,
  type WiredHost,
  type WiredSubnet,
} from "./network-wiring.ts";

/** The mark of crafted packets, and the number of the routing table that they see. */
export const PACKET_MARK = 4477;

export function quietHostCommands(own: WiredHost, subnet: WiredSubnet): Commands {
  return {
    namespace: own.namespace,
    routes: false,
    commands: [
      "link set lo up",
      `link set ${own.link} up`,
      ...own.addresses.map(({ address }) => bear(address, own.link)),
      ...neighbourCommands(own, subnet),
      ...forMarked(hostRoutes(own, subnet)),
    ],
  };
}

export function quietOutsideCommands({ outside: addresses }: Network, namespace: string): Commands {
  const bearing = addresses.map((address) => bear(address, "lo"));
  return outsideSetup(namespace, bearing, forMarked([OUTSIDE_ROUTE]));
}

/** The routes, in a table for marked packets only. */
function forMarked(routes: readonly string[]): readonly string[] {
  return [
    `rule add pref 100 fwmark ${PACKET_MARK} lookup ${PACKET_MARK}`,
    ...routes.map((route) => `${route} table ${PACKET_MARK}`),
  ];
}
