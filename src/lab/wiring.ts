/**
 * Links, addresses, routes and neighbours as lines of `ip -batch`. Routed like Calico: every pod has host addresses (/32,
 * /128) and one gateway; nobody shares a link. All neighbours are permanent, so that no address resolution takes part.
 */
import { type Address, addressText, type Family, familyOf } from "../net/address.ts";
import type { LabNode, LabOutside, LabPod } from "./topology.ts";

/** The other end of every link, link-local; nobody needs to bear it, for its hardware address is known. */
const GATEWAY = { 4: "169.254.1.1", 6: "fe80::1" } as const;
const EVERYTHING = { 4: "0.0.0.0/0", 6: "::/0" } as const;

/** Hardware addresses by the side of the link: the inner end is the one nearer to the pods. */
const INNER = "02:00:00:00:00:01";
const OUTER = "02:00:00:00:00:02";

const POD_INTERFACE = "eth0";
const UPLINK = "uplink";

export interface Commands {
  readonly namespace: string;
  readonly routes: boolean;
  readonly commands: readonly string[];
}

/** One link from every pod to its node, and one from every node to the outside. */
export function linksOf(nodes: readonly LabNode[], outside: string): readonly string[] {
  return nodes.flatMap((node) => [
    link(node.namespace, UPLINK, outside, node.outsideInterface),
    ...node.pods.map((pod) => link(pod.namespace, POD_INTERFACE, node.namespace, pod.nodeInterface)),
  ]);
}

function link(inner: string, innerName: string, outer: string, outerName: string): string {
  return (
    `link add name ${innerName} netns ${inner} address ${INNER} type veth ` +
    `peer name ${outerName} netns ${outer} address ${OUTER}`
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

export function nodeCommands({ namespace, addresses, pods }: LabNode): Commands {
  const commands = [
    "link set lo up",
    `link set ${UPLINK} up`,
    ...addresses.map((address) => bear(address, "lo")),
    ...familiesOf([...addresses, ...pods.flatMap((pod) => pod.addresses)]).flatMap((family) =>
      defaultRoute(family, UPLINK),
    ),
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

/** `nodad`: an address that is not checked for rivals can be used at once. */
function bear(address: Address, device: string): string {
  return `address add ${host(address)} dev ${device}${familyOf(address) === 6 ? " nodad" : ""}`;
}

function host(address: Address): string {
  return `${addressText(address)}/${familyOf(address) === 4 ? 32 : 128}`;
}

function defaultRoute(family: Family, device: string): readonly string[] {
  return [neighbour(GATEWAY[family], OUTER, device), routeBy(EVERYTHING[family], family, device)];
}

function routeBy(destination: string, family: Family, device: string): string {
  return `route add ${destination} via ${GATEWAY[family]} dev ${device} onlink`;
}

function neighbour(address: string, hardware: string, device: string): string {
  return `neighbour add ${address} lladdr ${hardware} dev ${device} nud permanent`;
}
