/** The two ends of a flow, as the network sees them: an address, and what bears it. */
import { isTemplate, type Node, type Pod, podText } from "../cluster/endpoint.ts";
import type { HostEndpoint } from "../cluster/host-endpoint.ts";
import type { Inventory } from "../cluster/inventory.ts";
import {
  type Address,
  addressSetText,
  type AddressSet,
  containsAddress,
  type Family,
  familyOf,
  isAddressError,
  ofFamily,
  parseAddress,
  single,
} from "../net/address.ts";

/**
 * `where` holds the addresses the end may have, all of one family and never empty: exactly one for a live pod, the pod range
 * for a template, any block that no rule tells apart for the outside.
 */
export type End =
  | {
      readonly kind: "pod";
      readonly pod: Pod;
      readonly where: AddressSet;
      /** Other pods that claim the same address; then who bears it is not known. */
      readonly rivals: readonly Pod[];
    }
  | { readonly kind: "node"; readonly node: Node; readonly where: AddressSet }
  | { readonly kind: "outside"; readonly where: AddressSet };

export type PodEnd = Extract<End, { kind: "pod" }>;

/** What policies govern: a pod, whatever its address, or a host endpoint of a node. */
export type Subject = Pick<PodEnd, "kind" | "pod"> | HostEndpoint;

/** The end at an address: the pod or node that bears it, else the outside. */
export function endAt(inventory: Inventory, address: Address): End {
  const where = single(address);
  const [pod, ...rivals] = inventory.podsAt.get(address) ?? [];
  if (pod !== undefined) return { kind: "pod", pod, where, rivals };
  const node = inventory.nodeAt.get(address);
  return node === undefined ? { kind: "outside", where } : { kind: "node", node, where };
}

/** The ends a pod can be, one for each of its addresses, or one for each family of the range for a template. */
export function endsOfPod(inventory: Inventory, pod: Pod, podRange: AddressSet): readonly End[] {
  if (!isTemplate(pod)) return pod.addresses.map((address) => endAt(inventory, address));
  return ([4, 6] as const).flatMap((family) => {
    const where = ofFamily(podRange, family);
    return where.length === 0 ? [] : [{ kind: "pod", pod, where, rivals: [] } satisfies End];
  });
}

export function endsOfNode(inventory: Inventory, node: Node): readonly End[] {
  return node.addresses.map((address) => endAt(inventory, address));
}

export function familyOfEnd(end: End): Family {
  const [first] = end.where;
  if (first === undefined) throw new Error("an end has at least one address");
  return familyOf(first.start);
}

/** The grammar of ends: `accounts/pod/web-1`, `node/worker-1`, an address or a list of ranges. */
export function endText(end: End): string {
  switch (end.kind) {
    case "pod":
      return podText(end.pod);
    case "node":
      return `node/${end.node.name}`;
    case "outside":
      return addressSetText(end.where).join(",");
  }
}

/** Whether a pod runs on a node: undefined when the input does not say where the pod runs. */
export function runsOn(pod: Pod, node: Node, where: AddressSet): boolean | undefined {
  if (pod.node !== undefined) return pod.node === node.name;
  if (pod.hostAddresses.length === 0) return undefined;
  return pod.hostAddresses.some((address) => containsAddress(where, address) || node.addresses.includes(address));
}

/** The name of the node that a pod runs on; undefined when the input does not say. */
export function nodeOfPod({ nodeAt }: Pick<Inventory, "nodeAt">, pod: Pod): string | undefined {
  return pod.node ?? pod.hostAddresses.flatMap((address) => nodeAt.get(address)?.name ?? [])[0];
}

/** Whether both ends are the same live pod. Two templates of one name are two replicas. */
export function isSamePod(a: End, b: End): boolean {
  return a.kind === "pod" && b.kind === "pod" && a.pod === b.pod && !isTemplate(a.pod);
}

/** Whether several pods claim the end's address, so that nobody knows whose labels count. */
export function isContested(end: End): boolean {
  return end.kind === "pod" && end.rivals.length > 0;
}

/** Addresses for examples: RFC 5737 and RFC 3849. */
const EXAMPLES: readonly Address[] = ["203.0.113.1", "2001:db8::1"]
  .map(parseAddress)
  .filter((address): address is Address => !isAddressError(address));

/** A single address of an outside end, one reserved for examples where it has any; other ends are single as they are. */
export function exampleEnd(end: End): End {
  const [first] = end.where;
  if (end.kind !== "outside" || first === undefined) return end;
  const reserved = EXAMPLES.find((address) => containsAddress(end.where, address));
  // The first address of a block is often special.
  const inside = first.end - first.start > 2n ? first.start + 1n : first.start;
  return { ...end, where: single(reserved ?? inside) };
}
