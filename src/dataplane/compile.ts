/** (situation, node) -> kernel program. */
import { type Node, type Pod, podText } from "../cluster/endpoint.ts";
import { Folding } from "../fold/folding.ts";
import { governanceOf } from "../fold/governance.ts";
import { addressesIn, endOfParty, type Party } from "../fold/party.ts";
import { type Address, type Family, familyOf } from "../net/address.ts";
import type { Interval } from "../net/intervals.ts";
import { ALL_TRAFFIC, equalTraffic, isNoTraffic } from "../net/traffic.ts";
import { type End, endAt, isSamePod, type PodEnd } from "../path/end.ts";
import type { Direction } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import { compileHosts } from "./compile-hosts.ts";
import type { OwnInterface } from "./host-interfaces.ts";
import type { BoundInterface, ClassEntry, FamilyProgram, PairEntry, Program, Target } from "./program.ts";
import { TrafficChains } from "./traffic-chains.ts";

export interface CompileOptions {
  readonly table: string;
  readonly generation: number;
  readonly denial: "reject" | "drop";
  /** The pods' interfaces on the node, where each pod has one of its own; empty: sources are not bound. */
  readonly interfaces: readonly BoundInterface[];
  /** The node's own interfaces; undefined: not known, then host endpoints are met where they say themselves. */
  readonly ownInterfaces?: readonly OwnInterface[] | undefined;
  /** Interfaces that lead to several pods of the node, and the addresses of these. */
  readonly sharedInterfaces?: readonly BoundInterface[];
}

/** That a program holds no pod to its addresses. */
export const SOURCE_NOT_BOUND = "pods may send from addresses that are not theirs (source not bound)";

/**
 * Compiles the policies for the pods of one node. Cost: that of folding the situation for the local pods, one look-up for each
 * pair of a party of local pods and a party of peers, and one map entry per (local pod, peer class) that is not wholly denied.
 */
export function compile(situation: Situation, node: Node, options: CompileOptions): Program {
  const { table, generation, denial, interfaces, ownInterfaces, sharedInterfaces = [] } = options;
  const chains = new TrafficChains();
  const folding = new Folding(situation);
  const compiler = new Compiler(folding, node, chains);
  const families = [compiler.family(4), compiler.family(6)] as const;
  const towardsPods = [...interfaces, ...sharedInterfaces];
  const reached = new Set(towardsPods.flatMap(({ addresses }) => addresses));
  const hosts = compileHosts(
    folding,
    node,
    {
      ownInterfaces,
      towardsPods: towardsPods.map(({ name }) => name).sort(),
      hasHiddenPods: families.some(({ localPods }) => localPods.some((address) => !reached.has(address))),
    },
    chains,
  );
  return {
    table,
    generation,
    denial,
    interfaces,
    node: node.name,
    toOwnNode: situation.assumptions["pod-to-own-node"],
    families: [families[0], families[1]],
    trafficChains: chains.plain,
    hosts: hosts.program,
    degraded: [
      ...(interfaces.length === 0 ? [SOURCE_NOT_BOUND] : []),
      ...situation.blinds.map(({ what, why }) => `${what} is ${why} and not enforced`),
      ...compiler.undecided,
      ...hosts.degraded,
    ],
  };
}

/** Addresses that behave alike towards every pod: one end stands for all. */
interface PeerGroup {
  readonly party: number;
  readonly end: End;
  readonly blocks: readonly Interval<bigint>[];
}

interface LocalGroup {
  readonly party: number;
  readonly end: PodEnd;
  readonly addresses: readonly Address[];
}

class Compiler {
  readonly undecided = new Set<string>();
  readonly #situation: Situation;
  readonly #node: Node;
  readonly #folding: Folding;
  readonly #chains: TrafficChains;
  readonly #letsHairpinThrough: boolean;

  constructor(folding: Folding, node: Node, chains: TrafficChains) {
    this.#situation = folding.situation;
    this.#node = node;
    this.#folding = folding;
    this.#chains = chains;
    this.#letsHairpinThrough = this.#situation.assumptions["service-hairpin"] === "allow";
  }

  family(family: Family): FamilyProgram {
    // Only a pod by itself can be told from its peers of the same class, which are not let through.
    const locals = this.#groups(family, (pod) => pod.node === this.#node.name, this.#letsHairpinThrough);
    const egress = locals.filter((group) => this.#governed(group, "egress", family));
    const ingress = locals.filter((group) => this.#governed(group, "ingress", family));
    const peers = this.#peers(family, [...egress, ...ingress]);
    const rows = peers.map((peer) => ({
      peer,
      egress: egress.map((local) => this.#target(local, peer, "egress", family)),
      ingress: ingress.map((local) => this.#target(local, peer, "ingress", family)),
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
      localPods: addressesOf(locals),
      isolatedEgress: addressesOf(egress),
      isolatedIngress: addressesOf(ingress),
      addressClasses: [...addressClassEntries.values()].sort((a, b) => (a.block.start < b.block.start ? -1 : 1)),
      blockClasses: blockClassEntries.sort((a, b) => (a.block.start < b.block.start ? -1 : 1)),
      egress: [...entries.egress.values()],
      ingress: [...entries.ingress.values()],
    };
  }

  /** The addresses of one family of the pods to keep, by party; with `apart`, each by itself. */
  #groups(family: Family, keep: (pod: Pod) => boolean, apart = false): readonly LocalGroup[] {
    return [...this.#folding.parties].flatMap(([party, known]) => {
      if (known.kind !== "pods") return [];
      const addresses = known.pods.filter(keep).flatMap((pod) => addressesIn(known, pod, family));
      return (apart ? addresses.map((address) => [address]) : [addresses]).flatMap((own): readonly LocalGroup[] => {
        const [first] = own;
        const end = first === undefined ? undefined : endAt(this.#situation.inventory, first);
        return end?.kind === "pod" ? [{ party, end, addresses: own }] : [];
      });
    });
  }

  #peers(family: Family, locals: readonly LocalGroup[]): readonly PeerGroup[] {
    // A pod that may reach itself through a Service is a class of its own: no other peer has its answers.
    const own = this.#letsHairpinThrough ? [...new Set(locals)] : [];
    const kept = new Set(own.flatMap((local) => local.addresses));
    const others = this.#groups(family, (pod) => !pod.addresses.some((address) => kept.has(address)));
    return [
      ...[...others, ...own].map(({ party, end, addresses }) => ({ party, end, blocks: addresses.map(blockOf) })),
      ...this.#partiesOf("node", family),
      ...this.#partiesOf("outside", family),
    ];
  }

  #partiesOf(kind: Party["kind"], family: Family): readonly PeerGroup[] {
    return [...this.#folding.parties].flatMap(([party, known]) => {
      const end = endOfParty(known, family);
      if (known.kind !== kind || end === undefined) return [];
      const ends = known.ends.filter(({ where }) => familyOf(where[0]?.start ?? 0n) === family);
      return [{ party, end, blocks: ends.flatMap(({ where }) => where) }];
    });
  }

  /** Whether some policy governs the pod at the address, or one of the pods that claim it. */
  #governed({ party, end }: LocalGroup, direction: Direction, family: Family): boolean {
    return (
      this.#folding.governance(direction, party, family).length > 0 ||
      end.rivals.some((pod) => governanceOf(this.#situation, direction, { kind: "pod", pod }).length > 0)
    );
  }

  /** Undefined: nothing passes. */
  #target(local: LocalGroup, peer: PeerGroup, direction: Direction, family: Family): Target | undefined {
    if (this.#letsHairpinThrough && isSamePod(local.end, peer.end)) {
      return { kind: "admit" };
    }
    const { allowed, undecided, logged } = this.#folding.admission(direction, local.party, peer.party, family);
    if (!isNoTraffic(undecided)) {
      this.undecided.add(`${podText(local.end.pod)}: some ${direction} is undecided and therefore denied`);
    }
    if (isNoTraffic(logged)) {
      if (isNoTraffic(allowed)) return undefined;
      if (equalTraffic(allowed, ALL_TRAFFIC)) return { kind: "admit" };
    }
    return { kind: "traffic", chain: this.#chains.of(allowed, logged) };
  }
}

function blockOf(address: Address): Interval<bigint> {
  return { start: address, end: address + 1n };
}

function addressesOf(groups: readonly LocalGroup[]): readonly Address[] {
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
