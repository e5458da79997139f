/** Which kinds are read, in which API versions, and how. */
import type { Metadata } from "../kinds.ts";
import { CLUSTER_POLICY_KINDS } from "./cluster-policy/registry.ts";
import { endpointSliceSpec, endpointsSpec } from "./endpoints.ts";
import type { KindEntry } from "./kind-entry.ts";
import { networkPolicySpec } from "./network-policy.ts";
import { nodeSpec } from "./node.ts";
import { podSpec, podStatus } from "./pod.ts";
import { serviceSpec } from "./service.ts";
import { dnsLabelObjection, dnsSubdomainObjection } from "./syntax.ts";
import { cronJobSpec, replicatedSpec, singleSpec } from "./workload.ts";

const SPEC_AND_STATUS = ["spec", "status"] as const;

const NO_SPEC = { served: ["v1"], removed: {}, nameObjection: dnsSubdomainObjection } as const;

const OLD_APPS = { "extensions/v1beta1": "1.16", "apps/v1beta1": "1.16", "apps/v1beta2": "1.16" } as const;
const APPS = {
  served: ["apps/v1"],
  removed: OLD_APPS,
  namespaced: true,
  fields: SPEC_AND_STATUS,
  nameObjection: dnsSubdomainObjection,
} as const;

const BATCH = { ...APPS, served: ["batch/v1"], removed: {} } as const;

const CORE_KINDS: readonly KindEntry[] = [
  {
    ...NO_SPEC,
    kind: "Namespace",
    namespaced: false,
    fields: SPEC_AND_STATUS,
    nameObjection: dnsLabelObjection,
    read: (_, common) => ({ ...common, kind: "Namespace", metadata: withNameLabel(common.metadata), spec: null }),
  },
  {
    ...NO_SPEC,
    kind: "ServiceAccount",
    namespaced: true,
    fields: ["secrets", "imagePullSecrets", "automountServiceAccountToken"],
    read: (_, common) => ({ ...common, kind: "ServiceAccount", spec: null }),
  },
  {
    ...NO_SPEC,
    kind: "Pod",
    namespaced: true,
    fields: SPEC_AND_STATUS,
    read: (at, common) => ({
      ...common,
      kind: "Pod",
      spec: { pod: podSpec(at.enter("spec")), status: podStatus(at.enter("status")) },
    }),
  },
  {
    ...APPS,
    kind: "Deployment",
    read: (at, common) => ({ ...common, kind: "Deployment", spec: replicatedSpec(at.enter("spec")) }),
  },
  {
    ...APPS,
    kind: "ReplicaSet",
    read: (at, common) => ({ ...common, kind: "ReplicaSet", spec: replicatedSpec(at.enter("spec")) }),
  },
  {
    ...APPS,
    kind: "StatefulSet",
    read: (at, common) => ({ ...common, kind: "StatefulSet", spec: replicatedSpec(at.enter("spec")) }),
  },
  {
    ...APPS,
    kind: "DaemonSet",
    read: (at, common) => ({ ...common, kind: "DaemonSet", spec: singleSpec(at.enter("spec")) }),
  },
  {
    ...APPS,
    served: ["v1"],
    removed: {},
    kind: "ReplicationController",
    read: (at, common) => ({ ...common, kind: "ReplicationController", spec: replicatedSpec(at.enter("spec")) }),
  },
  { ...BATCH, kind: "Job", read: (at, common) => ({ ...common, kind: "Job", spec: singleSpec(at.enter("spec")) }) },
  {
    ...BATCH,
    removed: { "batch/v1beta1": "1.25", "batch/v2alpha1": "1.21" },
    kind: "CronJob",
    read: (at, common) => ({ ...common, kind: "CronJob", spec: cronJobSpec(at.enter("spec")) }),
  },
  {
    ...NO_SPEC,
    kind: "Service",
    namespaced: true,
    fields: SPEC_AND_STATUS,
    nameObjection: dnsLabelObjection,
    read: (at, common) => ({ ...common, kind: "Service", spec: serviceSpec(at) }),
  },
  {
    ...NO_SPEC,
    kind: "EndpointSlice",
    served: ["discovery.k8s.io/v1"],
    removed: { "discovery.k8s.io/v1beta1": "1.25" },
    namespaced: true,
    fields: ["addressType", "endpoints", "ports"],
    read: (at, common) => ({ ...common, kind: "EndpointSlice", spec: endpointSliceSpec(at, common.metadata.labels) }),
  },
  {
    ...NO_SPEC,
    kind: "Endpoints",
    namespaced: true,
    fields: ["subsets"],
    read: (at, common) => ({ ...common, kind: "Endpoints", spec: endpointsSpec(at) }),
  },
  {
    ...NO_SPEC,
    kind: "Node",
    namespaced: false,
    fields: SPEC_AND_STATUS,
    read: (at, common) => ({ ...common, kind: "Node", spec: nodeSpec(at) }),
  },
  {
    ...NO_SPEC,
    kind: "NetworkPolicy",
    served: ["networking.k8s.io/v1"],
    removed: { "extensions/v1beta1": "1.16" },
    namespaced: true,
    fields: SPEC_AND_STATUS,
    read: (at, common) => ({ ...common, kind: "NetworkPolicy", spec: networkPolicySpec(at.enter("spec")) }),
  },
];

/** Everything that Kubernetes itself serves, and the policies its network group defines as extensions. */
export const KUBERNETES_KINDS: readonly KindEntry[] = [...CORE_KINDS, ...CLUSTER_POLICY_KINDS];

export { PORTCULLIS_KINDS } from "./assertions.ts";
export { CALICO_KINDS } from "./calico/registry.ts";

/** Every namespace bears its name as a label; the server sets it whatever the author wrote. */
function withNameLabel(metadata: Metadata): Metadata {
  return { ...metadata, labels: { ...metadata.labels, "kubernetes.io/metadata.name": metadata.name } };
}
