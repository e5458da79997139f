/**
 * Links, addresses, routes and neighbours as lines of `ip -batch`. Routed like Calico: every pod has host addresses (/32,
 * /128) and one gateway; nobody shares a link. All neighbours are permanent, so that no address resolution takes part.
 */
import { type Address, addressText, type Family, familyOf } from "../net/address.ts";
import { bear, defaultRoute, GATEWAY, host, INNER, link, neighbour, routeBy } from "./ip-commands.ts";
import type { Commands } from "./namespace-setup.ts";
import type { LabNode, LabOutside, LabPod } from "./topology.ts";

const POD_INTERFACE = "eth0";

/** One link from every pod to its node. */
export function podLinks(nodes: readonly LabNode[]): readonly string[] {
  return nodes.flatMap((node) =>
    node.pods.map((pod) => link(pod.namespace, POD_INTERFACE, node.namespace, pod.nodeInterface)),
  );
}

/** A link from every interface of every node to the outside. */
export function outsideLinks(nodes: readonly LabNode[], outside: string): readonly string[] {
  return nodes.flatMap((node) =>
    node.uplinks.map(({ name, outsideInterface }) => link(node.namespace, name, outside, outsideInterface)),
  );
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

/** `around`: what leads to everything that is not on the node; by default the links to the outside. */
export function nodeCommands(node: LabNode, around: readonly string[] = routesOut(node)): Commands {
  const { namespace, addresses, pods, uplinks } = node;
  const commands = [
    "link set lo up",
    ...uplinks.map(({ name }) => `link set ${name} up`),
    ...addresses.map((address) => bear(address, "lo")),
    ...around,
    ...pods.flatMap((pod) => [
      `link set ${pod.nodeInterface} up`,
      ...pod.addresses.flatMap((address) => [
        neighbour(addressText(address), INNER, pod.nodeInterface),
        `route add ${host(address)} dev ${pod.nodeInterface}`,
      ]),
    ]),
  ];
  return { namespace, routes: true, commands, rules: { 4: rulesFor(node, 4), 6: rulesFor(node, 6) } };
}

/** Everything leaves by the first link but what has an address that is reached by another one. */
function routesOut({ addresses, pods, uplinks: [first, ...others] }: LabNode): readonly string[] {
  const families = familiesOf([...addresses, ...pods.flatMap((pod) => pod.addresses)]);
  return [
    ...(first === undefined ? [] : families.flatMap((family) => defaultRoute(family, first.name))),
    ...others.flatMap((uplink, i) =>
      familiesOf(uplink.addresses).flatMap((family) => defaultRoute(family, uplink.name, FIRST_TABLE + i)),
    ),
  ];
}

/** What leads to the tables of the links behind the first, for what goes to none of the node's pods. */
function rulesFor({ uplinks }: LabNode, family: Family): readonly string[] {
  const others = uplinks
    .slice(1)
    .flatMap(({ addresses }, i) =>
      addresses
        .filter((address) => familyOf(address) === family)
        .map((address) => `rule add pref 200 from ${addressText(address)} lookup ${FIRST_TABLE + i}`),
    );
  return others.length === 0 ? [] : ["rule add pref 100 lookup main suppress_prefixlength 0", ...others];
}

/** The number of the first routing table beside the main one. */
const FIRST_TABLE = 4500;

/** What gives the outside these addresses and takes all others from it. */
export function outsideAddressCommands(addresses: readonly Address[]): readonly string[] {
  return ["address flush dev lo", ...addresses.map((address) => bear(address, "lo"))];
}

export function outsideCommands({ namespace, addresses }: LabOutside, nodes: readonly LabNode[]): Commands {
  const commands = [
    "link set lo up",
    ...outsideAddressCommands(addresses),
    ...nodes.flatMap((node) =>
      node.uplinks.flatMap(({ outsideInterface, addresses: own }, i) => {
        const behind = i === 0 ? [...own, ...node.pods.flatMap((pod) => pod.addresses)] : own;
        return [
          `link set ${outsideInterface} up`,
          ...familiesOf(behind).map((family) => neighbour(GATEWAY[family], INNER, outsideInterface)),
          ...behind.map((address) => routeBy(host(address), familyOf(address), outsideInterface)),
        ];
      }),
    ),
  ];
  return { namespace, routes: true, commands };
}

function familiesOf(addresses: readonly Address[]): readonly Family[] {
  return ([4, 6] as const).filter((family) => addresses.some((address) => familyOf(address) === family));
}
