/**
 * Cluster-wide policies as they stand in manifests: ClusterNetworkPolicy v1alpha2, and its elders AdminNetworkPolicy and
 * BaselineAdminNetworkPolicy v1alpha1.
 */
import type { Maybe, RawObject, RawSelector } from "./raw-objects.ts";

export interface RawClusterPolicy extends RawObject {
  readonly kind: "ClusterNetworkPolicy";
  readonly spec: {
    readonly tier: string;
    readonly priority: number;
    readonly subject: RawPodPeer;
    readonly ingress?: Maybe<readonly RawClusterRule[]>;
    readonly egress?: Maybe<readonly RawClusterRule[]>;
  };
}

export interface RawElderPolicy extends RawObject {
  readonly kind: "AdminNetworkPolicy" | "BaselineAdminNetworkPolicy";
  readonly spec: {
    /** Baseline has none. */
    readonly priority?: Maybe<number>;
    readonly subject: RawPodPeer;
    readonly ingress?: Maybe<readonly RawElderRule[]>;
    readonly egress?: Maybe<readonly RawElderRule[]>;
  };
}

/** One of the two. */
export interface RawPodPeer {
  readonly namespaces?: Maybe<RawSelector>;
  readonly pods?: Maybe<{ readonly namespaceSelector?: Maybe<RawSelector>; readonly podSelector?: Maybe<RawSelector> }>;
}

/** Exactly one field is written. */
export interface RawClusterPeer extends RawPodPeer {
  readonly nodes?: Maybe<RawSelector>;
  readonly networks?: Maybe<readonly string[]>;
  readonly domainNames?: Maybe<readonly string[]>;
}

interface RawRuleBase {
  readonly name?: Maybe<string>;
  readonly action: string;
  readonly from?: Maybe<readonly RawClusterPeer[]>;
  readonly to?: Maybe<readonly RawClusterPeer[]>;
}

export interface RawClusterRule extends RawRuleBase {
  readonly protocols?: Maybe<readonly RawClusterProtocol[]>;
}

export interface RawElderRule extends RawRuleBase {
  readonly ports?: Maybe<readonly RawElderPort[]>;
}

/** Exactly one field is written. */
export interface RawClusterProtocol {
  readonly tcp?: Maybe<RawDestination>;
  readonly udp?: Maybe<RawDestination>;
  readonly sctp?: Maybe<RawDestination>;
  readonly destinationNamedPort?: Maybe<string>;
}

export interface RawDestination {
  readonly destinationPort?: Maybe<{
    readonly number?: Maybe<number>;
    readonly range?: Maybe<{ readonly start: number; readonly end: number }>;
  }>;
}

/** Exactly one field is written. */
export interface RawElderPort {
  readonly portNumber?: Maybe<{ readonly protocol: string; readonly port: number }>;
  readonly portRange?: Maybe<{ readonly protocol?: Maybe<string>; readonly start: number; readonly end: number }>;
  readonly namedPort?: Maybe<string>;
}

export function isClusterPolicy(object: RawObject): object is RawClusterPolicy {
  return object.kind === "ClusterNetworkPolicy" && object.apiVersion === "policy.networking.k8s.io/v1alpha2";
}

export function isElderPolicy(object: RawObject): object is RawElderPolicy {
  return (
    (object.kind === "AdminNetworkPolicy" || object.kind === "BaselineAdminNetworkPolicy") &&
    object.apiVersion === "policy.networking.k8s.io/v1alpha1"
  );
}
