/**
 * A second reading of Kubernetes NetworkPolicy v1, written straight from its prose over raw objects. It shares no code with
 * the product and takes no short cuts, so that an error in the shared policy model cannot hide: every other answer
 * (verdict, reachability, kernel) is held against this one on random worlds.
 */
import { contains, parseAddress, parseCidr, sameAddress } from "./address.ts";
import type { Address } from "./address.ts";
import { requireValidPolicy } from "./network-policy-validity.ts";
import { isNamespace, isNetworkPolicy, isNode, isPod } from "./raw-objects.ts";
import type {
  RawIpBlock,
  RawLabels,
  RawNetworkPolicy,
  RawObject,
  RawPacket,
  RawPeer,
  RawPod,
  RawPolicyPort,
  RawSelector,
} from "./raw-objects.ts";

type Direction = "Ingress" | "Egress";

/** The verdict and what decided it. */
export type NaiveReading =
  | {
      readonly verdict: "allowed";
      /** `rules`: at least one end is isolated, and rules of its policies let the packet pass. */
      readonly because: "same-pod" | "own-node" | "no-isolation" | "rules";
    }
  | { readonly verdict: "denied"; readonly because: "egress" | "ingress" | "egress-and-ingress" };

/** One end of a packet: an address, and the pod that has it. */
interface End {
  readonly address: Address;
  readonly pod: RawPod | undefined;
}

/**
 * May this packet pass? Objects of other kinds are ignored; namespaces, pods and nodes must all be in `objects`.
 * Throws on a policy an API server would refuse, on text that is no address, on ends of different families, and on a
 * TCP, UDP or SCTP packet without destination port. Cost: everything is read again for every packet.
 */
export function naiveVerdict(objects: readonly RawObject[], packet: RawPacket): "allowed" | "denied" {
  return naiveReading(objects, packet).verdict;
}

/** `naiveVerdict` with the reason. */
export function naiveReading(objects: readonly RawObject[], packet: RawPacket): NaiveReading {
  const policies = objects.filter(isNetworkPolicy);
  policies.forEach(requireValidPolicy);
  requireValidPacket(packet);
  const source = endAt(objects, packet.source);
  const destination = endAt(objects, packet.destination);

  if (source.pod !== undefined && source.pod === destination.pod) return { verdict: "allowed", because: "same-pod" };
  if (isNodeOf(objects, source.address, destination.pod) || isNodeOf(objects, destination.address, source.pod)) {
    return { verdict: "allowed", because: "own-node" };
  }

  const isolatingSource = policiesSelecting(policies, source.pod, "Egress");
  const isolatingDestination = policiesSelecting(policies, destination.pod, "Ingress");
  const mayLeave =
    isolatingSource.length === 0 ||
    isolatingSource.some((policy) =>
      (policy.spec?.egress ?? []).some(
        (rule) =>
          peersMatch(objects, policy, rule?.to ?? [], destination) &&
          portsMatch(rule?.ports ?? [], packet, destination),
      ),
    );
  const mayEnter =
    isolatingDestination.length === 0 ||
    isolatingDestination.some((policy) =>
      (policy.spec?.ingress ?? []).some(
        (rule) =>
          peersMatch(objects, policy, rule?.from ?? [], source) && portsMatch(rule?.ports ?? [], packet, destination),
      ),
    );

  if (!mayLeave && !mayEnter) return { verdict: "denied", because: "egress-and-ingress" };
  if (!mayLeave) return { verdict: "denied", because: "egress" };
  if (!mayEnter) return { verdict: "denied", because: "ingress" };
  const isIsolated = isolatingSource.length > 0 || isolatingDestination.length > 0;
  return { verdict: "allowed", because: isIsolated ? "rules" : "no-isolation" };
}

function requireValidPacket(packet: RawPacket): void {
  if (parseAddress(packet.source).family !== parseAddress(packet.destination).family) {
    throw new Error(`${packet.source} and ${packet.destination} are of different families`);
  }
  if (portProtocolOf(packet) !== undefined && packet.destinationPort === undefined) {
    throw new Error(`a ${packet.protocol} packet needs a destination port`);
  }
}

// Who is there

function endAt(objects: readonly RawObject[], text: string): End {
  const address = parseAddress(text);
  const [pod, second] = objects
    .filter(isPod)
    .filter((pod) => isSubjectToPolicy(pod) && podAddresses(pod).some((own) => sameAddress(own, address)));
  if (second !== undefined) throw new Error(`two live pods have the address ${text}`);
  return { address, pod };
}

/** Host-network pods are part of their node, and finished pods are gone, whatever address they still show. */
function isSubjectToPolicy(pod: RawPod): boolean {
  const isFinished = pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
  return !isFinished && pod.spec?.hostNetwork !== true;
}

function podAddresses({ status }: RawPod): readonly Address[] {
  return addressesOf(status?.podIP, status?.podIPs);
}

/** The API writes the first address twice: alone, and at the head of the list. */
function addressesOf(
  first: string | null | undefined,
  all: readonly { readonly ip: string }[] | null | undefined,
): readonly Address[] {
  return [first ?? "", ...(all ?? []).map(({ ip }) => ip)].filter((ip) => ip !== "").map(parseAddress);
}

/** Is this an address of the node on which the pod runs? */
function isNodeOf(objects: readonly RawObject[], address: Address, pod: RawPod | undefined): boolean {
  if (pod === undefined) return false;
  const fromNode = objects
    .filter(isNode)
    .filter((node) => node.metadata?.name === pod.spec?.nodeName)
    .flatMap((node) => node.status?.addresses ?? [])
    .filter(({ type }) => type === "InternalIP" || type === "ExternalIP")
    .map((entry) => parseAddress(entry.address));
  const fromPod = addressesOf(pod.status?.hostIP, pod.status?.hostIPs);
  return [...fromNode, ...fromPod].some((own) => sameAddress(own, address));
}

function namespaceOf(object: RawObject): string {
  return object.metadata?.namespace ?? "default";
}

/** The server puts the name label on every namespace, over whatever was written there. */
function namespaceLabels(objects: readonly RawObject[], name: string): RawLabels {
  const namespace = objects.filter(isNamespace).find((candidate) => candidate.metadata?.name === name);
  return { ...namespace?.metadata?.labels, "kubernetes.io/metadata.name": name };
}

// Which policies isolate a pod

function policiesSelecting(
  policies: readonly RawNetworkPolicy[],
  pod: RawPod | undefined,
  direction: Direction,
): readonly RawNetworkPolicy[] {
  if (pod === undefined) return [];
  return policies.filter(
    (policy) =>
      namespaceOf(policy) === namespaceOf(pod) &&
      selects(policy.spec?.podSelector ?? {}, pod.metadata?.labels ?? {}) &&
      governedDirections(policy).includes(direction),
  );
}

function governedDirections({ spec }: RawNetworkPolicy): readonly string[] {
  const written = spec?.policyTypes ?? [];
  if (written.length > 0) return written;
  return (spec?.egress ?? []).length > 0 ? ["Ingress", "Egress"] : ["Ingress"];
}

function selects(selector: RawSelector, labels: RawLabels): boolean {
  const own = new Map(Object.entries(labels));
  const labelsMatch = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => own.get(key) === value);
  return (
    labelsMatch &&
    (selector.matchExpressions ?? []).every(({ key, operator, values }) => {
      const value = own.get(key);
      const isListed = value !== undefined && (values ?? []).includes(value);
      if (operator === "In") return isListed;
      if (operator === "NotIn") return !isListed;
      if (operator === "Exists") return value !== undefined;
      return value === undefined;
    })
  );
}

// What a rule lets pass

function peersMatch(
  objects: readonly RawObject[],
  policy: RawNetworkPolicy,
  peers: readonly RawPeer[],
  end: End,
): boolean {
  return peers.length === 0 || peers.some((peer) => peerMatches(objects, policy, peer, end));
}

function peerMatches(objects: readonly RawObject[], policy: RawNetworkPolicy, peer: RawPeer, { address, pod }: End) {
  if (peer.ipBlock !== null && peer.ipBlock !== undefined) return blockMatches(peer.ipBlock, address);
  if (pod === undefined) return false;
  const podNamespace = namespaceOf(pod);
  const namespaceMatches =
    peer.namespaceSelector === null || peer.namespaceSelector === undefined
      ? podNamespace === namespaceOf(policy)
      : selects(peer.namespaceSelector, namespaceLabels(objects, podNamespace));
  return namespaceMatches && selects(peer.podSelector ?? {}, pod.metadata?.labels ?? {});
}

function blockMatches({ cidr, except }: RawIpBlock, address: Address): boolean {
  return contains(parseCidr(cidr), address) && !(except ?? []).some((part) => contains(parseCidr(part), address));
}

function portsMatch(ports: readonly RawPolicyPort[], packet: RawPacket, destination: End): boolean {
  return ports.length === 0 || ports.some((port) => portMatches(port, packet, destination.pod));
}

function portMatches(entry: RawPolicyPort, packet: RawPacket, destinationPod: RawPod | undefined): boolean {
  const { destinationPort } = packet;
  const protocol = entry.protocol ?? "TCP";
  if (destinationPort === undefined || portProtocolOf(packet) !== protocol) return false;
  const port = entry.port ?? undefined;
  if (port === undefined) return true;
  if (typeof port === "number") return port <= destinationPort && destinationPort <= (entry.endPort ?? port);
  return containerPorts(destinationPod).some(
    (own) => own.name === port && (own.protocol ?? "TCP") === protocol && own.containerPort === destinationPort,
  );
}

/** Init containers that run beside the others (native sidecars) serve as they do; the others are over before the pod serves. */
function containerPorts(pod: RawPod | undefined) {
  const sidecars = (pod?.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  return [...(pod?.spec?.containers ?? []), ...sidecars].flatMap(({ ports }) => ports ?? []);
}

/** The name that policies use for the packet's protocol; undefined for the protocols they cannot name. */
function portProtocolOf({ protocol }: RawPacket): "TCP" | "UDP" | "SCTP" | undefined {
  if (protocol === "TCP" || protocol === 6) return "TCP";
  if (protocol === "UDP" || protocol === 17) return "UDP";
  if (protocol === "SCTP" || protocol === 132) return "SCTP";
  return undefined;
}
