/** The map as `portcullis/map/v1`: docs/schemas/map.v1.json. */
import type { MapRow, ReachMap } from "../../reach/map.ts";
import { type Side, sideNames } from "../../reach/sides.ts";
import { type Json, missingJson } from "./json.ts";
import { trafficJson } from "./why-json.ts";

export function mapJson({ connections, undecided, workloads }: ReachMap): Json {
  return {
    schema: "portcullis/map/v1",
    workloads,
    connections: connections.map(rowJson),
    undecided: undecided.map((row) => ({ ...rowJson(row), missing: missingJson(row.missing) })),
  };
}

function rowJson({ from, to, family, traffic }: MapRow): { readonly [key: string]: Json | undefined } {
  return { from: sideJson(from), to: sideJson(to), family, traffic: trafficJson(traffic) };
}

/** A workload, pod or node in the grammar of ends, a group in words, or a list of address ranges and of several sides. */
function sideJson(side: Side): Json {
  const names = sideNames(side);
  const [only] = names;
  return side.kind === "outside" || side.kind === "several" || only === undefined ? names : only;
}
