/** Where pods may run that run nowhere yet, as far as networks tell the places apart. */
import { type Node, type Pod, podText } from "../cluster/endpoint.ts";
import type { Inventory } from "../cluster/inventory.ts";
import { isPlaced, mayRunOn } from "../cluster/placement.ts";
import { type AddressSet, familyOf, single } from "../net/address.ts";
import { contains, unionOf } from "../net/intervals.ts";
import type { Situation } from "../situation/situation.ts";
import type { Fact } from "../source/fact.ts";
import { networkAddressSets } from "../vpc/distinctions.ts";
import { SUBNET_LABEL, WORKER_LABEL } from "../vpc/ibm/workers.ts";
import type { VpcInventory } from "../vpc/model.ts";
import { type End, nodeOfPod } from "./end.ts";
import type { Networked } from "./network-filters.ts";
import type { Placement } from "./network-stage.ts";

/** Where a pod runs, or may run once it is scheduled; a fact where the input has no nodes to put it on. */
export type Candidates =
  | { readonly kind: "nodes"; readonly nodes: readonly Node[] }
  | { readonly kind: "none"; readonly reason: string }
  | { readonly kind: "unknown"; readonly fact: Fact };

/** O(nodes). */
export function candidatesOf({ inventory }: Situation, pod: Pod): Candidates {
  const name = nodeOfPod(inventory, pod);
  if (name !== undefined) {
    const nodes = inventory.nodes.filter((node) => node.name === name);
    return nodes.length === 0 ? noNodes(pod) : { kind: "nodes", nodes };
  }
  if (inventory.nodes.length === 0) return noNodes(pod);
  // What a node that only pods speak of is labelled is not known: it may be meant.
  const nodes = inventory.nodes.filter((node) => node.origin === undefined || mayRunOn(pod, node));
  if (nodes.length > 0) return { kind: "nodes", nodes };
  const wants = isPlaced(pod)
    ? "has the labels that its node selector and affinity require"
    : "is without a taint that it does not tolerate";
  return { kind: "none", reason: `${podText(pod)} runs nowhere: no node of the input ${wants}` };
}

function noNodes(pod: Pod): Candidates {
  const remedy = "add the nodes (kubectl get nodes -o yaml)";
  return { kind: "unknown", fact: { text: `on which node ${podText(pod)} runs`, remedy } };
}

/** One way to place two ends, with a node each that shows what becomes of all of that way. */
export interface ExamplePlacement extends Placement {
  readonly example: { readonly from: Node | undefined; readonly to: Node | undefined };
}

/** Every way in which networks can tell apart where two ends are; one where that is known. O(kinds of places squared). */
export function placementsOf(
  networked: Networked,
  from: readonly Node[] | undefined,
  to: readonly Node[] | undefined,
): readonly ExamplePlacement[] {
  const [fromKinds, toKinds] = [kindsOf(networked, from), kindsOf(networked, to)];
  const named = (nodes: readonly Node[] | undefined, all: readonly Node[] | undefined): Placement["from"] =>
    all !== undefined && all.length > 1 ? nodes?.map(({ name }) => name) : undefined;
  const apart = fromKinds.flatMap((a) =>
    toKinds.flatMap((b): readonly ExamplePlacement[] => {
      const example = differing(a, b);
      return example === undefined ? [] : [{ from: named(a, from), to: named(b, to), together: false, example }];
    }),
  );
  const shared = (from ?? []).filter((node) => to?.includes(node) === true);
  const [both] = shared;
  if (both === undefined) return apart;
  const example = { from: both, to: both };
  return [{ from: named(shared, from), to: named(shared, to), together: true, example }, ...apart];
}

/** Two nodes, one of each list, that are not the same. */
function differing(
  a: readonly Node[] | undefined,
  b: readonly Node[] | undefined,
): ExamplePlacement["example"] | undefined {
  if (a === undefined || b === undefined) return { from: a?.[0], to: b?.[0] };
  for (const from of a) {
    const to = b.find((node) => node !== from);
    if (to !== undefined) return { from, to };
  }
  return undefined;
}

/** Nodes that no rule or route tells apart. */
function kindsOf(networked: Networked, nodes: readonly Node[] | undefined): readonly (readonly Node[] | undefined)[] {
  if (nodes === undefined) return [undefined];
  if (nodes.length === 1) return [nodes];
  const sets = networkAddressSets(networked.vpc);
  const kinds = new Map<string, Node[]>();
  for (const node of nodes) {
    const key = placeKey(sets, node);
    kinds.set(key, [...(kinds.get(key) ?? []), node]);
  }
  return [...kinds.values()];
}

/** A text that is the same for nodes which networks treat alike. O(address sets). */
function placeKey(sets: readonly AddressSet[], node: Node): string {
  const addresses = node.addresses.map(
    (address) => `${familyOf(address)}${sets.map((set) => (contains(set, address) ? "1" : "0")).join("")}`,
  );
  return `${node.seen.get(SUBNET_LABEL)} ${clusterLabel(node)} ${addresses.join(" ")}`;
}

/** What a worker's own id says of its cluster. */
function clusterLabel({ seen }: Node): string | undefined {
  return seen.get(WORKER_LABEL)?.split("-")[1];
}

/** A text that is the same for pods between which networks make no difference; empty where there are none. O(nodes). */
export function placeKeyOf(situation: Situation, pod: Pod): string {
  if (situation.vpc === undefined) return "";
  const candidates = candidatesOf(situation, pod);
  return candidates.kind === "nodes" ? candidates.nodes.map(({ name }) => name).join(" ") : candidates.kind;
}

/** What was worked out about an inventory, for networks and a range of pods. */
const distinctKnown = new WeakMap<
  Inventory,
  Pick<Situation, "vpc" | "podRange"> & { readonly sets: readonly AddressSet[] }
>();

/** Sets of addresses such that networks treat two addresses outside alike which the same sets hold. */
export function distinctAddresses({ vpc, inventory, podRange }: Situation): readonly AddressSet[] {
  if (vpc === undefined) return [];
  const known = distinctKnown.get(inventory);
  if (known?.vpc === vpc && known.podRange === podRange) return known.sets;
  const sets = [...networkAddressSets(vpc), ...nodeAddresses(inventory.nodes, vpc), podRange];
  distinctKnown.set(inventory, { vpc, podRange, sets });
  return sets;
}

/** Nodes by what they say of their subnet and cluster. */
function nodeAddresses(nodes: readonly Node[], vpc: VpcInventory): readonly AddressSet[] {
  if (vpc.subnets.length === 0) return [];
  const alike = new Map<string, AddressSet[]>();
  for (const node of nodes) {
    const key = `${node.seen.get(SUBNET_LABEL)} ${clusterLabel(node)}`;
    alike.set(key, [...(alike.get(key) ?? []), unionOf(node.addresses.flatMap(single))]);
  }
  return [...alike.values()].map((sets) => unionOf(sets.flat()));
}

/** That it is not known where pods will run. */
export function placementFact(situation: Situation, ends: readonly End[]): Fact {
  const pods = ends.flatMap((end) =>
    end.kind === "pod" && nodeOfPod(situation.inventory, end.pod) === undefined ? [end.pod] : [],
  );
  const names = [...new Set(pods.map(podText))].join(" and ");
  return {
    text: `on which node ${names} will run`,
    remedy: "bind the pods to nodes that networks treat alike, or add the live pods, whose spec.nodeName tells it",
  };
}
