/** Controllers of pods. */
import type { WorkloadSpec } from "../kinds.ts";
import { podTemplate } from "./pod.ts";
import { integer, record, type Type, withDefault } from "./types.ts";

const replicated = record({ replicas: withDefault(integer, 1), template: podTemplate }, { passive: "any" });

const single = record({ template: podTemplate }, { passive: "any" });
const scheduled = record({ jobTemplate: record({ spec: single }, { passive: "any" }) }, { passive: "any" });

/** Deployment, ReplicaSet, StatefulSet, ReplicationController. */
export const replicatedSpec: Type<WorkloadSpec> = (at) => ({ ...replicated(at), templatePath: ["spec", "template"] });

/** DaemonSet and Job. */
export const singleSpec: Type<WorkloadSpec> = (at) => ({
  ...single(at),
  replicas: 1,
  templatePath: ["spec", "template"],
});

export const cronJobSpec: Type<WorkloadSpec> = (at) => ({
  template: scheduled(at).jobTemplate.spec.template,
  replicas: 1,
  templatePath: ["spec", "jobTemplate", "spec", "template"],
});
