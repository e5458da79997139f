/** The map as `portcullis/map/v1`: docs/schemas/map.v1.json. */
import type { MapRow, ReachMap } from "../../reach/map.ts";
import { type Json, missingJson, sideJson } from "./json.ts";
import { trafficJson } from "./why-json.ts";

export function mapJson(map: ReachMap): Json {
  const { by, workloads } = map;
  return { schema: "portcullis/map/v1", by, workloads, ...connectionRows(map) };
}

/** What passes, what does so one way, and what is not known. */
export function connectionRows({ connections, oneWay, undecided }: ReachMap): { readonly [key: string]: Json } {
  return {
    connections: connections.map((row) => ({ ...rowJson(row), unasked: row.unasked ? true : undefined })),
    oneWay: oneWay.map(rowJson),
    undecided: undecided.map((row) => ({ ...rowJson(row), missing: missingJson(row.missing) })),
  };
}

function rowJson({ from, to, family, traffic, pairs }: MapRow): { readonly [key: string]: Json | undefined } {
  return { from: sideJson(from), to: sideJson(to), family, pairs, traffic: trafficJson(traffic) };
}
