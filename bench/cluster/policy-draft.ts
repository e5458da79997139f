import { type Fields, type KubernetesObject, MOMENT } from "./objects.ts";
import type { Random } from "./random.ts";

/** A policy still without what the API server adds to every object. */
export interface PolicyDraft {
  readonly apiVersion: string;
  readonly kind: string;
  /** Undefined for cluster-scoped kinds. */
  readonly namespace: string | undefined;
  readonly name: string;
  readonly spec: Fields;
}

export function policyObject(
  { apiVersion, kind, namespace, name, spec }: PolicyDraft,
  random: Random,
): KubernetesObject {
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid: random.uuid(),
      resourceVersion: String(random.integer(1000, 9_999_999)),
      generation: 1,
      creationTimestamp: MOMENT,
    },
    spec,
  };
}
