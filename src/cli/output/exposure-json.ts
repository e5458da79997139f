/** Exposure as `portcullis/exposure/v1`: docs/schemas/exposure.v1.json. */
import { isNoTraffic } from "../../net/traffic.ts";
import { policyText } from "../../policy/model.ts";
import type { Exposure, Opening } from "../../reach/exposure.ts";
import { type Json, originJson } from "./json.ts";
import { connectionRows } from "./map-json.ts";
import { trafficJson } from "./why-json.ts";

export function exposureJson({ unlabelled, openings }: Exposure): Json {
  return {
    schema: "portcullis/exposure/v1",
    unlabelled: connectionRows(unlabelled),
    openings: openings.map(openingJson),
  };
}

function openingJson({ direction, workloads, pods, traffic, perhaps, family, by }: Opening): Json {
  return {
    direction,
    pods,
    workloads,
    family,
    traffic: isNoTraffic(traffic) ? undefined : trafficJson(traffic),
    perhaps: isNoTraffic(perhaps) ? undefined : trafficJson(perhaps),
    by: by && { policy: policyText(by.policy), rule: by.peer.origin.path, origin: originJson(by.peer.origin) },
  };
}
