/** Objects that the platform would not let exist beside each other: one of them is from another time or place. */
import { type Finding, finding } from "../source/finding.ts";
import { type Origin, positionText } from "../source/origin.ts";
import type { VpcInventory } from "./model.ts";

type Lists = Pick<VpcInventory, "acls" | "groups" | "publicGateways" | "subnets">;

interface Item {
  readonly key: string;
  readonly origin: Origin;
}

const REMEDY = "leave the one that no longer exists out of the input";

/** Names are unique inside a VPC, and a VPC has at most one public gateway in each zone. O(objects). */
export function conflicts({ acls, groups, publicGateways, subnets }: Lists): readonly Finding[] {
  const named = [acls, groups, publicGateways, subnets].flatMap((list) =>
    repeated(
      list
        .filter(({ name, vpc }) => name !== "" && vpc !== "")
        .map(({ name, vpc, origin }) => ({ key: `${vpc}\n${name}`, origin })),
      (other) => `has the name of another one in the same VPC, at ${positionText(other)}`,
    ),
  );
  const zoned = repeated(
    publicGateways
      .filter(({ vpc, zone }) => vpc !== "" && zone !== "")
      .map(({ vpc, zone, origin }) => ({ key: `${vpc}\n${zone}`, origin })),
    (other) => `is the second one of its VPC in its zone, beside the one at ${positionText(other)}`,
  );
  return [...named, ...zoned];
}

function repeated(items: readonly Item[], complaint: (first: Origin) => string): readonly Finding[] {
  const first = new Map<string, Origin>();
  return items.flatMap(({ key, origin }) => {
    const other = first.get(key);
    if (other === undefined) first.set(key, origin);
    const { resource } = origin;
    return other === undefined
      ? []
      : [finding("PC208", `${resource} ${complaint(other)}`, REMEDY, { position: origin, resource })];
  });
}
