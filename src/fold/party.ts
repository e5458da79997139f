/** Who flows go between: pods, nodes and addresses outside, each kind as far as rules tell its members apart. */
import { isTemplate, type Node, type Pod } from "../cluster/endpoint.ts";
import type { Inventory } from "../cluster/inventory.ts";
import { type Address, type Family, familyOf } from "../net/address.ts";
import { type End, endAt, familyOfEnd } from "../path/end.ts";
import type { Atom } from "./address-space.ts";

/** Pods for which every rule has the same answers. */
export interface PodParty {
  readonly kind: "pods";
  readonly pods: readonly [Pod, ...Pod[]];
  /** What stands for it in each family: ends of the first pod. */
  readonly ends: readonly End[];
  /** Which addresses of each pod are meant; undefined: all, as no rule tells addresses of one family apart. */
  readonly only: ReadonlyMap<Pod, readonly Address[]> | undefined;
}

/** A node that some rule tells from other addresses, as all pods but its own see it. */
export interface NodeParty {
  readonly kind: "node";
  readonly node: Node;
  readonly ends: readonly End[];
  /** Whether these are all addresses of the node. */
  readonly whole: boolean;
}

/** Addresses that no pod bears, and no node that is a party. */
export interface OutsideParty {
  readonly kind: "outside";
  readonly atom: Atom;
  readonly ends: readonly [End];
}

export type Party = PodParty | NodeParty | OutsideParty;

/** What stands for the party in a family; undefined where it has no address there. */
export function endOfParty({ ends }: Party, family: Family): End | undefined {
  return ends.find((end) => familyOfEnd(end) === family);
}

/** Ends of two different members of two parties, or of one party twice; undefined where the family lacks either. */
export function endsBetween(
  inventory: Inventory,
  from: Party,
  to: Party,
  family: Family,
): readonly [End, End] | undefined {
  const [source, destination] = [endOfParty(from, family), endOfParty(to, family)];
  if (source === undefined || destination === undefined) return undefined;
  if (source !== destination || to.kind !== "pods") return [source, destination];
  const [, second] = to.pods;
  const [address] = second === undefined ? [] : addressesIn(to, second, family);
  return [source, address === undefined ? destination : endAt(inventory, address)];
}

/** The addresses in a family by which a pod of the party belongs to it. */
export function addressesIn({ only }: PodParty, pod: Pod, family: Family): readonly Address[] {
  return (only?.get(pod) ?? pod.addresses).filter((address) => familyOf(address) === family);
}

/**
 * Whether policy is asked between the two: not between two that are no pods, nor of a lone pod with itself. A party of several
 * pods paired with itself stands for two of them, one that is a template of several replicas for two of those.
 */
export function arePair(from: Party, to: Party): boolean {
  if (from.kind !== "pods" || to.kind !== "pods") return from.kind === "pods" || to.kind === "pods";
  const [pod] = from.pods;
  return pod !== to.pods[0] || from.pods.length > 1 || isReplicated(pod);
}

/** A template of several pods talks to itself as one replica to another (rule 18). */
export function isReplicated(pod: Pod): boolean {
  return isTemplate(pod) && pod.workload.kind !== "Pod";
}
