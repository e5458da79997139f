/** One access list: the subnets it serves, and what it decides in both directions. */
import type { AddressSet } from "../../net/address.ts";
import type { Acl, FilterRule, NetworkDirection, Subnet, Vpc } from "../../vpc/model.ts";
import { type DirectionView, directionView, type LegacyAll } from "./decisions.ts";

export interface AclView {
  readonly acl: Acl;
  /** Its VPC; undefined where the input does not hold it. */
  readonly vpc: Vpc | undefined;
  readonly isDefault: boolean;
  /** The subnets it is attached to. */
  readonly subnets: readonly Subnet[];
  readonly inbound: DirectionView;
  readonly outbound: DirectionView;
}

export function aclView(
  acl: Acl,
  vpc: Vpc | undefined,
  subnets: readonly Subnet[],
  legacyAll: LegacyAll = "unknown",
): AclView {
  const own = subnets.map(({ addresses }) => addresses).filter((addresses) => addresses.length > 0);
  return {
    acl,
    vpc,
    isDefault: vpc?.defaultAcl === acl.id,
    subnets,
    inbound: directionView(acl.rules, "inbound", own, legacyAll),
    outbound: directionView(acl.rules, "outbound", own, legacyAll),
  };
}

export function opposite(direction: NetworkDirection): NetworkDirection {
  return direction === "inbound" ? "outbound" : "inbound";
}

/** The side of a rule that is the list's subnets. */
export function ownSide({ direction, source, destination }: FilterRule): AddressSet {
  return direction === "inbound" ? destination : source;
}

export function remoteSide({ direction, source, destination }: FilterRule): AddressSet {
  return direction === "inbound" ? source : destination;
}
