/** Of which kinds the input holds everything. */
import { type Finding, finding } from "../source/finding.ts";
import { EXPORT_COMMANDS } from "./ibm/export-commands.ts";
import type { Cluster, Vpc, VpcInventory, VpcKind } from "./model.ts";
import type { Page, VpcReading } from "./reading.ts";

/** Pages make a collection whole when none is missing; one that is not is reported. */
export function completeKinds(readings: readonly VpcReading[]): {
  readonly complete: ReadonlySet<VpcKind>;
  readonly findings: readonly Finding[];
} {
  const complete = new Set(readings.flatMap((reading) => [...reading.complete]));
  const pages = new Map<VpcKind, Page[]>();
  for (const page of readings.flatMap((reading) => reading.pages)) {
    const others = pages.get(page.kind);
    if (others === undefined) pages.set(page.kind, [page]);
    else others.push(page);
  }
  const findings: Finding[] = [];
  for (const [kind, ofKind] of pages) {
    const broken = missingAfter(ofKind);
    if (broken === undefined) complete.add(kind);
    else if (!complete.has(kind)) findings.push(incomplete(kind, broken));
  }
  return { complete, findings };
}

/**
 * The page after which one is missing; undefined: none is. Where pages tell how many objects there are, they are counted;
 * else the pages must stand in their order.
 */
function missingAfter(pages: readonly Page[]): Page | undefined {
  const open = pages.findLast(({ goesOn }) => goesOn);
  const totals = pages.map(({ total }) => total).filter((total) => total !== undefined);
  const count = pages.reduce((sum, page) => sum + page.count, 0);
  if (totals.length > 0) return count >= Math.max(...totals) ? undefined : (open ?? pages.at(-1));
  return pages.at(-1)?.goesOn === true ? pages.at(-1) : undefined;
}

function incomplete(kind: VpcKind, { origin, total }: Page): Finding {
  const of = total === undefined ? "" : ` of ${total} objects`;
  return finding(
    "PC201",
    `the collection${of} goes on after this page, and what follows is not in the input`,
    `add the pages that follow, or the output of \`${EXPORT_COMMANDS[kind]}\`, which is all of it`,
    { position: origin },
  );
}

type Lists = Pick<VpcInventory, "clusters" | "routingTables" | "vpcs" | "workers">;

/** Workers are listed by cluster and routing tables by VPC: a list of some says nothing about the others. */
export function trulyComplete(claimed: ReadonlySet<VpcKind>, lists: Lists): ReadonlySet<VpcKind> {
  const complete = new Set(claimed);
  if (clustersWithoutWorkers(lists).length > 0) complete.delete("worker");
  const tables = new Set(lists.routingTables.map(({ id }) => id));
  const isListed = ({ defaultRoutingTable }: Vpc): boolean =>
    defaultRoutingTable !== undefined && tables.has(defaultRoutingTable);
  if (lists.vpcs.length > 1 && !lists.vpcs.every(isListed)) complete.delete("routing table");
  return complete;
}

/** A worker's id holds that of its cluster. */
export function clustersWithoutWorkers({ clusters, workers }: Pick<Lists, "clusters" | "workers">): readonly Cluster[] {
  return clusters.filter(({ id }) => !workers.some((worker) => worker.cluster === id || worker.id.includes(`-${id}-`)));
}
