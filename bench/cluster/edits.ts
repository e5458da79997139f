/** One thing of a cluster changed, everything else the same: what an engine sees when somebody applies a manifest. */
import type { KubernetesObject } from "./objects.ts";

export interface Edit {
  /** All objects after the edit, in their order. */
  readonly objects: readonly KubernetesObject[];
  readonly before: KubernetesObject;
  readonly after: KubernetesObject;
}

/** One pod gets a label by which a policy for all namespaces finds it. Throws where there is no such pod. */
export function withChangedPod(objects: readonly KubernetesObject[]): Edit {
  const isOfTeam = ({ kind, metadata }: KubernetesObject): boolean =>
    kind === "Pod" && metadata.labels?.["tier"] === "backend";
  return edited(objects, isOfTeam, (pod) => ({
    ...pod,
    metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, quarantine: "true" } },
  }));
}

/** One policy of a namespace admits the whole namespace too. Throws where there is no such policy. */
export function withChangedPolicy(objects: readonly KubernetesObject[]): Edit {
  const isDenial = ({ kind, metadata }: KubernetesObject): boolean =>
    kind === "NetworkPolicy" && metadata.name === "default-deny";
  return edited(objects, isDenial, (policy) => ({
    ...policy,
    spec: {
      podSelector: {},
      policyTypes: ["Ingress"],
      ingress: [{ from: [{ podSelector: {} }], ports: [{ protocol: "TCP", port: 8443 }] }],
    },
  }));
}

function edited(
  objects: readonly KubernetesObject[],
  isMeant: (object: KubernetesObject) => boolean,
  change: (object: KubernetesObject) => KubernetesObject,
): Edit {
  // From the middle, so that no order favours it.
  const candidates = objects.filter(isMeant);
  const before = candidates[candidates.length >> 1];
  if (before === undefined) throw new RangeError("the cluster has nothing of this kind to change");
  const after = change(before);
  return { objects: objects.map((object) => (object === before ? after : object)), before, after };
}
