/** Why a node does less at its host endpoints than their policies say. */
import type { HostEndpoint } from "../cluster/host-endpoint.ts";
import { isNoTraffic } from "../net/traffic.ts";
import type { Situation } from "../situation/situation.ts";
import { valuesOf } from "./address-lookup.ts";
import type { EarlyTraffic, HostStage, HostStageFamily } from "./host-program.ts";

/** What is forwarded takes the way of everything else, but without a connection. */
export function untrackedForwarding(stages: readonly HostStage[], early: readonly EarlyTraffic[]): readonly string[] {
  const allowing = new Set(
    early.filter(({ phase, allowed }) => phase === "untracked" && !isNoTraffic(allowed)).map(({ name }) => name),
  );
  const names = stages
    .filter(
      ({ direction, families }) => direction === "ingress" && families.some((family) => leadsTo(family, allowing)),
    )
    .map(({ endpoint }) => endpoint);
  return [...new Set(names)].map(
    (name) =>
      `HostEndpoint ${name}: what its untracked policies allow is forwarded untracked, and dropped where policy governs the pod`,
  );
}

function leadsTo({ rows }: HostStageFamily, chains: ReadonlySet<string>): boolean {
  return rows.some((row) => valuesOf(row).some((target) => target.kind === "traffic" && chains.has(target.chain)));
}

/** The kernel tells a packet of the node itself by the interface that led to a Service, not by the one to its endpoint. */
export function staleInterfaces(
  { inventory }: Situation,
  endpoints: readonly HostEndpoint[],
  stages: readonly HostStage[],
): readonly string[] {
  if (inventory.services.every(({ headless }) => headless)) return [];
  const judging = new Set(
    stages
      .filter(({ phase, direction }) => phase === "normal" && direction === "egress")
      .map((stage) => stage.endpoint),
  );
  // Where one host endpoint stands for all interfaces, it does not matter which it is.
  const isOne = endpoints.length === 1 && endpoints[0]?.interfaceName === "*";
  return endpoints
    .filter(({ name }) => !isOne && judging.has(name))
    .map(
      ({ name }) =>
        `HostEndpoint ${name}: connections of the node itself to a Service are judged at the interface that leads to the Service's address`,
    );
}
