/** A second reading of ClusterNetworkPolicy v1alpha2, and of its elders after translation. */
import { contains, parseAddress, parseCidr, sameAddress } from "./address.ts";
import type { Address } from "./address.ts";
import type {
  RawClusterPeer,
  RawClusterPolicy,
  RawClusterProtocol,
  RawClusterRule,
  RawDestination,
  RawElderPolicy,
  RawElderPort,
  RawElderRule,
  RawPodPeer,
} from "./cluster-policy-objects.ts";
import { containerPorts, namespaceLabels, namespaceOf, portProtocolOf } from "./flow.ts";
import type { Direction, End, Flow } from "./flow.ts";
import { selects } from "./label-selector.ts";
import { isPresent } from "./network-policy-validity.ts";
import { isNode } from "./raw-objects.ts";
import type { RawObject, RawPod } from "./raw-objects.ts";

/** A policy without rules in a direction says nothing about it. */
export function clusterPolicyGoverns(
  objects: readonly RawObject[],
  { spec }: RawClusterPolicy,
  pod: RawPod,
  direction: Direction,
): boolean {
  const rules = direction === "Ingress" ? spec.ingress : spec.egress;
  return (rules ?? []).length > 0 && podMatches(objects, spec.subject, pod);
}

/** What the first rule that matches says; undefined where none does. */
export function clusterDecision(flow: Flow, { spec }: RawClusterPolicy, direction: Direction) {
  const rules = (direction === "Ingress" ? spec.ingress : spec.egress) ?? [];
  const first = rules.find((rule) => clusterRuleMatches(flow, rule, direction));
  switch (first?.action) {
    case undefined:
      return undefined;
    case "Accept":
      return "allow";
    case "Deny":
      return "deny";
    case "Pass":
      return "pass";
    default:
      throw new Error(`no action "${first?.action}"`);
  }
}

function clusterRuleMatches(flow: Flow, { from, to, protocols }: RawClusterRule, direction: Direction): boolean {
  const peers = (direction === "Ingress" ? from : to) ?? [];
  const end = direction === "Ingress" ? flow.source : flow.destination;
  return (
    peers.some((peer) => peerMatches(flow.objects, peer, end)) &&
    (!isPresent(protocols) || protocols.some((protocol) => protocolMatches(flow, protocol)))
  );
}

function peerMatches(objects: readonly RawObject[], peer: RawClusterPeer, { address, pod }: End): boolean {
  if (isPresent(peer.domainNames)) throw new Error("not static: who bears a domain name is known at run time only");
  if (isPresent(peer.networks)) return peer.networks.some((network) => contains(parseCidr(network), address));
  const { nodes } = peer;
  if (isPresent(nodes)) {
    return objects
      .filter(isNode)
      .filter((node) => selects(nodes, node.metadata?.labels ?? {}))
      .flatMap((node) => node.status?.addresses ?? [])
      .some((own) => isSameAddress(own.address, address));
  }
  return pod !== undefined && podMatches(objects, peer, pod);
}

/** Nodes list their names beside their addresses. */
function isSameAddress(text: string, address: Address): boolean {
  return /^[0-9.]+$|:/u.test(text) && sameAddress(parseAddress(text), address);
}

function podMatches(objects: readonly RawObject[], { namespaces, pods }: RawPodPeer, pod: RawPod): boolean {
  const ofNamespace = namespaceLabels(objects, namespaceOf(pod));
  if (isPresent(namespaces)) return selects(namespaces, ofNamespace);
  return (
    selects(pods?.namespaceSelector ?? {}, ofNamespace) && selects(pods?.podSelector ?? {}, pod.metadata?.labels ?? {})
  );
}

/** A named port is every port of that name in the destination pod, with the protocol it has there. */
function protocolMatches(flow: Flow, { tcp, udp, sctp, destinationNamedPort }: RawClusterProtocol): boolean {
  const { destinationPort } = flow.packet;
  const protocol = portProtocolOf(flow);
  if (isPresent(destinationNamedPort)) {
    return containerPorts(flow.destination.pod).some(
      (own) =>
        own.name === destinationNamedPort &&
        (own.protocol ?? "TCP") === protocol &&
        own.containerPort === destinationPort,
    );
  }
  const wanted = { TCP: tcp, UDP: udp, SCTP: sctp };
  const port = protocol && wanted[protocol]?.destinationPort;
  if (!isPresent(port) || destinationPort === undefined) return false;
  const { number, range } = port;
  return isPresent(range) ? range.start <= destinationPort && destinationPort <= range.end : number === destinationPort;
}

/** The same policy in the words of v1alpha2. There was only one Baseline policy, without a priority: it comes last. */
export function modernised(elder: RawElderPolicy): RawClusterPolicy {
  const { subject, priority, ingress, egress } = elder.spec;
  return {
    apiVersion: "policy.networking.k8s.io/v1alpha2",
    kind: "ClusterNetworkPolicy",
    ...(elder.metadata === undefined ? {} : { metadata: elder.metadata }),
    spec: {
      tier: elder.kind === "AdminNetworkPolicy" ? "Admin" : "Baseline",
      priority: priority ?? 1000,
      subject,
      ingress: (ingress ?? []).map(modernisedRule),
      egress: (egress ?? []).map(modernisedRule),
    },
  };
}

function modernisedRule({ action, ports, ...rest }: RawElderRule): RawClusterRule {
  return {
    ...rest,
    action: action === "Allow" ? "Accept" : action,
    ...(isPresent(ports) ? { protocols: ports.map(modernisedPort) } : {}),
  };
}

function modernisedPort({ portNumber, portRange, namedPort }: RawElderPort): RawClusterProtocol {
  if (isPresent(namedPort)) return { destinationNamedPort: namedPort };
  if (isPresent(portNumber)) {
    return withProtocol(portNumber.protocol, { destinationPort: { number: portNumber.port } });
  }
  if (!isPresent(portRange)) throw new Error("a port must have a field");
  const { start, end, protocol } = portRange;
  return withProtocol(protocol ?? "TCP", { destinationPort: { range: { start, end } } });
}

function withProtocol(protocol: string, destination: RawDestination): RawClusterProtocol {
  switch (protocol) {
    case "TCP":
      return { tcp: destination };
    case "UDP":
      return { udp: destination };
    case "SCTP":
      return { sctp: destination };
    default:
      throw new Error(`no protocol "${protocol}"`);
  }
}
