/** Which workload a pod belongs to: the top of its chain of owners, as far as the input or the names tell. */
import { ofKind } from "../resources/by-kind.ts";
import type { PodResource, Resource, WorkloadKind, WorkloadResource } from "../resources/kinds.ts";
import type { Workload } from "./endpoint.ts";

const WORKLOAD_KINDS: readonly WorkloadKind[] = [
  "Deployment",
  "ReplicaSet",
  "StatefulSet",
  "DaemonSet",
  "Job",
  "CronJob",
  "ReplicationController",
];

export function isWorkloadKind(kind: string): kind is WorkloadKind {
  return WORKLOAD_KINDS.some((known) => known === kind);
}

/** The workloads of an input. Each is one object, however many pods it has, so that identity tells them apart. */
export class Owners {
  readonly #resources = new Map<string, WorkloadResource>();
  readonly #workloads = new Map<string, Workload>();
  /** The top of the chain above a workload of the input, once it has been asked for. */
  readonly #tops = new Map<WorkloadResource, Workload>();

  constructor(resources: readonly Resource[]) {
    for (const resource of ofKind(resources, ...WORKLOAD_KINDS)) {
      const { namespace, name } = resource.metadata;
      this.#resources.set(keyOf(resource.kind, namespace, name), resource);
    }
  }

  resources(): Iterable<WorkloadResource> {
    return this.#resources.values();
  }

  /** A pod that no workload owns is its own. */
  ofPod(pod: PodResource): Workload {
    const { namespace, name, labels } = pod.metadata;
    const owner = ownerOf(pod);
    if (owner === undefined || !isWorkloadKind(owner.kind)) return { kind: "Pod", namespace, name };
    const resource = this.#resources.get(keyOf(owner.kind, namespace, owner.name));
    if (resource !== undefined) return this.of(resource);
    const hash = labels["pod-template-hash"];
    if (owner.kind === "ReplicaSet" && hash !== undefined && owner.name.endsWith(`-${hash}`)) {
      return this.#workload("Deployment", namespace, owner.name.slice(0, -hash.length - 1));
    }
    return this.#workload(owner.kind, namespace, owner.name);
  }

  /** The workload a workload belongs to: the Deployment of a ReplicaSet, the CronJob of a Job, or itself. */
  of(resource: WorkloadResource): Workload {
    const known = this.#tops.get(resource);
    if (known !== undefined) return known;
    const top = this.#topOf(resource);
    this.#tops.set(resource, top);
    return top;
  }

  #topOf(resource: WorkloadResource): Workload {
    const { namespace, name } = resource.metadata;
    const owner = ownerOf(resource);
    if (owner !== undefined && isWorkloadKind(owner.kind) && (owner.kind !== resource.kind || owner.name !== name)) {
      const isKnown = this.#resources.has(keyOf(owner.kind, namespace, owner.name));
      if (isKnown || owner.kind === "Deployment" || owner.kind === "CronJob") {
        return this.#workload(owner.kind, namespace, owner.name);
      }
    }
    return this.#workload(resource.kind, namespace, name);
  }

  #workload(kind: WorkloadKind, namespace: string, name: string): Workload {
    const key = keyOf(kind, namespace, name);
    const known = this.#workloads.get(key);
    if (known !== undefined) return known;
    const workload: Workload = { kind, namespace, name };
    this.#workloads.set(key, workload);
    return workload;
  }
}

function keyOf(kind: string, namespace: string, name: string): string {
  return `${namespace}/${kind}/${name}`;
}

function ownerOf({ metadata: { ownerReferences } }: PodResource | WorkloadResource) {
  return ownerReferences.find((reference) => reference.controller) ?? ownerReferences[0];
}
