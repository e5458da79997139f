/** EndpointSlice and Endpoints: who answers for a Service. Their fields stand at the top of the object. */
import type { EndpointPort, EndpointSliceSpec, EndpointsSpec, SliceEndpoint } from "../kinds.ts";
import { address, addressObjection } from "./address.ts";
import type { Cursor } from "./cursor.ts";
import { portNumberObjection } from "./syntax.ts";
import { boolean, checked, integer, list, oneOf, optional, record, string, type Type, withDefault } from "./types.ts";

const writtenPort = record(
  {
    name: string,
    protocol: oneOf(["TCP", "UDP", "SCTP"] as const, "TCP"),
    port: optional(checked(integer, portNumberObjection)),
  },
  { passive: "any" },
);

const ports = list(writtenPort);

/** An entry without a number names no port to forward to. */
function portsOf(at: Cursor): readonly EndpointPort[] {
  return ports(at).flatMap(({ name, protocol, port }) =>
    port === undefined ? [] : [{ name: name || undefined, protocol, port }],
  );
}

const targetRef = record({ kind: string, namespace: string, name: string }, { passive: "any" });

const writtenEndpoint = record(
  {
    addresses: list(string),
    conditions: record({ ready: withDefault(boolean, true) }, { passive: "any" }),
    targetRef: optional(targetRef),
  },
  { passive: "any" },
);

const endpoint: Type<SliceEndpoint> = (at) => {
  const { addresses, conditions, targetRef } = writtenEndpoint(at);
  const isPod = targetRef !== undefined && targetRef.kind === "Pod" && targetRef.name !== "";
  const namespace = targetRef?.namespace || at.context.namespace;
  return { addresses, ready: conditions.ready, targetPod: isPod ? { namespace, name: targetRef.name } : undefined };
};

const addressType = oneOf(["IPv4", "IPv6", "FQDN"] as const, undefined);
const endpoints = list(endpoint);

export function endpointSliceSpec(at: Cursor, labels: Readonly<Record<string, string>>): EndpointSliceSpec {
  const type = addressType(at.enter("addressType"));
  const read = endpoints(at.enter("endpoints"));
  if (type !== "FQDN") checkAddresses(at.child("endpoints"), read);
  return {
    service: labels["kubernetes.io/service-name"] || undefined,
    addressType: type,
    endpoints: read,
    ports: portsOf(at.enter("ports")),
  };
}

function checkAddresses(at: Cursor, read: readonly SliceEndpoint[]): void {
  for (const [i, { addresses }] of read.entries()) {
    for (const [j, text] of addresses.entries()) {
      const objection = addressObjection(text);
      if (objection !== undefined) {
        at.child(i).child("addresses").child(j).report("PC112", objection.reason, objection.remedy);
      }
    }
  }
}

const subsetAddresses = list(record({ ip: address }, { passive: "any" }));
const subset: Type<EndpointsSpec["subsets"][number]> = (at) => ({
  addresses: subsetAddresses(at.enter("addresses")).map(({ ip }) => ip),
  notReadyAddresses: subsetAddresses(at.enter("notReadyAddresses")).map(({ ip }) => ip),
  ports: portsOf(at.enter("ports")),
});
const subsets = list(subset);

export function endpointsSpec(at: Cursor): EndpointsSpec {
  return { subsets: subsets(at.enter("subsets")) };
}
