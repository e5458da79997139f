/**
 * Kubernetes objects as they stand in manifests, before anyone has read, defaulted or validated them. Only the fields that
 * policies look at are named; every field may be missing or null, because people write both.
 */

/** A field that people leave out or write as null. */
export type Maybe<T> = T | null | undefined;

/** Anything with a kind. Objects that no policy looks at are carried along and ignored. */
export interface RawObject {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly metadata?: RawMetadata;
}

export interface RawMetadata {
  readonly name?: string;
  readonly namespace?: Maybe<string>;
  readonly labels?: Maybe<RawLabels>;
}

export type RawLabels = Readonly<Record<string, string>>;

export interface RawNamespace extends RawObject {
  readonly kind: "Namespace";
}

export interface RawNode extends RawObject {
  readonly kind: "Node";
  readonly spec?: Maybe<{ readonly podCIDR?: string; readonly podCIDRs?: readonly string[] }>;
  readonly status?: Maybe<{ readonly addresses?: Maybe<readonly RawNodeAddress[]> }>;
}

export interface RawNodeAddress {
  readonly type: string;
  readonly address: string;
}

export interface RawPod extends RawObject {
  readonly kind: "Pod";
  readonly spec?: Maybe<{
    readonly nodeName?: Maybe<string>;
    readonly hostNetwork?: Maybe<boolean>;
    readonly serviceAccountName?: Maybe<string>;
    readonly containers?: Maybe<readonly RawContainer[]>;
    readonly initContainers?: Maybe<readonly RawContainer[]>;
  }>;
  readonly status?: Maybe<{
    readonly phase?: Maybe<string>;
    readonly podIP?: Maybe<string>;
    readonly podIPs?: Maybe<readonly { readonly ip: string }[]>;
    readonly hostIP?: Maybe<string>;
    readonly hostIPs?: Maybe<readonly { readonly ip: string }[]>;
  }>;
}

export interface RawContainer {
  readonly name: string;
  readonly image?: string;
  readonly restartPolicy?: Maybe<string>;
  readonly ports?: Maybe<readonly RawContainerPort[]>;
}

export interface RawContainerPort {
  readonly name?: Maybe<string>;
  readonly containerPort: number;
  readonly protocol?: Maybe<string>;
}

export interface RawServiceAccount extends RawObject {
  readonly kind: "ServiceAccount";
}

/** A part of the endpoints of the Service that its label names. */
export interface RawEndpointSlice extends RawObject {
  readonly kind: "EndpointSlice";
  readonly addressType: string;
  readonly endpoints?: Maybe<readonly RawSliceEndpoint[]>;
  readonly ports?: Maybe<readonly RawSlicePort[]>;
}

export interface RawSliceEndpoint {
  readonly addresses: readonly string[];
  readonly conditions?: Maybe<{ readonly ready?: boolean; readonly serving?: boolean; readonly terminating?: boolean }>;
}

export interface RawSlicePort {
  readonly name?: Maybe<string>;
  readonly protocol?: Maybe<string>;
  readonly port?: Maybe<number>;
}

export interface RawNetworkPolicy extends RawObject {
  readonly kind: "NetworkPolicy";
  readonly spec?: Maybe<RawNetworkPolicySpec>;
}

export interface RawNetworkPolicySpec {
  readonly podSelector?: Maybe<RawSelector>;
  readonly policyTypes?: Maybe<readonly string[]>;
  readonly ingress?: Maybe<readonly Maybe<RawIngressRule>[]>;
  readonly egress?: Maybe<readonly Maybe<RawEgressRule>[]>;
}

export interface RawIngressRule {
  readonly from?: Maybe<readonly RawPeer[]>;
  readonly ports?: Maybe<readonly RawPolicyPort[]>;
}

export interface RawEgressRule {
  readonly to?: Maybe<readonly RawPeer[]>;
  readonly ports?: Maybe<readonly RawPolicyPort[]>;
}

export interface RawPeer {
  readonly podSelector?: Maybe<RawSelector>;
  readonly namespaceSelector?: Maybe<RawSelector>;
  readonly ipBlock?: Maybe<RawIpBlock>;
}

export interface RawIpBlock {
  readonly cidr: string;
  readonly except?: Maybe<readonly string[]>;
}

export interface RawPolicyPort {
  readonly protocol?: Maybe<string>;
  readonly port?: Maybe<number | string>;
  readonly endPort?: Maybe<number>;
}

export interface RawSelector {
  readonly matchLabels?: Maybe<RawLabels>;
  readonly matchExpressions?: Maybe<readonly RawRequirement[]>;
}

export interface RawRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: Maybe<readonly string[]>;
}

/** One packet as the pod network sees it, after a Service address has been replaced by a pod's. */
export interface RawPacket {
  readonly source: string;
  readonly destination: string;
  /** A name, or the protocol number of the IP header. */
  readonly protocol: "TCP" | "UDP" | "SCTP" | "ICMP" | "ICMPv6" | number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
}

export function isNamespace(object: RawObject): object is RawNamespace {
  return object.kind === "Namespace" && object.apiVersion === "v1";
}

export function isNode(object: RawObject): object is RawNode {
  return object.kind === "Node" && object.apiVersion === "v1";
}

export function isPod(object: RawObject): object is RawPod {
  return object.kind === "Pod" && object.apiVersion === "v1";
}

export function isServiceAccount(object: RawObject): object is RawServiceAccount {
  return object.kind === "ServiceAccount" && object.apiVersion === "v1";
}

export function isEndpointSlice(object: RawObject): object is RawEndpointSlice {
  return object.kind === "EndpointSlice" && object.apiVersion === "discovery.k8s.io/v1";
}

/** Calico has a kind of the same name, hence the look at the API group. */
export function isNetworkPolicy(object: RawObject): object is RawNetworkPolicy {
  return object.kind === "NetworkPolicy" && object.apiVersion === "networking.k8s.io/v1";
}
