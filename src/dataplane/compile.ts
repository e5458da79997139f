/** (situation, node) -> kernel program. */
import { isTemplate, type Node, type Pod, podText } from "../cluster/endpoint.ts";
import { admissionAt } from "../fold/admission.ts";
import { PodGovernance } from "../fold/governance.ts";
import { atomEnd, atoms, podClasses, selectableNodes } from "../fold/classes.ts";
import type { Address, Family } from "../net/address.ts";
import type { Interval } from "../net/intervals.ts";
import { ALL_TRAFFIC, equalTraffic, isNoTraffic, trafficKey, type TrafficSet } from "../net/traffic.ts";
import { type End, endAt, endsOfPod, familyOfEnd, isSamePod, type PodEnd } from "../path/end.ts";
import { hostEndpointsOfNode } from "../path/host-endpoints.ts";
import { isGoverned } from "../path/host-stages.ts";
import { podFilter } from "../path/path.ts";
import type { Direction } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import type { BoundInterface, ClassEntry, FamilyProgram, PairEntry, Program, Target, TrafficChain } from "./program.ts";

export interface CompileOptions {
  readonly table: string;
  readonly generation: number;
  readonly denial: "reject" | "drop";
  /** The pods' interfaces on the node, where each pod has one of its own; empty: sources are not bound. */
  readonly interfaces: readonly BoundInterface[];
}

/**
 * Compiles the policies for the pods of one node. Cost: one fold per pair of (class of local pods, class of peers) plus one
 * map entry per (local pod, peer class) that is not wholly denied.
 */
export function compile(situation: Situation, node: Node, options: CompileOptions): Program {
  const compiler = new Compiler(situation, node);
  const families = [compiler.family(4), compiler.family(6)] as const;
  return {
    ...options,
    node: node.name,
    toOwnNode: situation.assumptions["pod-to-own-node"],
    families: [families[0], families[1]],
    trafficChains: [...compiler.chains.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    degraded: [
      ...(options.interfaces.length === 0
        ? ["pods may send from addresses that are not theirs (source not bound)"]
        : []),
      ...situation.blinds.map(({ what, why }) => `${what} is ${why} and not enforced`),
      ...hostEndpointsOfNode(situation.inventory, node.name)
        .filter((endpoint) => isGoverned(situation, endpoint))
        .map(({ name }) => `host endpoints are not enforced: HostEndpoint ${name}`),
      ...compiler.undecided,
    ],
  };
}

/** Addresses that behave alike towards every pod: one end stands for all. */
interface PeerGroup {
  readonly end: End;
  readonly blocks: readonly Interval<bigint>[];
}

interface LocalGroup {
  readonly end: PodEnd;
  readonly addresses: readonly Address[];
}

class Compiler {
  readonly chains = new Map<string, TrafficChain>();
  readonly undecided = new Set<string>();
  readonly #situation: Situation;
  readonly #node: Node;
  readonly #classes: readonly (readonly Pod[])[];
  readonly #letsHairpinThrough: boolean;
  readonly #governance: PodGovernance;

  constructor(situation: Situation, node: Node) {
    this.#situation = situation;
    this.#governance = new PodGovernance(situation);
    this.#node = node;
    this.#letsHairpinThrough = situation.assumptions["service-hairpin"] === "allow";
    this.#classes = podClasses(situation).map(({ pods }) => pods.filter((pod) => !isTemplate(pod)));
  }

  family(family: Family): FamilyProgram {
    // Only a pod by itself can be told from its peers of the same class, which are not let through.
    const locals = this.#groups(family, (pod) => pod.node === this.#node.name, this.#letsHairpinThrough);
    const egress = locals.filter((group) => this.#governed(group, "egress"));
    const ingress = locals.filter((group) => this.#governed(group, "ingress"));
    const peers = this.#peers(family, [...egress, ...ingress]);
    const rows = peers.map((peer) => ({
      peer,
      egress: egress.map((local) => this.#target(local, peer, "egress")),
      ingress: ingress.map((local) => this.#target(local, peer, "ingress")),
    }));
    const classOf = numberRows(rows.map((row) => [...row.egress, ...row.ingress]));
    const addressClassEntries = new Map<Address, ClassEntry>();
    const blockClassEntries: ClassEntry[] = [];
    const entries = { egress: new Map<string, PairEntry>(), ingress: new Map<string, PairEntry>() };
    rows.forEach((row, i) => {
      const peerClass = classOf[i] ?? 0;
      // Pods are listed even in class 0: their address may lie inside a block that has another class.
      for (const block of row.peer.blocks) {
        if (row.peer.end.kind !== "outside") addressClassEntries.set(block.start, { block, peerClass });
        else if (peerClass !== 0) blockClassEntries.push({ block, peerClass });
      }
      addPairs(entries.egress, peerClass, egress, row.egress);
      addPairs(entries.ingress, peerClass, ingress, row.ingress);
    });
    return {
      family,
      localPods: addressesIn(locals),
      isolatedEgress: addressesIn(egress),
      isolatedIngress: addressesIn(ingress),
      addressClasses: [...addressClassEntries.values()].sort((a, b) => (a.block.start < b.block.start ? -1 : 1)),
      blockClasses: blockClassEntries.sort((a, b) => (a.block.start < b.block.start ? -1 : 1)),
      egress: [...entries.egress.values()],
      ingress: [...entries.ingress.values()],
    };
  }

  /** The addresses of one family of the pods to keep, by class; with `apart`, each pod by itself. */
  #groups(family: Family, keep: (pod: Pod) => boolean, apart = false): readonly LocalGroup[] {
    return this.#classes
      .map((pods) => pods.filter(keep))
      .flatMap((pods) => (apart ? pods.map((pod) => [pod]) : [pods]))
      .flatMap((pods) => {
        const [first] = pods;
        if (first === undefined) return [];
        // Every pod of a class has the same answers at its i-th address.
        return this.#ends(first).flatMap((end, i) =>
          familyOfEnd(end) !== family
            ? []
            : [{ end, addresses: pods.flatMap((pod) => pod.addresses.slice(i, i + 1)) } satisfies LocalGroup],
        );
      });
  }

  #ends(pod: Pod): readonly PodEnd[] {
    return endsOfPod(this.#situation.inventory, pod, this.#situation.podRange).filter(
      (end): end is PodEnd => end.kind === "pod",
    );
  }

  #peers(family: Family, locals: readonly LocalGroup[]): readonly PeerGroup[] {
    // A pod that may reach itself through a Service is a class of its own: no other peer has its answers.
    const own = new Set(this.#letsHairpinThrough ? locals.flatMap((local) => local.addresses) : []);
    const selves = [...own].map((address): PeerGroup => ({
      end: endAt(this.#situation.inventory, address),
      blocks: [blockOf(address)],
    }));
    const others = this.#groups(family, (pod) => !pod.addresses.some((address) => own.has(address))).map(
      ({ end, addresses }): PeerGroup => ({ end, blocks: addresses.map(blockOf) }),
    );
    const outside = atoms(this.#situation)
      .filter((atom) => atom.family === family)
      .map((atom): PeerGroup => ({ end: atomEnd(atom), blocks: atom.where }));
    const nodes = selectableNodes(this.#situation)
      .flatMap(({ ends }) => ends)
      .filter((end) => familyOfEnd(end) === family)
      .map((end): PeerGroup => ({ end, blocks: end.where }));
    return [...others, ...selves, ...nodes, ...outside];
  }

  /** Whether some policy governs the pod at the address, or one of the pods that claim it. */
  #governed({ end }: LocalGroup, direction: Direction): boolean {
    return [end.pod, ...end.rivals].some((pod) => this.#governance.of(direction, pod).length > 0);
  }

  /** Undefined: nothing passes. */
  #target(local: LocalGroup, peer: PeerGroup, direction: Direction): Target | undefined {
    if (this.#letsHairpinThrough && isSamePod(local.end, peer.end)) {
      return { kind: "admit" };
    }
    const { allowed, undecided, logged } = admissionAt(
      this.#situation,
      podFilter(direction, local.end, peer.end),
      this.#governance.of(direction, local.end.pod),
    );
    if (!isNoTraffic(undecided)) {
      this.undecided.add(`${podText(local.end.pod)}: some ${direction} is undecided and therefore denied`);
    }
    if (isNoTraffic(logged)) {
      if (isNoTraffic(allowed)) return undefined;
      if (equalTraffic(allowed, ALL_TRAFFIC)) return { kind: "admit" };
    }
    return { kind: "traffic", chain: this.#chain(allowed, logged) };
  }

  #chain(traffic: TrafficSet, logged: TrafficSet): string {
    const key = isNoTraffic(logged) ? trafficKey(traffic) : `${trafficKey(traffic)} logging ${trafficKey(logged)}`;
    const known = this.chains.get(key);
    if (known !== undefined) return known.name;
    const name = `traffic_${hash(key)}`;
    this.chains.set(key, { name, traffic, logged });
    return name;
  }
}

function blockOf(address: Address): Interval<bigint> {
  return { start: address, end: address + 1n };
}

function addressesIn(groups: readonly LocalGroup[]): readonly Address[] {
  return [...new Set(groups.flatMap((group) => group.addresses))].sort((a, b) => (a < b ? -1 : 1));
}

/** Rows with equal answers share a class; the row in which everything is denied is class 0. */
function numberRows(rows: readonly (readonly (Target | undefined)[])[]): readonly number[] {
  const numbers = new Map<string, number>();
  return rows.map((targets) => {
    if (targets.every((target) => target === undefined)) return 0;
    const key = targets
      .map((target) => (target === undefined ? "-" : target.kind === "admit" ? "*" : target.chain))
      .join();
    const number = numbers.get(key) ?? numbers.size + 1;
    numbers.set(key, number);
    return number;
  });
}

function addPairs(
  entries: Map<string, PairEntry>,
  peerClass: number,
  locals: readonly LocalGroup[],
  targets: readonly (Target | undefined)[],
): void {
  if (peerClass === 0) return;
  locals.forEach((local, i) => {
    const target = targets[i];
    if (target === undefined) return;
    for (const pod of local.addresses) entries.set(`${peerClass} ${pod}`, { peerClass, pod, target });
  });
}

/** 64-bit FNV-1a in hexadecimal: short names that depend on content alone. */
function hash(text: string): string {
  let value = 0xcbf29ce484222325n;
  for (const character of text) {
    value ^= BigInt(character.codePointAt(0) ?? 0);
    value = BigInt.asUintN(64, value * 0x100000001b3n);
  }
  return value.toString(16).padStart(16, "0").slice(0, 12);
}
