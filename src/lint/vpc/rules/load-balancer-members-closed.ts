/** PC247: a load balancer cannot reach its members in a subnet, for health checks or for clients. */
import { type Address, type AddressSet, containsAddress, single } from "../../../net/address.ts";
import { unionOf } from "../../../net/intervals.ts";
import { protocolText } from "../../../net/protocol.ts";
import { toPorts, type TrafficSet, unionTraffic } from "../../../net/traffic.ts";
import type { Finding } from "../../../source/finding.ts";
import { shortList } from "../../../source/words.ts";
import type { LoadBalancer, Subnet } from "../../../vpc/model.ts";
import type { LintRule } from "../../rule.ts";
import { type Obstacle, obstacleBetween, obstacleText, placeIn } from "../crossing.ts";
import { publicOf } from "../private-networks.ts";
import { rolesOf } from "../reply-traffic.ts";
import type { VpcSurvey } from "../survey.ts";
import { findingAt, subnetText } from "../wording.ts";

export const loadBalancerMembersClosed: LintRule<VpcSurvey> = {
  name: "load-balancer-members-closed",
  code: "PC247",
  about: "load balancers whose members, node ports mostly, are closed to them or to their clients",
  check: (survey) => survey.networks.loadBalancers.flatMap((balancer) => atBalancer(balancer, survey)),
};

/** The members in one subnet. */
interface Members {
  readonly subnet: Subnet;
  readonly addresses: AddressSet;
  readonly requests: TrafficSet;
  readonly ports: readonly string[];
}

function atBalancer(balancer: LoadBalancer, survey: VpcSurvey): readonly Finding[] {
  return membersOf(balancer, survey).flatMap((members) => {
    const to = placeIn(survey, members.subnet, members.addresses);
    const sources = survey.networks.subnets.filter(
      ({ id }) => balancer.subnets.includes(id) && id !== members.subnet.id,
    );
    const checks = sources.flatMap((subnet) => {
      const obstacle = obstacleBetween(placeIn(survey, subnet), to, members.requests);
      return obstacle === undefined ? [] : [found(balancer, `addresses in ${subnetText(subnet)}`, members, obstacle)];
    });
    return checks.length > 0 ? checks : fromClients(balancer, members, survey);
  });
}

/** A network load balancer passes the packets of clients on as they are; only of a public one clients are known. */
function fromClients(balancer: LoadBalancer, members: Members, survey: VpcSurvey): readonly Finding[] {
  if (balancer.kind !== "network" || !balancer.isPublic) return [];
  const clients = { addresses: publicOf(survey.networks), list: undefined };
  const obstacle = obstacleBetween(clients, placeIn(survey, members.subnet, members.addresses), members.requests);
  return obstacle === undefined
    ? []
    : [found(balancer, "clients on the internet, whose addresses it keeps,", members, obstacle)];
}

function membersOf(
  { listeners, subnets: own }: LoadBalancer,
  { networks: { subnets } }: VpcSurvey,
): readonly Members[] {
  const vpcs = new Set(subnets.filter(({ id }) => own.includes(id)).map(({ vpc }) => vpc));
  const all = listeners.flatMap(({ protocol, members }) => members.map((member) => ({ ...member, protocol })));
  return subnets.flatMap((subnet): readonly Members[] => {
    const here = all.filter(({ address }) => containsAddress(subnet.addresses, address));
    if (here.length === 0 || !vpcs.has(subnet.vpc)) return [];
    return [
      {
        subnet,
        addresses: addressesOf(here.map(({ address }) => address)),
        requests: here.reduce<TrafficSet>(
          (sum, { protocol, port }) =>
            unionTraffic(sum, rolesOf(toPorts(protocol, [{ start: port, end: port + 1 }])).asking),
          [],
        ),
        ports: [...new Set(here.map(({ protocol, port }) => `${protocolText(protocol).toUpperCase()} ${port}`))],
      },
    ];
  });
}

function addressesOf(addresses: readonly Address[]): AddressSet {
  return unionOf(addresses.flatMap(single));
}

function found({ name, kind }: LoadBalancer, who: string, { subnet, ports }: Members, obstacle: Obstacle): Finding {
  return findingAt(
    "PC247",
    obstacle.by[0]?.origin ?? obstacle.list.acl.origin,
    `${kind} load balancer ${name}: ${who} cannot reach its members in ${subnetText(subnet)} at ${shortList(ports)}, ` +
      `so ${kind === "application" ? "health checks and requests" : "health checks or requests"} fail: ${obstacleText(obstacle)}`,
    "allow inbound tcp from there to 0.0.0.0/0 ports 30000-32767, where node ports are, and outbound tcp back from these ports to ports 1024-65535; " +
      "a load balancer's addresses change, so name the CIDRs of its subnets",
  );
}
