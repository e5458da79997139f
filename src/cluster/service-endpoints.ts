/** The endpoints of Services as rules see them that name a Service: whatever the slices list, ready or not. */
import { ofKind } from "../resources/by-kind.ts";
import type { Resource } from "../resources/kinds.ts";
import { addressesOf, transport } from "./pods.ts";
import type { Backend, Service } from "./service.ts";

export interface ServiceEndpoints {
  /** Where it leads, whatever the port. */
  readonly members: readonly Backend["where"][];
  /** Members with the ports they serve there, which may differ from the ports of the Service. */
  readonly served: readonly { readonly where: Backend["where"]; readonly protocol: number; readonly port: number }[];
}

/**
 * By `namespace/name`. Slices count even where the input has no such Service; without slices the backends of the Service
 * are taken, which then come from Endpoints or from selector and pods.
 */
export function serviceEndpointsOf(
  resources: readonly Resource[],
  services: readonly Service[],
): ReadonlyMap<string, ServiceEndpoints> {
  const result = new Map<string, { members: Backend["where"][]; served: ServiceEndpoints["served"][number][] }>();
  const entryOf = (key: string): { members: Backend["where"][]; served: ServiceEndpoints["served"][number][] } => {
    const entry = result.get(key) ?? { members: [], served: [] };
    result.set(key, entry);
    return entry;
  };
  for (const { metadata, spec } of ofKind(resources, "EndpointSlice")) {
    if (spec.service === undefined) continue;
    const entry = entryOf(`${metadata.namespace}/${spec.service}`);
    for (const address of spec.endpoints.flatMap(({ addresses }) => addressesOf(addresses))) {
      const where = { address };
      entry.members.push(where);
      for (const { protocol, port } of spec.ports) entry.served.push({ where, protocol: transport(protocol), port });
    }
  }
  for (const service of services) {
    if (service.backendSource === "EndpointSlices") continue;
    const entry = entryOf(`${service.namespace}/${service.name}`);
    for (const { protocol, backends } of service.ports) {
      for (const { where, port } of backends) {
        entry.members.push(where);
        entry.served.push({ where, protocol, port });
      }
    }
  }
  return result;
}
