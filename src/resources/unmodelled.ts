/**
 * Kinds that can filter packets of pods and that Portcullis does not model. An answer that one of them could touch is
 * undecided; a kind that is in no list here is taken to filter nothing, so this list must stay complete.
 */

interface Unmodelled {
  readonly group: string;
  /** Kind to the reach of its objects. */
  readonly kinds: Readonly<Record<string, "namespaced" | "cluster">>;
}

const UNMODELLED: readonly Unmodelled[] = [
  {
    group: "cilium.io",
    kinds: {
      CiliumNetworkPolicy: "namespaced",
      CiliumClusterwideNetworkPolicy: "cluster",
      CiliumCIDRGroup: "cluster",
      CiliumLocalRedirectPolicy: "namespaced",
    },
  },
  {
    group: "crd.antrea.io",
    kinds: {
      NetworkPolicy: "namespaced",
      ClusterNetworkPolicy: "cluster",
      Tier: "cluster",
      Group: "namespaced",
      ClusterGroup: "cluster",
    },
  },
  {
    group: "security.antrea.tanzu.vmware.com",
    kinds: { NetworkPolicy: "namespaced", ClusterNetworkPolicy: "cluster", Tier: "cluster" },
  },
  {
    group: "security.istio.io",
    kinds: { AuthorizationPolicy: "cluster", PeerAuthentication: "cluster", RequestAuthentication: "cluster" },
  },
  { group: "networking.istio.io", kinds: { Sidecar: "cluster" } },
  {
    group: "policy.linkerd.io",
    kinds: {
      Server: "namespaced",
      ServerAuthorization: "namespaced",
      AuthorizationPolicy: "namespaced",
      EgressNetwork: "cluster",
    },
  },
  { group: "k8s.ovn.org", kinds: { EgressFirewall: "namespaced" } },
  { group: "network.openshift.io", kinds: { EgressNetworkPolicy: "namespaced", NetNamespace: "cluster" } },
  { group: "k8s.cni.cncf.io", kinds: { MultiNetworkPolicy: "namespaced" } },
  {
    group: "networking.k8s.aws",
    kinds: {
      ApplicationNetworkPolicy: "namespaced",
      ClusterNetworkPolicy: "cluster",
      PolicyEndpoint: "namespaced",
      ClusterPolicyEndpoint: "cluster",
    },
  },
  { group: "vpcresources.k8s.aws", kinds: { SecurityGroupPolicy: "namespaced" } },
  { group: "networking.gke.io", kinds: { FQDNNetworkPolicy: "namespaced" } },
  {
    group: "kuma.io",
    kinds: { MeshTrafficPermission: "cluster", TrafficPermission: "cluster", MeshTLS: "cluster" },
  },
  { group: "consul.hashicorp.com", kinds: { ServiceIntentions: "cluster" } },
  { group: "access.smi-spec.io", kinds: { TrafficTarget: "namespaced" } },
  { group: "policy.openservicemesh.io", kinds: { Egress: "namespaced", IngressBackend: "namespaced" } },
  { group: "crd.nsx.vmware.com", kinds: { SecurityPolicy: "namespaced" } },
  { group: "nsx.vmware.com", kinds: { SecurityPolicy: "namespaced", NsxLock: "cluster" } },
  { group: "kubeovn.io", kinds: { SecurityGroup: "cluster" } },
  { group: "neuvector.com", kinds: { NvSecurityRule: "namespaced", NvClusterSecurityRule: "cluster" } },
  {
    group: "security.kubearmor.com",
    kinds: { KubeArmorPolicy: "namespaced", KubeArmorClusterPolicy: "cluster", KubeArmorHostPolicy: "cluster" },
  },
];

const BY_GROUP: ReadonlyMap<string, Unmodelled> = new Map(UNMODELLED.map((entry) => [entry.group, entry]));

/** Whether objects of this kind reach pods of their own namespace only, or any; undefined: the kind filters nothing we know of. */
export function unmodelledReach(group: string, kind: string): "namespaced" | "cluster" | undefined {
  const kinds = BY_GROUP.get(group)?.kinds;
  return kinds !== undefined && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
}
