/** Where the nodes of a lab are attached to the networks around them. Pure. */
import type { Node } from "../../cluster/endpoint.ts";
import type { Address } from "../../net/address.ts";
import { locateNode } from "../../path/location.ts";
import type { Subnet, VpcInventory } from "../../vpc/model.ts";
import type { Obstacle } from "../obstacles.ts";
import { type Inhabited, overlapIn } from "./network.ts";
import type { OverlayEnd } from "./overlay.ts";

export interface AttachedNode extends OverlayEnd {
  readonly subnet: Subnet;
}

/** Where the networks have a node; why a lab cannot tell. */
export function attachedNode(vpc: VpcInventory, node: Node): AttachedNode | Obstacle {
  const location = locateNode(vpc, node, 4);
  if (location.kind === "attached") {
    const address = location.attachment.addresses[0]?.start;
    if (address !== undefined) return { address, attachment: location.attachment, subnet: location.attachment.subnet };
  }
  const fact = location.kind === "unknown" ? location.fact : undefined;
  return {
    message: `a lab cannot attach node/${node.name} to a network: it is not known ${fact?.text ?? "where it is"}`,
    remedy: fact?.remedy ?? "add its Node object with an address in one of the subnets",
  };
}

/** Why a lab cannot be built in these networks. */
export function networkObstacles(vpc: VpcInventory, nodes: readonly Node[]): readonly Obstacle[] {
  const found = nodes.map((node) => attachedNode(vpc, node));
  const overlap = overlapIn(
    inhabitedBy(
      vpc,
      found.flatMap((one) => ("subnet" in one ? [one] : [])),
    ),
  );
  return [
    ...found.flatMap((one) => ("message" in one ? [one] : [])),
    ...(overlap === undefined
      ? []
      : [{ message: overlap, remedy: "leave VPCs out of the input that the cluster is not in" }]),
  ];
}

/** The subnets of the given ends, in the order of the inventory. */
export function inhabitedBy(
  { subnets }: VpcInventory,
  ends: readonly { readonly subnet: Subnet; readonly address: Address }[],
): readonly Inhabited[] {
  return subnets
    .map((subnet) => ({
      subnet,
      addresses: ends.filter((end) => end.subnet === subnet).map(({ address }) => address),
    }))
    .filter(({ addresses }) => addresses.length > 0);
}
