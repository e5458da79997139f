/** Questions about load balancers of the network: what clients outside the cluster reach through them. */
import { type Address, addressText } from "../net/address.ts";
import { protocolText } from "../net/protocol.ts";
import { intersectTraffic, isNoTraffic, subtractTraffic, toPorts, type TrafficSet } from "../net/traffic.ts";
import { type End, endAt } from "../path/end.ts";
import { balancedPath, balancerPlaces } from "../path/load-balancer.ts";
import type { Attached } from "../path/location.ts";
import type { Networked } from "../path/network-filters.ts";
import { type Path, pathBehind, stagesBetween } from "../path/path.ts";
import type { Situation } from "../situation/situation.ts";
import type { Service } from "../cluster/service.ts";
import { balancerAt } from "../vpc/lookup.ts";
import type { LoadBalancer } from "../vpc/model.ts";
import { type Case, casesOnPath, noRoute, notKnown } from "./cases.ts";
import { nodePortRoutes, takenOver } from "./node-ports.ts";

type Listener = LoadBalancer["listeners"][number];
type Member = Listener["members"][number];

/** The load balancer whose address an end is, with that address; undefined for all other ends. */
export function balancerBehind(
  { vpc }: Situation,
  { kind, where }: End,
): { readonly balancer: LoadBalancer; readonly address: Address } | undefined {
  const [first] = where;
  if (vpc === undefined || first === undefined || kind !== "outside" || first.end - first.start !== 1n)
    return undefined;
  const balancer = balancerAt(vpc, first.start);
  return balancer && { balancer, address: first.start };
}

/** The addresses at which load balancers listen for a port of a Service: those that lead to its node port. */
export function balancersOf(
  { vpc, inventory }: Situation,
  service: Service,
  protocol: number,
  port: number,
): readonly { readonly balancer: LoadBalancer; readonly address: Address }[] {
  const nodePort = service.ports.find((one) => one.port === port && one.protocol === protocol)?.nodePort;
  if (vpc === undefined || nodePort === undefined) return [];
  const leads = (listener: Listener): boolean =>
    listener.protocol === protocol &&
    listener.port === port &&
    listener.members.some((member) => member.port === nodePort && inventory.nodeAt.has(member.address));
  return vpc.loadBalancers.flatMap((balancer) => {
    const [address] = balancer.addresses.length > 0 ? balancer.addresses : balancer.privateAddresses;
    return address !== undefined && balancer.listeners.some(leads) ? [{ balancer, address }] : [];
  });
}

/** What a client gets at an address of a load balancer, for every member that may be chosen. */
export function casesThroughBalancer(
  situation: Situation,
  from: End,
  { balancer, address }: { readonly balancer: LoadBalancer; readonly address: Address },
  asked: TrafficSet,
): readonly Case[] {
  const { vpc } = situation;
  if (vpc === undefined) return [];
  if (from.kind !== "outside") return [notKnown(from, asked, insideFact(balancer))];
  const networked = { situation, vpc };
  const places = balancerPlaces(networked, balancer, address);
  let rest = asked;
  const cases: Case[] = [];
  for (const listener of balancer.listeners) {
    const { protocol, port, members } = listener;
    const part = intersectTraffic(rest, toPorts(protocol, [{ start: port, end: port + 1 }]));
    if (isNoTraffic(part)) continue;
    rest = subtractTraffic(rest, part);
    if (places.length === 0) cases.push(notKnown(from, part, placeFact(balancer)));
    else if (members.length === 0) cases.push(noRoute(from, part, emptyReason(balancer, listener)));
    else {
      for (const place of places) {
        for (const member of members)
          cases.push(...casesAtMember(networked, { from, balancer, place, listener, member }, part));
      }
    }
  }
  if (isNoTraffic(rest)) return cases;
  return [
    ...cases,
    noRoute(from, rest, `load balancer ${balancer.name} does not listen to it at ${addressText(address)}`),
  ];
}

interface AtMember {
  readonly from: End;
  readonly balancer: LoadBalancer;
  readonly place: Attached;
  readonly listener: Listener;
  readonly member: Member;
}

function casesAtMember(
  networked: Networked,
  { from, balancer, place, listener, member }: AtMember,
  part: TrafficSet,
): readonly Case[] {
  const { situation } = networked;
  const { protocol, port } = listener;
  const target = endAt(situation.inventory, member.address);
  const balanced = { client: from, balancer, place, port, member: target, memberPort: member.port };
  const networks = balancedPath(networked, balanced);
  // A proxy speaks for its clients.
  const seen: End = balancer.kind === "application" ? { kind: "outside", where: place.attachment.addresses } : from;
  const [taken] = takenOver(situation, target, toPorts(protocol, [{ start: member.port, end: member.port + 1 }]));
  const routes = taken && nodePortRoutes(situation, seen, target, taken);
  switch (routes?.kind) {
    case undefined: {
      const stages = stagesBetween(situation, seen, target, { networks });
      const path: Path = { from: seen, to: target, destinationPort: member.port, stages };
      return asked(casesOnPath(situation, path, part), from);
    }
    case "paths":
      return asked(
        routes.paths.flatMap((path) => casesOnPath(situation, pathBehind(path, networks), part)),
        from,
      );
    case "unreachable":
      return [noRoute(from, part, routes.reason)];
    case "unknown":
      return [notKnown(from, part, routes.fact)];
    case "other family":
      return [];
  }
}

/** The cases as those of the client who asks, whoever stands in for it on the way. */
function asked(cases: readonly Case[], from: End): readonly Case[] {
  return cases.map((item) => ({ ...item, from }));
}

function emptyReason({ name }: LoadBalancer, { protocol, port }: Listener): string {
  return `load balancer ${name} has no members for ${protocolText(protocol)} port ${port}`;
}

function insideFact({ name, addresses, privateAddresses }: LoadBalancer): Parameters<typeof notKnown>[2] {
  const text = [...addresses, ...privateAddresses].map(addressText).join(", ");
  return {
    text: `whether connections from inside the cluster leave it for load balancer ${name} (${text}), or nodes answer in its place`,
    remedy: "ask about the Service or its pods",
  };
}

function placeFact({ name }: LoadBalancer): Parameters<typeof notKnown>[2] {
  return {
    text: `in which subnets load balancer ${name} stands`,
    remedy: "add the load balancers and subnets of its VPC (ibmcloud is load-balancers --output json)",
  };
}
