/** The kinds of policy.networking.k8s.io. */
import type { KindEntry } from "../kind-entry.ts";
import { dnsSubdomainObjection, type Objection, shown } from "../syntax.ts";
import { adminPolicySpec, baselinePolicySpec, clusterPolicySpec, reportReplaced } from "./policy.ts";

const COMMON = {
  removed: {},
  namespaced: false,
  fields: ["spec", "status"],
  nameObjection: dnsSubdomainObjection,
} as const;

const OLD = { ...COMMON, served: ["policy.networking.k8s.io/v1alpha1"] } as const;

export const CLUSTER_POLICY_KINDS: readonly KindEntry[] = [
  {
    ...COMMON,
    served: ["policy.networking.k8s.io/v1alpha2", "policy.networking.k8s.io/v1beta1"],
    kind: "ClusterNetworkPolicy",
    read: (at, common) => ({ ...common, kind: "ClusterNetworkPolicy", spec: clusterPolicySpec(at.enter("spec")) }),
  },
  {
    ...OLD,
    kind: "AdminNetworkPolicy",
    read: (at, common) => {
      reportReplaced(at, "AdminNetworkPolicy");
      return { ...common, kind: "AdminNetworkPolicy", spec: adminPolicySpec(at.enter("spec")) };
    },
  },
  {
    ...OLD,
    kind: "BaselineAdminNetworkPolicy",
    nameObjection: onlyDefault,
    read: (at, common) => {
      reportReplaced(at, "BaselineAdminNetworkPolicy");
      return { ...common, kind: "BaselineAdminNetworkPolicy", spec: baselinePolicySpec(at.enter("spec")) };
    },
  },
];

function onlyDefault(name: string): Objection {
  if (name === "default") return undefined;
  return {
    reason: `${shown(name)}: the only BaselineAdminNetworkPolicy is called default`,
    remedy: "write `name: default`",
  };
}
