/** From what texts tell, piece by piece, to the networks as a whole. */
import { union } from "../net/intervals.ts";
import type { Blind } from "../resources/reading.ts";
import { distinctFacts, type Fact } from "../source/fact.ts";
import type { Finding } from "../source/finding.ts";
import { Abbreviations } from "./abbreviations.ts";
import { completeKinds, trulyComplete } from "./completeness.ts";
import { conflicts } from "./conflicts.ts";
import { danglingReferences } from "./dangling.ts";
import { SERVICE_NETWORKS } from "./ibm/service-network.ts";
import { interfacesOf } from "./interfaces.ts";
import { loadBalancersOf } from "./load-balancers.ts";
import { mergeById, type Merged } from "./merge.ts";
import type { Vpc, VpcInventory } from "./model.ts";
import { piecesOf } from "./pieces.ts";
import type { AddressPrefix, VpcObject, VpcReading } from "./reading.ts";
import { type Networks, replay } from "./replay.ts";
import { routingTablesOf } from "./routing-tables.ts";
import { joinWorkers } from "./workers.ts";

export interface WholeVpc {
  /** Undefined where no text tells of a network. */
  readonly inventory: VpcInventory | undefined;
  /** What came up when the pieces were put together; findings of the readings are not repeated. */
  readonly findings: readonly Finding[];
  /** Commands whose effect is not known. */
  readonly blinds: readonly Blind[];
}

/** Puts the pieces together, then runs the scripts. Pure; O(objects) but for scripts and abbreviated ids. */
export function vpcInventoryOf(readings: readonly VpcReading[]): WholeVpc {
  if (readings.length === 0) return { inventory: undefined, findings: [], blinds: [] };
  const objects = readings.flatMap((reading) => reading.objects);
  const { complete, findings: pageFindings } = completeKinds(readings);

  const networks = networksOf(objects);
  const scripts = readings.map(({ commands }) => commands);
  const { vpcs, acls, subnets, publicGateways, ...replayed } = replay(scripts, networks);

  const groups = mergeById(piecesOf(objects, "security group"));
  const workers = mergeById(piecesOf(objects, "worker"), { join: joinWorkers, untoldWhenEmpty: ["interfaces"] });
  const clusters = mergeById(piecesOf(objects, "cluster"), { untoldWhenEmpty: ["podRange", "serviceRange"] });
  const balancers = loadBalancersOf(objects);
  const tables = routingTablesOf(objects, vpcs, subnets);
  const { loadBalancers } = balancers;
  const gateways = new Set([
    ...publicGateways.map(({ id }) => id),
    ...subnets.flatMap(({ publicGateway }) => publicGateway ?? []),
  ]);
  const interfaces = interfacesOf(objects, { workers: workers.values, loadBalancers, gateways }, complete);

  const lists = {
    vpcs,
    subnets,
    acls,
    groups: groups.values,
    publicGateways,
    interfaces: interfaces.interfaces,
    strayAddresses: interfaces.strayAddresses,
    workers: workers.values,
    clusters: clusters.values,
    loadBalancers,
    routingTables: tables.routingTables,
  };
  const gaps = [networks, replayed, balancers, tables, interfaces, ...readings].flatMap((part) => part.gaps);
  return {
    inventory: {
      serviceNetworks: SERVICE_NETWORKS,
      ...lists,
      complete: trulyComplete(complete, lists),
      gaps: distinctFacts([...gaps, ...danglingReferences(lists)]),
    },
    findings: [
      ...pageFindings,
      ...[networks, groups, workers, clusters, balancers, tables, interfaces, replayed].flatMap(
        (part) => part.findings,
      ),
      ...conflicts(lists),
    ],
    blinds: replayed.blinds,
  };
}

/** What scripts can change, and the VPCs, with all ids written out. */
function networksOf(objects: readonly VpcObject[]): Networks & {
  readonly findings: readonly Finding[];
  readonly gaps: readonly Fact[];
} {
  const prefixes = mergeById(piecesOf(objects, "address prefix"));
  const vpcs = mergeById(piecesOf(objects, "vpc"), { untoldWhenEmpty: ["prefixes", "serviceSources"] });
  const acls = mergeById(piecesOf(objects, "network acl"));
  const subnets = mergeById(piecesOf(objects, "subnet"), { told: ["publicGateway"] });
  const gateways = mergeById(piecesOf(objects, "public gateway"));
  const named = [acls, subnets, gateways].flatMap(({ values }) => values.map(({ vpc }) => vpc));
  const vpcIds = new Abbreviations("vpc", [...idsOf(vpcs), ...named]);
  const aclIds = new Abbreviations("network acl", idsOf(acls));
  const gatewayIds = new Abbreviations("public gateway", idsOf(gateways));
  return {
    vpcs: vpcs.values.map((vpc) => withPrefixes(vpc, prefixes.values, vpcs.values.length === 1)),
    acls: acls.values.map((acl) => ({ ...acl, vpc: vpcIds.whole(acl.vpc) })),
    subnets: subnets.values.map((subnet) => ({
      ...subnet,
      vpc: vpcIds.whole(subnet.vpc),
      acl: aclIds.whole(subnet.acl),
      publicGateway: gatewayIds.whole(subnet.publicGateway),
    })),
    publicGateways: gateways.values.map((gateway) => ({ ...gateway, vpc: vpcIds.whole(gateway.vpc) })),
    findings: [prefixes, vpcs, acls, subnets, gateways].flatMap(({ findings }) => findings),
    gaps: [vpcIds, aclIds, gatewayIds].flatMap(({ gaps }) => gaps),
  };
}

function idsOf<T extends { readonly id: string }>({ values }: Merged<T>): readonly string[] {
  return values.map(({ id }) => id);
}

/** A prefix that does not tell its VPC belongs to the only one there is. */
function withPrefixes(vpc: Vpc, prefixes: readonly AddressPrefix[], isOnly: boolean): Vpc {
  const own = prefixes.filter((prefix) => prefix.vpc === vpc.id || (prefix.vpc === undefined && isOnly));
  return { ...vpc, prefixes: own.map(({ addresses }) => addresses).reduce(union, vpc.prefixes) };
}
