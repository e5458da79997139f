/**
 * The cluster-wide policies of policy.networking.k8s.io in one shape, that of ClusterNetworkPolicy v1alpha2. The older
 * AdminNetworkPolicy and BaselineAdminNetworkPolicy (v1alpha1) are stored in it too: Allow is Accept, ports are
 * protocols, and the only BaselineAdminNetworkPolicy stands in the Baseline tier at the last priority.
 */
import type { LabelSelector, PortProtocol, ResourceOf } from "./kinds.ts";

/** The priority of a BaselineAdminNetworkPolicy, which has none of its own: the last one that the API knows. */
export const BASELINE_PRIORITY = 1000;

export type NamespacesPeer = { readonly kind: "namespaces"; readonly selector: LabelSelector };

/** Pods that both selectors select; an empty selector selects all. */
export type PodsPeer = {
  readonly kind: "pods";
  readonly namespaceSelector: LabelSelector;
  readonly podSelector: LabelSelector;
};

/** Pods only; those on the host network are no subjects. */
export type ClusterPolicySubject = NamespacesPeer | PodsPeer;

/** `nodes`, `networks` and `domainNames` stand in egress rules only. */
export type ClusterPolicyPeer =
  | NamespacesPeer
  | PodsPeer
  | { readonly kind: "nodes"; readonly selector: LabelSelector }
  | { readonly kind: "networks"; readonly cidrs: readonly string[] }
  | { readonly kind: "domainNames"; readonly names: readonly string[] }
  /** Of a newer API. Accept matches nothing with it; Deny and Pass act as a Deny of everything. */
  | { readonly kind: "unknown" };

export type ClusterPolicyProtocol =
  /** Destination ports, both ends included. */
  | { readonly kind: "ports"; readonly protocol: PortProtocol; readonly start: number; readonly end: number }
  /** Bears no protocol: it is that of the port the pod gives this name. */
  | { readonly kind: "named"; readonly name: string }
  /** Of a newer API, as with peers. */
  | { readonly kind: "unknown" };

export interface ClusterPolicyRule {
  /** Empty where the author gave none. */
  readonly name: string;
  readonly action: "Accept" | "Deny" | "Pass";
  /** What the author calls `from` or `to`. Never empty. */
  readonly peers: readonly ClusterPolicyPeer[];
  /** Undefined: all traffic, whatever the protocol. Never empty. */
  readonly protocols: readonly ClusterPolicyProtocol[] | undefined;
}

export interface ClusterNetworkPolicySpec {
  readonly tier: "Admin" | "Baseline";
  /** 0 to 1000, lower comes first; policies of one tier may share a priority, and their order is then undefined. */
  readonly priority: number;
  readonly subject: ClusterPolicySubject;
  readonly ingress: readonly ClusterPolicyRule[];
  readonly egress: readonly ClusterPolicyRule[];
}

export type ClusterNetworkPolicyResource = ResourceOf<"ClusterNetworkPolicy", ClusterNetworkPolicySpec>;
export type AdminNetworkPolicyResource = ResourceOf<"AdminNetworkPolicy", ClusterNetworkPolicySpec>;
export type BaselineAdminNetworkPolicyResource = ResourceOf<"BaselineAdminNetworkPolicy", ClusterNetworkPolicySpec>;

export type ClusterPolicyResource =
  | ClusterNetworkPolicyResource
  | AdminNetworkPolicyResource
  | BaselineAdminNetworkPolicyResource;
