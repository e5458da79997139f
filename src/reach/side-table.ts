/** The sides that parties go by: pods grouped by workload where their flows do not differ. */
import { type Pod, podText, workloadText } from "../cluster/endpoint.ts";
import { addressesIn, endOfParty, isReplicated, type Party } from "../fold/party.ts";
import { FAMILIES } from "../fold/party-table.ts";
import { addressSetText, addressText, type Family } from "../net/address.ts";
import { bitsBelow, bitsOf, type BitSet, hasBit, intersectBits, numbersIn } from "../net/bit-set.ts";
import type { Block } from "./blocks.ts";
import { pushTo } from "./by-key.ts";
import type { NamedSide } from "./sides.ts";

/** Parties by number, ascending: those of flows, or others that are to be grouped like them. */
export interface Roll {
  readonly parties: ReadonlyMap<number, Party>;
}

/** Something that may be one side: a workload, a pod, a node, or an address of one of them. */
interface Candidate {
  readonly side: NamedSide;
  readonly parties: readonly number[];
  /** How many pods or nodes it stands for. */
  readonly members: number;
  /** What stands in its place where its flows differ. */
  readonly parts: () => readonly Candidate[];
}

/** Numbers for workloads, pods and nodes. */
export class SideTable {
  /** The sides that have addresses of a family. */
  readonly families: Readonly<Record<Family, BitSet>>;
  /** The sides of pods. */
  readonly pods: BitSet;
  /** Those of pods and nodes. */
  readonly all: BitSet;
  readonly #sides: NamedSide[] = [];
  readonly #parties: (readonly number[])[] = [];
  readonly #byParty = new Map<number, number[]>();
  readonly #known = new WeakMap<BitSet, BitSet>();
  readonly #sizes = new Map<string, number>();

  /** O(pods + blocks x parties in them whose workload has several). */
  constructor(flows: Roll, blocks: readonly Block<unknown>[]) {
    const candidates = [...workloadsOf(flows), ...nodesOf(flows)];
    const comparison = new Comparison(flows, blocks, candidates);
    for (const candidate of candidates) this.#add(candidate, comparison);
    this.families = { 4: this.#having(flows, 4), 6: this.#having(flows, 6) };
    const pods: number[] = [];
    for (const [number, side] of this.#sides.entries()) {
      if (side.kind !== "workload") continue;
      pods.push(number);
      const families = FAMILIES.filter((family) => hasBit(this.families[family], number));
      for (const family of [undefined, ...families]) {
        const key = sizeKey(side.namespace, family);
        this.#sizes.set(key, (this.#sizes.get(key) ?? 0) + 1);
      }
    }
    this.pods = bitsOf(pods);
    this.all = bitsBelow(this.#sides.length);
  }

  side(number: number): NamedSide {
    const side = this.#sides[number];
    if (side === undefined) throw new Error(`there is no side ${number}`);
    return side;
  }

  /** How many sides a namespace has, with addresses in the family where one is given. */
  sizeOf(namespace: string, family: Family | undefined): number {
    return this.#sizes.get(sizeKey(namespace, family)) ?? 0;
  }

  partiesOf(number: number): readonly number[] {
    return this.#parties[number] ?? [];
  }

  /** The sides that a set of parties makes up, addresses outside left out. */
  sidesOf(parties: BitSet): BitSet {
    const known = this.#known.get(parties);
    if (known !== undefined) return known;
    const sides = bitsOf(numbersIn(parties).flatMap((party) => this.#byParty.get(party) ?? []));
    this.#known.set(parties, sides);
    return sides;
  }

  #add(candidate: Candidate, comparison: Comparison): void {
    if (!comparison.areAlike(candidate)) {
      for (const part of candidate.parts()) this.#add(part, comparison);
      return;
    }
    const number = this.#sides.push(candidate.side) - 1;
    this.#parties.push(candidate.parties);
    for (const party of candidate.parties) pushTo(this.#byParty, party, number);
  }

  #having({ parties }: Roll, family: Family): BitSet {
    const having = (number: number): boolean => {
      const party = parties.get(number);
      return party !== undefined && endOfParty(party, family) !== undefined;
    };
    return bitsOf(this.#parties.flatMap((numbers, side) => (numbers.some(having) ? [side] : [])));
  }
}

/** Compares the flows of parties by the blocks that hold them. */
class Comparison {
  readonly #parties: ReadonlyMap<number, Party>;
  readonly #places: Readonly<Record<Family, ReadonlyMap<number, string[]>>>;

  constructor({ parties }: Roll, blocks: readonly Block<unknown>[], candidates: readonly Candidate[]) {
    this.#parties = parties;
    const compared = bitsOf(candidates.flatMap((candidate) => (candidate.parties.length > 1 ? candidate.parties : [])));
    const places = { 4: new Map<number, string[]>(), 6: new Map<number, string[]>() };
    for (const [index, { from, to, family }] of blocks.entries()) {
      for (const party of numbersIn(intersectBits(from, compared))) pushTo(places[family], party, `from ${index}`);
      for (const party of numbersIn(intersectBits(to, compared))) pushTo(places[family], party, `to ${index}`);
    }
    this.#places = places;
  }

  /** Whether it makes no difference which of the candidate's parties a flow is about. */
  areAlike({ parties, members }: Candidate): boolean {
    if (parties.length <= 1) return true;
    const known = parties.flatMap((number) => {
      const party = this.#parties.get(number);
      return party === undefined ? [] : [{ number, party }];
    });
    if (members > 1 && known.some(({ party }) => party.kind === "pods" && party.only !== undefined)) return false;
    return FAMILIES.every((family) => {
      const having = known.filter(({ party }) => endOfParty(party, family) !== undefined);
      if (members > 1 && having.length > 0 && having.length < known.length) return false;
      return new Set(having.map(({ number }) => (this.#places[family].get(number) ?? []).join())).size <= 1;
    });
  }
}

function workloadsOf({ parties }: Roll): readonly Candidate[] {
  const workloads = new Map<string, { readonly pods: Set<Pod>; readonly parties: Set<number> }>();
  for (const [number, party] of parties) {
    if (party.kind !== "pods") continue;
    for (const pod of party.pods) {
      const key = workloadText(pod.workload);
      const known = workloads.get(key) ?? { pods: new Set(), parties: new Set() };
      workloads.set(key, known);
      known.pods.add(pod);
      known.parties.add(number);
    }
  }
  return [...workloads].flatMap(([name, { pods, parties: numbers }]) => {
    const [pod] = pods;
    return pod === undefined ? [] : [workloadCandidate(parties, name, pod, [...pods], [...numbers])];
  });
}

function workloadCandidate(
  parties: Roll["parties"],
  name: string,
  { namespace }: Pod,
  pods: readonly Pod[],
  numbers: readonly number[],
): Candidate {
  return {
    side: {
      kind: "workload",
      namespace: namespace.name,
      name,
      pods: pods.length,
      replicated: pods.length > 1 || pods.some(isReplicated),
    },
    parties: numbers,
    members: pods.length,
    parts: () =>
      pods.flatMap((pod) => {
        const own = numbers.filter((number) => {
          const party = parties.get(number);
          return party?.kind === "pods" && party.pods.includes(pod);
        });
        return pods.length > 1
          ? [workloadCandidate(parties, podText(pod), pod, [pod], own)]
          : addressesOf(parties, pod, own);
      }),
  };
}

/** Each address of a pod that has parties of its own. */
function addressesOf(parties: Roll["parties"], pod: Pod, numbers: readonly number[]): readonly Candidate[] {
  return numbers.flatMap((number) => {
    const party = parties.get(number);
    if (party?.kind !== "pods") return [];
    return FAMILIES.flatMap((family) => addressesIn(party, pod, family)).map((address) => ({
      side: {
        kind: "workload",
        namespace: pod.namespace.name,
        name: addressText(address),
        pods: 1,
        replicated: false,
      } satisfies NamedSide,
      parties: [number],
      members: 1,
      parts: () => [],
    }));
  });
}

function nodesOf({ parties }: Roll): readonly Candidate[] {
  const nodes = new Map<string, number[]>();
  for (const [number, party] of parties) if (party.kind === "node") pushTo(nodes, party.node.name, number);
  return [...nodes].map(([name, numbers]) => ({
    side: { kind: "node", name: `node/${name}` },
    parties: numbers,
    members: 1,
    parts: () =>
      numbers.map((number) => ({
        side: { kind: "node", name: parties.get(number)?.ends.map(endText).join(", ") ?? "" },
        parties: [number],
        members: 1,
        parts: () => [],
      })),
  }));
}

function endText({ where }: Party["ends"][number]): string {
  return addressSetText(where).join(", ");
}

function sizeKey(namespace: string, family: Family | undefined): string {
  return `${namespace} ${family ?? ""}`;
}
