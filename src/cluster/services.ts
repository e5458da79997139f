/** Services with the backends that a connection to them can reach. */
import { equals, all, selects } from "../labels/selector.ts";
import type { Address } from "../net/address.ts";
import { ofKind } from "../resources/by-kind.ts";
import type {
  EndpointSliceResource,
  EndpointSliceSpec,
  EndpointsResource,
  Resource,
  ServiceResource,
} from "../resources/kinds.ts";
import type { Pod } from "./endpoint.ts";
import { addressesOf, transport } from "./pods.ts";
import { type Backend, type BackendSource, portsNamed, type Service, type ServicePort } from "./service.ts";

/**
 * The Services of the input. Backends come from EndpointSlices, else from Endpoints, else (an assumption) from selector and
 * pods. O(services x pods of the namespace) in the last case.
 */
export function servicesOf(resources: readonly Resource[], pods: readonly Pod[]): readonly Service[] {
  const slices = new Map<string, EndpointSliceResource[]>();
  const endpoints = new Map<string, EndpointsResource>();
  for (const slice of ofKind(resources, "EndpointSlice")) {
    if (slice.spec.service === undefined) continue;
    const key = `${slice.metadata.namespace}/${slice.spec.service}`;
    const known = slices.get(key);
    if (known === undefined) slices.set(key, [slice]);
    else known.push(slice);
  }
  for (const resource of ofKind(resources, "Endpoints")) {
    endpoints.set(`${resource.metadata.namespace}/${resource.metadata.name}`, resource);
  }
  const podsIn = new Map<string, Pod[]>();
  for (const pod of pods) {
    const known = podsIn.get(pod.namespace.name);
    if (known === undefined) podsIn.set(pod.namespace.name, [pod]);
    else known.push(pod);
  }
  return ofKind(resources, "Service").map((resource) => {
    const key = `${resource.metadata.namespace}/${resource.metadata.name}`;
    const [source, ports] = portsFrom(
      resource,
      slices.get(key),
      endpoints.get(key),
      podsIn.get(resource.metadata.namespace) ?? [],
    );
    const { spec } = resource;
    return {
      kind: "service",
      namespace: resource.metadata.namespace,
      name: resource.metadata.name,
      addresses: addressesOf([...spec.clusterIPs, ...spec.externalIPs, ...spec.loadBalancerIPs]),
      externalAddresses: addressesOf([...spec.externalIPs, ...spec.loadBalancerIPs]),
      keepsSource: spec.externalTrafficPolicy === "Local",
      headless: spec.headless,
      externalName: spec.type === "ExternalName" ? spec.externalName : undefined,
      ports,
      backendSource: source,
      origin: resource.origin(),
    } satisfies Service;
  });
}

/** `pods`: those of the Service's namespace. */
function portsFrom(
  service: ServiceResource,
  slices: readonly EndpointSliceResource[] | undefined,
  endpoints: EndpointsResource | undefined,
  pods: readonly Pod[],
): readonly [BackendSource, readonly ServicePort[]] {
  if (slices !== undefined) return ["EndpointSlices", fromSlices(service, slices)];
  if (endpoints !== undefined) return ["Endpoints", fromEndpoints(service, endpoints)];
  const { selector, ports } = service.spec;
  if (selector === undefined || Object.keys(selector).length === 0) {
    return ["nothing", ports.map((port) => ({ ...portOf(port), backends: [], unresolved: [] }))];
  }
  const predicate = all(Object.entries(selector).map(([key, value]) => equals(key, value)));
  const selected = pods.filter((pod) => selects(predicate, pod.labels));
  return ["selector and pods", ports.map((port) => fromPods(service, port, selected))];
}

type PortSpec = ServiceResource["spec"]["ports"][number];

function portOf(port: PortSpec): Pick<ServicePort, "name" | "protocol" | "port" | "nodePort"> {
  return { name: port.name, protocol: transport(port.protocol), port: port.port, nodePort: port.nodePort };
}

function fromPods(service: ServiceResource, port: PortSpec, pods: readonly Pod[]): ServicePort {
  const base = portOf(port);
  const { targetPort } = port;
  const backends: Backend[] = [];
  const unresolved: { pod: Pod; portName: string }[] = [];
  for (const pod of pods) {
    const ready = pod.ready || service.spec.publishNotReadyAddresses;
    // The first port of that name counts, as in the endpoints controller.
    const number = typeof targetPort === "number" ? targetPort : portsNamed(pod.ports, targetPort, base.protocol)[0];
    if (number === undefined) unresolved.push({ pod, portName: String(targetPort) });
    else backends.push({ where: { pod }, port: number, ready });
  }
  return { ...base, backends, unresolved };
}

function fromSlices(service: ServiceResource, slices: readonly EndpointSliceResource[]): readonly ServicePort[] {
  const listed = slices.map(({ spec }) => ({ ports: spec.ports, places: placesIn(service, spec) }));
  return service.spec.ports.map((port) => ({
    ...portOf(port),
    unresolved: [],
    backends: listed.flatMap(({ ports, places }) => {
      const target = ports.find(
        (candidate) => (candidate.name ?? "") === (port.name ?? "") && candidate.protocol === port.protocol,
      );
      return target === undefined ? [] : places.map(({ where, ready }) => ({ where, port: target.port, ready }));
    }),
  }));
}

/** The addresses of a slice, which are the same for each port of the Service. */
function placesIn(service: ServiceResource, { endpoints }: EndpointSliceSpec): readonly Omit<Backend, "port">[] {
  return endpoints.flatMap((endpoint) =>
    addressesOf(endpoint.addresses).map((address) => ({
      where: { address },
      ready: endpoint.ready || service.spec.publishNotReadyAddresses,
    })),
  );
}

function fromEndpoints(service: ServiceResource, endpoints: EndpointsResource): readonly ServicePort[] {
  return service.spec.ports.map((port) => ({
    ...portOf(port),
    unresolved: [],
    backends: endpoints.spec.subsets.flatMap((subset) => {
      const target = subset.ports.find(
        (candidate) => (candidate.name ?? "") === (port.name ?? "") && candidate.protocol === port.protocol,
      );
      if (target === undefined) return [];
      const backend = (ready: boolean) => (address: Address) => ({ where: { address }, port: target.port, ready });
      return [
        ...addressesOf(subset.addresses).map(backend(true)),
        ...addressesOf(subset.notReadyAddresses).map(backend(service.spec.publishNotReadyAddresses)),
      ];
    }),
  }));
}
