import type { Address } from "../net/address.ts";
import type { Origin } from "../source/origin.ts";
import type { NamedPort, Pod } from "./endpoint.ts";

/**
 * What is behind a Service port, after translation: an address, as slices list it, or a pod with all its addresses, as a
 * selector finds it.
 */
export interface Backend {
  readonly where: { readonly pod: Pod } | { readonly address: Address };
  readonly port: number;
  readonly ready: boolean;
}

export interface ServicePort {
  readonly name: string | undefined;
  readonly protocol: number;
  readonly port: number;
  /** The port on every node that leads here too. */
  readonly nodePort: number | undefined;
  readonly backends: readonly Backend[];
  /** A target port name that these pods do not have; they are no backends of this port. */
  readonly unresolved: readonly { readonly pod: Pod; readonly portName: string }[];
}

/** Where the list of backends was taken from; the last one is an assumption, not a fact of the cluster. */
export type BackendSource = "EndpointSlices" | "Endpoints" | "selector and pods" | "nothing";

export interface Service {
  readonly kind: "service";
  readonly namespace: string;
  readonly name: string;
  /** Its addresses: cluster IPs, external IPs and load balancer addresses. */
  readonly addresses: readonly Address[];
  /** Those of them that clients outside the cluster use. */
  readonly externalAddresses: readonly Address[];
  /** Whether backends see the source of a connection from outside (`externalTrafficPolicy: Local`), not a node's address. */
  readonly keepsSource: boolean;
  /** True for `clusterIP: None`: names resolve to the pods themselves and no port is translated. */
  readonly headless: boolean;
  readonly externalName: string | undefined;
  readonly ports: readonly ServicePort[];
  readonly backendSource: BackendSource;
  readonly origin: Origin;
}

/** `accounts/svc/db`. */
export function serviceText(service: Pick<Service, "namespace" | "name">): string {
  return `${service.namespace}/svc/${service.name}`;
}

/** The port numbers a pod gives a name for a protocol: rule 10. */
export function portsNamed(ports: readonly NamedPort[], name: string, protocol: number): readonly number[] {
  return [...new Set(ports.filter((p) => p.name === name && p.protocol === protocol).map((p) => p.port))];
}
