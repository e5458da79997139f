/**
 * The kinds Portcullis reads, as the API server would store them: defaults filled in, unknown fields gone, values
 * validated. Only the fields that matter for who may talk to whom are kept. Lists that the author left out are empty
 * lists here only where Kubernetes gives both the same meaning.
 */
import type { Origin, Path } from "../source/origin.ts";
import type { AssertionsResource } from "./assertion-kinds.ts";
import type { CalicoPolicyResource, CalicoResource } from "./calico-kinds.ts";
import type { ClusterPolicyResource } from "./cluster-policy-kinds.ts";

export interface OwnerReference {
  readonly kind: string;
  readonly name: string;
  readonly controller: boolean;
}

export interface Metadata {
  readonly name: string;
  /** Empty for cluster-scoped kinds. Namespaced kinds always have one: their own, or the one given by the reader's options. */
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly ownerReferences: readonly OwnerReference[];
}

/** One object of the input. `spec` is the projection for its kind below. */
export interface ResourceOf<K extends string, S> {
  readonly kind: K;
  readonly apiVersion: string;
  readonly metadata: Metadata;
  readonly spec: S;
  /** The place of a field; without a path, of the object. A field that is not written gives its nearest written parent. */
  readonly origin: (path?: Path) => Origin;
}

/** matchLabels and matchExpressions, ANDed. Both empty selects everything. */
export interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly LabelSelectorRequirement[];
}

export interface LabelSelectorRequirement {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values: readonly string[];
}

export type PortProtocol = "TCP" | "UDP" | "SCTP";

export interface ContainerPort {
  readonly name: string | undefined;
  readonly containerPort: number;
  readonly protocol: PortProtocol;
}

export interface Container {
  readonly name: string;
  readonly ports: readonly ContainerPort[];
  /** True for a restartable init container (a native sidecar), whose ports are served; false for other init containers. */
  readonly sidecar: boolean;
}

/** What a node's label, or its field, must be. `Gt` and `Lt` compare whole numbers. */
export interface NodeRequirement {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt";
  readonly values: readonly string[];
}

/** All of its requirements must hold; one without any holds for no node. */
export interface NodeTerm {
  readonly matchExpressions: readonly NodeRequirement[];
  readonly matchFields: readonly NodeRequirement[];
}

export interface Toleration {
  /** Empty with operator Exists: every taint. */
  readonly key: string;
  readonly operator: "Exists" | "Equal";
  readonly value: string;
  /** Empty: every effect. */
  readonly effect: string;
}

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

/** What a pod requires of the node it may be put on. */
export interface PodPlacement {
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Required node affinity: terms of which one must hold; undefined: none is written. */
  readonly nodeTerms: readonly NodeTerm[] | undefined;
  readonly tolerations: readonly Toleration[];
}

export interface PodSpec {
  readonly nodeName: string | undefined;
  readonly placement: PodPlacement;
  readonly serviceAccountName: string;
  readonly hostNetwork: boolean;
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];
}

export interface PodStatus {
  readonly phase: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown" | undefined;
  readonly podIPs: readonly string[];
  readonly hostIPs: readonly string[];
  /** The Ready condition; undefined where the status has none. */
  readonly ready: boolean | undefined;
}

export interface PodTemplate {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
}

export type WorkloadKind =
  | "Deployment"
  | "ReplicaSet"
  | "StatefulSet"
  | "DaemonSet"
  | "Job"
  | "CronJob"
  | "ReplicationController";

export interface WorkloadSpec {
  /** 1 where the kind has replicas and the author wrote none; 1 for kinds without replicas. */
  readonly replicas: number;
  readonly template: PodTemplate;
  /** The path of the template inside the object, for origins: `spec.template`, or `spec.jobTemplate.spec.template`. */
  readonly templatePath: Path;
}

export interface ServicePort {
  readonly name: string | undefined;
  readonly protocol: PortProtocol;
  readonly port: number;
  /** A number or the name of a container port; equal to `port` where the author wrote none. */
  readonly targetPort: number | string;
  readonly nodePort: number | undefined;
}

export interface ServiceSpec {
  readonly type: "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
  /** Undefined: a Service without selector, whose endpoints somebody else writes. */
  readonly selector: Readonly<Record<string, string>> | undefined;
  /** Empty where not assigned yet; `headless` tells `None`. */
  readonly clusterIPs: readonly string[];
  readonly headless: boolean;
  readonly externalIPs: readonly string[];
  readonly loadBalancerIPs: readonly string[];
  readonly externalName: string | undefined;
  readonly publishNotReadyAddresses: boolean;
  readonly externalTrafficPolicy: "Cluster" | "Local";
  readonly ports: readonly ServicePort[];
}

export interface EndpointPort {
  readonly name: string | undefined;
  readonly protocol: PortProtocol;
  readonly port: number;
}

export interface SliceEndpoint {
  readonly addresses: readonly string[];
  /** Unset means ready, as the API says. */
  readonly ready: boolean;
  readonly targetPod: { readonly namespace: string; readonly name: string } | undefined;
}

export interface EndpointSliceSpec {
  /** The Service, from label `kubernetes.io/service-name`; undefined for a slice of nobody. */
  readonly service: string | undefined;
  readonly addressType: "IPv4" | "IPv6" | "FQDN";
  readonly endpoints: readonly SliceEndpoint[];
  readonly ports: readonly EndpointPort[];
}

export interface EndpointsSpec {
  readonly subsets: readonly {
    readonly addresses: readonly string[];
    readonly notReadyAddresses: readonly string[];
    readonly ports: readonly EndpointPort[];
  }[];
}

export interface NodeSpec {
  readonly podCIDRs: readonly string[];
  readonly addresses: readonly { readonly type: string; readonly address: string }[];
  readonly taints: readonly Taint[];
}

export type PolicyType = "Ingress" | "Egress";

export interface NetworkPolicyPort {
  readonly protocol: PortProtocol;
  /** A number, a container port's name, or undefined for every port of the protocol. */
  readonly port: number | string | undefined;
  readonly endPort: number | undefined;
}

export interface NetworkPolicyPeer {
  readonly podSelector: LabelSelector | undefined;
  readonly namespaceSelector: LabelSelector | undefined;
  readonly ipBlock: { readonly cidr: string; readonly except: readonly string[] } | undefined;
}

/** One ingress or egress rule; `peers` is the list the author calls `from` or `to`. Empty lists do not restrict. */
export interface NetworkPolicyRule {
  readonly peers: readonly NetworkPolicyPeer[];
  readonly ports: readonly NetworkPolicyPort[];
}

export interface NetworkPolicySpec {
  readonly podSelector: LabelSelector;
  /** Defaulted as the API server does: Ingress always, Egress only if there are egress rules. */
  readonly policyTypes: readonly PolicyType[];
  readonly ingress: readonly NetworkPolicyRule[];
  readonly egress: readonly NetworkPolicyRule[];
}

export type NamespaceResource = ResourceOf<"Namespace", null>;
export type ServiceAccountResource = ResourceOf<"ServiceAccount", null>;
export type PodResource = ResourceOf<"Pod", { readonly pod: PodSpec; readonly status: PodStatus }>;
export type WorkloadResource = ResourceOf<WorkloadKind, WorkloadSpec>;
export type ServiceResource = ResourceOf<"Service", ServiceSpec>;
export type EndpointSliceResource = ResourceOf<"EndpointSlice", EndpointSliceSpec>;
export type EndpointsResource = ResourceOf<"Endpoints", EndpointsSpec>;
export type NodeResource = ResourceOf<"Node", NodeSpec>;
export type NetworkPolicyResource = ResourceOf<"NetworkPolicy", NetworkPolicySpec>;

export type Resource =
  | NamespaceResource
  | ServiceAccountResource
  | PodResource
  | WorkloadResource
  | ServiceResource
  | EndpointSliceResource
  | EndpointsResource
  | NodeResource
  | NetworkPolicyResource
  | CalicoResource
  | ClusterPolicyResource
  | AssertionsResource;

/** Everything that may decide over packets by rules of its own. */
export type PolicyResource = NetworkPolicyResource | CalicoPolicyResource | ClusterPolicyResource;

/**
 * `NetworkPolicy accounts/backend-allow`, `Node worker-1`: how a resource is called in every message. Kinds are called what
 * users write; where two groups have a kind of one name, the group tells them apart.
 */
export function resourceName(kind: string, metadata: Pick<Metadata, "namespace" | "name">): string {
  if (kind === "CalicoNetworkPolicy") return `${resourceName("NetworkPolicy", metadata)} (projectcalico.org)`;
  return metadata.namespace === "" ? `${kind} ${metadata.name}` : `${kind} ${metadata.namespace}/${metadata.name}`;
}
