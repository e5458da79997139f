/** The plan of a lab: which namespaces, links, addresses, routes and rulesets make up a situation. Pure. */
import { type Node, type Pod, podText } from "../cluster/endpoint.ts";
import { compile } from "../dataplane/compile.ts";
import { type NameOf, nftText } from "../dataplane/nft-text.ts";
import type { Program } from "../dataplane/program.ts";
import { type Address, addressText } from "../net/address.ts";
import type { Situation } from "../situation/situation.ts";
import { setupOf } from "./namespace-setup.ts";
import { outsideAddresses } from "./outside.ts";
import type { Realization } from "./realize.ts";
import { serviceRules } from "./service-rules.ts";
import { type LabService, labServices, outsideBackends } from "./services.ts";
import type { Building } from "./raising.ts";
import { NODE_LINK, type Uplink, uplinksOf } from "./uplinks.ts";
import { type DraftNode, joinOutside, type LabNetwork, labNetwork } from "./vpc/lab-network.ts";
import {
  nodeCommands,
  outsideAddressCommands,
  outsideCommands,
  outsideLinks,
  podCommands,
  podLinks,
} from "./wiring.ts";

/** A namespace that stands for one pod, one node, or everything outside. */
export interface LabPlace {
  readonly namespace: string;
  /** What servers there call themselves. */
  readonly identity: string;
  readonly addresses: readonly Address[];
}

export interface LabPod extends LabPlace {
  readonly kind: "pod";
  readonly pod: Pod;
  /** The name of the interface that leads to the pod, on its node. */
  readonly nodeInterface: string;
}

export interface LabUplink extends Uplink {
  /** The name of its other end, outside or on the router between the subnets. */
  readonly outsideInterface: string;
}

export interface LabNode extends LabPlace {
  readonly kind: "node";
  readonly node: Node;
  /** The node's interfaces towards everybody else, each with the name of its other end. */
  readonly uplinks: readonly LabUplink[];
  readonly pods: readonly LabPod[];
  readonly program: Program;
  /** The program as `nft -f` loads it. */
  readonly ruleset: string;
  /** The Services as `nft -f` loads them, beside the program. */
  readonly serviceRules: string;
  /** What the node does with packets between its pods and the networks, likewise; nothing where there are none. */
  readonly networkRules: string;
}

/** Joins the nodes, if no networks do, and bears the addresses outside of the cluster. */
export interface LabOutside extends LabPlace {
  readonly kind: "outside";
}

/** A pure function of situation, name and options; whoever has those knows the lab without asking the kernel. */
export interface LabPlan extends Building {
  readonly situation: Situation;
  readonly nodes: readonly LabNode[];
  readonly outside: LabOutside;
  /** Addresses in the subnets around the nodes that no node bears: a place for each subnet. */
  readonly neighbours: readonly LabOutside[];
  /** What stands between the nodes; undefined: the input does not speak of networks, and they meet outside. */
  readonly network: LabNetwork | undefined;
  readonly services: readonly LabService[];
  readonly denial: Program["denial"];
  readonly generation: number;
  /** Tells what is loaded into the places, and what is outside, from what another plan would load. */
  readonly fingerprint: string;
  readonly notes: readonly string[];
}

export interface PlanOptions {
  /** What denied packets meet; default reject, which answers at once. */
  readonly denial?: Program["denial"];
  /** The most addresses outside; default 64. */
  readonly outsideLimit?: number;
  /** The generation of the programs; default 1. */
  readonly generation?: number;
  /** Addresses that the outside bears whatever rules tell apart; they do not count. */
  readonly outside?: readonly Address[];
}

export const LAB_TABLE = "portcullis";

/** Why a text is no name for a lab; undefined when it is one. */
export function labNameObjection(name: string): string | undefined {
  if (/^[a-z0-9][a-z0-9-]{0,31}$/.test(name)) return undefined;
  return `${JSON.stringify(name)} is no name for a lab: use up to 32 lower-case letters, digits and "-"`;
}

/** What the names of all namespaces of a lab start with, and no others: the name itself has no dot. */
export function labPrefix(name: string): string {
  return `portcullis-${name}.`;
}

export function labPods(plan: LabPlan): readonly LabPod[] {
  return plan.nodes.flatMap((node) => node.pods);
}

/** Every place that packets can come from or go to. */
export function labPlaces(plan: LabPlan): readonly (LabPod | LabNode | LabOutside)[] {
  return [...labPods(plan), ...plan.nodes, ...plan.neighbours, plan.outside];
}

export function labNamespaces(plan: LabPlan): readonly string[] {
  return plan.setups.map((setup) => setup.namespace);
}

/**
 * Plans the lab of a realized situation. Throws a RangeError for a bad name. O(pods + nodes) beside the programs, which are
 * compiled here, one per node.
 */
export function planLab(
  realized: Extract<Realization, { kind: "realized" }>,
  name: string,
  options: PlanOptions = {},
): LabPlan {
  const objection = labNameObjection(name);
  if (objection !== undefined) throw new RangeError(objection);
  const { denial = "reject", outsideLimit = 64, generation = 1, outside: wanted = [] } = options;
  const { situation, families } = realized;
  const prefix = labPrefix(name);
  const pods = situation.inventory.pods.map((pod, i): LabPod => ({
    kind: "pod",
    pod,
    namespace: `${prefix}p${i}`,
    identity: podText(pod),
    addresses: [...new Set(pod.addresses)],
    nodeInterface: `p${i}`,
  }));
  const built = labServices(situation.inventory);
  const backends = outsideBackends(built.services, situation.inventory);
  const chosen = outsideAddresses(situation, families, outsideLimit, [...new Set([...backends, ...wanted])]);
  const interfaces = situation.inventory.nodes.map((node) => uplinksOf(node, situation.inventory.hostEndpoints));
  const drafts = situation.inventory.nodes.map((node, i): DraftNode => {
    const own = pods.filter(({ pod }) => pod.node === node.name);
    const addresses = own.flatMap((pod) => pod.addresses);
    const link = interfaces[i]?.uplinks[0].name ?? NODE_LINK;
    return { node, namespace: `${prefix}n${i}`, port: `n${i}`, link, pods: addresses };
  });
  const { vpc } = situation;
  const network = vpc && labNetwork(situation, vpc, drafts, chosen.addresses, prefix);
  const nodes = drafts.map(({ node, namespace, port, link }, i): LabNode => {
    const own = pods.filter(({ pod }) => pod.node === node.name);
    const part = network?.nodes.get(node.name);
    const addresses = part === undefined ? node.addresses : [part.address];
    const uplinks = part === undefined ? (interfaces[i]?.uplinks ?? []) : [{ name: link, addresses }];
    const links = {
      interfaces: own.map(({ nodeInterface, addresses: bound }) => ({ name: nodeInterface, addresses: bound })),
      ownInterfaces: uplinks,
    };
    const program = compile(situation, node, { table: LAB_TABLE, generation, denial, ...links });
    return {
      kind: "node",
      node,
      namespace,
      identity: `node/${node.name}`,
      addresses,
      uplinks: uplinks.map((uplink, k) => ({ ...uplink, outsideInterface: k === 0 ? port : `${port}-${k}` })),
      pods: own,
      program,
      ruleset: nftText(program, namer(situation)),
      serviceRules: serviceRules(built.services, addresses),
      networkRules: part?.rules ?? "",
    };
  });
  const places = [
    ...pods.map(podCommands),
    ...nodes.map((node) => nodeCommands(node, network?.nodes.get(node.node.name)?.commands)),
  ];
  const drawn = [...places, ...(network?.setups ?? [])];
  const outside: LabOutside = {
    kind: "outside",
    identity: "outside",
    addresses: network?.network.outside ?? chosen.addresses,
    // A lab of the same name with other pods, nodes or networks has another outside, so that one is not taken for the other.
    namespace: `${prefix}out-${fingerprint([drawn, pods.map(nameOf), nodes.map(nameOf)])}`,
  };
  const joined =
    network === undefined
      ? { links: outsideLinks(nodes, outside.namespace), setup: outsideCommands(outside, nodes) }
      : joinOutside(network, outside.namespace, outsideAddressCommands(outside.addresses));
  return {
    name,
    situation,
    families,
    nodes,
    outside,
    neighbours: (network?.neighbours ?? []).map(({ namespace, addresses }) => ({
      kind: "outside",
      identity: "outside",
      namespace,
      addresses,
    })),
    network,
    services: built.services,
    links: [...joined.links, ...podLinks(nodes)],
    setups: [...drawn, joined.setup].map((commands) => setupOf(commands, families)),
    rulesets: [
      ...nodes.map((node) => ({ namespace: node.namespace, ruleset: rulesOf(node) })),
      ...(network?.rulesets ?? []),
    ],
    denial,
    generation,
    fingerprint: fingerprint([
      nodes.map(rulesOf),
      network?.rulesets.map(({ ruleset }) => ruleset) ?? [],
      outside.addresses.map(addressText),
    ]),
    notes: [
      ...realized.notes,
      ...chosen.notes,
      ...built.notes,
      ...interfaces.flatMap(({ notes }) => notes),
      ...(network?.network.notes ?? []),
      ...nodes.flatMap(degradations),
    ],
  };
}

function nameOf({ identity }: LabPlace): string {
  return identity;
}

/** All that `nft -f` loads into a node, in one transaction. */
export function rulesOf({ ruleset, serviceRules: services, networkRules }: LabNode): string {
  return ruleset + services + networkRules;
}

/** The same rules with the stamp of another generation, so that connections of the one before are judged anew. */
export function rulesOfGeneration(plan: LabPlan, node: LabNode, generation: number): string {
  return rulesOf({ ...node, ruleset: nftText({ ...node.program, generation }, namer(plan.situation)) });
}

/** What elements of a situation's programs are called in the kernel. */
export function namer({ inventory }: Situation): NameOf {
  return (address) => {
    const [pod] = inventory.podsAt.get(address) ?? [];
    return pod === undefined ? undefined : podText(pod);
  };
}

function degradations({ identity, pods, program }: LabNode): readonly string[] {
  // A node without pods has no interface whose sources could be bound.
  if (pods.length === 0) return [];
  return program.degraded.map((reason) => `${identity}: ${reason}`);
}

/** 32-bit FNV-1a of the value's text: it tells plans apart by accident, not by malice. */
function fingerprint(value: unknown): string {
  let hash = 0x811c9dc5;
  for (const character of JSON.stringify(value)) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
