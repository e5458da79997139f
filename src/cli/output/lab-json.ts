/** What a lab built and found as `portcullis/lab/v1`. Durations are left out: equal results are equal bytes. */
import { labEndText, trafficText } from "../../lab/probes.ts";
import type { LabResult } from "../../lab/report.ts";
import { labPods, type LabPlan } from "../../lab/topology.ts";
import { addressText } from "../../net/address.ts";
import { storyOf } from "../story.ts";
import type { Json } from "./json.ts";
import { stageJson } from "./why-json.ts";

const SCHEMA = "portcullis/lab/v1";

export function resultJson(plan: LabPlan, { probes, possible, counts, differences, notes }: LabResult): Json {
  return {
    schema: SCHEMA,
    name: plan.name,
    denial: plan.denial,
    agree: differences.length === 0,
    probes,
    possible,
    counts: {
      allowed: { ...counts.allowed },
      denied: { ...counts.denied },
      undecided: { ...counts.undecided },
    },
    differences: differences.map(({ probe, measured, detail, verdict }) => ({
      from: labEndText(probe.from),
      to: labEndText(probe.to),
      traffic: trafficText(probe.traffic),
      predicted: probe.predicted,
      measured,
      detail,
      stages: storyOf(plan.situation, verdict, verdict.packet).map(stageJson),
    })),
    notes,
  };
}

export function standingJson(plan: LabPlan): Json {
  return {
    schema: SCHEMA,
    name: plan.name,
    denial: plan.denial,
    places: [...labPods(plan), ...plan.nodes, plan.outside].map(({ kind, identity, addresses, namespace }) => ({
      kind,
      name: identity,
      addresses: addresses.map(addressText),
      namespace,
    })),
    notes: plan.notes,
  };
}

export function downJson(name: string, removed: number): Json {
  return { schema: SCHEMA, name, removedNamespaces: removed };
}
