/** Where the workers of clusters stand: the subnets, and their addresses in them. */
import type { Node } from "../../cluster/endpoint.ts";
import { type Address, type AddressSet, containsAddress, single } from "../../net/address.ts";
import { unionOf } from "../../net/intervals.ts";
import type { Origin } from "../../source/origin.ts";
import type { Cluster, Subnet, VpcInventory, Worker } from "../../vpc/model.ts";
import { SUBNET_LABEL } from "../../vpc/ibm/workers.ts";

/** A release such as 1.28, in a form that compares: 1028. */
export type Release = number;

/** From this release on workers reach the master and the registry through endpoint gateways. */
export const ENDPOINT_GATEWAYS: Release = 1028;
/** From this release on the provider advises groups instead of access lists. */
export const SECURE_BY_DEFAULT: Release = 1030;

/** The part of a cluster that stands in one subnet. */
export interface WorkerSubnet {
  readonly subnet: Subnet;
  /** The addresses of its workers there. */
  readonly workers: AddressSet;
}

export interface ClusterView {
  /** Its name, its id where the name is not known, or `the cluster` where only its nodes are. */
  readonly name: string;
  /** The id of its VPC; undefined where neither it nor a subnet of its workers is known. */
  readonly vpc: string | undefined;
  readonly subnets: readonly WorkerSubnet[];
  /** The release of its oldest worker, or of its master; undefined where neither is told. */
  readonly release: Release | undefined;
  readonly podRange: AddressSet;
  readonly serviceRange: AddressSet;
  readonly origin: Origin | undefined;
}

/** An address of a worker, and the id of its subnet where that is told. */
interface WorkerPlace {
  readonly subnet: string | undefined;
  readonly address: Address;
}

/**
 * The clusters that the networks speak of, with their workers. Where the networks know no workers, Kubernetes nodes are those of
 * the one cluster there is. Workers that are in no subnet of the input are left out. O(workers x subnets).
 */
export function clusterViews(networks: VpcInventory, nodes: readonly Node[]): readonly ClusterView[] {
  const { clusters, workers } = networks;
  if (workers.length === 0 && clusters.length < 2) return clusterOfNodes(networks, clusters[0], nodes);
  // Workers of an export that does not name their cluster belong to the only one there is.
  const idOf = (worker: Worker): string => worker.cluster ?? (clusters.length === 1 ? (clusters[0]?.id ?? "") : "");
  const ids = new Set([...clusters.map(({ id }) => id), ...workers.map(idOf)]);
  return [...ids].map((id) => {
    const own = workers.filter((worker) => idOf(worker) === id);
    const cluster = clusters.find((one) => one.id === id);
    const releases = own.flatMap(({ version }) => releaseOf(version) ?? []);
    const view = clusterView(
      networks,
      cluster,
      own.flatMap(({ interfaces }) => interfaces),
    );
    return {
      ...view,
      name: cluster?.name ?? (id === "" ? "the cluster" : id),
      release: releases.length > 0 ? Math.min(...releases) : view.release,
      origin: view.origin ?? own[0]?.origin,
    };
  });
}

/** Nothing where there is neither a cluster nor a node in a subnet. */
function clusterOfNodes(
  networks: VpcInventory,
  cluster: Cluster | undefined,
  nodes: readonly Node[],
): readonly ClusterView[] {
  const places = nodes.flatMap((node) =>
    node.addresses.map((address): WorkerPlace => ({ subnet: node.seen.get(SUBNET_LABEL), address })),
  );
  const view = clusterView(networks, cluster, places);
  if (cluster === undefined && view.subnets.length === 0) return [];
  const podRange = cluster?.podRange ?? unionOf(nodes.flatMap((node) => node.podRange));
  const origin = view.origin ?? nodes.find((node) => node.origin !== undefined)?.origin?.();
  return [{ ...view, podRange, origin }];
}

function clusterView(
  networks: VpcInventory,
  cluster: Cluster | undefined,
  places: readonly WorkerPlace[],
): ClusterView {
  const subnets = workerSubnets(networks, places);
  return {
    name: cluster?.name ?? "the cluster",
    vpc: cluster?.vpc ?? subnets[0]?.subnet.vpc,
    subnets,
    release: releaseOf(cluster?.version),
    podRange: cluster?.podRange ?? [],
    serviceRange: cluster?.serviceRange ?? [],
    origin: cluster?.origin,
  };
}

/** Where no subnet is told, the only one that holds the address counts. */
function workerSubnets({ subnets }: VpcInventory, places: readonly WorkerPlace[]): readonly WorkerSubnet[] {
  const located = places.map(({ subnet, address }) => {
    const around = subnets.filter(({ addresses }) => containsAddress(addresses, address));
    return { address, subnet: around.find(({ id }) => id === subnet) ?? (around.length === 1 ? around[0] : undefined) };
  });
  return subnets.flatMap((subnet) => {
    const workers = unionOf(located.flatMap((place) => (place.subnet === subnet ? single(place.address) : [])));
    return workers.length === 0 ? [] : [{ subnet, workers }];
  });
}

/** Whether it is known where any workers stand. */
export function areLocated(clusters: readonly ClusterView[]): boolean {
  return clusters.some(({ subnets }) => subnets.length > 0);
}

/** `1.28.15_1583` and `v1.28.15+IKS` are release 1028. */
function releaseOf(version: string | undefined): Release | undefined {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version ?? "") ?? [];
  return major === undefined || minor === undefined ? undefined : Number(major) * 1000 + Number(minor);
}
