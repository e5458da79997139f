/** Who can send and receive packets: pods, nodes, and Services that stand for pods. */
import type { Labels, LabelSource } from "../labels/labels.ts";
import type { Address, AddressSet } from "../net/address.ts";
import type { PodPlacement, Taint, WorkloadKind } from "../resources/kinds.ts";
import type { Origin, Path } from "../source/origin.ts";

/** A service account; its labels are known only where it is in the input. */
export interface ServiceAccount {
  readonly name: string;
  readonly labels: Labels;
  readonly listed: boolean;
}

export interface Namespace {
  readonly name: string;
  /** Always with `kubernetes.io/metadata.name`, which the API server sets and nobody can forge (rule 7). */
  readonly labels: Labels;
  /** False where only objects inside it are in the input: then its other labels are not known. */
  readonly listed: boolean;
  readonly origin: ((path?: Path) => Origin) | undefined;
}

/** The controller that owns pods; answers group by it. A pod that nobody owns is its own workload. */
export interface Workload {
  readonly kind: WorkloadKind | "Pod";
  readonly namespace: string;
  readonly name: string;
}

/** A port with a name that rules may use. */
export interface NamedPort {
  readonly name: string;
  readonly protocol: number;
  readonly port: number;
}

/**
 * A pod that policies can select: live and with an address, or a template of pods to come. Host-network, finished and
 * address-less live pods are not among them.
 */
export interface Pod {
  readonly kind: "pod";
  readonly namespace: Namespace;
  readonly name: string;
  readonly workload: Workload;
  /** Its own labels. */
  readonly labels: Labels;
  /** Its labels as selectors see them: `cluster/labelled.ts`. */
  readonly seen: LabelSource;
  readonly serviceAccount: ServiceAccount;
  /** Known addresses, at most a few per family. Empty exactly for a template. */
  readonly addresses: readonly Address[];
  /** The node's name; undefined where it is not scheduled yet. */
  readonly node: string | undefined;
  /** What it requires of a node, where it is not scheduled yet. */
  readonly placement: PodPlacement;
  /** Addresses of its node that the pod's own status tells. */
  readonly hostAddresses: readonly Address[];
  readonly ports: readonly NamedPort[];
  /** Every port a container declares, named or not: the ports worth asking about. */
  readonly declaredPorts: readonly { readonly protocol: number; readonly port: number }[];
  readonly ready: boolean;
  readonly replicas: number;
  readonly origin: (path?: Path) => Origin;
  /** The path of the pod's labels inside its resource. */
  readonly labelsPath: Path;
  /** The path of its spec. */
  readonly specPath: Path;
}

export interface Node {
  readonly kind: "node";
  readonly name: string;
  /** Every address known to be the node's: from its status, its pods' and its host endpoints. */
  readonly addresses: readonly Address[];
  /** Those in its status, by which policies select nodes (ClusterNetworkPolicy: `nodes`). */
  readonly statusAddresses: readonly Address[];
  /** The addresses its pods get, where known. */
  readonly podRange: AddressSet;
  readonly taints: readonly Taint[];
  readonly seen: LabelSource;
  readonly origin: ((path?: Path) => Origin) | undefined;
}

/** A pod that shares its node's address and hence is the node as far as policy sees (rule 13). */
export interface HostPod {
  readonly namespace: string;
  readonly name: string;
  readonly workload: Workload;
  readonly node: string | undefined;
  readonly addresses: readonly Address[];
}

/** Why an object that looks like a pod is no endpoint. */
export interface AbsentPod {
  readonly namespace: string;
  readonly name: string;
  readonly workload: Workload;
  readonly why: "finished" | "no address";
  readonly origin: Origin;
}

/** True for pods that do not exist yet: their address and node are not known. */
export function isTemplate(pod: Pick<Pod, "addresses">): boolean {
  return pod.addresses.length === 0;
}

/** `accounts/pod/web-1`; a template is called by its workload, `accounts/deploy/web`. */
export function podText(pod: Pick<Pod, "namespace" | "name" | "workload" | "addresses">): string {
  return isTemplate(pod) ? workloadText(pod.workload) : `${pod.namespace.name}/pod/${pod.name}`;
}

const SHORT_KINDS = {
  pod: "Pod",
  deploy: "Deployment",
  rs: "ReplicaSet",
  sts: "StatefulSet",
  ds: "DaemonSet",
  job: "Job",
  cj: "CronJob",
  rc: "ReplicationController",
} as const satisfies Readonly<Record<string, Workload["kind"]>>;

/** kubectl's short names, and the long ones people write. */
const KIND_WORDS: ReadonlyMap<string, Workload["kind"]> = new Map(
  Object.entries(SHORT_KINDS).flatMap(([short, kind]) => [
    [short, kind] as const,
    [kind.toLowerCase(), kind] as const,
    [`${kind.toLowerCase()}s`, kind] as const,
  ]),
);

const SHORT_KIND: ReadonlyMap<string, string> = new Map(
  Object.entries(SHORT_KINDS).map(([short, kind]) => [kind, short]),
);

/** The kind a user means by `deploy`, `deployment` or `deployments`; undefined for other words. */
export function workloadKind(word: string): Workload["kind"] | undefined {
  return KIND_WORDS.get(word.toLowerCase());
}

/** `accounts/deploy/backend`. */
export function workloadText(workload: Workload): string {
  return `${workload.namespace}/${SHORT_KIND.get(workload.kind)}/${workload.name}`;
}

export function sameWorkload(a: Workload, b: Workload): boolean {
  return a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
}
