import { isNetworkPolicy, isPod } from "../naive/raw-objects.ts";
import type { RawNetworkPolicy, RawObject, RawPacket, RawPod, RawPolicyPort } from "../naive/raw-objects.ts";
import { unusedPort } from "./vocabulary.ts";
import { leavesOf } from "./written-values.ts";

/** A packet without its ends: what port entries look at. */
export type Flow = Omit<RawPacket, "source" | "destination">;

/** The ports and protocols worth asking about. */
export interface Flows {
  /** Numbers that policies and containers name, with the protocols they name them for. */
  readonly named: readonly Flow[];
  /** The same numbers and their neighbours with every protocol, a port nobody names, and what has no ports. */
  readonly others: readonly Flow[];
}

export const protocols = ["TCP", "UDP", "SCTP"] as const;

export function flowsOf(objects: readonly RawObject[]): Flows {
  const containerPorts = objects.filter(isPod).flatMap(containerFlows);
  const entries = objects.filter(isNetworkPolicy).flatMap(portEntriesOf);
  const written = objects.filter((object) => !isNetworkPolicy(object) && !isPod(object)).flatMap(writtenPorts);
  const numbers = [
    ...entries.flatMap(({ port, endPort }) => (typeof port === "number" ? [port, endPort ?? port] : [])),
    ...written,
  ];
  const neighbours = numbers.flatMap((number) => [number - 1, number, number + 1]).filter((port) => port <= 65_535);
  const containerNumbers = containerPorts.flatMap(({ destinationPort }) => destinationPort ?? []);
  const allNumbers = [...new Set([unusedPort, ...containerNumbers, ...neighbours])].sort((a, b) => a - b);
  const withPorts = protocols.flatMap((protocol) => allNumbers.map((number) => portFlow(protocol, number)));
  return {
    named: distinctFlows([
      ...containerPorts,
      ...entries.flatMap(({ protocol, port, endPort }) =>
        typeof port === "number" ? [portFlow(protocol, port), portFlow(protocol, endPort ?? port)] : [],
      ),
      ...written.flatMap((port) => [portFlow("TCP", port), portFlow("UDP", port)]),
    ]),
    others: withPorts,
  };
}

/** What the pod's containers listen on, ordinary init containers included. */
export function containerFlows({ spec }: RawPod): readonly Flow[] {
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]
    .flatMap(({ ports }) => ports ?? [])
    .map(({ protocol, containerPort }) => portFlow(protocol, containerPort));
}

function portEntriesOf({ spec }: RawNetworkPolicy): readonly RawPolicyPort[] {
  return [...(spec?.ingress ?? []), ...(spec?.egress ?? [])].flatMap((rule) => rule?.ports ?? []);
}

const portFields = new Set(["ports", "notPorts", "port", "number", "start", "end"]);

/** Port numbers in the fields where every language but the oldest writes them, a range as its two ends. */
function writtenPorts(object: RawObject): readonly number[] {
  return leavesOf(object)
    .filter(({ field, value }) => portFields.has(field) && /^[0-9]+(?::[0-9]+)?$/u.test(String(value)))
    .flatMap(({ value }) => String(value).split(":").map(Number));
}

function portFlow(written: string | null | undefined, destinationPort: number): Flow {
  const protocol = protocols.find((name) => name === written) ?? "TCP";
  return { protocol, sourcePort: 40_000, destinationPort };
}

/** Packets without ports: an echo request, another ICMP type that is no error and no neighbour discovery, and GRE. */
export function portlessFlows(family: 4 | 6): readonly Flow[] {
  const gre: Flow = { protocol: 47 };
  return family === 4
    ? [{ protocol: "ICMP", icmpType: 8, icmpCode: 0 }, { protocol: "ICMP", icmpType: 13, icmpCode: 0 }, gre]
    : [{ protocol: "ICMPv6", icmpType: 128, icmpCode: 0 }, { protocol: "ICMPv6", icmpType: 139, icmpCode: 0 }, gre];
}

export function distinctFlows(flows: readonly Flow[]): readonly Flow[] {
  return [...new Map(flows.map((flow) => [flowId(flow), flow])).values()];
}

export function flowId({ protocol, destinationPort, icmpType }: Flow): string {
  return `${protocol}/${destinationPort ?? icmpType ?? ""}`;
}
