/** What the ends of connections are called in rows: workloads where possible, ranges of addresses outside. */
import { type Pod, podText, workloadText } from "../cluster/endpoint.ts";
import { type AddressSet, addressSetText, type Family } from "../net/address.ts";
import { endsOfPod, familyOfEnd } from "../path/end.ts";
import type { Situation } from "../situation/situation.ts";
import { isReplicated, type Party } from "./relation.ts";

/** A workload, or one pod of it where its pods differ. */
export interface WorkloadSide {
  readonly kind: "workload";
  readonly namespace: string;
  readonly name: string;
  readonly pods: number;
  /** Whether there are, or can be, several pods that talk to each other. */
  readonly replicated: boolean;
}

/** A node that some rule tells from other addresses, or one address of it where its addresses differ. */
export interface NodeSide {
  readonly kind: "node";
  readonly name: string;
}

/** Addresses that no pod bears. */
export interface OutsideSide {
  readonly kind: "outside";
  readonly ranges: readonly string[];
}

export type NamedSide = WorkloadSide | NodeSide;
export type Side = NamedSide | OutsideSide;

export function outsideSide(ranges: AddressSet): OutsideSide {
  return { kind: "outside", ranges: addressSetText(ranges) };
}

/** The name of a workload, pod or node, or the ranges separated by commas. */
export function sideText(side: Side): string {
  return side.kind === "outside" ? side.ranges.join(", ") : side.name;
}

/** Names parties; what a workload's pods have in common is worked out once. */
export class SideNames {
  readonly #situation: Situation;
  readonly #siblings: ReadonlyMap<string, readonly Pod[]>;
  readonly #sides = new Map<Party, readonly NamedSide[]>();

  constructor(situation: Situation) {
    this.#situation = situation;
    const siblings = new Map<string, Pod[]>();
    for (const pod of situation.inventory.pods) {
      const key = workloadText(pod.workload);
      const known = siblings.get(key);
      if (known === undefined) siblings.set(key, [pod]);
      else known.push(pod);
    }
    this.#siblings = siblings;
  }

  /** Every name the party goes by; none for addresses outside, which have ranges instead. */
  of(party: Party): readonly NamedSide[] {
    const known = this.#sides.get(party);
    if (known !== undefined) return known;
    const sides = this.#named(party);
    this.#sides.set(party, sides);
    return sides;
  }

  #named(party: Party): readonly NamedSide[] {
    switch (party.kind) {
      case "outside":
        return [];
      case "node":
        return party.whole
          ? [{ kind: "node", name: `node/${party.node.name}` }]
          : party.ends.map(({ where }) => ({ kind: "node", name: addressSetText(where).join(", ") }));
      case "pods": {
        const members = new Set<Pod>(party.pods);
        return [
          ...new Map(party.pods.map((pod) => this.#workload(pod, members)).map((side) => [side.name, side])).values(),
        ];
      }
    }
  }

  #workload(pod: Pod, members: ReadonlySet<Pod>): WorkloadSide {
    const siblings = this.#siblings.get(workloadText(pod.workload)) ?? [pod];
    const whole = siblings.every((sibling) => members.has(sibling));
    return {
      kind: "workload",
      namespace: pod.namespace.name,
      name: whole ? workloadText(pod.workload) : podText(pod),
      pods: whole ? siblings.length : 1,
      replicated: (whole && siblings.length > 1) || isReplicated(pod),
    };
  }

  /** The families that every member of the party has. */
  familiesOf(party: Party): ReadonlySet<Family> {
    switch (party.kind) {
      case "outside":
        return new Set([party.atom.family]);
      case "node":
        return new Set(party.ends.map(familyOfEnd));
      case "pods": {
        const { inventory, podRange } = this.#situation;
        return new Set(endsOfPod(inventory, party.pods[0], podRange).map(familyOfEnd));
      }
    }
  }
}
