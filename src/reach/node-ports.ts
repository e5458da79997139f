/**
 * Ways into the cluster on which a node may put its own address in place of the source: node ports, and addresses of Services
 * for clients outside. Where it does, policy sees a node, and which one is not known.
 */
import { type Service, type ServicePort, serviceText } from "../cluster/service.ts";
import type { Address } from "../net/address.ts";
import { intersectTraffic, isNoTraffic, toPorts, type TrafficSet } from "../net/traffic.ts";
import { type End, endsOfNode, familyOfEnd, runsOn } from "../path/end.ts";
import { serviceRoutes, type ServiceRoutes } from "../path/service-routes.ts";
import type { Situation } from "../situation/situation.ts";
import type { Fact } from "../source/fact.ts";

/** The part of the traffic to a node that a Service takes over at one of its ports. */
export interface TakenOver {
  readonly traffic: TrafficSet;
  readonly service: Service;
  readonly port: ServicePort;
  /** What would have to be known where policy gives different answers to the sources it may see. */
  readonly fact: Fact;
}

/** What Services take over of `asked` towards an end; empty for ends that are no nodes. O(Services). */
export function takenOver({ inventory }: Situation, to: End, asked: TrafficSet): readonly TakenOver[] {
  if (to.kind !== "node") return [];
  return inventory.services.flatMap((service) =>
    service.ports.flatMap((port): readonly TakenOver[] => {
      const { protocol, nodePort } = port;
      if (nodePort === undefined) return [];
      const traffic = intersectTraffic(asked, toPorts(protocol, [{ start: nodePort, end: nodePort + 1 }]));
      return isNoTraffic(traffic) ? [] : [{ traffic, service, port, fact: nodePortFact(service) }];
    }),
  );
}

/**
 * Where a node port leads for a client outside. With `externalTrafficPolicy: Cluster` the node puts its own address in place
 * of the client's; with `Local` the client's stays, and only pods of the node are reached. Undefined for other clients, whose
 * own egress policy sees the node first.
 */
export function nodePortRoutes(
  situation: Situation,
  from: End,
  to: End,
  { service, port }: TakenOver,
): ServiceRoutes | undefined {
  if (from.kind !== "outside" || to.kind !== "node") return undefined;
  const seen = service.keepsSource ? from : to;
  const routes = serviceRoutes(situation, seen, service, port.protocol, port.port, to);
  if (routes.kind !== "paths" || !service.keepsSource) return routes;
  const isHere = (end: End): boolean => end.kind === "pod" && runsOn(end.pod, to.node, to.where) === true;
  return { kind: "paths", paths: routes.paths.filter((path) => isHere(path.to)) };
}

/** The nodes whose address may stand in place of a client's. */
export function maskingEnds({ inventory }: Situation, from: End): readonly End[] {
  return inventory.nodes
    .flatMap((node) => endsOfNode(inventory, node))
    .filter((end) => familyOfEnd(end) === familyOfEnd(from));
}

function nodePortFact(service: Service): Fact {
  return {
    text: `which source address policy sees, and on which node, behind the node port of ${serviceText(service)}`,
    remedy: `ask about ${serviceText(service)} or its pods, from the client and from the nodes`,
  };
}

/** The fact that hides the source of a connection from outside to a Service; undefined where the source is seen as it is. */
export function hiddenSource(from: End, service: Service, address: Address | undefined): Fact | undefined {
  if (address === undefined || from.kind !== "outside" || service.keepsSource) return undefined;
  if (!service.externalAddresses.includes(address)) return undefined;
  return {
    text: `which node's address policy sees in place of the client's behind ${serviceText(service)} (externalTrafficPolicy: Cluster)`,
    remedy: "set externalTrafficPolicy: Local, or ask from the nodes to the pods",
  };
}
