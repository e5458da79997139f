/** Exposure as `portcullis/exposure/v1`: docs/schemas/exposure.v1.json. */
import { isNoTraffic } from "../../net/traffic.ts";
import { policyText } from "../../policy/model.ts";
import type { Exposure } from "../../reach/exposure.ts";
import type { Opener, Opening } from "../../reach/openings.ts";
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

function openingJson({ direction, workloads, pods, traffic, perhaps, portNames, family, by }: Opening): Json {
  return {
    direction,
    pods,
    workloads,
    family,
    traffic: isNoTraffic(traffic) ? undefined : trafficJson(traffic),
    perhaps: isNoTraffic(perhaps) ? undefined : trafficJson(perhaps),
    portNames: portNames.length === 0 ? undefined : portNames,
    by: by && openerJson(by),
  };
}

function openerJson({ policy, rule, peer }: Opener): Json {
  const { origin } = peer ?? rule;
  return { policy: policyText(policy), rule: origin.path, origin: originJson(origin) };
}
