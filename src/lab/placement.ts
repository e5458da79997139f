/** Where pods and nodes of a lab stand, and at which addresses. */
import { isTemplate, type Node, type Pod, podText } from "../cluster/endpoint.ts";
import { seenNodeLabels } from "../cluster/inventory.ts";
import { mayRunOn } from "../cluster/placement.ts";
import { type Address, addressText, type AddressSet, type Family, familyOf, ofFamily } from "../net/address.ts";
import type { Situation } from "../situation/situation.ts";
import { pathText } from "../source/origin.ts";
import { SUBNET_LABEL } from "../vpc/ibm/workers.ts";
import { subnetById } from "../vpc/lookup.ts";
import type { VpcInventory } from "../vpc/model.ts";
import { type AddressPool, blockOf, isWholeFamily } from "./address-pool.ts";
import { type Obstacle, placedText } from "./obstacles.ts";

const NODE_RANGE = { 4: [blockOf("172.18.0.0/16")], 6: [blockOf("fd00:172:18::/64")] } as const;

/** Nodes with addresses, at least two of them; in the subnets of the networks around them, if there are any. */
export function placeNodes(
  { inventory, vpc }: Situation,
  families: readonly Family[],
  pool: AddressPool,
  notes: string[],
): readonly Node[] {
  const known = new Set(inventory.nodes.map((node) => node.name));
  const nodes = [...inventory.nodes];
  const invent = (addresses: readonly Address[]): void => {
    let number = nodes.length + 1;
    while (known.has(`lab-node-${number}`)) number++;
    const name = `lab-node-${number}`;
    known.add(name);
    nodes.push({
      kind: "node",
      name,
      addresses,
      statusAddresses: [],
      podRange: [],
      taints: [],
      seen: seenNodeLabels({}),
      // As if it were in the input, with nothing that a policy could ask for.
      origin: (path = []) => ({ file: "lab", line: 1, column: 1, resource: `Node ${name}`, path: pathText(path) }),
    });
  };
  // Pods that tell their host's address but not its name.
  for (const pod of inventory.pods) {
    const [first] = pod.hostAddresses;
    if (pod.node !== undefined || first === undefined) continue;
    if (!nodes.some((node) => pod.hostAddresses.some((host) => node.addresses.includes(host))))
      invent(pod.hostAddresses);
  }
  while (nodes.length < 2) invent([]);
  const invented = nodes.slice(inventory.nodes.length).map(({ name }) => `node/${name}`);
  if (invented.length > 0)
    notes.push(
      `invented ${invented.join(" and ")}, which the input does not list: a lab has at least two nodes, and every pod has one`,
    );
  return nodes.map((node, i) => {
    const missing = families.filter((family) => !node.addresses.some((address) => familyOf(address) === family));
    const given = missing.flatMap((family) => pool.take(nodeRange(vpc, node, i, family)) ?? []);
    if (given.length > 0) notes.push(`gave node/${node.name} the address ${given.map(addressText).join(" and ")}`);
    return { ...node, addresses: [...node.addresses, ...given] };
  });
}

/** The subnet that a node names, else the subnets by turns. */
function nodeRange(vpc: VpcInventory | undefined, node: Node, index: number, family: Family): AddressSet {
  if (vpc === undefined) return NODE_RANGE[family];
  const subnet = subnetById(vpc, node.seen.get(SUBNET_LABEL)) ?? vpc.subnets[index % vpc.subnets.length];
  return ofFamily(subnet?.addresses ?? [], family);
}

export interface PlacedPods {
  readonly pods: readonly Pod[];
  /** What became of each pod of the input. */
  readonly instances: ReadonlyMap<Pod, readonly Pod[]>;
}

/** Every pod alive, with addresses and a node; an obstacle where a range has no address left. */
export function placePods(
  situation: Situation,
  nodes: readonly Node[],
  families: readonly Family[],
  pool: AddressPool,
  notes: string[],
): PlacedPods | { readonly obstacle: Obstacle } {
  const names = new Set(situation.inventory.pods.filter((pod) => !isTemplate(pod)).map(nameKey));
  const instances = new Map<Pod, readonly Pod[]>();
  let turn = 0;
  for (const pod of situation.inventory.pods) {
    const placed: Pod[] = [];
    const candidates = candidatesFor(situation, pod, nodes);
    if (candidates.length === 0) notes.push(`${podText(pod)} is left out: it may run on none of the nodes`);
    for (let i = 0; i < (candidates.length === 0 ? 0 : instanceCount(pod)); i++) {
      const node = nodeOf(pod, nodes) ?? candidates[turn++ % candidates.length];
      if (node === undefined) throw new Error("a lab has nodes");
      const addresses = [...pod.addresses];
      if (isTemplate(pod)) {
        for (const family of families) {
          const range = rangeFor(situation, node, nodes.indexOf(node), family);
          const address = pool.take(range);
          if (address === undefined) return { obstacle: rangeUsedUp(pod, node) };
          addresses.push(address);
        }
      }
      placed.push({
        ...pod,
        name: isTemplate(pod) ? instanceName(pod, names) : pod.name,
        replicas: 1,
        addresses,
        node: node.name,
      });
    }
    instances.set(pod, placed);
    if (isTemplate(pod) && placed.length > 0)
      notes.push(`${podText(pod)} is built as ${placed.map(placementText).join(" and ")}`);
  }
  return { pods: [...instances.values()].flat(), instances };
}

/** The nodes that its selectors and their taints leave a pod that does not run yet; any, where the input has no nodes. */
function candidatesFor({ inventory }: Situation, pod: Pod, nodes: readonly Node[]): readonly Node[] {
  if (!isTemplate(pod)) return nodes;
  const fitting = nodes.filter((node) => mayRunOn(pod, node));
  return fitting.length > 0 || inventory.nodes.length > 0 ? fitting : nodes;
}

/** Two where there can be several, so that replicas meet each other too. */
function instanceCount(pod: Pod): number {
  if (!isTemplate(pod)) return 1;
  return pod.replicas > 1 || pod.workload.kind === "DaemonSet" ? 2 : 1;
}

function nodeOf(pod: Pod, nodes: readonly Node[]): Node | undefined {
  if (pod.node !== undefined) return nodes.find((node) => node.name === pod.node);
  return nodes.find((node) => pod.hostAddresses.some((host) => node.addresses.includes(host)));
}

function nameKey(pod: Pick<Pod, "namespace" | "name">): string {
  return `${pod.namespace.name}/${pod.name}`;
}

function instanceName(pod: Pod, names: Set<string>): string {
  let name = pod.name;
  let number = 0;
  if (pod.workload.kind !== "Pod") name = `${pod.name}-${++number}`;
  while (names.has(nameKey({ namespace: pod.namespace, name }))) name = `${pod.name}-${++number}`;
  names.add(nameKey({ namespace: pod.namespace, name }));
  return name;
}

function placementText(pod: Pod): string {
  return `${podText(pod)} at ${pod.addresses.map(addressText).join(" and ")} on node/${pod.node}`;
}

/** Where a new pod of a node gets its address: what the node tells, else the cluster's range, else one of our own. */
function rangeFor(situation: Situation, node: Node, index: number, family: Family): AddressSet {
  const own = ofFamily(node.podRange, family);
  if (own.length > 0) return own;
  const told = ofFamily(situation.podRange, family);
  if (told.length > 0 && !isWholeFamily(told, family)) return told;
  const group = `${244 + (index >> 8)}`;
  return [
    family === 4
      ? blockOf(`10.${group}.${index & 255}.0/24`)
      : blockOf(`fd00:10:${group}:${(index & 255).toString(16)}::/64`),
  ];
}

function rangeUsedUp(pod: Pod, node: Node): Obstacle {
  return {
    message: `no free address is left for ${placedText(pod)} in the pod range of node/${node.name}`,
    remedy: "give a wider pod range, or fewer workloads",
  };
}
