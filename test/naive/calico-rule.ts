/** Does a rule of a Calico policy match a packet? All criteria must hold; a list inside one criterion is a choice. */
import { contains, parseAddress, parseCidr, sameAddress } from "./address.ts";
import { NAMESPACE_LABEL, OF_NAMESPACE, OF_SERVICE_ACCOUNT, SERVICE_ACCOUNT_LABEL } from "./calico-endpoints.ts";
import { calicoEndpointsAt } from "./calico-endpoints.ts";
import type { CalicoEndpoint } from "./calico-endpoints.ts";
import type { RawCalicoRule, RawEntity, RawIcmp } from "./calico-objects.ts";
import { calicoSelects } from "./calico-selector.ts";
import type { CalicoLabels } from "./calico-selector.ts";
import { namespaceOf, portProtocolOf } from "./flow.ts";
import type { Flow } from "./flow.ts";
import { isEndpointSlice } from "./raw-objects.ts";

const protocolNumbers: ReadonlyMap<string | number, number> = new Map([
  ["TCP", 6],
  ["UDP", 17],
  ["ICMP", 1],
  ["ICMPv6", 58],
  ["SCTP", 132],
  ["UDPLite", 136],
]);

export function calicoProtocolNumber(protocol: string | number): number {
  const number = typeof protocol === "number" ? protocol : protocolNumbers.get(protocol);
  if (number === undefined || number < 1 || number > 255) throw new Error(`no protocol "${protocol}"`);
  return number;
}

/** `namespace` is the policy's; undefined for a global one. */
export function calicoRuleMatches(flow: Flow, rule: RawCalicoRule, namespace: string | undefined): boolean {
  return (
    familyMatches(flow, rule) &&
    protocolMatches(flow, rule) &&
    icmpMatches(flow, rule) &&
    sideMatches(flow, rule, "source", namespace) &&
    sideMatches(flow, rule, "destination", namespace)
  );
}

function familyMatches(flow: Flow, { ipVersion, protocol }: RawCalicoRule): boolean {
  const impliedByName = protocol === "ICMP" ? 4 : protocol === "ICMPv6" ? 6 : undefined;
  const wanted = ipVersion ?? impliedByName;
  return wanted === undefined || wanted === flow.source.address.family;
}

function protocolMatches(flow: Flow, { protocol, notProtocol }: RawCalicoRule): boolean {
  const is = (wanted: string | number) => calicoProtocolNumber(wanted) === flow.protocol;
  return (!isWritten(protocol) || is(protocol)) && (!isWritten(notProtocol) || !is(notProtocol));
}

function icmpMatches({ packet }: Flow, { icmp, notICMP }: RawCalicoRule): boolean {
  const is = ({ type, code }: RawIcmp) =>
    (!isWritten(type) || type === packet.icmpType) && (!isWritten(code) || code === packet.icmpCode);
  return (!isWritten(icmp) || is(icmp)) && (!isWritten(notICMP?.type) || !is(notICMP));
}

type Side = "source" | "destination";

function sideMatches(flow: Flow, rule: RawCalicoRule, side: Side, namespace: string | undefined): boolean {
  const entity = rule[side] ?? {};
  const endpoints = calicoEndpointsAt(flow.objects, flow[side]);
  return (
    netsMatch(flow, entity, side) &&
    selectorsMatch(endpoints, entity, namespace) &&
    servicesMatch(flow, entity, side, namespace) &&
    portsMatch(flow, entity, side, endpoints, namespace)
  );
}

/** A list that names only blocks of the other family takes the rule out of this one. */
function netsMatch(flow: Flow, { nets, notNets }: RawEntity, side: Side): boolean {
  const { address } = flow[side];
  const isIn = (list: readonly string[]) => list.some((net) => contains(parseCidr(net), address));
  const saysSomething = (list: readonly string[]) => list.some((net) => parseCidr(net).family === address.family);
  const isOneOf = !isFilled(nets) || isIn(nets);
  const isNoneOf = !isFilled(notNets) || (saysSomething(notNets) && !isIn(notNets));
  return isOneOf && isNoneOf;
}

/**
 * With anything that an object must be, one object at the address must be all of it, and not what notSelector says; with
 * notSelector alone none may be that, so that unknown addresses pass.
 */
function selectorsMatch(
  endpoints: readonly CalicoEndpoint[],
  entity: RawEntity,
  namespace: string | undefined,
): boolean {
  if (mustBeKnown(entity, namespace)) return endpoints.some(({ labels }) => isWanted(labels, entity, namespace));
  const { notSelector } = entity;
  return !isFilled(notSelector) || !endpoints.some(({ labels }) => calicoSelects(notSelector, labels));
}

/** Any selector in a namespaced policy speaks of its own namespace or of those that namespaceSelector names. */
function mustBeKnown(entity: RawEntity, namespace: string | undefined): boolean {
  const { selector, notSelector, namespaceSelector, serviceAccounts } = entity;
  const isPositive =
    isFilled(selector) ||
    isFilled(namespaceSelector) ||
    isFilled(serviceAccounts?.names) ||
    isFilled(serviceAccounts?.selector);
  return isPositive || (namespace !== undefined && isFilled(notSelector));
}

function isWanted(labels: CalicoLabels, entity: RawEntity, namespace: string | undefined): boolean {
  const { selector, notSelector, namespaceSelector, serviceAccounts } = entity;
  const isNamespaced = labels.has(NAMESPACE_LABEL);
  const place = { prefix: OF_NAMESPACE, all: isNamespaced, global: !isNamespaced };
  const isInScope = isFilled(namespaceSelector)
    ? calicoSelects(namespaceSelector, labels, place)
    : namespace === undefined || labels.get(NAMESPACE_LABEL) === namespace;
  const { names, selector: ofAccount } = serviceAccounts ?? {};
  return (
    isInScope &&
    calicoSelects(selector ?? "", labels) &&
    (!isFilled(names) || names.some((name) => name === labels.get(SERVICE_ACCOUNT_LABEL))) &&
    calicoSelects(ofAccount ?? "", labels, { prefix: OF_SERVICE_ACCOUNT }) &&
    (!isFilled(notSelector) || !calicoSelects(notSelector, labels))
  );
}

/** A destination is an endpoint with a port of its slice, a source only an endpoint; whether it is ready does not count. */
function servicesMatch(flow: Flow, { services }: RawEntity, side: Side, namespace: string | undefined): boolean {
  if (!isWritten(services)) return true;
  const { address } = flow[side];
  return flow.objects
    .filter(isEndpointSlice)
    .filter(
      (slice) =>
        slice.addressType !== "FQDN" &&
        namespaceOf(slice) === (isFilled(services.namespace) ? services.namespace : namespace) &&
        slice.metadata?.labels?.["kubernetes.io/service-name"] === services.name,
    )
    .some(({ endpoints, ports }) => {
      const isEndpoint = (endpoints ?? []).some(({ addresses }) =>
        addresses.some((own) => sameAddress(parseAddress(own), address)),
      );
      const isPort = (ports ?? []).some(
        ({ protocol, port }) =>
          portProtocolOf(flow) === (protocol ?? "TCP") && isWritten(port) && port === flow.packet.destinationPort,
      );
      return isEndpoint && (side === "source" || isPort);
    });
}

function portsMatch(
  flow: Flow,
  { ports, notPorts, ...entity }: RawEntity,
  side: Side,
  endpoints: readonly CalicoEndpoint[],
  namespace: string | undefined,
): boolean {
  if (!isFilled(ports) && !isFilled(notPorts)) return true;
  const protocol = portProtocolOf(flow);
  const number = protocol && (side === "source" ? flow.packet.sourcePort : flow.packet.destinationPort);
  if (protocol !== undefined && number === undefined) throw new Error(`the packet needs a ${side} port`);
  const declaring = mustBeKnown(entity, namespace)
    ? endpoints.filter(({ labels }) => isWanted(labels, entity, namespace))
    : endpoints;
  const isOneOf = (list: readonly (number | string)[]) =>
    number !== undefined &&
    list.some((entry) => {
      const range = calicoPortRange(entry);
      if (range !== undefined) return range.first <= number && number <= range.last;
      return declaring.some((endpoint) =>
        endpoint.ports.some((own) => own.name === entry && own.protocol === protocol && own.port === number),
      );
    });
  return (!isFilled(ports) || isOneOf(ports)) && (!isFilled(notPorts) || !isOneOf(notPorts));
}

/** A number or `first:last`; undefined for a name. */
export function calicoPortRange(port: number | string): { readonly first: number; readonly last: number } | undefined {
  const [, first, last] = /^([0-9]+)(?::([0-9]+))?$/u.exec(String(port)) ?? [];
  return first === undefined ? undefined : { first: Number(first), last: Number(last ?? first) };
}

function isWritten<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

/** Empty text and empty lists say nothing, as if they were not written. */
export function isFilled<T extends string | readonly unknown[]>(value: T | null | undefined): value is T {
  return isWritten(value) && value.length > 0;
}
