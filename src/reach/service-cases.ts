/** Cases of a question that a Service lies in: by its name, at its addresses, and at the ports it has on every node. */
import { type Service, serviceText } from "../cluster/service.ts";
import type { Address } from "../net/address.ts";
import type { TrafficSet } from "../net/traffic.ts";
import { type End, endText } from "../path/end.ts";
import { networkPath } from "../path/network-path.ts";
import { pathBehind } from "../path/path.ts";
import type { Resolved } from "../path/resolve.ts";
import { serviceRoutes, type ServiceRoutes } from "../path/service-routes.ts";
import type { Situation } from "../situation/situation.ts";
import { portsAsked, type ServicePortAsked, type Wanted } from "./asked-traffic.ts";
import { type Case, casesOnPath, noRoute, notKnown } from "./cases.ts";
import { balancersOf, casesThroughBalancer } from "./load-balancers.ts";
import { hiddenSource, maskingEnds, nodePortRoutes, type TakenOver } from "./node-ports.ts";

export function casesToService(
  situation: Situation,
  sources: readonly End[],
  { service, address }: Extract<Resolved, { kind: "service" }>,
  wanted: Wanted,
): readonly Case[] {
  return sources.flatMap((from) =>
    portsAsked(service, wanted).flatMap((asked) => {
      const balancers = balancersFor(situation, from, service, address, asked);
      if (balancers.length > 0) {
        return balancers.flatMap((one) => casesThroughBalancer(situation, from, one, asked.traffic));
      }
      const routes = serviceRoutes(situation, from, service, asked.protocol, asked.port);
      const hidden = routes.kind === "paths" ? hiddenSource(from, service, address) : undefined;
      return hidden === undefined
        ? casesOnRoutes(situation, from, routes, asked.traffic)
        : casesBehindNodes(situation, from, service, asked, notKnown(from, asked.traffic, hidden));
    }),
  );
}

/** The load balancers of the network by which clients outside reach a Service, or the one whose address they ask for. */
function balancersFor(
  situation: Situation,
  from: End,
  service: Service,
  address: Address | undefined,
  { protocol, port }: ServicePortAsked,
): ReturnType<typeof balancersOf> {
  if (from.kind !== "outside") return [];
  const all = balancersOf(situation, service, protocol, port);
  if (address === undefined) return all;
  const own = ({ balancer }: (typeof all)[number]): boolean =>
    [...balancer.addresses, ...balancer.privateAddresses].includes(address);
  return all.filter(own).map(({ balancer }) => ({ balancer, address }));
}

export function casesBehindNodePort(situation: Situation, from: End, to: End, part: TakenOver): readonly Case[] {
  const routes = nodePortRoutes(situation, from, to, part);
  if (routes === undefined) return [notKnown(from, part.traffic, part.fact)];
  if (routes.kind === "paths" && routes.paths.length === 0) {
    const reason = `${serviceText(part.service)} has no ready endpoint on ${endText(to)} (externalTrafficPolicy: Local)`;
    return [noRoute(from, part.traffic, reason)];
  }
  return casesOnRoutes(situation, from, behindNetworks(situation, from, to, part, routes), part.traffic);
}

/** What a client outside meets on its way to a node comes before what the node does with it. */
function behindNetworks(
  situation: Situation,
  from: End,
  to: End,
  { port }: TakenOver,
  routes: ServiceRoutes,
): ServiceRoutes {
  const { vpc } = situation;
  if (vpc === undefined || routes.kind !== "paths") return routes;
  const ports = { destination: port.nodePort, isSourcePicked: false };
  const networks = networkPath({ situation, vpc }, { end: from, node: undefined }, { end: to, node: undefined }, ports);
  return { kind: "paths", paths: routes.paths.map((path) => pathBehind(path, networks)) };
}

/** `from` is who asks; the paths may begin at a node that stands in for it. */
function casesOnRoutes(situation: Situation, from: End, routes: ServiceRoutes, traffic: TrafficSet): readonly Case[] {
  switch (routes.kind) {
    case "unreachable":
      return [noRoute(from, traffic, routes.reason)];
    case "other family":
      return [];
    case "unknown":
      return [notKnown(from, traffic, routes.fact)];
    case "paths":
      return routes.paths.flatMap((path) => casesOnPath(situation, path, traffic)).map((item) => ({ ...item, from }));
  }
}

/** What every node that may stand in for the client gets for an answer; `open` where they differ. */
function casesBehindNodes(
  situation: Situation,
  from: End,
  service: Service,
  { protocol, port, traffic }: ServicePortAsked,
  open: Case,
): readonly Case[] {
  const answers = maskingEnds(situation, from).map((end) =>
    casesOnRoutes(situation, from, serviceRoutes(situation, end, service, protocol, port), traffic),
  );
  const [first = []] = answers;
  const kinds = new Set(answers.flat().map(({ kind }) => kind));
  return kinds.size === 1 ? first : [open];
}
