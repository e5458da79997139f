/** Calico objects as they stand in manifests. Only the fields that decide about pods' packets are named. */
import type { Maybe, RawMetadata, RawObject } from "./raw-objects.ts";

export interface RawCalicoPolicy extends RawObject {
  readonly kind: "NetworkPolicy" | "GlobalNetworkPolicy";
  readonly spec?: Maybe<RawCalicoPolicySpec>;
}

/** Also the kind that stages a Kubernetes NetworkPolicy, whose other fields are that policy's. */
export interface RawStagedPolicy extends RawObject {
  readonly kind: "StagedNetworkPolicy" | "StagedGlobalNetworkPolicy" | "StagedKubernetesNetworkPolicy";
  readonly metadata: RawMetadata;
  readonly spec?: Maybe<{ readonly stagedAction?: Maybe<string> }>;
}

export interface RawCalicoPolicySpec {
  readonly tier?: Maybe<string>;
  readonly order?: Maybe<number>;
  readonly selector?: Maybe<string>;
  readonly namespaceSelector?: Maybe<string>;
  readonly serviceAccountSelector?: Maybe<string>;
  readonly types?: Maybe<readonly string[]>;
  readonly ingress?: Maybe<readonly RawCalicoRule[]>;
  readonly egress?: Maybe<readonly RawCalicoRule[]>;
  readonly doNotTrack?: Maybe<boolean>;
  readonly preDNAT?: Maybe<boolean>;
  readonly applyOnForward?: Maybe<boolean>;
}

export interface RawCalicoRule {
  readonly action: string;
  readonly ipVersion?: Maybe<number>;
  readonly protocol?: Maybe<string | number>;
  readonly notProtocol?: Maybe<string | number>;
  readonly icmp?: Maybe<RawIcmp>;
  readonly notICMP?: Maybe<RawIcmp>;
  readonly source?: Maybe<RawEntity>;
  readonly destination?: Maybe<RawEntity>;
  readonly http?: unknown;
}

export interface RawIcmp {
  readonly type?: Maybe<number>;
  readonly code?: Maybe<number>;
}

/** What one side of a rule must be. */
export interface RawEntity {
  readonly nets?: Maybe<readonly string[]>;
  readonly notNets?: Maybe<readonly string[]>;
  readonly selector?: Maybe<string>;
  readonly notSelector?: Maybe<string>;
  readonly namespaceSelector?: Maybe<string>;
  readonly serviceAccounts?: Maybe<{ readonly names?: Maybe<readonly string[]>; readonly selector?: Maybe<string> }>;
  readonly services?: Maybe<{ readonly name: string; readonly namespace?: Maybe<string> }>;
  readonly ports?: Maybe<readonly (number | string)[]>;
  readonly notPorts?: Maybe<readonly (number | string)[]>;
}

export interface RawTier extends RawObject {
  readonly kind: "Tier";
  readonly spec?: Maybe<{ readonly order?: Maybe<number>; readonly defaultAction?: Maybe<string> }>;
}

export interface RawNetworkSet extends RawObject {
  readonly kind: "NetworkSet" | "GlobalNetworkSet";
  readonly spec?: Maybe<{ readonly nets?: Maybe<readonly string[]> }>;
}

export interface RawHostEndpoint extends RawObject {
  readonly kind: "HostEndpoint";
  readonly spec?: Maybe<{
    readonly node?: Maybe<string>;
    readonly interfaceName?: Maybe<string>;
    readonly expectedIPs?: Maybe<readonly string[]>;
    readonly profiles?: Maybe<readonly string[]>;
    readonly ports?: Maybe<readonly { readonly name: string; readonly port: number; readonly protocol: string }[]>;
  }>;
}

/** Calico stores its objects under the second name; both carry the same spec. */
export function isOfCalico({ apiVersion }: RawObject): boolean {
  return apiVersion === "projectcalico.org/v3" || apiVersion === "crd.projectcalico.org/v1";
}

export function isCalicoPolicy(object: RawObject): object is RawCalicoPolicy {
  return isOfCalico(object) && (object.kind === "NetworkPolicy" || object.kind === "GlobalNetworkPolicy");
}

export function isStagedPolicy(object: RawObject): object is RawStagedPolicy {
  return isOfCalico(object) && /^Staged(Global|Kubernetes)?NetworkPolicy$/u.test(object.kind);
}

export function isTier(object: RawObject): object is RawTier {
  return isOfCalico(object) && object.kind === "Tier";
}

export function isNetworkSet(object: RawObject): object is RawNetworkSet {
  return isOfCalico(object) && (object.kind === "NetworkSet" || object.kind === "GlobalNetworkSet");
}

export function isHostEndpoint(object: RawObject): object is RawHostEndpoint {
  return isOfCalico(object) && object.kind === "HostEndpoint";
}
