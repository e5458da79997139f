/** A packet among the objects: who stands at its two ends. */
import { parseAddress, sameAddress } from "./address.ts";
import type { Address } from "./address.ts";
import { isNamespace, isNode, isPod } from "./raw-objects.ts";
import type { RawContainerPort, RawLabels, RawObject, RawPacket, RawPod } from "./raw-objects.ts";

export type Direction = "Ingress" | "Egress";

/** One end of a packet: an address, and the pod that has it. */
export interface End {
  readonly address: Address;
  readonly pod: RawPod | undefined;
}

export interface Flow {
  readonly objects: readonly RawObject[];
  readonly packet: RawPacket;
  /** The protocol number of the IP header. */
  readonly protocol: number;
  readonly source: End;
  readonly destination: End;
}

const protocolNumbers = { TCP: 6, UDP: 17, SCTP: 132, ICMP: 1, ICMPv6: 58 } as const;

/**
 * Throws on text that is no address, on ends of different families, on an address of two live pods, and on a TCP, UDP or SCTP
 * packet without destination port.
 */
export function flowOf(objects: readonly RawObject[], packet: RawPacket): Flow {
  const protocol = typeof packet.protocol === "number" ? packet.protocol : protocolNumbers[packet.protocol];
  const source = endAt(objects, packet.source);
  const destination = endAt(objects, packet.destination);
  if (source.address.family !== destination.address.family) {
    throw new Error(`${packet.source} and ${packet.destination} are of different families`);
  }
  const flow = { objects, packet, protocol, source, destination };
  if (portProtocolOf(flow) !== undefined && packet.destinationPort === undefined) {
    throw new Error(`a ${packet.protocol} packet needs a destination port`);
  }
  return flow;
}

/** The name that policies use for the packet's protocol where it has ports they can name. */
export function portProtocolOf({ protocol }: Pick<Flow, "protocol">): "TCP" | "UDP" | "SCTP" | undefined {
  if (protocol === 6) return "TCP";
  if (protocol === 17) return "UDP";
  if (protocol === 132) return "SCTP";
  return undefined;
}

function endAt(objects: readonly RawObject[], text: string): End {
  const address = parseAddress(text);
  const [pod, second] = objects
    .filter(isPod)
    .filter((pod) => isEndpoint(pod) && podAddresses(pod).some((own) => sameAddress(own, address)));
  if (second !== undefined) throw new Error(`two live pods have the address ${text}`);
  return { address, pod };
}

/** Host-network pods are part of their node, and finished pods are gone, whatever address they still show. */
function isEndpoint(pod: RawPod): boolean {
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

/** Traffic that no policy can stop: of a pod with itself, and of a pod with its own node. */
export function unstoppable({ objects, source, destination }: Flow): "same-pod" | "own-node" | undefined {
  if (source.pod !== undefined && source.pod === destination.pod) return "same-pod";
  if (isNodeOf(objects, source.address, destination.pod)) return "own-node";
  return isNodeOf(objects, destination.address, source.pod) ? "own-node" : undefined;
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

export function namespaceOf(object: RawObject): string {
  return object.metadata?.namespace ?? "default";
}

/** The server puts the name label on every namespace, over whatever was written there. */
export function namespaceLabels(objects: readonly RawObject[], name: string): RawLabels {
  const namespace = objects.filter(isNamespace).find((candidate) => candidate.metadata?.name === name);
  return { ...namespace?.metadata?.labels, "kubernetes.io/metadata.name": name };
}

/** Init containers that run beside the others (native sidecars) serve as they do; the others are over before the pod serves. */
export function containerPorts(pod: RawPod | undefined): readonly RawContainerPort[] {
  const sidecars = (pod?.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  return [...(pod?.spec?.containers ?? []), ...sidecars].flatMap(({ ports }) => ports ?? []);
}
