/** From a situation that people describe to one that can be built: every pod alive, with an address, on a node. */
import type { Namespace, Pod } from "../cluster/endpoint.ts";
import type { Inventory } from "../cluster/inventory.ts";
import type { Backend, Service } from "../cluster/service.ts";
import type { ServiceEndpoints } from "../cluster/service-endpoints.ts";
import { type Address, type Family, familyOf, ofFamily } from "../net/address.ts";
import { allPeers } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import type { VpcInventory } from "../vpc/model.ts";
import { AddressPool } from "./address-pool.ts";
import { type Obstacle, obstaclesIn } from "./obstacles.ts";
import { placeNodes, placePods } from "./placement.ts";
import { placeServices } from "./services.ts";
import { groupNotes } from "./vpc/network.ts";
import { networkObstacles } from "./vpc/node-attachment.ts";

export type Realization =
  | {
      readonly kind: "realized";
      readonly situation: Situation;
      /** The address families that the lab speaks. */
      readonly families: readonly Family[];
      /** What was chosen where the input leaves it open. */
      readonly notes: readonly string[];
    }
  | { readonly kind: "unrealizable"; readonly obstacles: readonly Obstacle[] };

/**
 * Gives every template one or two live pods, every pod a node, every node and every Service an address; invents nodes until
 * there are two. What the input states is kept. IPv6 takes part when anything in the situation has it. Pure and deterministic.
 */
export function realize(situation: Situation): Realization {
  const { inventory } = situation;
  const obstacles = obstaclesIn(inventory);
  if (obstacles.length > 0) return { kind: "unrealizable", obstacles };
  const { vpc } = situation;
  const isDual = speaksV6(situation);
  const families: readonly Family[] = isDual && vpc === undefined ? [4, 6] : [4];
  const pool = new AddressPool([...knownAddresses(inventory), ...(vpc === undefined ? [] : networkAddresses(vpc))]);
  const notes: string[] = [];
  if (isDual && vpc !== undefined) notes.push("IPv6 is not built: the networks around the nodes speak IPv4 only");
  if (vpc !== undefined) notes.push(...groupNotes(vpc));
  const nodes = placeNodes(situation, families, pool, notes);
  const unattached = vpc === undefined ? [] : networkObstacles(vpc, nodes);
  if (unattached.length > 0) return { kind: "unrealizable", obstacles: unattached };
  const placed = placePods(situation, nodes, families, pool, notes);
  if ("obstacle" in placed) return { kind: "unrealizable", obstacles: [placed.obstacle] };
  const { pods, instances } = placed;
  const podsAt = new Map(pods.flatMap((pod) => pod.addresses.map((address) => [address, [pod]] as const)));
  const services = placeServices(
    inventory.services.map((service) => withInstances(service, instances)),
    families,
    pool,
    notes,
  );
  return {
    kind: "realized",
    families,
    notes: [...notes, ...namespaceNotes(situation)],
    situation: {
      ...situation,
      vpc: vpc && withoutGroups(vpc),
      // A namespace that nobody describes is built with its name alone.
      assumptions: {
        ...situation.assumptions,
        "unlisted-namespace-labels": "none",
        "unlisted-service-account-labels": "none",
        // A lab builds none.
        "unlisted-security-groups": "open",
      },
      inventory: {
        ...inventory,
        pods,
        nodes,
        services,
        serviceEndpoints: new Map(
          [...inventory.serviceEndpoints].map(([name, found]) => [name, endpointsWithInstances(found, instances)]),
        ),
        podsAt,
        nodeAt: new Map(nodes.flatMap((node) => node.addresses.map((address) => [address, node]))),
        serviceAt: new Map(services.flatMap((service) => service.addresses.map((address) => [address, service]))),
      },
    },
  };
}

function speaksV6({ inventory, tiers, podRange }: Situation): boolean {
  const sets = [
    podRange,
    ...inventory.nodes.map((node) => node.podRange),
    ...[...allPeers(tiers)].flatMap(({ addresses }) => (addresses === undefined ? [] : [addresses])),
  ];
  const holders = [...inventory.pods, ...inventory.nodes, ...inventory.services];
  const backends = inventory.services.flatMap(({ ports }) => ports.flatMap((port) => port.backends));
  return (
    sets.some((set) => ofFamily(set, 6).length > 0) ||
    holders.some(({ addresses }) => addresses.some((address) => familyOf(address) === 6)) ||
    backends.some(({ where }) => "address" in where && familyOf(where.address) === 6)
  );
}

/** Every address that the input states for something; none of them is given to something else. */
function* knownAddresses(inventory: Inventory): Generator<Address> {
  for (const pod of inventory.pods) yield* [...pod.addresses, ...pod.hostAddresses];
  for (const pod of inventory.hostPods) yield* pod.addresses;
  for (const node of inventory.nodes) yield* node.addresses;
  for (const service of inventory.services) {
    yield* service.addresses;
    for (const port of service.ports) {
      for (const { where } of port.backends) if ("address" in where) yield where.address;
    }
  }
}

/** Every address that something of the networks has inside its subnet. */
function networkAddresses({ interfaces, workers, loadBalancers }: VpcInventory): readonly Address[] {
  return [
    ...interfaces.flatMap(({ addresses }) => addresses),
    ...workers.flatMap((worker) => worker.interfaces.map(({ address }) => address)),
    ...loadBalancers.flatMap(({ privateAddresses }) => privateAddresses),
  ];
}

/** The networks as a lab builds them, so that predictions are about nothing else. */
function withoutGroups(vpc: VpcInventory): VpcInventory {
  return { ...vpc, groups: [], interfaces: vpc.interfaces.map((one) => ({ ...one, groups: undefined })) };
}

type Instances = ReadonlyMap<Pod, readonly Pod[]>;

function instancesOf<T extends { readonly where: Backend["where"] }>(item: T, instances: Instances): readonly T[] {
  const { where } = item;
  return "pod" in where
    ? (instances.get(where.pod) ?? [where.pod]).map((pod) => ({ ...item, where: { pod } }))
    : [item];
}

function endpointsWithInstances({ members, served }: ServiceEndpoints, instances: Instances): ServiceEndpoints {
  return {
    members: members.flatMap((where) => instancesOf({ where }, instances)).map(({ where }) => where),
    served: served.flatMap((item) => instancesOf(item, instances)),
  };
}

function withInstances(service: Service, instances: Instances): Service {
  return {
    ...service,
    ports: service.ports.map((port) => ({
      ...port,
      backends: port.backends.flatMap((backend) => instancesOf(backend, instances)),
      unresolved: port.unresolved.flatMap((item) =>
        (instances.get(item.pod) ?? [item.pod]).map((pod) => ({ ...item, pod })),
      ),
    })),
  };
}

function namespaceNotes(situation: Situation): readonly string[] {
  if (situation.assumptions["unlisted-namespace-labels"] === "none") return [];
  const used = new Set<Namespace>(situation.inventory.pods.map((pod) => pod.namespace));
  const unlisted = [...used].filter((namespace) => !namespace.listed).map(({ name }) => name);
  if (unlisted.length === 0) return [];
  return [
    `namespaces that are not in the input (${[...new Set(unlisted)].sort().join(", ")}) have only their name label here, ` +
      "as with --assume unlisted-namespace-labels=none",
  ];
}
