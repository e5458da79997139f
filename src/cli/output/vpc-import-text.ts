/** What was understood of the networks around a cluster, for people. */
import { lineText } from "../../source/origin.ts";
import { subnetOf } from "../../vpc/lookup.ts";
import type { VpcInventory } from "../../vpc/model.ts";
import type { Line } from "./lines.ts";
import { styled } from "./lines.ts";
import { aclLines, groupLines, routingTableLines } from "./vpc-rules-text.ts";
import {
  addressTable,
  balancerLines,
  clusterTable,
  gatewayTable,
  subnetTable,
  workerTable,
} from "./vpc-tables-text.ts";
import { legacyRules, rangesText } from "./vpc-words.ts";
import { counted } from "./words.ts";

/** VPC by VPC, then what belongs to none, and at the end what is not known. */
export function vpcImportLines(inventory: VpcInventory): readonly Line[] {
  const homeless = inventory.interfaces.filter((each) => subnetOf(inventory, each) === undefined);
  return paragraphs([
    ...vpcIds(inventory).flatMap((id) => vpcParagraphs(id, inventory)),
    ...inventory.loadBalancers.map(balancerLines),
    clusterTable(inventory.clusters),
    workerTable(inventory.workers),
    homeless.length === 0 ? [] : [["Addresses whose subnet is not known"], ...addressTable(homeless, inventory)],
    missingLines(inventory),
    assumptionLines(inventory),
  ]);
}

function paragraphs(blocks: readonly (readonly Line[])[]): readonly Line[] {
  return blocks.filter((lines) => lines.length > 0).flatMap((lines, i) => (i === 0 ? lines : [[], ...lines]));
}

/** Every VPC that something belongs to, also those that are not in the input; the empty id for what tells none. */
function vpcIds({ vpcs, subnets, acls, groups, publicGateways, routingTables }: VpcInventory): readonly string[] {
  const used = [...subnets, ...acls, ...groups, ...publicGateways, ...routingTables].map(({ vpc }) => vpc);
  return [...new Set([...vpcs.map(({ id }) => id), ...used])];
}

function vpcParagraphs(id: string, inventory: VpcInventory): readonly (readonly Line[])[] {
  const isOwn = ({ vpc }: { readonly vpc: string }): boolean => vpc === id;
  const bearers = inventory.interfaces.filter((each) => subnetOf(inventory, each)?.vpc === id);
  return [
    titleLines(id, inventory),
    subnetTable(inventory.subnets.filter(isOwn), inventory),
    ...inventory.acls.filter(isOwn).map((acl) => aclLines(acl, inventory)),
    ...inventory.groups.filter(isOwn).map((group) => groupLines(group, inventory)),
    gatewayTable(inventory.publicGateways.filter(isOwn)),
    addressTable(bearers, inventory),
    ...inventory.routingTables.filter(isOwn).map(routingTableLines),
  ];
}

function titleLines(id: string, { vpcs }: VpcInventory): readonly Line[] {
  const vpc = vpcs.find((each) => each.id === id);
  if (vpc === undefined) {
    return [[styled("strong", id === "" ? "VPC not told" : `VPC ${id}`), id === "" ? "" : " (not in the input)"]];
  }
  return [
    [styled("strong", `VPC ${vpc.name}`), ` ${vpc.id} (${lineText(vpc.origin)})`],
    ...(vpc.prefixes.length === 0 ? [] : [[`  address prefixes ${rangesText(vpc.prefixes)}`]]),
    ...(vpc.classicAccess ? [["  may reach classic infrastructure"]] : []),
  ];
}

function missingLines({ gaps }: VpcInventory): readonly Line[] {
  if (gaps.length === 0) return [];
  return [
    [styled("unsure", `NOT TOLD: ${counted(gaps.length, "fact")}`)],
    ...gaps.flatMap(({ text, remedy }): readonly Line[] => [
      [`  not known: ${text}`],
      [styled("faint", `  -> ${remedy}`)],
    ]),
  ];
}

function assumptionLines(inventory: VpcInventory): readonly Line[] {
  const legacy = legacyRules(inventory);
  if (legacy === 0) return [];
  return [
    [
      styled("unsure", "ASSUMED"),
      `: certain for ICMP, TCP and UDP only: ${counted(legacy, "rule")} with protocol all or icmp_tcp_udp. Whether the platform`,
    ],
    ["lets others pass, such as IP in IP between workers, is assumption overlay-matched-by-legacy-all."],
  ];
}
