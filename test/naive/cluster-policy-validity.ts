import { parseCidr } from "./address.ts";
import { modernised } from "./cluster-policy.ts";
import type {
  RawClusterPeer,
  RawClusterPolicy,
  RawClusterProtocol,
  RawClusterRule,
  RawElderPolicy,
  RawPodPeer,
} from "./cluster-policy-objects.ts";
import type { Direction } from "./flow.ts";
import { requireValidSelector } from "./label-selector.ts";
import { isPresent } from "./network-policy-validity.ts";

/** Throws on a policy that an API server refuses, among them every peer and port that has not exactly one field. */
export function requireValidClusterPolicy(policy: RawClusterPolicy): void {
  try {
    const { tier, priority, subject, ingress, egress } = policy.spec;
    if (tier !== "Admin" && tier !== "Baseline") throw new Error(`no tier "${tier}"`);
    if (!Number.isInteger(priority) || priority < 0 || priority > 1000) throw new Error(`no priority ${priority}`);
    requireOneField(subject, podFields, "the subject");
    requireValidPods(subject);
    for (const rule of ingress ?? []) requireValidRule(rule, "Ingress");
    for (const rule of egress ?? []) requireValidRule(rule, "Egress");
  } catch (error) {
    throw new Error(
      `${policy.kind} ${policy.metadata?.name ?? "?"} is invalid: ${error instanceof Error ? error.message : "?"}`,
      { cause: error },
    );
  }
}

/** Baseline stands alone, needs no Pass, and is called default. */
export function requireValidElderPolicy(elder: RawElderPolicy): void {
  const rules = [...(elder.spec.ingress ?? []), ...(elder.spec.egress ?? [])];
  if (rules.some(({ action }) => action === "Accept")) throw new Error(`${elder.kind} has no action Accept, but Allow`);
  if (elder.kind === "BaselineAdminNetworkPolicy") {
    if (elder.metadata?.name !== "default") throw new Error("the BaselineAdminNetworkPolicy is called default");
    if (rules.some(({ action }) => action === "Pass")) throw new Error("nothing comes after Baseline to pass to");
    if (isPresent(elder.spec.priority)) throw new Error("the BaselineAdminNetworkPolicy has no priority");
  }
  requireValidClusterPolicy(modernised(elder));
}

const podFields: readonly (keyof RawClusterPeer)[] = ["namespaces", "pods"];
const peerFields = { Ingress: podFields, Egress: [...podFields, "nodes", "networks", "domainNames"] } as const;

function requireValidRule({ action, from, to, protocols }: RawClusterRule, direction: Direction): void {
  if (!["Accept", "Deny", "Pass"].includes(action)) throw new Error(`no action "${action}"`);
  const peers = direction === "Ingress" ? from : to;
  if (!isPresent(peers) || peers.length === 0) throw new Error("a rule needs a peer");
  if (isPresent(direction === "Ingress" ? to : from)) throw new Error("peers stand on the wrong side");
  for (const peer of peers) requireValidPeer(peer, direction, action);
  if (!isPresent(protocols)) return;
  if (protocols.length === 0) throw new Error("protocols cannot be empty");
  for (const protocol of protocols) requireValidProtocol(protocol);
  const hasNames = protocols.some(({ destinationNamedPort }) => isPresent(destinationNamedPort));
  const hasAddresses = peers.some((peer) => !isPresent(peer.namespaces) && !isPresent(peer.pods));
  if (hasNames && hasAddresses) throw new Error("nodes, networks and domainNames have no named ports");
}

function requireValidPeer(peer: RawClusterPeer, direction: Direction, action: string): void {
  requireOneField(peer, peerFields[direction], "a peer");
  requireValidPods(peer);
  requireValidSelector(peer.nodes);
  peer.networks?.forEach(parseCidr);
  if (isPresent(peer.networks) && peer.networks.length === 0) throw new Error("networks cannot be empty");
  if (isPresent(peer.domainNames) && action !== "Accept") throw new Error("domainNames can only be accepted");
}

function requireValidPods({ namespaces, pods }: RawPodPeer): void {
  requireValidSelector(namespaces);
  requireValidSelector(pods?.namespaceSelector);
  requireValidSelector(pods?.podSelector);
}

function requireValidProtocol(protocol: RawClusterProtocol): void {
  requireOneField(protocol, ["tcp", "udp", "sctp", "destinationNamedPort"], "a protocol");
  const transport = protocol.tcp ?? protocol.udp ?? protocol.sctp;
  if (!isPresent(transport)) return;
  const port = transport.destinationPort;
  if (!isPresent(port)) throw new Error("a protocol needs a destinationPort");
  requireOneField(port, ["number", "range"], "a destinationPort");
  const { start, end } = port.range ?? { start: 0, end: 1 };
  if (isPresent(port.range) && (start < 1 || start >= end || end > 65_535)) throw new Error(`no range ${start}-${end}`);
  if (isPresent(port.number) && (port.number < 1 || port.number > 65_535)) throw new Error(`no port ${port.number}`);
}

function requireOneField(value: object, known: readonly string[], what: string): void {
  const written = Object.entries(value).flatMap(([key, field]) => (isPresent(field) ? [key] : []));
  const [field] = written;
  if (written.length !== 1 || field === undefined || !known.includes(field)) {
    throw new Error(`${what} has exactly one of ${known.join(", ")}`);
  }
}
