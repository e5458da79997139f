/** All flows of a situation: who may send what to whom, as blocks of a matrix over parties. */
import { type Admission, admissionAt, bothAdmit } from "../fold/admission.ts";
import { Admissions, admitsNothing, NOTHING } from "../fold/admissions.ts";
import { atomEnd, atoms, podClasses, selectableNodes } from "../fold/classes.ts";
import { PodGovernance } from "../fold/governance.ts";
import { arePair, endOfParty, type Party } from "../fold/party.ts";
import type { Family } from "../net/address.ts";
import { bitsOf, type BitSet } from "../net/bit-set.ts";
import { ALL_TRAFFIC, NO_TRAFFIC } from "../net/traffic.ts";
import { endsOfPod, familyOfEnd } from "../path/end.ts";
import { strangersPath } from "../path/path.ts";
import type { Situation } from "../situation/situation.ts";

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
  blocks(): Iterable<Block>;
  /** What passes between any member of one party and any other member of the other; nothing where they are no pair. */
  between(from: number, to: number, family: Family): Admission;
  /** What it was worked out with: give it to `flowsOf` with another situation to work out only what differs. */
  readonly memory: FlowMemory;
}

/** The same admission from each party of one set to each of the other. */
export interface Block {
  readonly from: BitSet;
  readonly to: BitSet;
  readonly family: Family;
  /** One object for equal admissions, for all flows worked out with one memory: compare by identity. */
  readonly admission: Admission;
}

/** What was worked out for one situation and holds for others too. */
export class FlowMemory {
  readonly admissions = new Admissions();
}

/** The flows of a situation; with the memory of other flows, numbers and admissions are shared with those. */
export function flowsOf(situation: Situation, memory: FlowMemory = new FlowMemory()): Flows {
  return new PairwiseFlows(situation, memory);
}

const FAMILIES = [4, 6] as const;

class PairwiseFlows implements Flows {
  readonly situation: Situation;
  readonly parties: ReadonlyMap<number, Party>;
  readonly memory: FlowMemory;
  readonly #governance: PodGovernance;

  constructor(situation: Situation, memory: FlowMemory) {
    this.situation = situation;
    this.memory = memory;
    this.#governance = new PodGovernance(situation);
    this.parties = new Map(partiesOf(situation).entries());
  }

  *blocks(): Generator<Block> {
    for (const from of this.parties.keys()) {
      for (const to of this.parties.keys()) {
        for (const family of FAMILIES) {
          const admission = this.between(from, to, family);
          if (!admitsNothing(admission)) yield { from: bitsOf([from]), to: bitsOf([to]), family, admission };
        }
      }
    }
  }

  between(from: number, to: number, family: Family): Admission {
    const [a, b] = [this.parties.get(from), this.parties.get(to)];
    if (a === undefined || b === undefined || !arePair(a, b)) return NOTHING;
    const [source, destination] = [endOfParty(a, family), endOfParty(b, family)];
    if (source === undefined || destination === undefined) return NOTHING;
    let result: Admission = { allowed: ALL_TRAFFIC, undecided: NO_TRAFFIC, logged: NO_TRAFFIC };
    for (const stage of strangersPath(this.situation, source, destination).stages) {
      if (stage.kind !== "filter") continue;
      const rules = stage.subject.kind === "pod" ? this.#governance.of(stage.direction, stage.subject.pod) : undefined;
      result = bothAdmit(result, admissionAt(this.situation, stage, rules));
    }
    return this.memory.admissions.one(result);
  }
}

function partiesOf(situation: Situation): readonly Party[] {
  const { inventory, podRange } = situation;
  return [
    ...podClasses(situation).flatMap(({ pods }): readonly Party[] => {
      const ends = endsOfPod(inventory, pods[0], podRange);
      const whole = ends.length === new Set(ends.map(familyOfEnd)).size;
      return (whole ? [ends] : ends.map((end) => [end])).map((own) => ({ kind: "pods", pods, ends: own, whole }));
    }),
    ...selectableNodes(situation).map((node): Party => ({ kind: "node", ...node })),
    ...atoms(situation).map((atom): Party => ({ kind: "outside", atom, ends: [atomEnd(atom)] })),
  ];
}
