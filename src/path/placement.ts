/** Where pods may run that run nowhere yet, as far as networks tell the places apart. */
import type { Node, Pod } from "../cluster/endpoint.ts";
import { podText } from "../cluster/endpoint.ts";
import { familyOf } from "../net/address.ts";
import { contains } from "../net/intervals.ts";
import type { Situation } from "../situation/situation.ts";
import type { Fact } from "../source/fact.ts";
import { networkAddressSets } from "../vpc/distinctions.ts";
import { SUBNET_LABEL } from "../vpc/ibm/workers.ts";
import type { VpcInventory } from "../vpc/model.ts";
import { type End, nodeOfPod } from "./end.ts";
import type { Networked } from "./network-filters.ts";

/** The nodes a pod may run on: the one that it does, or all it may be put on. */
export function candidateNodes({ inventory }: Situation, pod: Pod): readonly Node[] {
  const name = nodeOfPod(inventory, pod);
  if (name !== undefined) return inventory.nodes.filter((node) => node.name === name);
  return inventory.nodes;
}

/** One way in which two ends may be placed: every node of a list stands for the same. Undefined: the end is no pod. */
export interface Placement {
  readonly from: readonly Node[] | undefined;
  readonly to: readonly Node[] | undefined;
  /** Nodes that show what becomes of all of them; the same one where both ends are together. */
  readonly example: { readonly from: Node | undefined; readonly to: Node | undefined };
}

/** Every way in which networks can tell apart where two ends are; one where that is known. O(kinds of places squared). */
export function placementsOf(networked: Networked, from: End, to: End): readonly Placement[] {
  const [sources, destinations] = [nodesOf(networked, from), nodesOf(networked, to)];
  const [fromKinds, toKinds] = [kindsOf(networked, sources), kindsOf(networked, destinations)];
  const shared = sources?.filter((node) => destinations?.includes(node) === true) ?? [];
  const [both] = shared;
  const apart = fromKinds.flatMap((a) =>
    toKinds.flatMap((b): readonly Placement[] => {
      const example = differing(a, b);
      return example === undefined ? [] : [{ from: a, to: b, example }];
    }),
  );
  return both === undefined ? apart : [{ from: shared, to: shared, example: { from: both, to: both } }, ...apart];
}

function nodesOf({ situation }: Networked, end: End): readonly Node[] | undefined {
  return end.kind === "pod" ? candidateNodes(situation, end.pod) : undefined;
}

/** Two nodes, one of each list, that are not the same. */
function differing(a: readonly Node[] | undefined, b: readonly Node[] | undefined): Placement["example"] | undefined {
  if (a === undefined || b === undefined) return { from: a?.[0], to: b?.[0] };
  for (const from of a) {
    const to = b.find((node) => node !== from);
    if (to !== undefined) return { from, to };
  }
  return undefined;
}

/** Nodes that no rule or route tells apart. */
function kindsOf({ vpc }: Networked, nodes: readonly Node[] | undefined): readonly (readonly Node[] | undefined)[] {
  if (nodes === undefined) return [undefined];
  const kinds = new Map<string, Node[]>();
  for (const node of nodes) {
    const key = placeKey(vpc, node);
    kinds.set(key, [...(kinds.get(key) ?? []), node]);
  }
  return [...kinds.values()];
}

/** A text that is the same for nodes which networks treat alike. O(address sets). */
function placeKey(vpc: VpcInventory, node: Node): string {
  const sets = networkAddressSets(vpc);
  const addresses = node.addresses.map(
    (address) => `${familyOf(address)}${sets.map((set) => (contains(set, address) ? "1" : "0")).join("")}`,
  );
  return `${node.seen.get(SUBNET_LABEL)} ${addresses.join(" ")}`;
}

/** That it is not known where a pod will run. */
export function placementFact(situation: Situation, ends: readonly End[]): Fact {
  const pods = ends.flatMap((end) =>
    end.kind === "pod" && nodeOfPod(situation.inventory, end.pod) === undefined ? [end.pod] : [],
  );
  const names = [...new Set(pods.map(podText))].join(" and ");
  return {
    text: `on which node ${names} will run`,
    remedy: "ask with `why`, which answers for every node, or bind the pods to nodes that networks treat alike",
  };
}
