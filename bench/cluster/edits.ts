/** Things of a cluster changed one after the other: what an engine sees when people apply manifests and controllers work. */
import type { Fields, Json, KubernetesObject } from "./objects.ts";
import { DNS } from "./system.ts";

/** An object comes, in place of the one of its name if there is one, or goes. */
export interface ClusterEdit {
  readonly kind: "put" | "remove";
  readonly object: KubernetesObject;
}

/** What happens to a cluster. `listed slice`: of a Service that policies name. */
export const EDIT_KINDS = ["policy", "pod relabelled", "pod added", "pod removed", "slice", "listed slice"] as const;

export type EditKind = (typeof EDIT_KINDS)[number];

export type ClusterEdits = Readonly<Record<EditKind, readonly ClusterEdit[]>>;

/**
 * `count` edits of each kind. They are spread evenly over the cluster, and each leads to what was not there before. Throws
 * RangeError where the cluster has too few objects of a kind.
 */
export function clusterEdits(objects: readonly KubernetesObject[], count: number): ClusterEdits {
  const denials = objects.filter(({ kind, metadata }) => kind === "NetworkPolicy" && metadata.name === "default-deny");
  const pods = objects.filter((object) => object.kind === "Pod" && fieldsOf(object["status"])["phase"] === "Running");
  const part = (rest: number): readonly KubernetesObject[] => pods.filter((_, i) => i % 3 === rest);
  const slices = objects.filter(({ kind }) => kind === "EndpointSlice");
  const isListed = ({ metadata: { namespace, labels } }: KubernetesObject): boolean =>
    namespace === DNS.namespace && labels?.["kubernetes.io/service-name"] === DNS.service;
  const gone = new Set(spread(part(2), count));
  if (gone.size < count) throw new RangeError(`the cluster has no ${count} pods that could go`);
  return {
    policy: spread(denials, count).map((policy, i) => put(withMoreAllowed(policy, i))),
    "pod relabelled": spread(part(0), count).map((pod, i) => put(inQuarantine(pod, i))),
    "pod added": spread(part(1), count).map((pod, i) => put(anotherPod(pod, i))),
    "pod removed": [...gone].map((object) => ({ kind: "remove", object })),
    slice: spread(
      slices.filter((slice) => !isListed(slice)),
      count,
    ).map((slice, i) => put(withAnotherEndpoint(slice, i))),
    "listed slice": spread(slices.filter(isListed), count).map((slice, i) => put(withAnotherEndpoint(slice, i))),
  };
}

function put(object: KubernetesObject): ClusterEdit {
  return { kind: "put", object };
}

function spread(objects: readonly KubernetesObject[], count: number): readonly KubernetesObject[] {
  if (objects.length === 0) throw new RangeError("the cluster has nothing of a kind that is to change");
  return Array.from({ length: count }, (_, i) => objects[Math.floor(((i + 0.5) * objects.length) / count)]).filter(
    (object) => object !== undefined,
  );
}

/** A policy that denied everything admits its whole namespace, at a port that no other policy names. */
function withMoreAllowed(policy: KubernetesObject, index: number): KubernetesObject {
  const ports = [{ protocol: "TCP", port: 20_000 + index }];
  const ingress = [{ from: [{ podSelector: {} }], ports }];
  return { ...policy, spec: { podSelector: {}, policyTypes: ["Ingress"], ingress } };
}

/** A pod gets a label by which a policy for all namespaces finds it, and one that nobody asks for. */
function inQuarantine(pod: KubernetesObject, index: number): KubernetesObject {
  const labels = { ...pod.metadata.labels, quarantine: "true", edit: String(index) };
  return { ...pod, metadata: { ...pod.metadata, labels } };
}

/** One more pod of a workload. */
function anotherPod(pod: KubernetesObject, index: number): KubernetesObject {
  const ip = freeAddress(index);
  return {
    ...pod,
    metadata: { ...pod.metadata, name: `${pod.metadata.name}-${index}` },
    status: { ...fieldsOf(pod["status"]), podIP: ip, podIPs: [{ ip }] },
  };
}

function withAnotherEndpoint(slice: KubernetesObject, index: number): KubernetesObject {
  const { endpoints } = slice;
  const another = { addresses: [freeAddress(index)], conditions: { ready: true, serving: true, terminating: false } };
  return { ...slice, endpoints: [...(endpoints !== undefined && isList(endpoints) ? endpoints : []), another] };
}

/** From the end of what nodes give to pods, where no node has its block. */
function freeAddress(index: number): string {
  return `10.191.${index >> 8}.${(index & 255) + 1}`;
}

function fieldsOf(value: Json | undefined): Fields {
  return typeof value === "object" && value !== null && !isList(value) ? value : {};
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
