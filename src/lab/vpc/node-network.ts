/** What a node of a lab does with packets between its pods and networks: overlay, masquerade, and the way of answers. Pure. */
import { type Address, addressText } from "../../net/address.ts";
import type { Carrier } from "../../path/header.ts";
import type { Assumptions } from "../../situation/assumptions.ts";
import { host } from "../ip-commands.ts";
import { chain, type Lines } from "../ruleset-lines.ts";
import { hostRoutes, neighbourCommands, type WiredHost, type WiredSubnet } from "./network-wiring.ts";
import {
  carrierTo,
  OVERLAY,
  type OverlayEnd,
  overlayLink,
  type OverlayMode,
  overlayRoute,
  wireTable,
} from "./overlay.ts";

/** A node with its pods. */
export interface NetworkedNode extends OverlayEnd {
  readonly pods: readonly Address[];
}

export interface NodeNetwork {
  readonly own: NetworkedNode;
  readonly others: readonly NetworkedNode[];
  readonly overlay: OverlayMode;
  readonly masquerade: Assumptions["pod-masquerade"];
  /** Addresses of nodes of clusters, in the lab or not. */
  readonly nodeAddresses: readonly Address[];
}

/** The mark of answers that go back through the overlay, and the number of the table that leads them there. */
const ANSWER_MARK = 4478;

/** The links and routes of a node beside those of its pods. */
export function nodeNetworkCommands(network: NodeNetwork, at: WiredHost, subnet: WiredSubnet): readonly string[] {
  const { own, others, overlay } = network;
  const wrapped = others.filter((other) => carrierOf(network, other) !== undefined);
  return [
    ...neighbourCommands(at, subnet),
    ...hostRoutes(at, subnet),
    ...(wrapped.length > 0 ? overlayLink(overlay, own, wrapped) : []),
    ...others.flatMap((other) => other.pods.flatMap((pod) => podRoute(network, other, pod, at, subnet))),
    ...wrapped.map((other) => `${overlayRoute(other.address, own, other)} table ${ANSWER_MARK}`),
    ...(wrapped.length > 0 ? [`rule add pref 100 fwmark ${ANSWER_MARK} lookup ${ANSWER_MARK}`] : []),
  ];
}

function carrierOf({ overlay, own }: NodeNetwork, other: NetworkedNode): Carrier | undefined {
  return carrierTo(overlay, own, other);
}

/** Inside a subnet nodes know the way to each other's pods; beyond it only the networks could. */
function podRoute(
  network: NodeNetwork,
  other: NetworkedNode,
  pod: Address,
  at: WiredHost,
  { hosts }: WiredSubnet,
): Lines {
  if (carrierOf(network, other) !== undefined) return [overlayRoute(pod, network.own, other)];
  if (!hosts.some(({ address }) => address === other.address)) return [];
  return [`route add ${host(pod)} via ${addressText(other.address)} dev ${at.link} onlink`];
}

/** What `nft -f` loads beside the program of the node. Answers to what came through the overlay go back through it. */
export function nodeNetworkRules(network: NodeNetwork, { link }: WiredHost): string {
  const table = "ip portcullis_network";
  const answers = `ct direction reply ct mark and 0x1 == 0x1 meta mark set ${ANSWER_MARK}`;
  const blocks = [
    ...masqueradeChains(network, link),
    ...(network.overlay === "none"
      ? []
      : [
          chain("arriving", "Who came through the overlay is answered through it.", [
            "type filter hook prerouting priority mangle; policy accept;",
            // The lower half of the mark is nobody's; the program keeps its stamps in the upper one.
            `iifname "${OVERLAY}" ct mark set ct mark or 0x1`,
            answers,
          ]),
          // The carrier's own route must not be looked up by the mark of what it carries.
          chain("wrapped", "The mark has led its way.", [
            "type filter hook postrouting priority mangle; policy accept;",
            `oifname "${OVERLAY}" meta mark set 0`,
          ]),
          chain("answering", "So are those whom the node itself answers in a pod's name.", [
            "type route hook output priority mangle; policy accept;",
            answers,
          ]),
        ]),
  ];
  return [
    `table ${table}`,
    `delete table ${table}`,
    `table ${table} {`,
    blocks.map((lines) => lines.map((line) => `\t${line}`).join("\n")).join("\n\n"),
    "}",
    ...wireTable(network.overlay, link),
    "",
  ].join("\n");
}

/** The ports that a masquerading node picks from. */
const PORTS = "1024-65535";

function masqueradeChains({ own, others, masquerade, nodeAddresses }: NodeNetwork, link: string): readonly Lines[] {
  if (own.pods.length === 0) return [];
  const kept = [
    ...others.flatMap(({ pods }) => pods),
    ...own.pods,
    ...(masquerade === "pools-and-hosts" ? nodeAddresses : []),
  ];
  const leaving = `oifname "${link}" ip saddr ${setText(own.pods)}`;
  const address = addressText(own.address);
  return [
    ...(masquerade === "off"
      ? []
      : [
          chain("postrouting", "Who is no pod sees the node's address instead of the pod's.", [
            "type nat hook postrouting priority srcnat; policy accept;",
            `ip daddr ${setText(kept)} accept`,
            `${leaving} meta l4proto { tcp, udp, sctp } snat to ${address}:${PORTS}`,
            `${leaving} snat to ${address}`,
          ]),
        ]),
    ...(mayBearOthers(own)
      ? []
      : [
          chain("spoofed", "This interface sends from no address but its own.", [
            "type filter hook forward priority filter + 10; policy accept;",
            `${leaving} ${masquerade === "off" ? "" : `ip daddr ${setText(kept)} `}reject with icmp net-unreachable`,
          ]),
        ]),
  ];
}

/** Managed workers may; where it is not told of others, nothing is known and nothing refused. */
function mayBearOthers({ attachment: { spoofing } }: NetworkedNode): boolean {
  return spoofing !== false;
}

function setText(addresses: readonly Address[]): string {
  return `{ ${[...new Set(addresses)].map(addressText).join(", ")} }`;
}
