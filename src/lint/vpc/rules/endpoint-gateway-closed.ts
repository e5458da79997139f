/** PC246: workers of a subnet reach no address of an endpoint gateway, by which clusters reach master and registry since 1.28. */
import { type AddressSet, containsAddress, single } from "../../../net/address.ts";
import { TCP } from "../../../net/protocol.ts";
import { allOf } from "../../../net/traffic.ts";
import type { Finding } from "../../../source/finding.ts";
import type { Interface, Subnet } from "../../../vpc/model.ts";
import type { LintRule } from "../../rule.ts";
import { type ClusterView, ENDPOINT_GATEWAYS, type WorkerSubnet } from "../clusters.ts";
import { type Obstacle, obstacleBetween, obstacleText, placeIn } from "../crossing.ts";
import { rolesOf } from "../reply-traffic.ts";
import type { VpcSurvey } from "../survey.ts";
import { addressesText, findingAt, subnetText } from "../wording.ts";

export const endpointGatewayClosed: LintRule<VpcSurvey> = {
  name: "endpoint-gateway-closed",
  code: "PC246",
  about: "endpoint gateways that workers of a subnet cannot reach at any of their addresses",
  check: (survey) => {
    const gateways = gatewaysOf(survey);
    return survey.clusters.flatMap((cluster) =>
      // Older clusters reach the master by other ways.
      cluster.release !== undefined && cluster.release < ENDPOINT_GATEWAYS ? [] : inCluster(cluster, gateways, survey),
    );
  },
};

interface EndpointGateway {
  readonly name: string;
  readonly places: readonly { readonly subnet: Subnet; readonly addresses: AddressSet }[];
}

/** By name: an export lists one interface for each address. */
function gatewaysOf({ networks: { interfaces, subnets } }: VpcSurvey): readonly EndpointGateway[] {
  const byName = new Map<string, Interface[]>();
  for (const one of interfaces) {
    if (one.kind === "endpoint gateway") byName.set(one.name, [...(byName.get(one.name) ?? []), one]);
  }
  return [...byName].map(([name, all]) => ({
    name,
    places: all.flatMap(({ subnet: id, addresses }) =>
      addresses.flatMap((address) => {
        const subnet = subnets.find((one) =>
          id === undefined ? containsAddress(one.addresses, address) : one.id === id,
        );
        return subnet === undefined ? [] : [{ subnet, addresses: single(address) }];
      }),
    ),
  }));
}

const REQUESTS = rolesOf(allOf(TCP)).open;

function inCluster(cluster: ClusterView, gateways: readonly EndpointGateway[], survey: VpcSurvey): readonly Finding[] {
  return cluster.subnets.flatMap((workers) => {
    const vpc = workers.subnet.vpc;
    return gateways
      .filter(({ places }) => places.some(({ subnet }) => subnet.vpc === vpc))
      .flatMap((gateway) => {
        const obstacles = obstaclesTo(gateway, workers, survey);
        return obstacles === undefined ? [] : [found(cluster, workers, gateway, obstacles)];
      });
  });
}

/** Undefined where one address at least can be reached. */
function obstaclesTo(
  { places }: EndpointGateway,
  workers: WorkerSubnet,
  survey: VpcSurvey,
): readonly Obstacle[] | undefined {
  const from = placeIn(survey, workers.subnet, workers.workers);
  const obstacles = places.map(({ subnet, addresses }) =>
    subnet === workers.subnet ? undefined : obstacleBetween(from, placeIn(survey, subnet, addresses), REQUESTS),
  );
  const known = obstacles.filter((obstacle) => obstacle !== undefined);
  return known.length < obstacles.length ? undefined : known;
}

function found(
  cluster: ClusterView,
  { subnet }: WorkerSubnet,
  gateway: EndpointGateway,
  obstacles: readonly Obstacle[],
): Finding {
  const [first] = obstacles;
  const at = first?.by[0]?.origin ?? first?.list.acl.origin ?? subnet.origin;
  const places = gateway.places.map((place) => `${addressesText(place.addresses)} in subnet ${place.subnet.name}`);
  return findingAt(
    "PC246",
    at,
    `workers of ${cluster.name} in ${subnetText(subnet)} cannot reach endpoint gateway ${gateway.name} (${places.join(", ")}): ` +
      `${[...new Set(obstacles.map(obstacleText))].join("; ")}; since 1.28 clusters reach master and registry by such gateways`,
    "admit the CIDR of the gateway's subnet in the workers' list, and theirs in its list, inbound and outbound in each",
  );
}
