/**
 * Ways into the cluster on which a node may put its own address in place of the source: node ports, and addresses of Services
 * for clients outside. Where it does, policy sees a node, and which one is not known.
 */
import { type Service, serviceText } from "../cluster/service.ts";
import type { Address } from "../net/address.ts";
import { intersectTraffic, isNoTraffic, NO_TRAFFIC, toPorts, type TrafficSet, unionTraffic } from "../net/traffic.ts";
import type { End } from "../path/end.ts";
import type { Situation } from "../situation/situation.ts";
import type { Fact } from "../source/fact.ts";

/** The part of the traffic to a node that a Service takes over, and what would have to be known to judge it. */
export interface TakenOver {
  readonly traffic: TrafficSet;
  readonly fact: Fact;
}

/** What Services take over of `asked` towards an end; empty for ends that are no nodes. O(Services). */
export function takenOver({ inventory }: Situation, to: End, asked: TrafficSet): readonly TakenOver[] {
  if (to.kind !== "node") return [];
  return inventory.services.flatMap((service) => {
    const ports = service.ports
      .flatMap(({ protocol, nodePort }) =>
        nodePort === undefined ? [] : [toPorts(protocol, [{ start: nodePort, end: nodePort + 1 }])],
      )
      .reduce(unionTraffic, NO_TRAFFIC);
    const traffic = intersectTraffic(asked, ports);
    return isNoTraffic(traffic) ? [] : [{ traffic, fact: nodePortFact(service) }];
  });
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
