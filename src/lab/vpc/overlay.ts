/**
 * How nodes of a lab carry packets for pods to each other: as they are inside a subnet, else inside others. Every carrier is a
 * VXLAN link with routes that name the far node. WireGuard's has its ports. IP-in-IP's has its protocol number on the wire:
 * what filters see of it is that and the addresses, and not every kernel has links of its own kind. Pure.
 */
import { type Address, addressText, coversAddresses, single } from "../../net/address.ts";
import type { Carrier } from "../../path/header.ts";
import type { Assumptions } from "../../situation/assumptions.ts";
import type { Attachment } from "../../vpc/lookup.ts";
import { chain, type Lines } from "../ruleset-lines.ts";
import { host, neighbour } from "../ip-commands.ts";

export type OverlayMode = Assumptions["pod-overlay"];

/** A node by the address that others know, and where that is attached. */
export interface OverlayEnd {
  readonly address: Address;
  readonly attachment: Attachment;
}

const CARRIERS = {
  none: undefined,
  ipip: "IP-in-IP",
  "ipip-cross-subnet": "IP-in-IP",
  vxlan: "VXLAN",
  "vxlan-cross-subnet": "VXLAN",
  wireguard: "WireGuard",
} as const satisfies Readonly<Record<OverlayMode, Carrier | undefined>>;

/** What a node puts packets for pods of the other into; undefined: nothing. Between near nodes it depends, by the sender's mask. */
export function carrierTo(mode: OverlayMode, from: OverlayEnd, to: OverlayEnd): Carrier | undefined {
  const isNear = coversAddresses(from.attachment.range, single(to.address));
  return mode.endsWith("-cross-subnet") && isNear ? undefined : CARRIERS[mode];
}

/** The link that wraps and unwraps. */
export const OVERLAY = "overlay";
const VXLAN_PORT = 4789;
const WIREGUARD_PORT = 51_820;
const NETWORK_ID = 4096;
const MTU = 1450;

/** No two nodes have the same, else the far one would take packets for its own. */
function hardwareAt(end: OverlayEnd): string {
  const octets = addressText(end.address)
    .split(".")
    .map((text) => Number(text).toString(16).padStart(2, "0"));
  return `02:01:${octets.join(":")}`;
}

/** The link of a node, and that it knows the others'. */
export function overlayLink(mode: OverlayMode, own: OverlayEnd, others: readonly OverlayEnd[]): Lines {
  const ports =
    CARRIERS[mode] === "WireGuard"
      ? `dstport ${WIREGUARD_PORT} srcport ${WIREGUARD_PORT} ${WIREGUARD_PORT + 1}`
      : `dstport ${VXLAN_PORT} srcport 1024 65535`;
  return [
    `link add name ${OVERLAY} address ${hardwareAt(own)} mtu ${MTU} type vxlan external ${ports}`,
    `link set ${OVERLAY} up`,
    ...others.map((other) => neighbour(addressText(other.address), hardwareAt(other), OVERLAY)),
  ];
}

/** A route to an address at or behind the far node. */
export function overlayRoute(address: Address, own: OverlayEnd, far: OverlayEnd): string {
  const [from, to] = [addressText(own.address), addressText(far.address)];
  return `route add ${host(address)} encap ip id ${NETWORK_ID} src ${from} dst ${to} via ${to} dev ${OVERLAY} onlink`;
}

/** The table that gives carriers their protocol number on the wire and takes it away again; nothing for other carriers. */
export function wireTable(mode: OverlayMode, device: string): Lines {
  if (CARRIERS[mode] !== "IP-in-IP") return [];
  const hook = (name: string): string => `type filter hook ${name} device "${device}" priority 0; policy accept;`;
  return [
    "table netdev portcullis_wire",
    "delete table netdev portcullis_wire",
    "table netdev portcullis_wire {",
    ...chain("leaving", "VXLAN looks like IP-in-IP on the wire.", [
      hook("egress"),
      `ip protocol 17 udp dport ${VXLAN_PORT} ip protocol set 4`,
    ]),
    ...chain("arriving", "And is VXLAN again behind it.", [hook("ingress"), "ip protocol 4 ip protocol set 17"]),
    "}",
  ];
}
