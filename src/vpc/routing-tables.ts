/** Routing tables with their routes, from the collections that tell of each. */
import type { Fact } from "../source/fact.ts";
import type { Finding } from "../source/finding.ts";
import { mergeById } from "./merge.ts";
import type { RoutingTable, Subnet, Vpc } from "./model.ts";
import { piecesOf } from "./pieces.ts";
import type { VpcObject } from "./reading.ts";

export interface RoutingTables {
  readonly routingTables: readonly RoutingTable[];
  readonly findings: readonly Finding[];
  readonly gaps: readonly Fact[];
}

/** A table that does not tell its VPC is that of the VPC whose default it is, or of the subnets that use it. */
export function routingTablesOf(
  objects: readonly VpcObject[],
  vpcs: readonly Vpc[],
  subnets: readonly Subnet[],
): RoutingTables {
  const tables = mergeById(piecesOf(objects, "routing table"));
  const routes = mergeById(piecesOf(objects, "route"));
  const byId = new Map(routes.values.map((route) => [route.id, route]));
  const gaps: Fact[] = [];
  const routingTables = tables.values.map(({ vpc, ...table }) => {
    const found = table.routes.map((id) => byId.get(id)).filter((route) => route !== undefined);
    if (found.length < table.routes.length) {
      const command = `ibmcloud is vpc-routing-table-routes VPC ${table.name} --output json`;
      gaps.push({ text: `the routes of routing table ${table.name}`, remedy: `add the output of \`${command}\`` });
    }
    const owner =
      vpc ??
      vpcs.find(({ defaultRoutingTable }) => defaultRoutingTable === table.id)?.id ??
      subnets.find(({ routingTable }) => routingTable === table.id)?.vpc;
    return { ...table, vpc: owner ?? "", routes: found };
  });
  return { routingTables, gaps, findings: [...tables.findings, ...routes.findings] };
}
