/** A difference as `portcullis/diff/v1`: docs/schemas/diff.v1.json. */
import type { Moment, ToldChange, ToldDifference } from "../diff-story.ts";
import { type Json, missingJson, packetJson, sideJson } from "./json.ts";
import { stageJson, trafficJson } from "./why-json.ts";

export function diffJson({ changes, added, removed, workloads, unchanged }: ToldDifference): Json {
  return {
    schema: "portcullis/diff/v1",
    changes: changes.map(changeJson),
    added: { workloads: workloads.added, changes: added.map(changeJson) },
    removed: { workloads: workloads.removed, changes: removed.map(changeJson) },
    unchanged,
  };
}

function changeJson({ row, example, before, after, missing }: ToldChange): Json {
  return {
    change: row.kind,
    from: sideJson(row.from),
    to: sideJson(row.to),
    family: row.family,
    traffic: trafficJson(row.traffic),
    example: example && { from: example.from, to: example.to, packet: packetJson(example.packet) },
    before: before && momentJson(before),
    after: after && momentJson(after),
    missing: missing.length === 0 ? undefined : missingJson(missing),
  };
}

function momentJson({ verdict, stages }: Moment): Json {
  return {
    verdict,
    stages: stages.map((stage) => stageJson({ ...stage, advice: undefined, remedy: undefined })),
  };
}
