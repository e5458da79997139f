/** What a lab built and found as `portcullis/lab/v1`. Durations are left out: equal results are equal bytes. */
import { FLOW_CLASSES } from "../../lab/change/flows.ts";
import type { ChangeResult } from "../../lab/change/report.ts";
import { labEndText, pointOf, trafficText } from "../../lab/reasoning.ts";
import type { LabResult } from "../../lab/report.ts";
import { type LabNode, labPlaces, type LabPlan } from "../../lab/topology.ts";
import { addressText, familyOf } from "../../net/address.ts";
import { storyOf } from "../story.ts";
import type { Json } from "./json.ts";
import { stageJson } from "./why-json.ts";

const SCHEMA = "portcullis/lab/v1";

export function resultJson(
  plan: LabPlan,
  { probes, possible, counts, differences, notes, unsent }: LabResult,
  change?: ChangeResult,
): Json {
  return {
    schema: SCHEMA,
    name: plan.name,
    denial: plan.denial,
    agree: differences.length === 0 && (change === undefined || change.differences.length === 0),
    probes,
    possible,
    counts: {
      allowed: { ...counts.allowed },
      denied: { ...counts.denied },
      undecided: { ...counts.undecided },
      // Only packets to Services can be so.
      ...(counts.partial.probes > 0 ? { partial: { ...counts.partial } } : {}),
      ...(counts["one-way"].probes > 0 ? { "one-way": { ...counts["one-way"] } } : {}),
      ...(counts["no-route"].probes > 0 ? { "no-route": { ...counts["no-route"] } } : {}),
    },
    differences: differences.map(({ probe, measured, detail, verdicts, noRoute }) => ({
      from: labEndText(probe.from),
      to: labEndText(probe.to),
      traffic: trafficText(probe.traffic),
      predicted: probe.predicted,
      measured,
      detail,
      reason: noRoute,
      stages: verdicts.flatMap((verdict) =>
        storyOf(plan.situation, verdict, pointOf(probe.traffic, familyOf(probe.from.address))).map(stageJson),
      ),
    })),
    notes,
    unsent: unsent.map(({ what, why }) => ({ what, why })),
    ...(change === undefined ? {} : { change: changeJson(change) }),
  };
}

/** What became of packets under way: how many there were, and how long it took, is another each time. */
function changeJson({ flows, connections, milliseconds, differences }: ChangeResult): Json {
  return {
    milliseconds: rounded(milliseconds),
    flows: Object.fromEntries(
      FLOW_CLASSES.map((name) => {
        const { settledAfter, ...counts } = flows[name];
        return [name, { ...counts, ...(settledAfter === undefined ? {} : { settledAfter: rounded(settledAfter) }) }];
      }),
    ),
    connections: Object.fromEntries(
      (["kept", "closed"] as const).map((name) => {
        const { longest, ...counts } = connections[name];
        return [name, { ...counts, ...(longest === undefined ? {} : { longest: rounded(longest) }) }];
      }),
    ),
    differences: differences.map(({ flow: { from, to, traffic, is }, isConnection, detail }) => ({
      from: labEndText(from),
      to: labEndText(to),
      traffic: trafficText(traffic),
      class: is,
      kind: isConnection ? "connection" : "packets",
      detail,
    })),
  };
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

export function standingJson(plan: LabPlan): { readonly [key: string]: Json } {
  return {
    schema: SCHEMA,
    name: plan.name,
    denial: plan.denial,
    places: labPlaces(plan).map(({ kind, identity, addresses, namespace }) => ({
      kind,
      name: identity,
      addresses: addresses.map(addressText),
      namespace,
    })),
    notes: plan.notes,
  };
}

/** What would be built; with a node, also its kernel program. */
export function planJson(plan: LabPlan, node: LabNode | undefined): Json {
  return node === undefined
    ? standingJson(plan)
    : { ...standingJson(plan), program: { node: node.node.name, text: node.ruleset } };
}

export function downJson(name: string, removed: number): Json {
  return { schema: SCHEMA, name, removedNamespaces: removed };
}
