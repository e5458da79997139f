/** From the names in the kernel back to what people wrote: which pods, peers, policies and lines a chain or a pair stands for. */
import type { Pod } from "../cluster/endpoint.ts";
import { governanceOf } from "../fold/governance.ts";
import { type Address, familyOf, isAddressError, parseAddress } from "../net/address.ts";
import type { Interval } from "../net/intervals.ts";
import { ALL_TRAFFIC, NO_TRAFFIC, type TrafficSet } from "../net/traffic.ts";
import { type End, endAt } from "../path/end.ts";
import { type Direction, otherSide, type Policy, type Rule } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import type { Origin } from "../source/origin.ts";
import { matchPeer } from "../verdict/match.ts";
import { rulesetOf } from "./program-ruleset.ts";
import type { ClassEntry, FamilyProgram, PairEntry, Program, TrafficChain } from "./program.ts";

/** A pair of a local pod and a class of peers. */
export interface PairProvenance {
  readonly direction: Direction;
  readonly pod: Pod;
  readonly address: Address;
  readonly peerClass: number;
  /** The ends of the class: pods, nodes, blocks of addresses; empty for class 0, which is every other address. */
  readonly peers: readonly End[];
  readonly traffic: TrafficSet;
  /** The policies that govern the pod, in evaluation order. */
  readonly policies: readonly PolicyProvenance[];
}

export interface PolicyProvenance {
  readonly policy: Policy;
  /** The rules, or peers in them, that speak of some of the peers, whatever their traffic; empty: it only isolates. */
  readonly rules: readonly Origin[];
}

export type Provenance =
  /** A chain that every program has; `about` says what it does. */
  | { readonly kind: "chain"; readonly name: string; readonly about: string }
  | { readonly kind: "traffic"; readonly chain: TrafficChain; readonly pairs: readonly PairProvenance[] }
  | { readonly kind: "pairs"; readonly pairs: readonly PairProvenance[] }
  | { readonly kind: "unknown"; readonly reason: string; readonly remedy: string };

/**
 * What a name of the program stands for in the situation that it was compiled from: a chain, or a pair as nft lists it
 * (`10.0.0.1 . 0:2`), with or without the name of its map in front. O(pairs + peers x rules) of what it stands for.
 */
export function provenanceOf(situation: Situation, program: Program, name: string): Provenance {
  const chain = program.trafficChains.find((one) => one.name === name);
  if (chain !== undefined) {
    const leads = ({ target }: PairEntry): boolean => target.kind === "traffic" && target.chain === name;
    return { kind: "traffic", chain, pairs: pairsWhere(situation, program, leads) };
  }
  const fixed = rulesetOf(program).chains.find((one) => one.name === name);
  if (fixed !== undefined) return { kind: "chain", name, about: fixed.about };
  const asked = pairNamed(name);
  if (asked === undefined) {
    return {
      kind: "unknown",
      reason: `the program of node ${program.node} has no chain "${name}", and it is no pair`,
      remedy: 'name a chain (traffic_..., deny) or a pair as nft lists it ("ingress_pairs4 10.0.0.1 . 0:2")',
    };
  }
  return pairOf(situation, program, asked, name);
}

interface AskedPair {
  readonly directions: readonly Direction[];
  readonly address: Address;
  readonly peerClass: number;
}

const PAIR = /^(?:(egress|ingress)(?:_pairs[46])?\s+)?(\S+?)(?:\s*\.\s+|\s+)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

function pairNamed(name: string): AskedPair | undefined {
  const [, direction, text = "", major = "", minor = ""] = PAIR.exec(name.trim()) ?? [];
  const address = parseAddress(text);
  if (isAddressError(address)) return undefined;
  return {
    directions: direction === "egress" || direction === "ingress" ? [direction] : ["egress", "ingress"],
    address,
    peerClass: Number.parseInt(major, 16) * 0x10000 + Number.parseInt(minor, 16),
  };
}

function pairOf(situation: Situation, program: Program, asked: AskedPair, name: string): Provenance {
  const { address, peerClass } = asked;
  const own = programOf(program, address);
  const pairs = asked.directions.flatMap((direction) => {
    const isolated = direction === "egress" ? own.isolatedEgress : own.isolatedIngress;
    if (!isolated.includes(address)) return [];
    const entry = own[direction].find((pair) => pair.pod === address && pair.peerClass === peerClass);
    const traffic = entry === undefined ? NO_TRAFFIC : trafficOf(program, entry);
    return pairProvenance(situation, own, { direction, address, peerClass, traffic });
  });
  if (pairs.length > 0) return { kind: "pairs", pairs };
  return {
    kind: "unknown",
    reason: `no policy governs a pod of node ${program.node} at the address in "${name}"`,
    remedy: "name an address of the sets isolated_egress or isolated_ingress",
  };
}

function programOf({ families }: Program, address: Address): FamilyProgram {
  return familyOf(address) === 4 ? families[0] : families[1];
}

function trafficOf(program: Program, { target }: PairEntry): TrafficSet {
  if (target.kind === "admit") return ALL_TRAFFIC;
  return program.trafficChains.find(({ name }) => name === target.chain)?.traffic ?? NO_TRAFFIC;
}

function pairsWhere(
  situation: Situation,
  program: Program,
  keep: (entry: PairEntry) => boolean,
): readonly PairProvenance[] {
  return program.families.flatMap((family) =>
    (["egress", "ingress"] as const).flatMap((direction) =>
      family[direction].filter(keep).flatMap((entry) => {
        const { pod: address, peerClass } = entry;
        return pairProvenance(situation, family, { direction, address, peerClass, traffic: trafficOf(program, entry) });
      }),
    ),
  );
}

type Pair = Pick<PairProvenance, "direction" | "address" | "peerClass" | "traffic">;

function pairProvenance(situation: Situation, family: FamilyProgram, pair: Pair): readonly PairProvenance[] {
  const end = endAt(situation.inventory, pair.address);
  if (end.kind !== "pod") return [];
  const peers = pair.peerClass === 0 ? [] : peersOf(situation, family, pair.peerClass);
  return [{ ...pair, pod: end.pod, peers, policies: policiesOf(situation, pair.direction, end.pod, peers) }];
}

function peersOf({ inventory }: Situation, family: FamilyProgram, peerClass: number): readonly End[] {
  const isOf = (entry: ClassEntry): boolean => entry.peerClass === peerClass;
  return [
    ...family.addressClasses.filter(isOf).map(({ block }) => endAt(inventory, block.start)),
    ...family.blockClasses.filter(isOf).map(({ block }) => outside(block)),
  ];
}

function outside(block: Interval<bigint>): End {
  return { kind: "outside", where: [block] };
}

function policiesOf(
  situation: Situation,
  direction: Direction,
  pod: Pod,
  peers: readonly End[],
): readonly PolicyProvenance[] {
  const governance = governanceOf(situation, direction, { kind: "pod", pod });
  return governance.flatMap(({ groups }) =>
    groups.flat().map(({ policy, rules }) => ({
      policy,
      rules: rules.flatMap((rule) => originsOf(situation, direction, rule, peers)),
    })),
  );
}

/** The peers of the rule that some end may be; the rule as a whole where it is about everybody. */
function originsOf(situation: Situation, direction: Direction, rule: Rule, ends: readonly End[]): readonly Origin[] {
  const peers = otherSide(rule, direction);
  if (peers === undefined) return [rule.origin];
  return peers
    .filter((peer) => ends.some((end) => matchPeer(situation, peer, end).holds !== false))
    .map(({ origin }) => origin);
}
