/** The plan of a lab: which namespaces, links, addresses, routes and rulesets make up a situation. Pure. */
import { type Node, type Pod, podText } from "../cluster/endpoint.ts";
import { compile } from "../dataplane/compile.ts";
import { type NameOf, nftText } from "../dataplane/nft-text.ts";
import type { Program } from "../dataplane/program.ts";
import { type Address, addressText, type Family } from "../net/address.ts";
import type { Situation } from "../situation/situation.ts";
import { outsideAddresses } from "./outside.ts";
import type { Realization } from "./realize.ts";
import { serviceRules } from "./service-rules.ts";
import { type LabService, labServices, outsideBackends } from "./services.ts";
import { linksOf, nodeCommands, outsideCommands, podCommands } from "./wiring.ts";

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

export interface LabNode extends LabPlace {
  readonly kind: "node";
  readonly node: Node;
  /** The name of the interface that leads to the node, outside. */
  readonly outsideInterface: string;
  readonly pods: readonly LabPod[];
  readonly program: Program;
  /** The program as `nft -f` loads it. */
  readonly ruleset: string;
  /** The Services as `nft -f` loads them, beside the program. */
  readonly serviceRules: string;
}

/** Joins the nodes, as the network around a cluster does, and bears the addresses outside of it. */
export interface LabOutside extends LabPlace {
  readonly kind: "outside";
}

/** What is done inside one namespace, in this order; the sysctls come before any link is there. */
export interface NamespaceSetup {
  readonly namespace: string;
  readonly sysctls: Readonly<Record<string, string>>;
  /** Lines of `ip -batch`. */
  readonly commands: readonly string[];
}

/** A pure function of situation, name and options; whoever has those knows the lab without asking the kernel. */
export interface LabPlan {
  readonly name: string;
  readonly situation: Situation;
  readonly families: readonly Family[];
  readonly nodes: readonly LabNode[];
  readonly outside: LabOutside;
  readonly services: readonly LabService[];
  /** Lines of `ip -batch` that make the links between the namespaces. */
  readonly links: readonly string[];
  readonly setups: readonly NamespaceSetup[];
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
  const { denial = "reject", outsideLimit = 64, generation = 1 } = options;
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
  const nodes = situation.inventory.nodes.map((node, i): LabNode => {
    const own = pods.filter(({ pod }) => pod.node === node.name);
    const program = compile(situation, node, {
      table: LAB_TABLE,
      generation,
      denial,
      interfaces: own.map(({ nodeInterface, addresses }) => ({ name: nodeInterface, addresses })),
    });
    return {
      kind: "node",
      node,
      namespace: `${prefix}n${i}`,
      identity: `node/${node.name}`,
      addresses: node.addresses,
      outsideInterface: `n${i}`,
      pods: own,
      program,
      ruleset: nftText(program, namer(situation)),
      serviceRules: serviceRules(built.services, node.addresses),
    };
  });
  const backends = outsideBackends(built.services, situation.inventory);
  const chosen = outsideAddresses(situation, families, outsideLimit, backends);
  const placed = { kind: "outside", identity: "outside", addresses: chosen.addresses } as const;
  const draft = [...pods.map(podCommands), ...nodes.map(nodeCommands)];
  // A lab of the same name with other pods or nodes has another outside, so that one is not taken for the other.
  const outside: LabOutside = {
    ...placed,
    namespace: `${prefix}out-${fingerprint([draft, pods.map(nameOf), nodes.map(nameOf)])}`,
  };
  return {
    name,
    situation,
    families,
    nodes,
    outside,
    services: built.services,
    links: linksOf(nodes, outside.namespace),
    setups: [...draft, outsideCommands(outside, nodes)].map((setup) => ({
      ...setup,
      sysctls: sysctlsOf(families, setup.routes),
    })),
    denial,
    generation,
    fingerprint: fingerprint([nodes.map(rulesOf), chosen.addresses.map(addressText)]),
    notes: [...realized.notes, ...chosen.notes, ...built.notes, ...nodes.flatMap(degradations)],
  };
}

function nameOf({ identity }: LabPlace): string {
  return identity;
}

/** All that `nft -f` loads into a node, in one transaction. */
export function rulesOf({ ruleset, serviceRules: services }: Pick<LabNode, "ruleset" | "serviceRules">): string {
  return ruleset + services;
}

/** The same rules with the stamp of another generation, so that connections of the one before are judged anew. */
export function rulesOfGeneration(plan: LabPlan, node: LabNode, generation: number): string {
  return rulesOf({ ...node, ruleset: nftText({ ...node.program, generation }, namer(plan.situation)) });
}

function namer({ inventory }: Situation): NameOf {
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

/** Quiet links, and no filter by source but the program's. */
export function sysctlsOf(families: readonly Family[], routes: boolean): Readonly<Record<string, string>> {
  return {
    "net.ipv4.conf.all.rp_filter": "0",
    "net.ipv4.conf.default.rp_filter": "0",
    // Without redirects: a pod that reaches itself through a Service is forwarded to where it came from.
    ...(routes
      ? {
          "net.ipv4.ip_forward": "1",
          "net.ipv4.conf.all.send_redirects": "0",
          "net.ipv4.conf.default.send_redirects": "0",
        }
      : {}),
    ...(families.includes(6)
      ? {
          "net.ipv6.conf.default.addr_gen_mode": "1",
          "net.ipv6.conf.default.accept_ra": "0",
          ...(routes ? { "net.ipv6.conf.all.forwarding": "1" } : {}),
        }
      : {}),
  };
}

/** 32-bit FNV-1a of the value's text: it tells plans apart by accident, not by malice. */
function fingerprint(value: unknown): string {
  let hash = 0x811c9dc5;
  for (const character of JSON.stringify(value)) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
