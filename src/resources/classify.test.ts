import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { classify } from "./classify.ts";

describe("what an object is, by group and kind together", () => {
  const rows: readonly (readonly [apiVersion: string, kind: string, found: string])[] = [
    ["networking.k8s.io/v1", "NetworkPolicy", "read NetworkPolicy"],
    ["projectcalico.org/v3", "NetworkPolicy", "read CalicoNetworkPolicy"],
    ["crd.projectcalico.org/v1", "NetworkPolicy", "read CalicoNetworkPolicy"],
    ["crd.projectcalico.org/v1", "Tier", "read Tier"],
    ["policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy", "read ClusterNetworkPolicy"],
    ["policy.networking.k8s.io/v1alpha1", "BaselineAdminNetworkPolicy", "read BaselineAdminNetworkPolicy"],
    ["projectcalico.org/v2", "NetworkPolicy", "unserved projectcalico.org/v3"],
    ["v1", "GlobalNetworkPolicy", "unserved projectcalico.org/v3"],
    ["v1", "hostEndpoint", "unserved projectcalico.org/v3"],
    ["networking.k8s.io/v1", "ClusterNetworkPolicy", "unserved policy.networking.k8s.io/v1alpha2"],
    ["policy.networking.k8s.io/v1alpha1", "ClusterNetworkPolicy", "unserved policy.networking.k8s.io/v1alpha2"],
    ["policy.networking.k8s.io/v1alpha2", "NetworkPolicy", "unserved networking.k8s.io/v1"],
    ["projectcalico.org/v3", "GlobalNetworkPolicies", "unserved projectcalico.org/v3"],
    ["projectcalico.org/v3", "Node", "other"],
    ["projectcalico.org/v3", "IPPool", "other"],
    ["v1", "Node", "read Node"],
    ["kubeflow.org/v1", "Profile", "other"],
    ["crd.antrea.io/v1beta1", "Tier", "filter"],
    ["crd.antrea.io/v1beta1", "NetworkPolicy", "filter"],
    ["cilium.io/v2", "CiliumNetworkPolicy", "filter"],
  ];
  for (const [apiVersion, kind, expected] of rows) {
    it(`${kind} of ${apiVersion}: ${expected}`, () => {
      const found = classify(apiVersion, kind);
      const detail =
        found.class === "read"
          ? ` ${found.entry.storedAs ?? found.entry.kind}`
          : found.class === "unserved"
            ? ` ${found.entry.served[0]}`
            : "";
      assert.equal(`${found.class}${detail}`, expected);
    });
  }
});
