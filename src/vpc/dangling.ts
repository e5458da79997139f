/** What objects refer to and the input does not hold. */
import { addressText } from "../net/address.ts";
import { distinctFacts, type Fact } from "../source/fact.ts";
import { lineText } from "../source/origin.ts";
import { clustersWithoutWorkers } from "./completeness.ts";
import { exportRemedy } from "./ibm/export-commands.ts";
import type { StrayAddress, VpcInventory, VpcKind } from "./model.ts";

/** Pure; O(objects). */
export function danglingReferences(
  inventory: Omit<VpcInventory, "gaps" | "complete" | "serviceNetworks">,
): readonly Fact[] {
  return distinctFacts([
    ...subnetGaps(inventory),
    ...vpcGaps(inventory),
    ...groupGaps(inventory),
    ...workerGaps(inventory),
    ...inventory.strayAddresses.map(bearerFact),
  ]);
}

/** What is not known of an address on the internet that something in the networks has. */
export function bearerFact({ address, target }: StrayAddress): Fact {
  return gap(`what ${target} is, to which floating address ${addressText(address)} leads`, "instance");
}

type Lists = Parameters<typeof danglingReferences>[0];

function gap(text: string, kind: VpcKind): Fact {
  return { text, remedy: exportRemedy(kind) };
}

function idsOf(list: readonly { readonly id: string }[]): ReadonlySet<string> {
  return new Set(list.map(({ id }) => id));
}

function subnetGaps({ subnets, acls, publicGateways, routingTables, vpcs, interfaces }: Lists): readonly Fact[] {
  const known = { acls: idsOf(acls), gateways: idsOf(publicGateways), tables: idsOf(routingTables) };
  const defaults = new Map(vpcs.map(({ id, defaultAcl }) => [id, defaultAcl]));
  const ofSubnets = subnets.flatMap(({ name, vpc, acl, publicGateway, routingTable, origin }): readonly Fact[] => {
    const where = `subnet ${name} (${lineText(origin)})`;
    const list = acl ?? defaults.get(vpc);
    return [
      ...(list === undefined ? [gap(`the default network ACL of the VPC of ${where}`, "vpc")] : []),
      ...(list === undefined || known.acls.has(list)
        ? []
        : [gap(`the rules of network ACL ${list} of ${where}`, "network acl")]),
      ...(publicGateway === undefined || known.gateways.has(publicGateway)
        ? []
        : [gap(`whether public gateway ${publicGateway} of ${where} is available`, "public gateway")]),
      ...(routingTable === undefined || known.tables.has(routingTable)
        ? []
        : [gap(`the routes of routing table ${routingTable}`, "routing table")]),
    ];
  });
  const ids = idsOf(subnets);
  const unknown = interfaces.flatMap(({ kind, name, subnet, origin }) =>
    subnet === undefined || ids.has(subnet)
      ? []
      : [gap(`subnet ${subnet}, in which ${kind} ${name} (${lineText(origin)}) is`, "subnet")],
  );
  return [...ofSubnets, ...unknown];
}

function vpcGaps({ vpcs, subnets, acls, groups, publicGateways, clusters }: Lists): readonly Fact[] {
  const ids = idsOf(vpcs);
  const named = [...subnets, ...acls, ...groups, ...publicGateways, ...clusters].map(({ vpc }) => vpc ?? "");
  return named.filter((id) => id !== "" && !ids.has(id)).map((id) => gap(`what VPC ${id} is like`, "vpc"));
}

function groupGaps({ groups, interfaces, loadBalancers }: Lists): readonly Fact[] {
  const ids = idsOf(groups);
  const remotes = groups.flatMap(({ rules }) =>
    rules.flatMap(({ remote }) => (remote.kind === "group" ? [remote.group] : [])),
  );
  const used = [
    ...remotes,
    ...interfaces.flatMap((each) => each.groups ?? []),
    ...loadBalancers.flatMap((each) => each.groups),
  ];
  return used.filter((id) => !ids.has(id)).map((id) => gap(`the rules of security group ${id}`, "security group"));
}

/** Workers stand in an account of the provider: no list of instances holds them, only the cluster knows them. */
function workerGaps({ clusters, workers }: Lists): readonly Fact[] {
  return [
    ...clustersWithoutWorkers({ clusters, workers }).map(({ name }) => gap(`the workers of cluster ${name}`, "worker")),
    ...workers
      .filter(({ interfaces }) => interfaces.length === 0)
      .map(({ id, origin }) => gap(`the address of worker ${id} (${lineText(origin)})`, "worker")),
  ];
}
