/** The kinds of Calico: what its API takes, and the form in which it stores them in a cluster. */
import type { Common, KindEntry } from "../kind-entry.ts";
import { dnsLabelObjection, dnsSubdomainObjection } from "../syntax.ts";
import { hostEndpointSpec } from "./host-endpoint.ts";
import { globalPolicyNameObjection, policyNameObjection } from "./names.ts";
import { networkSetSpec } from "./network-set.ts";
import {
  type Form,
  globalPolicySpec,
  policySpec,
  stagedGlobalPolicySpec,
  stagedKubernetesPolicySpec,
  stagedPolicySpec,
} from "./policy.ts";
import { profileSpec } from "./profile.ts";
import { tierSpec } from "./tier.ts";

const COMMON = {
  served: ["projectcalico.org/v3", "crd.projectcalico.org/v1"],
  removed: {},
  fields: ["spec", "status"],
  nameObjection: dnsSubdomainObjection,
} as const;

const NAMESPACED = { ...COMMON, namespaced: true, nameObjection: policyNameObjection } as const;
const GLOBAL = { ...COMMON, namespaced: false, nameObjection: globalPolicyNameObjection } as const;

function formOf({ apiVersion }: Common): Form {
  return apiVersion.startsWith("crd.") ? "stored" : "api";
}

export const CALICO_KINDS: readonly KindEntry[] = [
  {
    ...NAMESPACED,
    kind: "NetworkPolicy",
    storedAs: "CalicoNetworkPolicy",
    read: (at, common) => ({
      ...common,
      kind: "CalicoNetworkPolicy",
      spec: policySpec(formOf(common))(at.enter("spec")),
    }),
  },
  {
    ...GLOBAL,
    kind: "GlobalNetworkPolicy",
    read: (at, common) => ({
      ...common,
      kind: "GlobalNetworkPolicy",
      spec: globalPolicySpec(formOf(common))(at.enter("spec")),
    }),
  },
  {
    ...NAMESPACED,
    kind: "StagedNetworkPolicy",
    read: (at, common) => ({
      ...common,
      kind: "StagedNetworkPolicy",
      spec: stagedPolicySpec(formOf(common))(at.enter("spec")),
    }),
  },
  {
    ...GLOBAL,
    kind: "StagedGlobalNetworkPolicy",
    read: (at, common) => ({
      ...common,
      kind: "StagedGlobalNetworkPolicy",
      spec: stagedGlobalPolicySpec(formOf(common))(at.enter("spec")),
    }),
  },
  {
    ...NAMESPACED,
    nameObjection: dnsSubdomainObjection,
    kind: "StagedKubernetesNetworkPolicy",
    read: (at, common) => ({
      ...common,
      kind: "StagedKubernetesNetworkPolicy",
      spec: stagedKubernetesPolicySpec(at.enter("spec")),
    }),
  },
  {
    ...COMMON,
    kind: "Tier",
    namespaced: false,
    // It is the first part of the names of its policies, so it has no dot.
    nameObjection: dnsLabelObjection,
    read: (at, common) => ({ ...common, kind: "Tier", spec: tierSpec(at.enter("spec"), common.metadata.name) }),
  },
  {
    ...COMMON,
    kind: "NetworkSet",
    namespaced: true,
    read: (at, common) => ({ ...common, kind: "NetworkSet", spec: networkSetSpec(at) }),
  },
  {
    ...COMMON,
    kind: "GlobalNetworkSet",
    namespaced: false,
    read: (at, common) => ({ ...common, kind: "GlobalNetworkSet", spec: networkSetSpec(at) }),
  },
  {
    ...COMMON,
    kind: "HostEndpoint",
    namespaced: false,
    read: (at, common) => ({ ...common, kind: "HostEndpoint", spec: hostEndpointSpec(at.enter("spec")) }),
  },
  {
    ...COMMON,
    kind: "Profile",
    namespaced: false,
    read: (at, common) => ({ ...common, kind: "Profile", spec: profileSpec(at.enter("spec")) }),
  },
];
