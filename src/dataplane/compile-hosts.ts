/** (situation, node) -> what the kernel does at the node's host endpoints. */
import type { Node } from "../cluster/endpoint.ts";
import type { HostEndpoint } from "../cluster/host-endpoint.ts";
import { admissionOfPhase } from "../fold/admission.ts";
import type { Folding } from "../fold/folding.ts";
import { type Governance, governanceOf } from "../fold/governance.ts";
import { digit } from "../fold/match.ts";
import type { Family } from "../net/address.ts";
import { ALL_TRAFFIC, equalTraffic, isNoTraffic, type TrafficSet, unionTraffic } from "../net/traffic.ts";
import { type End, isContested } from "../path/end.ts";
import { hostEndpointsOfNode } from "../path/host-endpoints.ts";
import { isGoverned, phaseStage, policiesAt } from "../path/host-stages.ts";
import { type Direction, type Phase, type Rule } from "../policy/model.ts";
import { carrierTraffic } from "../path/header.ts";
import { profileRules } from "../situation/profiles.ts";
import type { Situation } from "../situation/situation.ts";
import { type AddressLookup, lookupOf, type Valued, valuesOf } from "./address-lookup.ts";
import { claimsOf, type OwnInterface } from "./host-interfaces.ts";
import { staleInterfaces, untrackedForwarding } from "./host-limits.ts";
import { type Member, membersOf } from "./host-members.ts";
import {
  type EarlyPhase,
  type HostProgram,
  type HostStage,
  type HostStageFamily,
  type HostTarget,
  rowText,
  targetText,
} from "./host-program.ts";
import type { TrafficChains } from "./traffic-chains.ts";

export interface HostSurroundings {
  /** The node's own interfaces; undefined: not known. */
  readonly ownInterfaces: readonly OwnInterface[] | undefined;
  readonly towardsPods: readonly string[];
  readonly hasHiddenPods: boolean;
}

export interface CompiledHosts {
  /** Undefined: no host endpoint of the node denies anything. */
  readonly program: HostProgram | undefined;
  readonly degraded: readonly string[];
}

/**
 * Compiles the policies for the host endpoints of one node. Cost: for each stage, one look at every party for every rule that
 * governs it, and one folding for each pair of ends that these rules tell apart.
 */
export function compileHosts(
  folding: Folding,
  node: Node,
  { ownInterfaces, towardsPods, hasHiddenPods }: HostSurroundings,
  chains: TrafficChains,
): CompiledHosts {
  const { situation } = folding;
  const endpoints = hostEndpointsOfNode(situation.inventory, node.name);
  if (!endpoints.some((endpoint) => isGoverned(situation, endpoint))) return { program: undefined, degraded: [] };
  const { claimed, others, degraded } = claimsOf(endpoints, ownInterfaces, new Set(towardsPods));
  const compiler = new HostCompiler(folding, chains);
  const asked = new Set([...claimed.values(), ...(others === undefined ? [] : [others])]);
  const stages = [...asked].flatMap((endpoint) => compiler.stagesOf(endpoint));
  const interfaces = [...claimed].map(([name, endpoint]) => ({ name, endpoint: endpoint.name }));
  return {
    program: {
      interfaces: interfaces.sort((a, b) => (a.name < b.name ? -1 : 1)),
      others: others?.name,
      towardsPods,
      hasHiddenPods,
      stages,
      earlyTraffic: chains.early,
      carriers: carrierTraffic(situation.assumptions),
      nodes: [...new Set(situation.inventory.nodes.flatMap(({ addresses }) => addresses))].sort((a, b) =>
        a < b ? -1 : 1,
      ),
    },
    degraded: [
      ...degraded,
      ...compiler.degraded,
      ...untrackedForwarding(stages, chains.early),
      ...staleInterfaces(situation, [...asked], stages),
    ],
  };
}

/** Ends that share a key look alike to every rule of a stage. */
interface Alike extends Member {
  readonly key: string;
}

class HostCompiler {
  readonly degraded = new Set<string>();
  readonly #folding: Folding;
  readonly #situation: Situation;
  readonly #chains: TrafficChains;
  readonly #members: Readonly<Record<Family, readonly Member[]>>;

  constructor(folding: Folding, chains: TrafficChains) {
    this.#folding = folding;
    this.#situation = folding.situation;
    this.#chains = chains;
    this.#members = { 4: membersOf(folding, 4), 6: membersOf(folding, 6) };
  }

  stagesOf(endpoint: HostEndpoint): readonly HostStage[] {
    if (!isGoverned(this.#situation, endpoint)) return [];
    return PHASES.flatMap(([phase, direction]) => {
      if (phase !== "normal" && policiesAt(this.#situation, endpoint, direction, phase).length === 0) return [];
      const governance = governanceOf(this.#situation, direction, endpoint, phase);
      const question = { endpoint, phase, direction, governance };
      const families = [this.#family(question, 4), this.#family(question, 6)] as const;
      const stage = { endpoint: endpoint.name, phase, direction, families: [families[0], families[1]] } as const;
      return families.every(({ rows }) => rows.every((row) => valuesOf(row).every((one) => isOpen(phase, one))))
        ? []
        : [stage];
    });
  }

  #family(question: Question, family: Family): HostStageFamily {
    const rules = this.#rulesOf(question);
    const [heres, peers] = [true, false].map((isHere) => {
      const side = (question.direction === "ingress") === isHere ? "destination" : "source";
      // No pod is where connections of the node itself begin or end.
      const members = this.#members[family].filter(
        ({ end }) => !isHere || question.phase !== "normal" || end.kind !== "pod",
      );
      return members.map((member) => ({ ...member, key: this.#keyOf(rules, side, member, family) }));
    });
    if (heres === undefined || peers === undefined) throw new Error("a stage has two sides");
    const rows = new Map<string, number>();
    const list: AddressLookup<HostTarget>[] = [];
    const byKey = new Map<string, number>();
    const here = heres.map((alike): Valued<number> => {
      const number = byKey.get(alike.key) ?? this.#row(question, alike, peers, rows, list);
      byKey.set(alike.key, number);
      return { ...alike, value: number };
    });
    const lookup = lookupOf(here, String);
    const [first, ...others] = list;
    if (first === undefined) throw new Error("a stage has a row");
    return { family, here: lookup, rows: [first, ...others] };
  }

  /** The number of the row of an end at the endpoint's side; equal rows share one. */
  #row(
    question: Question,
    here: Alike,
    peers: readonly Alike[],
    numbers: Map<string, number>,
    rows: AddressLookup<HostTarget>[],
  ): number {
    const targets = new Map<string, HostTarget>();
    const values = peers.map((peer): Valued<HostTarget> => {
      const target = targets.get(peer.key) ?? this.#target(question, here.end, peer.end);
      targets.set(peer.key, target);
      return { ...peer, value: target };
    });
    const row = lookupOf(values, targetText);
    const text = rowText(row);
    const number = numbers.get(text) ?? rows.length;
    if (number === rows.length) rows.push(row);
    numbers.set(text, number);
    return number;
  }

  #target({ endpoint, phase, direction, governance }: Question, here: End, peer: End): HostTarget {
    const stage = phaseStage(this.#situation, endpoint, { phase, direction, here, peer });
    const { byRule, passing, undecided, logged } = admissionOfPhase(this.#situation, stage, { governance });
    if (!isNoTraffic(undecided)) {
      this.degraded.add(`HostEndpoint ${endpoint.name}: some ${phase} ${direction} is undecided and therefore denied`);
    }
    switch (phase) {
      case "normal":
      case "forward":
        return this.#judged(unionTraffic(byRule, passing), logged);
      case "untracked":
      case "pre-dnat":
        return this.#early(phase, byRule, passing, logged);
    }
  }

  #judged(allowed: TrafficSet, logged: TrafficSet): HostTarget {
    if (isNoTraffic(logged)) {
      if (isNoTraffic(allowed)) return { kind: "deny" };
      if (equalTraffic(allowed, ALL_TRAFFIC)) return { kind: "admit" };
    }
    return { kind: "traffic", chain: this.#chains.of(allowed, logged) };
  }

  #early(phase: EarlyPhase, allowed: TrafficSet, passing: TrafficSet, logged: TrafficSet): HostTarget {
    if (isNoTraffic(logged)) {
      if (isNoTraffic(allowed) && isNoTraffic(passing)) return { kind: "deny" };
      if (equalTraffic(passing, ALL_TRAFFIC)) return { kind: "pass" };
      // What is not tracked from here on needs a rule that says so.
      if (phase === "pre-dnat" && equalTraffic(allowed, ALL_TRAFFIC)) return { kind: "admit" };
    }
    return { kind: "traffic", chain: this.#chains.ofEarly(phase, { allowed, passing, logged }) };
  }

  #rulesOf({ endpoint, phase, direction, governance }: Question): readonly Rule[] {
    const profiles = phase === "normal" ? endpoint.profiles : [];
    return [
      ...governance.flatMap(({ groups }) => groups.flat().flatMap(({ rules }) => rules)),
      ...profiles.flatMap((name) => {
        const rules = profileRules(this.#situation, name, direction);
        return typeof rules === "string" ? [] : rules;
      }),
    ];
  }

  /** A text that ends share which every rule takes for the same on that side. */
  #keyOf(rules: readonly Rule[], side: "source" | "destination", { end, party }: Member, family: Family): string {
    // What a port's name or a Service means is a question of who it is.
    const asksPorts = rules.some(({ traffic }) =>
      traffic?.some(({ conditions }) => conditions.some((condition) => condition.side === side)),
    );
    const answers = rules.map((rule) => {
      const peers = rule[side];
      return peers === undefined ? "1" : digit(this.#folding.isAmong(peers, party, family));
    });
    return [answers.join(""), asksPorts ? `#${party}` : "", isContested(end) ? "!" : ""].join("");
  }
}

interface Question {
  readonly endpoint: HostEndpoint;
  readonly phase: Phase;
  readonly direction: Direction;
  readonly governance: Governance;
}

const PHASES: readonly (readonly [Phase, Direction])[] = [
  ["untracked", "ingress"],
  ["untracked", "egress"],
  ["pre-dnat", "ingress"],
  ["normal", "ingress"],
  ["normal", "egress"],
  ["forward", "ingress"],
  ["forward", "egress"],
];

function isOpen(phase: Phase, { kind }: HostTarget): boolean {
  return kind === (phase === "normal" || phase === "forward" ? "admit" : "pass");
}
