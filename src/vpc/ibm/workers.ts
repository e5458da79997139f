/** What IBM Cloud calls the things that tie a cluster's workers to its networks. */
import type { LabelSource } from "../../labels/labels.ts";
import type { SecurityGroup, VpcInventory, Worker } from "../model.ts";

/** The node label that tells the id of the subnet a worker stands in. */
export const SUBNET_LABEL = "ibm-cloud.kubernetes.io/subnet-id";

/** The node label that tells the id of the worker itself, in which the id of its cluster stands. */
export const WORKER_LABEL = "ibm-cloud.kubernetes.io/worker-id";

/** The worker that a node says it is by its label; undefined where it says nothing. */
export function labelledWorker(labels: LabelSource): Pick<Worker, "id" | "cluster"> | undefined {
  const id = labels.get(WORKER_LABEL);
  return id === undefined ? undefined : { id, cluster: undefined };
}

/**
 * The groups that workers of a managed cluster are members of, though no export says so: `kube-` with the cluster's id, and the
 * default group of its VPC. Undefined where the input has no group of that name. `id` is the worker's.
 */
export function groupsByName(
  { groups, vpcs }: VpcInventory,
  { id, cluster }: Pick<Worker, "id" | "cluster">,
  vpc: string,
): readonly SecurityGroup[] | undefined {
  const own = groups.find(
    ({ name, vpc: home }) => home === vpc && (name === `kube-${cluster}` || isClusterOf(name, id)),
  );
  if (own === undefined) return undefined;
  const defaultGroup = vpcs.find((one) => one.id === vpc)?.defaultGroup;
  return [own, ...groups.filter((group) => group.id === defaultGroup && group.id !== own.id)];
}

/** Workers are called `kube-<cluster id>-<cluster>-<pool>-<number>`. */
function isClusterOf(group: string, worker: string): boolean {
  return /^kube-[a-z0-9]+$/.test(group) && worker.startsWith(`${group}-`);
}
