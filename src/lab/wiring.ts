/**
 * Links, addresses, routes and neighbours as lines of `ip -batch`. Routed like Calico: every pod has host addresses (/32,
 * /128) and one gateway; nobody shares a link. All neighbours are permanent, so that no address resolution takes part.
 */
import { type Address, addressText, type Family, familyOf } from "../net/address.ts";
import { bear, defaultRoute, GATEWAY, host, INNER, link, neighbour, routeBy } from "./ip-commands.ts";
import type { Commands } from "./namespace-setup.ts";
import type { LabNode, LabOutside, LabPod } from "./topology.ts";
import { NODE_LINK } from "./vpc/lab-network.ts";

const POD_INTERFACE = "eth0";

/** One link from every pod to its node. */
export function podLinks(nodes: readonly LabNode[]): readonly string[] {
  return nodes.flatMap((node) =>
    node.pods.map((pod) => link(pod.namespace, POD_INTERFACE, node.namespace, pod.nodeInterface)),
  );
}

/** One link from every node to the outside. */
export function outsideLinks(nodes: readonly LabNode[], outside: string): readonly string[] {
  return nodes.map((node) => link(node.namespace, NODE_LINK, outside, node.outsideInterface));
}

export function podCommands({ namespace, addresses }: LabPod): Commands {
  const commands = [
    "link set lo up",
    `link set ${POD_INTERFACE} up`,
    ...addresses.map((address) => bear(address, POD_INTERFACE)),
    ...familiesOf(addresses).flatMap((family) => defaultRoute(family, POD_INTERFACE)),
  ];
  return { namespace, routes: false, commands };
}

/** `around`: what leads to everything that is not on the node; by default a single link to the outside. */
export function nodeCommands({ namespace, addresses, pods }: LabNode, around?: readonly string[]): Commands {
  const commands = [
    "link set lo up",
    `link set ${NODE_LINK} up`,
    ...addresses.map((address) => bear(address, "lo")),
    ...(around ??
      familiesOf([...addresses, ...pods.flatMap((pod) => pod.addresses)]).flatMap((family) =>
        defaultRoute(family, NODE_LINK),
      )),
    ...pods.flatMap((pod) => [
      `link set ${pod.nodeInterface} up`,
      ...pod.addresses.flatMap((address) => [
        neighbour(addressText(address), INNER, pod.nodeInterface),
        `route add ${host(address)} dev ${pod.nodeInterface}`,
      ]),
    ]),
  ];
  return { namespace, routes: true, commands };
}

/** What gives the outside these addresses and takes all others from it. */
export function outsideAddressCommands(addresses: readonly Address[]): readonly string[] {
  return ["address flush dev lo", ...addresses.map((address) => bear(address, "lo"))];
}

export function outsideCommands({ namespace, addresses }: LabOutside, nodes: readonly LabNode[]): Commands {
  const commands = [
    "link set lo up",
    ...outsideAddressCommands(addresses),
    ...nodes.flatMap((node) => {
      const behind = [...node.addresses, ...node.pods.flatMap((pod) => pod.addresses)];
      return [
        `link set ${node.outsideInterface} up`,
        ...familiesOf(behind).map((family) => neighbour(GATEWAY[family], INNER, node.outsideInterface)),
        ...behind.map((address) => routeBy(host(address), familyOf(address), node.outsideInterface)),
      ];
    }),
  ];
  return { namespace, routes: true, commands };
}

function familiesOf(addresses: readonly Address[]): readonly Family[] {
  return ([4, 6] as const).filter((family) => addresses.some((address) => familyOf(address) === family));
}
