import * as fc from "fast-check";
import { formatAddress } from "../naive/address.ts";
import { isEndpointSlice } from "../naive/raw-objects.ts";
import type { RawEndpointSlice, RawObject, RawPacket } from "../naive/raw-objects.ts";
import { chance, nameOf, seldom, written } from "./draft.ts";
import type { DraftOf } from "./draft.ts";
import type { Inventory } from "./inventory.ts";
import { worldAddresses } from "./ip-blocks.ts";
import { portlessFlows } from "./packet-flows.ts";
import { reference, resolve, resolveSome } from "./reference.ts";
import { portNumbers, serviceNames } from "./vocabulary.ts";

const slicePortDraft = fc.record({
  protocol: fc.constantFrom(undefined, "TCP", "UDP", "SCTP"),
  port: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...portNumbers) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
});

const sliceDraft = fc.record({
  family: fc.constantFrom<4 | 6>(4, 4, 6),
  endpoints: fc.array(fc.record({ address: reference, isReady: chance(2, 3) }), { maxLength: 4, size: "max" }),
  ports: fc.array(slicePortDraft, { maxLength: 2, size: "max" }),
});

/** A Service without selector, whose endpoints are written by hand: pods, nodes and outside addresses. */
export const serviceDraft = fc.record({
  name: fc.constantFrom(...serviceNames),
  namespace: reference,
  slices: fc.array(sliceDraft, { minLength: 1, maxLength: 2 }),
});

export function buildService(
  { name, namespace: pointer, slices }: DraftOf<typeof serviceDraft>,
  inventory: Inventory,
): readonly RawObject[] {
  const namespace = nameOf(resolveSome(pointer, inventory.namespaces, nameOf));
  const port = { port: 80, protocol: "TCP" };
  const service = { apiVersion: "v1", kind: "Service", metadata: { name, namespace }, spec: { ports: [port] } };
  return [service, ...slices.map((draft, index) => buildSlice(draft, `${name}-${index}`, name, namespace, inventory))];
}

/** A packet between a pod and an endpoint of a service, on a port of its slice or another, or an ICMP message. */
export const aimedPacketDraft = fc.record({
  slice: reference,
  endpoint: reference,
  port: reference,
  pod: reference,
  isTowardEndpoint: fc.boolean(),
  hitsPort: chance(3, 4),
  protocol: seldom(fc.constantFrom("TCP" as const, "UDP" as const), 2),
  portless: seldom(fc.nat({ max: 1 }), 4),
});

/** The packet the draft stands for; none where no slice has an endpoint of the pod's family. */
export function aimedPacket(
  draft: DraftOf<typeof aimedPacketDraft>,
  services: readonly RawObject[],
  { pods }: Inventory,
): readonly RawPacket[] {
  const slice = resolve(draft.slice, services.filter(isEndpointSlice), nameOf);
  const endpoints = (slice?.endpoints ?? []).flatMap(({ addresses }) => addresses);
  const endpoint = resolve(draft.endpoint, endpoints, (address) => address);
  if (slice === undefined || endpoint === undefined) return [];
  const podAddresses = pods.flatMap(({ status }) => (status?.podIPs ?? []).map(({ ip }) => ip));
  const peers = podAddresses.filter((ip) => ip.includes(":") === endpoint.includes(":") && ip !== endpoint);
  const peer = resolve(draft.pod, peers, (address) => address);
  if (peer === undefined) return [];
  const listed = resolve(draft.port, slice.ports ?? [], ({ name }) => name ?? "");
  const own = (["TCP", "UDP", "SCTP"] as const).find((protocol) => protocol === listed?.protocol) ?? "TCP";
  const [source, destination] = draft.isTowardEndpoint ? [peer, endpoint] : [endpoint, peer];
  const ping = draft.portless === null ? undefined : portlessFlows(source.includes(":") ? 6 : 4)[draft.portless];
  const destinationPort = draft.hitsPort ? (listed?.port ?? 80) : 8080;
  return [
    { source, destination, ...(ping ?? { protocol: draft.protocol ?? own, sourcePort: 40_000, destinationPort }) },
  ];
}

function buildSlice(
  { family, endpoints, ports }: DraftOf<typeof sliceDraft>,
  name: string,
  service: string,
  namespace: string,
  inventory: Inventory,
): RawEndpointSlice {
  const candidates = worldAddresses(inventory).filter((address) => address.family === family);
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name, namespace, labels: { "kubernetes.io/service-name": service } },
    addressType: family === 4 ? "IPv4" : "IPv6",
    endpoints: endpoints.flatMap(({ address, isReady }) => {
      const found = resolve(address, candidates, formatAddress);
      return found === undefined ? [] : [{ addresses: [formatAddress(found)], conditions: { ready: isReady } }];
    }),
    ports: ports.map((port, index) => ({ name: `port-${index}`, ...written(port) })),
  };
}
