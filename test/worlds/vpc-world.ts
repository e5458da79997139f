import * as fc from "fast-check";
import { contains, formatAddress, parseCidr } from "../naive/address.ts";
import { flowOf } from "../naive/flow.ts";
import type { End } from "../naive/flow.ts";
import type { RawObject, RawPacket } from "../naive/raw-objects.ts";
import { interfaceAt, interfaceBehind, subnetOf } from "../naive/vpc-networks.ts";
import type { RawNetworks } from "../naive/vpc-objects.ts";
import { nodeOf } from "../naive/vpc-places.ts";
import { mixedWorld } from "./mixed-world.ts";
import type { WorldForm } from "./replay.ts";
import { exportFiles } from "./vpc-exports.ts";
import type { ExportStyle } from "./vpc-exports.ts";
import { workerInventory } from "./vpc-inventory.ts";
import { buildNetworks, networksDraft } from "./vpc-networks.ts";
import { buildNetworkPackets, networkPacketDraft } from "./vpc-packets.ts";
import { podRanges } from "./vocabulary.ts";
import { smallerNetworks } from "./vpc-smallest.ts";
import { isOwnPublic } from "./vpc-vocabulary.ts";
import { world, worldText } from "./world.ts";
import type { World } from "./world.ts";

/** A cluster in a VPC, with the policies of any language, and the networks as an export tells them. */
export interface VpcWorld extends World {
  readonly networks: RawNetworks;
  readonly style: ExportStyle;
}

/**
 * Random worlds of one VPC with 1-4 subnets in 1-3 zones, up to four ACLs, gateways, servers with groups and floating addresses,
 * and a cluster whose nodes are workers in the subnets, with policies of any language or (one in three) NetworkPolicies alone.
 * Everything is valid for its API. Up to 60 packets, all of IPv4, at the borders of rules and policies.
 */
export function vpcWorld(): fc.Arbitrary<VpcWorld> {
  return fc
    .record({
      cluster: fc.oneof({ weight: 2, arbitrary: mixedWorld(workerInventory) }, world(workerInventory)),
      networks: networksDraft,
      packets: fc.array(networkPacketDraft, { minLength: 20, maxLength: 40, size: "max" }),
      style: fc.constantFrom("container" as const, "rest" as const, "cli" as const),
    })
    .map(({ cluster: { objects, packets }, networks: draft, packets: drafts, style }) => {
      const networks = buildNetworks(draft, objects);
      const all = [...packets.slice(0, 20), ...buildNetworkPackets(drafts, objects, networks)];
      return { objects, packets: answerable({ objects, packets: all, networks }), networks, style };
    });
}

/**
 * The packets of IPv4 between ends that are somebody, one of them at least in the VPC. Nobody can say what becomes of packets for
 * an address of a subnet or of the pods that nobody bears, or that leave the VPC and come in again. A world made smaller may have lost the ends of its packets.
 */
export function answerable({ objects, networks, packets }: Omit<VpcWorld, "style">): RawPacket[] {
  return packets.filter((packet) => isAnswerable(objects, networks, packet));
}

function isAnswerable(objects: readonly RawObject[], networks: RawNetworks, packet: RawPacket): boolean {
  if (packet.source.includes(":") || packet.destinationPort === 0 || packet.protocol === "ICMPv6") return false;
  const { source, destination } = flowOf(objects, packet);
  const kinds = new Set([source, destination].map((end) => kindOf(objects, networks, end)));
  const isFloating = interfaceBehind(networks, destination.address) !== undefined;
  // Which port a gateway picks on the way out of the VPC and in again nobody says.
  const leavesAndReturns = isFloating && !kinds.has("outside");
  return !kinds.has("nobody") && kinds.has("inside") && !leavesAndReturns;
}

function kindOf(objects: readonly RawObject[], networks: RawNetworks, end: End): "inside" | "outside" | "nobody" {
  const { address, pod } = end;
  if (pod !== undefined || nodeOf({ objects }, end) !== undefined) return "inside";
  if (interfaceAt(networks, address) !== undefined || interfaceBehind(networks, address) !== undefined) return "inside";
  const isBorne = subnetOf(networks, address) === undefined && !podRange.some((range) => contains(range, address));
  return isBorne && !isOwnPublic(formatAddress(address)) ? "outside" : "nobody";
}

const podRange = [1, 2, 3].map((node) => parseCidr(podRanges.v4(node)));

/** Worlds of VPCs shrink in their networks too; as text the export follows the objects. */
export const vpcForm: WorldForm<VpcWorld> = {
  smallerStill: (candidate) =>
    smallerNetworks(candidate.networks, candidate.objects).map((networks) => ({ ...candidate, networks })),
  textOf: ({ objects, networks }) =>
    [worldText({ objects }), ...exportFiles(networks, "container").map(({ name, text }) => `${name}\n${text}`)].join(
      "\n",
    ),
};
