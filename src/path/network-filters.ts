/** The filters at the borders of subnets and at interfaces, as stages. */
import { overlaps } from "../net/intervals.ts";
import type { AssumptionName } from "../situation/assumptions.ts";
import type { Situation } from "../situation/situation.ts";
import type { Fact } from "../source/fact.ts";
import type { NetworkRule, Sight } from "../vpc/filter.ts";
import { type ClusterNode, groupRules, groupsAt, knownByName } from "../vpc/groups.ts";
import { labelledWorker } from "../vpc/ibm/workers.ts";
import { aclOf, type Attachment } from "../vpc/lookup.ts";
import type { Acl, NetworkDirection, VpcInventory } from "../vpc/model.ts";
import type { Header } from "./header.ts";
import type { Leg, NetworkFilter, NetworkFilterName } from "./network-stage.ts";
import type { Skipped } from "./stage.ts";

/** The networks of a situation that has any. */
export interface Networked {
  readonly situation: Situation;
  readonly vpc: VpcInventory;
}

/** Packets as a filter sees them, on their way there or back. */
export interface Sighting extends Sight {
  readonly leg: Leg;
  readonly header: Header;
}

/** The access list of a subnet, for what crosses its border. */
export function aclStage(
  { situation, vpc }: Networked,
  { subnet }: Attachment,
  direction: NetworkDirection,
  sighting: Sighting,
): NetworkFilter | Skipped {
  const found = aclOf(vpc, subnet);
  const name = filterName("acl", direction, sighting.leg);
  const place = `subnet ${subnet.name}`;
  const base = { kind: "network filter", name, direction, order: "first match", place, ...sighting } as const;
  switch (found.kind) {
    case "acl":
      return { ...base, ...ofAcl(found.acl, direction), unknown: undefined, assumption: undefined };
    case "missing":
      return { ...base, ...unknownRules(found.fact), filter: `ACL ${subnet.acl}`, assumption: undefined };
    case "unlisted": {
      const assumption = "unlisted-acl";
      if (situation.assumptions[assumption] === "allow") {
        return skipped(
          name,
          `the default ACL of ${place} is not in the input; it is born to allow everything`,
          assumption,
        );
      }
      const fact = {
        text: `the rules of the default ACL, which filters for ${place}`,
        remedy: "add the network ACLs of the VPC (ibmcloud is network-acls --output json)",
      };
      return { ...base, ...unknownRules(fact), filter: "default ACL", assumption };
    }
  }
}

function ofAcl(acl: Acl, direction: NetworkDirection): Pick<NetworkFilter, "filter" | "origin" | "rules"> {
  const rules = acl.rules
    .filter((rule) => rule.direction === direction)
    .map((rule): NetworkRule => ({ ...rule, perhaps: undefined }));
  return { filter: `ACL ${acl.name}`, origin: acl.origin, rules };
}

/** The security groups of an interface, for what it sends or receives. */
export function groupStage(
  { situation, vpc }: Networked,
  attachment: Attachment,
  direction: NetworkDirection,
  sighting: Sighting,
): NetworkFilter | Skipped {
  const unlisted = situation.assumptions["unlisted-security-groups"];
  const found = groupsAt(vpc, attachment, unlisted);
  const name = filterName("security group", direction, sighting.leg);
  const assumption: AssumptionName | undefined = found.assumed ? "unlisted-security-groups" : undefined;
  const base = {
    kind: "network filter",
    name,
    direction,
    order: "union",
    place: attachment.name,
    assumption,
    ...sighting,
  } as const;
  switch (found.kind) {
    case "open":
      return skipped(name, found.reason, assumption);
    case "unknown":
      return { ...base, ...unknownRules(found.fact), filter: "its security groups" };
    case "groups": {
      const { groups } = found;
      const names = groups.map((group) => group.name).join(", ");
      const membership = { inventory: vpc, nodes: clusterNodes(situation), unlisted };
      const remote = direction === "inbound" ? sighting.source : sighting.destination;
      const isByName = overlaps(knownByName(membership, groups, direction), remote);
      return {
        ...base,
        filter: groups.length === 1 ? `security group ${names}` : `security groups ${names || "(none)"}`,
        origin: groups[0]?.origin,
        rules: groupRules(membership, groups, direction),
        assumption: isByName ? "unlisted-security-groups" : assumption,
        unknown: undefined,
      };
    }
  }
}

function clusterNodes({ inventory }: Situation): readonly ClusterNode[] {
  return inventory.nodes.map(({ addresses, seen }) => ({ addresses, worker: labelledWorker(seen) }));
}

function unknownRules(fact: Fact): Pick<NetworkFilter, "unknown" | "origin" | "rules"> {
  return { unknown: fact, origin: undefined, rules: [] };
}

function filterName(what: "acl" | "security group", direction: NetworkDirection, leg: Leg): NetworkFilterName {
  return leg === "reply" ? `reply ${what} ${direction}` : `${what} ${direction}`;
}

export function skipped(name: Skipped["name"], reason: string, assumption?: AssumptionName): Skipped {
  return { kind: "skipped", name, reason, assumption };
}
