/** Which parties the ends of a question belong to. */
import type { Pod } from "../cluster/endpoint.ts";
import { addressesIn, type PodParty } from "../fold/party.ts";
import { FAMILIES } from "../fold/party-table.ts";
import type { Address } from "../net/address.ts";
import { intersect } from "../net/intervals.ts";
import { type End, nodeOfPod } from "../path/end.ts";
import { pushTo } from "./by-key.ts";
import type { Flows } from "./flows.ts";

/** Parties by number, each with those of its members that are meant. */
export type Members = ReadonlyMap<number, readonly End[]>;

/** Looks ends up among the parties of flows. O(pods) to begin with. */
export class PartyMembers {
  readonly #flows: Flows;
  readonly #ofPod = new Map<Pod, number[]>();
  /** Those that are no pods. */
  readonly #others: readonly (readonly [number, End])[];

  constructor(flows: Flows) {
    this.#flows = flows;
    for (const [number, party] of flows.parties) {
      if (party.kind !== "pods") continue;
      for (const pod of party.pods) pushTo(this.#ofPod, pod, number);
    }
    this.#others = [...flows.parties].flatMap(([number, party]) =>
      party.kind === "pods" ? [] : party.ends.map((end) => [number, end] as const),
    );
  }

  /** The parties that pods and addresses outside belong to, with the members that are meant. */
  of(some: readonly End[]): Members {
    const members = new Map<number, End[]>();
    const add = (number: number, end: End): void => pushTo(members, number, end);
    for (const end of some) {
      if (end.kind === "pod") for (const number of this.#partiesAt(end.pod, end)) add(number, end);
      if (end.kind !== "outside") continue;
      for (const [number, other] of this.#others) {
        const where = intersect(other.where, end.where);
        if (where.length > 0) add(number, { ...other, where });
      }
    }
    return members;
  }

  /** The numbers of the parties that a pod belongs to by some address. */
  partiesOf(pod: Pod): readonly number[] {
    return this.#ofPod.get(pod) ?? [];
  }

  /** One pod for all of its parties and node, with all its addresses; other ends as they are. */
  standIns(some: readonly End[]): readonly End[] {
    const chosen = new Map<string, Pod>();
    return some.filter((end) => {
      if (end.kind !== "pod") return true;
      const key = `${this.#ofPod.get(end.pod)?.join()} ${nodeOfPod(this.#flows.situation.inventory, end.pod)}`;
      const pod = chosen.get(key) ?? end.pod;
      chosen.set(key, pod);
      return pod === end.pod;
    });
  }

  #partiesAt(pod: Pod, { where }: End): readonly number[] {
    const [first] = where;
    return (this.#ofPod.get(pod) ?? []).filter((number) => {
      const party = this.#flows.parties.get(number);
      if (party?.kind !== "pods" || first === undefined) return false;
      return party.only === undefined || isAmong(party, pod, first.start);
    });
  }
}

function isAmong(party: PodParty, pod: Pod, address: Address): boolean {
  return FAMILIES.some((family) => addressesIn(party, pod, family).includes(address));
}
