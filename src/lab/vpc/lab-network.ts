/** The networks around the nodes of a lab: who is attached where, and what stands between them. Pure. */
import { type Address, single } from "../../net/address.ts";
import { locateAddresses } from "../../path/location.ts";
import type { Situation } from "../../situation/situation.ts";
import type { Subnet, VpcInventory } from "../../vpc/model.ts";
import { bear } from "../ip-commands.ts";
import type { Commands } from "../namespace-setup.ts";
import type { Node } from "../../cluster/endpoint.ts";
import { networkWith } from "./network.ts";
import {
  gatewayCommands,
  hardwareOf,
  hostRoutes,
  neighbourCommands,
  networkLinks,
  ONLY_LINK,
  OUTSIDE_ROUTE,
  outsideSetup,
  routerCommands,
  type WiredHost,
  type WiredSubnet,
} from "./network-wiring.ts";
import { nodeNetworkCommands, nodeNetworkRules, type NetworkedNode } from "./node-network.ts";
import { attachedNode, inhabitedBy } from "./node-attachment.ts";
import { wireNetwork, type WiredNetwork } from "./wired-network.ts";

/** A node of the lab, with the addresses of its pods. */
export interface DraftNode {
  readonly node: Node;
  readonly namespace: string;
  /** The name of its link's other end, on the router. */
  readonly port: string;
  /** The name of its link at the node. */
  readonly link: string;
  readonly pods: readonly Address[];
}

/** Addresses in a subnet that no node bears, together at one place. */
export interface Neighbours {
  readonly namespace: string;
  readonly subnet: Subnet;
  readonly addresses: readonly Address[];
}

/** What one node adds to its own setup. */
export interface NodePart {
  readonly address: Address;
  readonly commands: readonly string[];
  readonly rules: string;
}

export interface LabNetwork extends WiredNetwork {
  readonly neighbours: readonly Neighbours[];
  /** By the name of the node. */
  readonly nodes: ReadonlyMap<string, NodePart>;
  /** Of router, gateway and neighbours. */
  readonly setups: readonly Commands[];
}

/**
 * Plans the networks of a situation whose nodes can be attached, with those of the `candidates` that stand for somebody:
 * addresses outside, and in subnets, unless a worker bears them that is no node here. Throws for others.
 */
export function labNetwork(
  situation: Situation,
  vpc: VpcInventory,
  drafts: readonly DraftNode[],
  candidates: readonly Address[],
  prefix: string,
): LabNetwork {
  const nodes = drafts.map((draft): NetworkedNode & DraftNode & { readonly subnet: Subnet } => {
    const end = attachedNode(vpc, draft.node);
    if ("message" in end) throw new Error(end.message);
    return { ...draft, ...end };
  });
  const located = candidates.map((address) => ({
    address,
    location: locateAddresses(situation, vpc, single(address)),
  }));
  const beside = located.flatMap(({ address, location }) =>
    location.kind === "attached" && !location.isHost && location.entry === undefined
      ? [{ address, subnet: location.attachment.subnet }]
      : [],
  );
  const away = located.flatMap(({ address, location }) => (location.kind === "outside" ? [address] : []));
  const neighbours = inhabitedBy(vpc, beside).map((one, i) => ({ ...one, namespace: `${prefix}x${i}` }));
  const namespaces = { router: `${prefix}router`, gateway: `${prefix}gateway` };
  let hosts = 0;
  const wired = wireNetwork(
    networkWith(vpc, inhabitedBy(vpc, [...nodes, ...beside]), away),
    namespaces,
    situation.assumptions["overlay-matched-by-legacy-all"] === "yes" ? "yes" : "no",
    ({ subnet, hosts: known }) => {
      const addressesOf = (own: readonly Address[]) => known.filter(({ address }) => own.includes(address));
      return [
        ...nodes
          .filter((node) => node.subnet === subnet)
          .map(({ namespace, port, link, address }): WiredHost => {
            return {
              namespace,
              link,
              port,
              hardware: hardwareOf(hosts++),
              addresses: addressesOf([address]),
            };
          }),
        ...neighbours
          .filter((one) => one.subnet === subnet)
          .map(({ namespace, addresses }): WiredHost => {
            const port = namespace.slice(prefix.length);
            return {
              namespace,
              link: ONLY_LINK,
              port,
              hardware: hardwareOf(hosts++),
              addresses: addressesOf(addresses),
            };
          }),
      ];
    },
  );
  return {
    ...wired,
    neighbours,
    nodes: new Map(nodes.map((own) => [own.node.name, nodePart(situation, vpc, own, nodes, wired)])),
    setups: [
      ...neighbours.map(({ namespace }) => neighbourSetup(wired, namespace)),
      routerCommands(
        wired.subnets,
        wired.network,
        namespaces,
        drafts.flatMap(({ pods }) => pods),
      ),
      gatewayCommands(wired.subnets, namespaces),
    ],
  };
}

/** What joins the network with everybody outside of it, who has these addresses. */
export function joinOutside(
  { subnets, namespaces }: LabNetwork,
  outside: string,
  bearing: readonly string[],
): { readonly links: readonly string[]; readonly setup: Commands } {
  return {
    links: networkLinks(subnets, namespaces, outside),
    setup: outsideSetup(outside, bearing, [OUTSIDE_ROUTE]),
  };
}

function wiredAs({ subnets }: WiredNetwork, namespace: string): readonly [WiredHost, WiredSubnet] {
  for (const subnet of subnets) {
    const own = subnet.wired.find((one) => one.namespace === namespace);
    if (own !== undefined) return [own, subnet];
  }
  throw new Error(`nothing of the network is in namespace ${namespace}`);
}

function nodePart(
  { assumptions }: Situation,
  { workers }: VpcInventory,
  own: NetworkedNode & DraftNode,
  nodes: readonly NetworkedNode[],
  wired: WiredNetwork,
): NodePart {
  const [at, subnet] = wiredAs(wired, own.namespace);
  const network = {
    own,
    others: nodes.filter(({ address }) => address !== own.address),
    overlay: assumptions["pod-overlay"],
    masquerade: assumptions["pod-masquerade"],
    nodeAddresses: [
      ...nodes.map(({ address }) => address),
      ...workers.flatMap(({ interfaces }) => interfaces.map(({ address }) => address)),
    ],
  };
  return {
    address: own.address,
    commands: nodeNetworkCommands(network, at, subnet),
    rules: nodeNetworkRules(network, at),
  };
}

function neighbourSetup(wired: WiredNetwork, namespace: string): Commands {
  const [own, subnet] = wiredAs(wired, namespace);
  return {
    namespace,
    routes: false,
    commands: [
      "link set lo up",
      `link set ${own.link} up`,
      ...own.addresses.map(({ address }) => bear(address, "lo")),
      ...neighbourCommands(own, subnet),
      ...hostRoutes(own, subnet),
    ],
  };
}
