import * as fc from "fast-check";
import type { RawPacket } from "../naive/raw-objects.ts";
import { interfaceBehind, isPublic, isService, subnetOf } from "../naive/vpc-networks.ts";
import { parseAddress } from "../naive/address.ts";
import type { RawNetworks } from "../naive/vpc-objects.ts";
import { mixedWorld } from "./mixed-world.ts";
import type { WorldForm } from "./replay.ts";
import { exportFiles } from "./vpc-exports.ts";
import type { ExportStyle } from "./vpc-exports.ts";
import { workerInventory } from "./vpc-inventory.ts";
import { buildNetworks, networksDraft } from "./vpc-networks.ts";
import { buildNetworkPackets, networkPacketDraft } from "./vpc-packets.ts";
import { smallerNetworks } from "./vpc-smallest.ts";
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
      const ofPolicies = packets.filter((packet) => isAnswerable(networks, packet)).slice(0, 20);
      return { objects, packets: [...ofPolicies, ...buildNetworkPackets(drafts, objects, networks)], networks, style };
    });
}

/** Packets of IPv4 that meet the networks at one end at least. */
function isAnswerable(networks: RawNetworks, { source, destination, destinationPort, protocol }: RawPacket): boolean {
  if (source.includes(":") || destinationPort === 0 || protocol === "ICMPv6") return false;
  const isOutside = (text: string) => {
    const address = parseAddress(text);
    const isInside = subnetOf(networks, address) !== undefined || interfaceBehind(networks, address) !== undefined;
    return !isInside && (isService(address) || isPublic(address));
  };
  return !isOutside(source) || !isOutside(destination);
}

/** Worlds of VPCs shrink in their networks too; as text the export follows the objects. */
export const vpcForm: WorldForm<VpcWorld> = {
  smallerStill: (candidate) =>
    smallerNetworks(candidate.networks, candidate.objects).map((networks) => ({ ...candidate, networks })),
  textOf: ({ objects, networks }) =>
    [worldText({ objects }), ...exportFiles(networks, "container").map(({ name, text }) => `${name}\n${text}`)].join(
      "\n",
    ),
};
