/** Where the workers of clusters stand: the subnets, and their addresses in them. */
import type { Node } from "../../cluster/endpoint.ts";
import { type Address, type AddressSet, containsAddress, single } from "../../net/address.ts";
import { union, unionOf } from "../../net/intervals.ts";
import type { Origin } from "../../source/origin.ts";
import type { Cluster, Subnet, VpcInventory, Worker } from "../../vpc/model.ts";

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
  readonly subnets: readonly WorkerSubnet[];
  /** The release of its oldest worker, or of its master; undefined where neither is told. */
  readonly release: Release | undefined;
  readonly podRange: AddressSet;
  readonly serviceRange: AddressSet;
  readonly origin: Origin | undefined;
}

/**
 * The clusters that the networks speak of. Where they speak of none, Kubernetes nodes in the subnets are one cluster. Workers
 * that are in no subnet of the input are left out. O(workers x subnets).
 */
export function clusterViews(networks: VpcInventory, nodes: readonly Node[]): readonly ClusterView[] {
  const ids = new Set([
    ...networks.clusters.map(({ id }) => id),
    ...networks.workers.map(({ cluster }) => cluster ?? ""),
  ]);
  if (ids.size === 0) return clusterOfNodes(networks, nodes);
  // Workers of an export that does not name their cluster belong to the only one there is.
  const [only] = networks.clusters.length === 1 ? networks.clusters : [];
  if (only !== undefined) ids.delete("");
  return [...ids].map((id) => {
    const cluster = networks.clusters.find((one) => one.id === id);
    const workers = networks.workers.filter((worker) => (worker.cluster ?? only?.id ?? "") === id);
    return clusterView(networks, id, cluster, workers);
  });
}

function clusterView(
  networks: VpcInventory,
  id: string,
  cluster: Cluster | undefined,
  workers: readonly Worker[],
): ClusterView {
  const places = workers.flatMap((worker) => worker.interfaces);
  const releases = workers.flatMap(({ version }) => releaseOf(version) ?? []);
  return {
    name: cluster?.name ?? (id === "" ? "the cluster" : id),
    subnets: workerSubnets(networks, places),
    release: releases.length > 0 ? Math.min(...releases) : releaseOf(cluster?.version),
    podRange: cluster?.podRange ?? [],
    serviceRange: cluster?.serviceRange ?? [],
    origin: cluster?.origin ?? workers[0]?.origin,
  };
}

function clusterOfNodes(networks: VpcInventory, nodes: readonly Node[]): readonly ClusterView[] {
  const subnets = workerSubnets(
    networks,
    nodes.flatMap(({ addresses }) => addresses.map((address) => ({ subnet: undefined, address }))),
  );
  if (subnets.length === 0) return [];
  return [
    {
      name: "the cluster",
      subnets,
      release: undefined,
      podRange: unionOf(nodes.flatMap(({ podRange }) => podRange)),
      serviceRange: [],
      origin: nodes.find(({ origin }) => origin !== undefined)?.origin?.(),
    },
  ];
}

function workerSubnets(
  { subnets }: VpcInventory,
  places: readonly { readonly subnet: string | undefined; readonly address: Address }[],
): readonly WorkerSubnet[] {
  return subnets.flatMap((subnet) => {
    const here = places.filter(({ subnet: id, address }) =>
      id === undefined ? containsAddress(subnet.addresses, address) : id === subnet.id,
    );
    if (here.length === 0) return [];
    return [{ subnet, workers: here.reduce<AddressSet>((all, { address }) => union(all, single(address)), []) }];
  });
}

/** `1.28.15_1583` and `v1.28.15+IKS` are release 1028. */
function releaseOf(version: string | undefined): Release | undefined {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version ?? "") ?? [];
  return major === undefined || minor === undefined ? undefined : Number(major) * 1000 + Number(minor);
}
