/** Where the two ends of a packet are plugged into the networks. */
import { parseAddress, sameAddress } from "./address.ts";
import type { Address } from "./address.ts";
import type { End, Flow } from "./flow.ts";
import { isNode } from "./raw-objects.ts";
import type { RawNode, RawObject, RawPod } from "./raw-objects.ts";
import { interfaceAt, interfaceBehind, isPublic, isService, subnetOf } from "./vpc-networks.ts";
import type { RawNetworkInterface, RawNetworks, RawSubnet } from "./vpc-objects.ts";

export type Place =
  | { readonly kind: "subnet"; readonly plug: Plug }
  /** Behind a floating address, which stands for the plug. */
  | { readonly kind: "floating"; readonly plug: Plug }
  | { readonly kind: "service" | "internet" | "private elsewhere" };

/** An address in a subnet, and what bears it there. */
export interface Plug {
  readonly address: Address;
  readonly subnet: RawSubnet;
  /** As exported; undefined for workers of a managed cluster, which no export lists with their groups. */
  readonly own: RawNetworkInterface | undefined;
  /** The id of the worker. */
  readonly worker: string | undefined;
}

/** The node that an end belongs to: a pod's, or the one that bears the address itself. */
export function nodeOf({ objects }: Pick<Flow, "objects">, { address, pod }: End): RawNode | undefined {
  if (pod !== undefined) return objects.filter(isNode).find(({ metadata }) => metadata?.name === pod.spec?.nodeName);
  return nodeAt(objects, address);
}

/** The place of an end, a pod being where its node is. Throws where a pod's node is in no subnet. */
export function placeOf(networks: RawNetworks, flow: Pick<Flow, "objects">, end: End): Place {
  const node = end.pod === undefined ? undefined : nodeOf(flow, end);
  const address = end.pod === undefined ? end.address : nodeAddress(networks, node, end.pod);
  const subnet = subnetAt(networks, flow.objects, address);
  if (subnet !== undefined) {
    const worker = workerAt(networks, flow.objects, address);
    return { kind: "subnet", plug: { address, subnet, own: interfaceAt(networks, address), worker } };
  }
  const floating = interfaceBehind(networks, address);
  if (floating !== undefined) return { kind: "floating", plug: plugOf(networks, floating) };
  if (isService(address)) return { kind: "service" };
  return { kind: isPublic(address) ? "internet" : "private elsewhere" };
}

/** What the list of workers calls the one that bears the address, or its node itself. */
export function workerAt(
  { workers }: RawNetworks,
  objects: readonly RawObject[],
  address: Address,
): string | undefined {
  const listed = workers?.find(({ networkInterfaces }) =>
    networkInterfaces.some(({ ipAddress }) => sameAddress(parseAddress(ipAddress), address)),
  );
  return listed?.id ?? nodeAt(objects, address)?.metadata?.labels?.["ibm-cloud.kubernetes.io/worker-id"];
}

function nodeAt(objects: readonly RawObject[], address: Address): RawNode | undefined {
  return objects.filter(isNode).find((one) => addressesOf(one).some((own) => sameAddress(own, address)));
}

/** A node says itself in which subnet it is; of everyone else the address tells. */
function subnetAt(networks: RawNetworks, objects: readonly RawObject[], address: Address): RawSubnet | undefined {
  const label = nodeAt(objects, address)?.metadata?.labels?.["ibm-cloud.kubernetes.io/subnet-id"];
  return networks.subnets?.find(({ id }) => id === label) ?? subnetOf(networks, address);
}

function nodeAddress(networks: RawNetworks, node: RawNode | undefined, { metadata }: RawPod): Address {
  const address = node && addressesOf(node).find((own) => subnetOf(networks, own) !== undefined);
  if (address === undefined) throw new Error(`the node of pod ${metadata?.name} is in no subnet`);
  return address;
}

function addressesOf({ status }: RawNode): readonly Address[] {
  return (status?.addresses ?? [])
    .filter(({ type }) => type === "InternalIP")
    .map((entry) => parseAddress(entry.address))
    .filter(({ family }) => family === 4);
}

function plugOf(networks: RawNetworks, own: RawNetworkInterface): Plug {
  const subnet = networks.subnets?.find(({ id }) => id === own.subnet.id);
  if (subnet === undefined) throw new Error(`the interface ${own.id} is in no subnet`);
  return { address: parseAddress(own.primary_ip.address), subnet, own, worker: undefined };
}
