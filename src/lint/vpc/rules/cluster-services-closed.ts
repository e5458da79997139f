/** PC245: the access list of workers drops what they need of the provider's own networks. */
import { coversAddresses, IPV4 } from "../../../net/address.ts";
import { overlaps, subtract, unionOf } from "../../../net/intervals.ts";
import type { Finding } from "../../../source/finding.ts";
import type { LintRule } from "../../rule.ts";
import { type AclView, remoteSide } from "../acl-view.ts";
import { areLocated, type Release } from "../clusters.ts";
import { type Obstacle, obstacleBetween, obstacleKey, obstacleText, type Place } from "../crossing.ts";
import { PLATFORM_NETWORKS, type PlatformNetwork } from "../platform-needs.ts";
import type { VpcSurvey } from "../survey.ts";
import { aclText, findingAt, subnetsText } from "../wording.ts";

export const clusterServicesClosed: LintRule<VpcSurvey> = {
  name: "cluster-services-closed",
  code: "PC245",
  about: "lists of workers that drop what a cluster needs of 161.26.0.0/16 and 166.8.0.0/14, requests or replies",
  check: (survey) => {
    const networks = PLATFORM_NETWORKS.filter(({ addresses }) =>
      coversAddresses(survey.networks.serviceNetworks, addresses),
    );
    return consumersOf(survey).flatMap((consumer) => networks.flatMap((network) => missing(consumer, network)));
  },
};

/** Workers behind one list. */
interface Consumer {
  readonly who: string;
  readonly place: Place & { readonly list: AclView };
  readonly release: Release | undefined;
}

/** Where no cluster is known, a list that names one of the networks is taken to be for workers. */
function consumersOf(survey: VpcSurvey): readonly Consumer[] {
  if (!areLocated(survey.clusters)) return intended(survey);
  return survey.clusters.flatMap(({ name, subnets, release }) => {
    const lists = new Set(subnets.flatMap(({ subnet }) => survey.listOf.get(subnet.id) ?? []));
    return [...lists].map((list): Consumer => {
      const here = subnets.filter(({ subnet }) => list.subnets.includes(subnet));
      return {
        who: `workers of ${name} in ${subnetsText(here.map(({ subnet }) => subnet))}`,
        place: { addresses: unionOf(here.flatMap(({ workers }) => workers)), list },
        release,
      };
    });
  });
}

function intended({ lists, networks: { serviceNetworks } }: VpcSurvey): readonly Consumer[] {
  return lists
    .filter(({ acl }) =>
      acl.rules.some((rule) => {
        const remote = remoteSide(rule);
        return (
          rule.action === "allow" && overlaps(remote, serviceNetworks) && !coversAddresses(remote, serviceNetworks)
        );
      }),
    )
    .map((list) => {
      const own = unionOf(list.subnets.flatMap(({ addresses }) => addresses));
      return {
        who:
          list.subnets.length === 0 ? `workers behind ${aclText(list.acl)}` : `workers in ${subnetsText(list.subnets)}`,
        place: { addresses: own.length === 0 ? subtract([IPV4], serviceNetworks) : own, list },
        release: undefined,
      };
    });
}

/** One finding for a network: all of its uses that fail, and where they end. */
function missing({ who, place, release }: Consumer, network: PlatformNetwork): readonly Finding[] {
  const failing = network.uses.flatMap(({ what, addresses, traffic }) => {
    const obstacle = obstacleBetween(place, { addresses, list: undefined }, traffic);
    return obstacle === undefined ? [] : [{ what, obstacle }];
  });
  const [first] = failing;
  if (first === undefined) return [];
  const obstacles = new Map(failing.map(({ obstacle }) => [obstacleKey(obstacle), obstacle]));
  return [
    findingAt(
      "PC245",
      first.obstacle.by[0]?.origin ?? place.list.acl.origin,
      `${who} cannot use ${network.name} by ${failing.map(({ what }) => what).join(", ")}, so ${network.breaks(release)}: ` +
        [...obstacles.values()].map(obstacleText).join("; "),
      remedyOf(network, [...obstacles.values()]),
    ),
  ];
}

function remedyOf({ name }: PlatformNetwork, obstacles: readonly Obstacle[]): string {
  const directions = [...new Set(obstacles.map(({ direction }) => direction))];
  return directions
    .map((direction) => {
      const sides = direction === "inbound" ? `from ${name} to 0.0.0.0/0` : `from 0.0.0.0/0 to ${name}`;
      const [first] = obstacles.filter((obstacle) => obstacle.direction === direction).flatMap(({ by }) => by);
      return `allow ${direction} icmp_tcp_udp ${sides}${first === undefined ? "" : ` before "${first.name}"`}`;
    })
    .join("\n");
}
