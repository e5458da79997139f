/** PC244: the access lists between two subnets of a cluster drop what its workers need of each other. */
import { TCP } from "../../../net/protocol.ts";
import { ALL_TRAFFIC, toPorts, type TrafficSet, unionTraffic } from "../../../net/traffic.ts";
import type { Finding } from "../../../source/finding.ts";
import type { LintRule } from "../../rule.ts";
import { IP_IN_IP, VXLAN, WIREGUARD } from "../carriers.ts";
import type { ClusterView, WorkerSubnet } from "../clusters.ts";
import { type Obstacle, obstacleBetween, obstacleKey, obstacleText, type Place, placeIn } from "../crossing.ts";
import { rolesOf } from "../reply-traffic.ts";
import type { VpcSurvey } from "../survey.ts";
import { findingAt, subnetText } from "../wording.ts";

export const clusterSubnetsCutOff: LintRule<VpcSurvey> = {
  name: "cluster-subnets-cut-off",
  code: "PC244",
  about: "subnets of one cluster whose lists drop what workers need of each other, as after a new subnet was forgotten",
  check: (survey) => survey.clusters.flatMap((cluster) => inCluster(cluster, survey)),
};

interface Need {
  readonly traffic: TrafficSet;
  /** What it is, and what fails without it. */
  readonly what: string;
}

const NEEDS: readonly Need[] = [
  { traffic: clientsTo(10_250), what: "TCP 10250 (kubelet: logs, exec and metrics)" },
  { traffic: clientsTo(5473), what: "TCP 5473 (Typha: policies do not reach workers)" },
];
/** How routes to pods are told where pods are not carried by VXLAN alone. */
const ROUTES: Need = { traffic: clientsTo(179), what: "TCP 179 (BGP: routes to pods)" };
const OVERLAY: Need = {
  traffic: unionTraffic(IP_IN_IP, unionTraffic(VXLAN, WIREGUARD)),
  what: "IP-in-IP, VXLAN and WireGuard (all traffic between pods of the two subnets)",
};

function clientsTo(port: number): TrafficSet {
  return rolesOf(toPorts(TCP, [{ start: port, end: port + 1 }])).asking;
}

/** One finding for each pair of subnets. O(subnets^2) times the lists between them. */
function inCluster(cluster: ClusterView, survey: VpcSurvey): readonly Finding[] {
  return cluster.subnets.flatMap((one, i) =>
    cluster.subnets.slice(i + 1).flatMap((other) => betweenSubnets(one, other, cluster, survey)),
  );
}

function betweenSubnets(
  one: WorkerSubnet,
  other: WorkerSubnet,
  cluster: ClusterView,
  survey: VpcSurvey,
): readonly Finding[] {
  const [here, there] = [one, other].map(({ subnet, workers }) => placeIn(survey, subnet, workers));
  if (here === undefined || there === undefined) return [];
  const lacking = lackingBetween(here, there);
  const [first] = lacking;
  if (first === undefined) return [];
  const obstacles = [...new Map(lacking.map(({ obstacle }) => [obstacleKey(obstacle), obstacle])).values()];
  const whats = [...new Set(lacking.map(({ what }) => what))];
  return [
    findingAt(
      "PC244",
      first.obstacle.by[0]?.origin ?? first.obstacle.list.acl.origin,
      `workers of ${cluster.name} in ${subnetText(one.subnet)} and in ${subnetText(other.subnet)} cannot reach each other by ` +
        `${whats.join(", ")}: ${obstacles.map(obstacleText).join("; ")}`,
      "let the lists of both subnets admit the CIDR of the other, one inbound and one outbound rule in each, before the rules that deny everything",
    ),
  ];
}

interface Lack {
  readonly what: string;
  readonly obstacle: Obstacle;
}

function lackingBetween(here: Place, there: Place): readonly Lack[] {
  const everything = lack({ traffic: ALL_TRAFFIC, what: "anything" }, here, there);
  if (everything.length > 0) return everything;
  const routed = obstacleBetween(here, there, VXLAN) === undefined ? [] : [ROUTES];
  return [...NEEDS, ...routed, OVERLAY].flatMap((need) => lack(need, here, there));
}

/** In both directions, as either side may begin. */
function lack({ traffic, what }: Need, here: Place, there: Place): readonly Lack[] {
  return [obstacleBetween(here, there, traffic), obstacleBetween(there, here, traffic)].flatMap((obstacle) =>
    obstacle === undefined ? [] : [{ what, obstacle }],
  );
}
