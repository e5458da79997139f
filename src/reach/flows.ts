/** All flows of a situation: who may send what to whom, as blocks of a matrix over parties. */
import { type Admission, NOTHING } from "../fold/admission.ts";
import { Folding, FoldMemory } from "../fold/folding.ts";
import { arePair, endOfParty, endsBetween, type Party } from "../fold/party.ts";
import { FAMILIES } from "../fold/party-table.ts";
import type { Family } from "../net/address.ts";
import { ALL_TRAFFIC, intersectTraffic, type TrafficPoint, type TrafficSet } from "../net/traffic.ts";
import { witnessOf } from "../net/traffic-text.ts";
import { familyOfEnd } from "../path/end.ts";
import { type Path, strangersPath } from "../path/path.ts";
import type { Situation } from "../situation/situation.ts";
import { distinctFacts, type Fact } from "../source/fact.ts";
import { judge, missingAt, type Verdict } from "../verdict/verdict.ts";
import { type Block, BlockTable } from "./blocks.ts";

/**
 * Traffic between a node and its own pods, and of a pod with itself, always passes and is not spoken of; `arePair` tells what
 * is. Families stand apart.
 */
export interface Flows {
  readonly situation: Situation;
  /**
   * By number, ascending. Numbers stay with what stays the same when a situation changes, so they may have gaps; the same
   * memory gives the same number to the same party of two situations.
   */
  readonly parties: ReadonlyMap<number, Party>;
  /**
   * Disjoint rectangles that together hold every pair of parties with allowed or undecided traffic. A rectangle may also
   * cover pairs that `arePair` excludes: those of a lone pod with itself.
   */
  blocks(): readonly Block[];
  /** What passes between any member of one party and any other member of the other; nothing where they are no pair. */
  between(from: number, to: number, family: Family): Admission;
  /** The facts without which it is not known what passes between two parties, of some traffic; empty where it is. */
  missing(from: number, to: number, family: Family, within?: TrafficSet): readonly Fact[];
  /**
   * What the oracle says of a packet on a path between a member of one party and one of another. It looks at the policies alone
   * that govern them. Throws RangeError where there are no such parties.
   */
  verdict(from: number, to: number, path: Path, packet: TrafficPoint): Verdict;
  /** What it was worked out with: give it to `flowsOf` with another situation to work out only what differs. */
  readonly memory: FlowMemory;
}

export type { Block } from "./blocks.ts";

/** What was worked out for one situation and holds for others too. */
export class FlowMemory {
  readonly fold = new FoldMemory();
  readonly blocks: Readonly<Record<Family, BlockTable>> = {
    4: new BlockTable(4, this.fold.admissions),
    6: new BlockTable(6, this.fold.admissions),
  };
}

/** How much a memory may hold beyond what the situation needs. */
const WORN = 20_000;

/** The flows of a situation; with the memory of other flows, numbers and admissions are shared with those. */
export function flowsOf(situation: Situation, memory: FlowMemory = new FlowMemory()): Flows {
  return new FoldedFlows(situation, memory);
}

/**
 * The flows of what a situation has become, with the memory of its flows. Numbers of parties and admissions are never forgotten:
 * once most of them are of situations gone by, a new memory takes their place, and everything is worked out anew.
 */
export function flowsAfter({ memory, parties }: Pick<Flows, "memory" | "parties">, situation: Situation): Flows {
  const isWorn = memory.fold.weight > 4 * parties.size + WORN;
  return flowsOf(situation, isWorn ? new FlowMemory() : memory);
}

class FoldedFlows implements Flows {
  readonly situation: Situation;
  readonly memory: FlowMemory;
  readonly #folding: Folding;
  #blocks: readonly Block[] | undefined;

  constructor(situation: Situation, memory: FlowMemory) {
    this.situation = situation;
    this.memory = memory;
    this.#folding = new Folding(situation, memory.fold);
  }

  get parties(): ReadonlyMap<number, Party> {
    return this.#folding.parties;
  }

  blocks(): readonly Block[] {
    const { blocks } = this.memory;
    return (this.#blocks ??= FAMILIES.flatMap((family) => blocks[family].of(this.#folding)));
  }

  between(from: number, to: number, family: Family): Admission {
    const [a, b] = [this.parties.get(from), this.parties.get(to)];
    if (a === undefined || b === undefined || !arePair(a, b)) return NOTHING;
    const [source, destination] = [endOfParty(a, family), endOfParty(b, family)];
    if (source === undefined || destination === undefined) return NOTHING;
    const { admissions } = this.memory.fold;
    const { network } = this.#folding;
    const policies = admissions.both(
      this.#folding.admission("egress", from, to, family),
      this.#folding.admission("ingress", to, from, family),
    );
    return admissions.both(
      policies,
      network.between(
        { end: source, key: network.keyOf(from, source, family) },
        { end: destination, key: network.keyOf(to, destination, family) },
      ),
    );
  }

  missing(from: number, to: number, family: Family, within: TrafficSet = ALL_TRAFFIC): readonly Fact[] {
    const [a, b] = [this.parties.get(from), this.parties.get(to)];
    const packet = witnessOf(intersectTraffic(this.between(from, to, family).undecided, within));
    if (a === undefined || b === undefined || packet === undefined) return [];
    const ends = endsBetween(this.situation.inventory, a, b, family);
    if (ends === undefined) return [];
    const path = strangersPath(this.situation, ...ends);
    const asked = this.#asked(from, to, family, path);
    return distinctFacts(
      path.stages.flatMap((stage) => judge(asked, { ...path, stages: [stage] }, packet).stages.flatMap(missingAt)),
    );
  }

  verdict(from: number, to: number, path: Path, packet: TrafficPoint): Verdict {
    if (!this.parties.has(from) || !this.parties.has(to)) throw new RangeError(`no parties ${from} and ${to}`);
    return judge(this.#asked(from, to, familyOfEnd(path.from), path), path, packet);
  }

  /** The situation with no more policies than have a say on the path, so that the oracle need not look at all. */
  #asked(from: number, to: number, family: Family, { stages }: Path): Situation {
    if (stages.some((stage) => stage.kind === "filter" && stage.host !== undefined)) return this.situation;
    const governing = new Set(
      [...this.#folding.governance("egress", from, family), ...this.#folding.governance("ingress", to, family)].flatMap(
        ({ groups }) => groups.flatMap((group) => group.map(({ policy }) => policy)),
      ),
    );
    const tiers = this.situation.tiers.map((tier) => ({
      ...tier,
      policies: tier.policies.filter((policy) => governing.has(policy)),
    }));
    return { ...this.situation, tiers };
  }
}
