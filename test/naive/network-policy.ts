/**
 * A second reading of Kubernetes NetworkPolicy v1, written straight from its prose over raw objects. It shares no code with
 * the product and takes no short cuts, so that an error in the shared policy model cannot hide: every other answer
 * (verdict, reachability, kernel) is held against this one on random worlds. `verdict.ts` reads every policy language.
 */
import { contains, parseCidr } from "./address.ts";
import type { Address } from "./address.ts";
import { containerPorts, flowOf, namespaceLabels, namespaceOf, portProtocolOf, unstoppable } from "./flow.ts";
import type { Direction, End, Flow } from "./flow.ts";
import { selects } from "./label-selector.ts";
import { requireValidPolicy } from "./network-policy-validity.ts";
import { isNetworkPolicy } from "./raw-objects.ts";
import type {
  RawIpBlock,
  RawNetworkPolicy,
  RawObject,
  RawPacket,
  RawPeer,
  RawPod,
  RawPolicyPort,
} from "./raw-objects.ts";

/** The verdict and what decided it. */
export type NaiveReading =
  | {
      readonly verdict: "allowed";
      /** `rules`: at least one end is isolated, and rules of its policies let the packet pass. */
      readonly because: "same-pod" | "own-node" | "no-isolation" | "rules";
    }
  | { readonly verdict: "denied"; readonly because: "egress" | "ingress" | "egress-and-ingress" };

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
  const flow = flowOf(objects, packet);
  const unjudged = unstoppable(flow);
  if (unjudged !== undefined) return { verdict: "allowed", because: unjudged };

  const isolating = (pod: RawPod | undefined, direction: Direction) =>
    policies.filter((policy) => pod !== undefined && isolates(policy, pod, direction));
  const isolatingSource = isolating(flow.source.pod, "Egress");
  const isolatingDestination = isolating(flow.destination.pod, "Ingress");
  const mayLeave = isolatingSource.length === 0 || isolatingSource.some((policy) => admits(flow, policy, "Egress"));
  const mayEnter =
    isolatingDestination.length === 0 || isolatingDestination.some((policy) => admits(flow, policy, "Ingress"));

  if (!mayLeave && !mayEnter) return { verdict: "denied", because: "egress-and-ingress" };
  if (!mayLeave) return { verdict: "denied", because: "egress" };
  if (!mayEnter) return { verdict: "denied", because: "ingress" };
  const isIsolated = isolatingSource.length > 0 || isolatingDestination.length > 0;
  return { verdict: "allowed", because: isIsolated ? "rules" : "no-isolation" };
}

// Which pods a policy isolates

/** Does the policy select the pod, and is it one about this direction? */
export function isolates(policy: RawNetworkPolicy, pod: RawPod, direction: Direction): boolean {
  return (
    namespaceOf(policy) === namespaceOf(pod) &&
    selects(policy.spec?.podSelector ?? {}, pod.metadata?.labels ?? {}) &&
    governedDirections(policy).includes(direction)
  );
}

function governedDirections({ spec }: RawNetworkPolicy): readonly string[] {
  const written = spec?.policyTypes ?? [];
  if (written.length > 0) return written;
  return (spec?.egress ?? []).length > 0 ? ["Ingress", "Egress"] : ["Ingress"];
}

// What a rule lets pass

/** Does some rule of the policy for this direction let the packet pass? */
export function admits(flow: Flow, policy: RawNetworkPolicy, direction: Direction): boolean {
  const { objects, source, destination } = flow;
  if (direction === "Egress") {
    return (policy.spec?.egress ?? []).some(
      (rule) => peersMatch(objects, policy, rule?.to ?? [], destination) && portsMatch(rule?.ports ?? [], flow),
    );
  }
  return (policy.spec?.ingress ?? []).some(
    (rule) => peersMatch(objects, policy, rule?.from ?? [], source) && portsMatch(rule?.ports ?? [], flow),
  );
}

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

function portsMatch(ports: readonly RawPolicyPort[], flow: Flow): boolean {
  return ports.length === 0 || ports.some((port) => portMatches(port, flow));
}

function portMatches(entry: RawPolicyPort, flow: Flow): boolean {
  const { destinationPort } = flow.packet;
  const protocol = entry.protocol ?? "TCP";
  if (destinationPort === undefined || portProtocolOf(flow) !== protocol) return false;
  const port = entry.port ?? undefined;
  if (port === undefined) return true;
  if (typeof port === "number") return port <= destinationPort && destinationPort <= (entry.endPort ?? port);
  return containerPorts(flow.destination.pod).some(
    (own) => own.name === port && (own.protocol ?? "TCP") === protocol && own.containerPort === destinationPort,
  );
}
