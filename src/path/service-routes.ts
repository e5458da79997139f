/** From a Service to its ready endpoints: the paths behind it. */
import { podText } from "../cluster/endpoint.ts";
import { type Backend, type Service, type ServicePort, serviceText } from "../cluster/service.ts";
import { familyOf } from "../net/address.ts";
import { headerKind, protocolText } from "../net/protocol.ts";
import type { Situation } from "../situation/situation.ts";
import type { Fact } from "../source/fact.ts";
import { type End, endAt, endsOfPod, familyOfEnd } from "./end.ts";
import { entryStages } from "./host-crossings.ts";
import { type Path, stagesBetween } from "./path.ts";

/**
 * Where a connection to a Service ends up. `unreachable` and `unknown` say why there is no path; `other family` that the
 * Service has nothing to offer to this address of the source.
 */
export type ServiceRoutes =
  | { readonly kind: "paths"; readonly paths: readonly Path[] }
  | { readonly kind: "other family" }
  | { readonly kind: "unreachable"; readonly reason: string }
  | { readonly kind: "unknown"; readonly fact: Fact };

/**
 * The paths to the ready backends of a Service, one for each. With a translated port a policy sees the backend's port, never
 * the Service's (rule 8). `translatedAt`: the node that translates, where it is not that of the source.
 */
export function serviceRoutes(
  situation: Situation,
  from: End,
  service: Service,
  protocol: number,
  port: number,
  translatedAt?: End,
): ServiceRoutes {
  const name = serviceText(service);
  if (service.externalName !== undefined) {
    return {
      kind: "unknown",
      fact: {
        text: `which addresses ${service.externalName}, the external name of ${name}, resolves to`,
        remedy: `look ${service.externalName} up and ask about its address`,
      },
    };
  }
  if (service.backendSource === "nothing") {
    return {
      kind: "unknown",
      fact: {
        text: `what stands behind ${name}: it has no selector, and no EndpointSlice of it is in the input`,
        remedy: "add its EndpointSlices (kubectl get endpointslices -A -o yaml)",
      },
    };
  }
  const chosen = service.headless
    ? { port: undefined, backends: service.ports.flatMap((candidate) => candidate.backends) }
    : portOfService(service, protocol, port);
  if (typeof chosen === "string") return { kind: "unreachable", reason: chosen };
  const family = familyOfEnd(from);
  if (service.addresses.length > 0 && !service.addresses.some((address) => familyOf(address) === family)) {
    return { kind: "other family" };
  }
  const ready = chosen.backends.filter((backend) => backend.ready);
  const paths = new Map<string, Path>();
  for (const backend of ready) {
    const ends =
      "pod" in backend.where
        ? endsOfPod(situation.inventory, backend.where.pod, situation.podRange)
        : [endAt(situation.inventory, backend.where.address)];
    for (const to of ends) {
      if (familyOfEnd(to) !== family) continue;
      const destinationPort = service.headless ? undefined : backend.port;
      const entry = entryStages(situation, from, to, service, port);
      paths.set(`${endKey(to)} ${destinationPort}`, {
        from,
        to,
        destinationPort,
        stages: [
          ...entry.before,
          { kind: "rewrite", name: "service", service, port: chosen.port, backend },
          ...entry.behind,
          ...stagesBetween(situation, from, to, { viaService: !service.headless, doubt: entry.doubt, translatedAt }),
        ],
      });
    }
  }
  if (paths.size > 0) return { kind: "paths", paths: [...paths.values()] };
  return ready.length > 0 ? { kind: "other family" } : { kind: "unreachable", reason: emptyReason(service, chosen) };
}

function endKey(end: End): string {
  const [first] = end.where;
  return end.kind === "pod" ? `${podText(end.pod)} ${first?.start}` : `${first?.start}`;
}

function portOfService(
  service: Service,
  protocol: number,
  port: number,
): { readonly port: ServicePort; readonly backends: readonly Backend[] } | string {
  const name = serviceText(service);
  if (headerKind(protocol) !== "ports") {
    return `${name} forwards only the TCP, UDP and SCTP ports it lists, not ${protocolText(protocol)}`;
  }
  const match = service.ports.find((candidate) => candidate.port === port && candidate.protocol === protocol);
  if (match !== undefined) return { port: match, backends: match.backends };
  const listed = service.ports.map((candidate) => `${candidate.port}/${protocolText(candidate.protocol)}`).join(", ");
  return `${name} has no port ${port}/${protocolText(protocol)}; it has ${listed === "" ? "none" : listed}`;
}

function emptyReason(
  service: Service,
  chosen: { readonly port: ServicePort | undefined; readonly backends: readonly Backend[] },
): string {
  const name = serviceText(service);
  const [missing] = chosen.port?.unresolved ?? [];
  if (missing !== undefined) {
    return `${name} wants port "${missing.portName}", which ${podText(missing.pod)} does not name`;
  }
  const waiting = chosen.backends.length;
  return waiting === 0 ? `${name} has no endpoints` : `${name} has no ready endpoints (${waiting} not ready)`;
}
