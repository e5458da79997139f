/** Controllers, pods and service accounts of a generated cluster as objects. */
import type { KubernetesObject, Labels, ObjectMeta } from "./objects.ts";
import { MOMENT } from "./objects.ts";
import type { PlacedPod } from "./placement.ts";
import type { Random } from "./random.ts";
import { replicasOf, type Revision, templateLabels, templateSpec, type Workload } from "./workloads.ts";

/** The controller, and for a Deployment its ReplicaSets. */
export function workloadObjects(workload: Workload, random: Random): readonly KubernetesObject[] {
  const [current, ...past] = workload.revisions;
  if (current === undefined) return [];
  const replicas = replicasOf(workload);
  const top: KubernetesObject = {
    apiVersion: workload.kind === "Job" ? "batch/v1" : "apps/v1",
    kind: workload.kind,
    metadata: { ...metadataOf(workload, workload.name, random), labels: { ...workload.labels } },
    spec: {
      ...(workload.kind === "DaemonSet" || workload.kind === "Job" ? {} : { replicas }),
      ...(workload.kind === "StatefulSet" ? { serviceName: workload.name } : {}),
      ...(workload.kind === "Job" ? { completions: 1, parallelism: 1 } : {}),
      selector: { matchLabels: selectorOf(workload) },
      template: template(workload, current, {}),
    },
    status: { replicas, readyReplicas: replicas, observedGeneration: 3 },
  };
  if (workload.kind !== "Deployment") return [top];
  return [top, ...[current, ...past].map((revision) => replicaSet(workload, revision, random))];
}

function replicaSet(workload: Workload, revision: Revision, random: Random): KubernetesObject {
  const name = `${workload.name}-${revision.hash}`;
  const hash = { "pod-template-hash": revision.hash };
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      ...metadataOf(workload, name, random),
      labels: { ...templateLabels(workload, revision), ...hash },
      ownerReferences: [ownerReference("apps/v1", "Deployment", workload.name, random)],
    },
    spec: {
      replicas: revision.replicas,
      selector: { matchLabels: { ...selectorOf(workload), ...hash } },
      template: template(workload, revision, hash),
    },
    status: { replicas: revision.replicas, readyReplicas: revision.replicas, observedGeneration: 1 },
  };
}

function selectorOf({ labels }: Workload): Labels {
  const { app } = labels;
  return app === undefined ? labels : { app };
}

function template(workload: Workload, revision: Revision, hash: Labels) {
  return {
    metadata: { labels: { ...templateLabels(workload, revision), ...hash } },
    spec: templateSpec(workload, revision),
  };
}

function metadataOf({ namespace }: Workload, name: string, random: Random): ObjectMeta {
  return {
    name,
    namespace,
    uid: random.uuid(),
    resourceVersion: String(random.integer(1000, 9_999_999)),
    generation: 3,
    creationTimestamp: MOMENT,
    annotations: { "meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": namespace },
  };
}

function ownerReference(apiVersion: string, kind: string, name: string, random: Random) {
  return { apiVersion, kind, name, uid: random.uuid(), controller: true, blockOwnerDeletion: true };
}

export function podObject(pod: PlacedPod, random: Random): KubernetesObject {
  const { workload, revision, name } = pod;
  const spec = templateSpec(workload, revision);
  const container = workload.role === "system" ? workload.name : workload.role;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      generateName: name.slice(0, -5),
      namespace: workload.namespace,
      uid: random.uuid(),
      resourceVersion: String(random.integer(1000, 9_999_999)),
      creationTimestamp: MOMENT,
      labels: { ...templateLabels(workload, revision), ...labelsOfController(pod) },
      annotations: { "prometheus.io/scrape": "true", "checksum/config": random.uuid() },
      ownerReferences: [ownerOf(pod, random)],
    },
    spec: {
      ...spec,
      nodeName: pod.node,
      priority: 0,
      preemptionPolicy: "PreemptLowerPriority",
      enableServiceLinks: true,
      tolerations: ["not-ready", "unreachable"].map((condition) => ({
        key: `node.kubernetes.io/${condition}`,
        operator: "Exists",
        effect: "NoExecute",
        tolerationSeconds: 300,
      })),
    },
    status: podStatus(pod, container, random),
  };
}

function labelsOfController({ workload, revision, name, index }: PlacedPod): Labels {
  switch (workload.kind) {
    case "Deployment":
      return { "pod-template-hash": revision.hash };
    case "StatefulSet":
      return {
        "controller-revision-hash": `${workload.name}-${revision.hash}`,
        "statefulset.kubernetes.io/pod-name": name,
        "apps.kubernetes.io/pod-index": String(index),
      };
    case "DaemonSet":
      return { "controller-revision-hash": revision.hash, "pod-template-generation": "1" };
    case "Job":
      return { "batch.kubernetes.io/job-name": workload.name };
  }
}

function ownerOf({ workload, revision }: PlacedPod, random: Random) {
  if (workload.kind === "Deployment") {
    return ownerReference("apps/v1", "ReplicaSet", `${workload.name}-${revision.hash}`, random);
  }
  return ownerReference(workload.kind === "Job" ? "batch/v1" : "apps/v1", workload.kind, workload.name, random);
}

/** Pods of Jobs have done their work; all others run and are ready. */
function podStatus({ workload, revision, nodeAddresses, addresses }: PlacedPod, container: string, random: Random) {
  const isDone = workload.kind === "Job";
  const image = `registry.example/${workload.name}:${revision.version}`;
  const condition = (type: string, holds: boolean) => ({
    type,
    status: holds ? "True" : "False",
    lastProbeTime: null,
    lastTransitionTime: MOMENT,
  });
  return {
    phase: isDone ? "Succeeded" : "Running",
    conditions: [
      condition("PodScheduled", true),
      condition("Initialized", true),
      condition("ContainersReady", !isDone),
      condition("Ready", !isDone),
    ],
    hostIP: nodeAddresses[0] ?? "",
    hostIPs: nodeAddresses.map((ip) => ({ ip })),
    podIP: addresses[0] ?? "",
    podIPs: addresses.map((ip) => ({ ip })),
    startTime: MOMENT,
    containerStatuses: [
      {
        name: container,
        image,
        imageID: `${image}@sha256:${random.uuid().replaceAll("-", "").repeat(2)}`,
        containerID: `containerd://${random.uuid().replaceAll("-", "").repeat(2)}`,
        ready: !isDone,
        started: !isDone,
        restartCount: random.chance(0.1) ? random.integer(1, 9) : 0,
        lastState: {},
        state: isDone
          ? { terminated: { exitCode: 0, reason: "Completed", startedAt: MOMENT, finishedAt: MOMENT } }
          : { running: { startedAt: MOMENT } },
      },
    ],
    qosClass: "Burstable",
  };
}

/** The namespace's `default`, and one for each workload that has its own. */
export function serviceAccountObjects(
  namespace: string,
  workloads: readonly Workload[],
  random: Random,
): readonly KubernetesObject[] {
  const names = new Set(["default", ...workloads.map(({ serviceAccount }) => serviceAccount)]);
  return [...names].map((name) => {
    const role = workloads.find(({ serviceAccount }) => serviceAccount === name)?.role;
    return {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: {
        name,
        namespace,
        uid: random.uuid(),
        resourceVersion: String(random.integer(1000, 9_999_999)),
        creationTimestamp: MOMENT,
        ...(name === "default" || role === undefined ? {} : { labels: { role } }),
      },
    };
  });
}
