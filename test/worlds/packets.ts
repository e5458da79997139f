import * as fc from "fast-check";
import { formatAddress, sameAddress } from "../naive/address.ts";
import type { Address } from "../naive/address.ts";
import { isPod } from "../naive/raw-objects.ts";
import type { RawObject, RawPacket } from "../naive/raw-objects.ts";
import type { DraftOf } from "./draft.ts";
import { endsOf, podAddresses } from "./packet-ends.ts";
import type { Ends } from "./packet-ends.ts";
import { containerFlows, distinctFlows, flowId, flowsOf, portlessFlows, protocols } from "./packet-flows.ts";
import type { Flow, Flows } from "./packet-flows.ts";
import { reference, resolve, resolveSome } from "./reference.ts";

// Every packet

/**
 * Packets at the borders of the objects: every pair of ends of one family with a pod at one of them, times every port that
 * the objects name with its neighbours, times the protocols. Deterministic. When there are more than `limit`, an evenly
 * scattered `limit` of them. Cost: linear in the number of pairs plus the number of packets.
 */
export function interestingPackets(objects: readonly RawObject[], limit = 2_000): RawPacket[] {
  const { pods, nodes, others } = endsOf(objects);
  const everyone = [...pods, ...nodes, ...others];
  const pairs = [
    ...pods.flatMap((pod) => everyone.map((other) => [pod, other] as const)),
    ...[...nodes, ...others].flatMap((other) => pods.map((pod) => [other, pod] as const)),
  ].filter(([source, destination]) => source.family === destination.family);
  const { named, others: otherFlows } = flowsOf(objects);
  const withPorts = distinctFlows([...named, ...otherFlows]);
  const flows = {
    4: [...withPorts, ...portlessFlows(4)],
    6: [...withPorts, ...portlessFlows(6)],
  };
  const total = pairs.length * flows[4].length;
  return scattered(total, limit).flatMap((index) => {
    const [source, destination] = pairs[index % pairs.length] ?? [];
    if (source === undefined || destination === undefined) return [];
    const flow = flows[source.family][Math.floor(index / pairs.length)];
    return flow === undefined ? [] : [packetOf(source, destination, flow)];
  });
}

/** At most `limit` of the numbers below `total`, none twice: a walk whose step shares no factor with `total`. */
function scattered(total: number, limit: number): readonly number[] {
  if (total <= limit) return Array.from({ length: total }, (_, index) => index);
  let step = Math.max(1, Math.round(total * 0.618));
  while (greatestCommonDivisor(step, total) !== 1) step += 1;
  return Array.from({ length: limit }, (_, index) => (index * step) % total);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function packetOf(source: Address, destination: Address, flow: Flow): RawPacket {
  return { source: formatAddress(source), destination: formatAddress(destination), ...flow };
}

// Random packets

/** A packet of a random world before the world is known. */
export const packetDraft = fc.record({
  ends: fc.oneof(
    { weight: 12, arbitrary: fc.constant("pod to pod" as const) },
    { weight: 5, arbitrary: fc.constant("other to pod" as const) },
    { weight: 5, arbitrary: fc.constant("pod to other" as const) },
    { weight: 1, arbitrary: fc.constant("node to pod" as const) },
    { weight: 1, arbitrary: fc.constant("pod to node" as const) },
    { weight: 1, arbitrary: fc.constant("pod to itself" as const) },
    { weight: 1, arbitrary: fc.constant("other to other" as const) },
  ),
  source: reference,
  destination: reference,
  ports: fc.oneof(
    { weight: 4, arbitrary: fc.constant("of destination" as const) },
    { weight: 3, arbitrary: fc.constant("of destination, any protocol" as const) },
    { weight: 5, arbitrary: fc.constant("named" as const) },
    { weight: 3, arbitrary: fc.constant("other" as const) },
    { weight: 2, arbitrary: fc.constant("none" as const) },
  ),
  flow: reference,
  sourcePort: fc.constantFrom(40_000, 40_000, 80, 53, 65_535),
});
export type PacketDraft = DraftOf<typeof packetDraft>;

/** The packets the drafts stand for among these objects. A draft whose ends do not exist here is left out. */
export function buildPackets(drafts: readonly PacketDraft[], objects: readonly RawObject[]): RawPacket[] {
  const ends = endsOf(objects);
  const flows = flowsOf(objects);
  return drafts.flatMap((draft) => {
    const [source, destination] = resolveEnds(draft, ends);
    if (source === undefined || destination === undefined) return [];
    const flow = resolveFlow(draft, flows, objects, destination);
    const sourcePort = flow.destinationPort === undefined ? {} : { sourcePort: draft.sourcePort };
    return [packetOf(source, destination, { ...flow, ...sourcePort })];
  });
}

function resolveEnds(draft: PacketDraft, { pods, nodes, others }: Ends): readonly (Address | undefined)[] {
  const outside = [...nodes, ...others];
  switch (draft.ends) {
    case "pod to pod":
      return resolvePair(draft, pods, pods);
    case "pod to other":
      return resolvePair(draft, pods, outside);
    case "other to pod":
      return resolvePair(draft, outside, pods);
    case "pod to node":
      return resolvePair(draft, pods, nodes);
    case "node to pod":
      return resolvePair(draft, nodes, pods);
    case "other to other":
      return resolvePair(draft, outside, outside);
    case "pod to itself": {
      const pod = resolve(draft.source, pods, formatAddress);
      return [pod, pod];
    }
  }
}

function resolvePair(draft: PacketDraft, sources: readonly Address[], destinations: readonly Address[]) {
  const source = resolve(draft.source, sources, formatAddress);
  if (source === undefined) return [];
  const others = destinations.filter((end) => end.family === source.family && !sameAddress(end, source));
  return [source, resolve(draft.destination, others, formatAddress)];
}

function resolveFlow(draft: PacketDraft, flows: Flows, objects: readonly RawObject[], destination: Address): Flow {
  if (draft.ports === "none") return resolveSome(draft.flow, portlessFlows(destination.family), flowId);
  const own = objects
    .filter(isPod)
    .filter((pod) => podAddresses(pod).some((address) => sameAddress(address, destination)))
    .flatMap(containerFlows);
  const wanted = {
    "of destination": own,
    "of destination, any protocol": own.flatMap((flow) => protocols.map((protocol): Flow => ({ ...flow, protocol }))),
    named: flows.named,
    other: [],
  }[draft.ports];
  return resolveSome(draft.flow, wanted.length > 0 ? wanted : flows.others, flowId);
}
