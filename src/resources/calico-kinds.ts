/**
 * The policy kinds of Calico (projectcalico.org/v3) as its API server would store them, and its unvalidated CRD form
 * (crd.projectcalico.org/v1) likewise. Selectors are texts of Calico's language that parse; a field that is empty in the
 * object counts as absent, as it does for Calico.
 *
 * `kind` tells Calico's NetworkPolicy from that of Kubernetes; messages call both by what users write.
 */
import type { NetworkPolicySpec, PolicyType, ResourceOf } from "./kinds.ts";

/** One port is a range of itself. Both ends are included. */
export type CalicoPort =
  | { readonly kind: "range"; readonly start: number; readonly end: number }
  | { readonly kind: "named"; readonly name: string };

/** A name and its number are not the same: only the names ICMP and ICMPv6 imply an IP version. */
export type CalicoProtocol =
  | { readonly kind: "name"; readonly name: "TCP" | "UDP" | "ICMP" | "ICMPv6" | "SCTP" | "UDPLite" }
  | { readonly kind: "number"; readonly number: number };

/** Both absent: every ICMP message. A code has a type. */
export interface CalicoIcmp {
  readonly type: number | undefined;
  readonly code: number | undefined;
}

/** What one side of a rule must be; all that is present must hold. */
export interface CalicoEntityRule {
  /** CIDRs without host bits, of one IP version throughout the rule. Empty does not restrict. */
  readonly nets: readonly string[];
  readonly notNets: readonly string[];
  readonly selector: string | undefined;
  readonly notSelector: string | undefined;
  readonly namespaceSelector: string | undefined;
  /** Names and selector both must hold; an empty list of names does not restrict. */
  readonly serviceAccounts: { readonly names: readonly string[]; readonly selector: string | undefined } | undefined;
  /** Without namespace only in namespaced policies. */
  readonly services: { readonly name: string; readonly namespace: string | undefined } | undefined;
  readonly ports: readonly CalicoPort[];
  readonly notPorts: readonly CalicoPort[];
}

/** Lists that are empty do not restrict. */
export interface CalicoHttp {
  readonly methods: readonly string[];
  readonly paths: readonly CalicoHttpPath[];
}

export type CalicoHttpPath =
  | { readonly kind: "exact"; readonly path: string }
  | { readonly kind: "prefix"; readonly path: string };

export interface CalicoRule {
  readonly action: "Allow" | "Deny" | "Log" | "Pass";
  /** As written; what a protocol implies is not filled in. */
  readonly ipVersion: 4 | 6 | undefined;
  readonly protocol: CalicoProtocol | undefined;
  readonly notProtocol: CalicoProtocol | undefined;
  readonly icmp: CalicoIcmp | undefined;
  readonly notICMP: CalicoIcmp | undefined;
  readonly source: CalicoEntityRule;
  readonly destination: CalicoEntityRule;
  readonly http: CalicoHttp | undefined;
}

export interface CalicoPolicySpec {
  /** `default` where the author wrote none. */
  readonly tier: string;
  /** Lower comes first; undefined comes last. May be negative or a fraction. */
  readonly order: number | undefined;
  /** Empty selects everything. */
  readonly selector: string;
  readonly serviceAccountSelector: string | undefined;
  /** Defaulted: from the rules in projectcalico.org/v3; both directions in an object that was written past the API. */
  readonly types: readonly PolicyType[];
  readonly ingress: readonly CalicoRule[];
  readonly egress: readonly CalicoRule[];
}

export interface CalicoGlobalPolicySpec extends CalicoPolicySpec {
  readonly namespaceSelector: string | undefined;
  readonly doNotTrack: boolean;
  readonly preDNAT: boolean;
  readonly applyOnForward: boolean;
}

export type StagedAction = "Set" | "Delete" | "Learn" | "Ignore";

/** What makes a policy a staged one; it is never enforced. */
export interface Staged {
  readonly stagedAction: StagedAction;
}

export interface TierSpec {
  /** Undefined comes last. */
  readonly order: number | undefined;
  readonly defaultAction: "Deny" | "Pass";
}

/** Of NetworkSet and GlobalNetworkSet. */
export interface NetworkSetSpec {
  /** CIDRs or single addresses; bits beyond the prefix may be set. */
  readonly nets: readonly string[];
}

export interface HostEndpointPort {
  readonly name: string;
  readonly protocol: CalicoProtocol;
  readonly port: number;
}

export interface HostEndpointSpec {
  readonly node: string;
  /** `*` is every interface of the node that no other host endpoint claims. */
  readonly interfaceName: string | undefined;
  readonly expectedIPs: readonly string[];
  readonly profiles: readonly string[];
  readonly ports: readonly HostEndpointPort[];
}

export interface ProfileSpec {
  readonly ingress: readonly CalicoRule[];
  readonly egress: readonly CalicoRule[];
  readonly labelsToApply: Readonly<Record<string, string>>;
}

export type CalicoNetworkPolicyResource = ResourceOf<"CalicoNetworkPolicy", CalicoPolicySpec>;
export type GlobalNetworkPolicyResource = ResourceOf<"GlobalNetworkPolicy", CalicoGlobalPolicySpec>;
export type StagedNetworkPolicyResource = ResourceOf<"StagedNetworkPolicy", CalicoPolicySpec & Staged>;
export type StagedGlobalNetworkPolicyResource = ResourceOf<
  "StagedGlobalNetworkPolicy",
  CalicoGlobalPolicySpec & Staged
>;
export type StagedKubernetesNetworkPolicyResource = ResourceOf<
  "StagedKubernetesNetworkPolicy",
  NetworkPolicySpec & Staged
>;
export type TierResource = ResourceOf<"Tier", TierSpec>;
export type NetworkSetResource = ResourceOf<"NetworkSet", NetworkSetSpec>;
export type GlobalNetworkSetResource = ResourceOf<"GlobalNetworkSet", NetworkSetSpec>;
export type HostEndpointResource = ResourceOf<"HostEndpoint", HostEndpointSpec>;
export type ProfileResource = ResourceOf<"Profile", ProfileSpec>;

export type CalicoPolicyResource =
  | CalicoNetworkPolicyResource
  | GlobalNetworkPolicyResource
  | StagedNetworkPolicyResource
  | StagedGlobalNetworkPolicyResource
  | StagedKubernetesNetworkPolicyResource;

export type CalicoResource =
  | CalicoPolicyResource
  | TierResource
  | NetworkSetResource
  | GlobalNetworkSetResource
  | HostEndpointResource
  | ProfileResource;
