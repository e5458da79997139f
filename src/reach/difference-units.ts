/** What two situations have in common to compare: pods by name, else by workload; nodes by name; other addresses as they are. */
import { type Pod, podText, workloadText } from "../cluster/endpoint.ts";
import { endOfParty, type Party } from "../fold/party.ts";
import { FAMILIES } from "../fold/party-table.ts";
import { type Address, type Family, familyOf, single } from "../net/address.ts";
import type { Interval } from "../net/intervals.ts";
import { type End, endAt } from "../path/end.ts";
import { pairedPlaces, soleParty, type Standing, type Standings, standingsOf } from "./difference-standings.ts";
import { OutsideLine } from "./difference-outside.ts";
import type { Flows } from "./flows.ts";

/** Parties of two situations that are the same pods, node or addresses in both. */
export interface Unit {
  /** As one party: its pods are those of both situations, one for each name. */
  readonly party: Party;
  /** The party before; undefined: it is new. */
  readonly before: number | undefined;
  /** The party after; undefined: it is gone. */
  readonly after: number | undefined;
}

export interface Units {
  /** By number, ascending. */
  readonly units: ReadonlyMap<number, Unit>;
  /** Workloads that only one of the two has, sorted. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/**
 * O(pods + nodes + borders of address sets). A pod that only one situation has is compared with the pods of its workload in
 * the other, where these are alike; so pods with generated names are no news.
 */
export function unitsOf(before: Flows, after: Flows): Units {
  const matching = new Matching(before, after);
  matching.addPods();
  matching.addNodes();
  matching.addOutside();
  return matching.result();
}

interface Draft {
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly party: Party;
  readonly pods: Pod[];
  readonly only: Map<Pod, Address[]> | undefined;
}

class Matching {
  readonly #before: Flows;
  readonly #after: Flows;
  readonly #was: Standings;
  readonly #is: Standings;
  readonly #drafts = new Map<string, Draft>();

  constructor(before: Flows, after: Flows) {
    this.#before = before;
    this.#after = after;
    this.#was = standingsOf(before);
    this.#is = standingsOf(after);
  }

  result(): Units {
    const units = [...this.#drafts.values()].map(({ before, after, party, pods, only }): Unit => {
      const [first, ...others] = pods;
      if (party.kind !== "pods" || first === undefined) return { party, before, after };
      return { party: { ...party, pods: [first, ...others], only }, before, after };
    });
    const [was, is] = [this.#was.workloads, this.#is.workloads];
    return {
      units: new Map(units.entries()),
      added: [...is.keys()].filter((name) => !was.has(name)).sort(),
      removed: [...was.keys()].filter((name) => !is.has(name)).sort(),
    };
  }

  addPods(): void {
    const [was, is] = [this.#was, this.#is];
    for (const name of namesOf(was.pods, is.pods)) {
      const [old, now] = [was.pods.get(name), is.pods.get(name)];
      if (old !== undefined && now !== undefined) this.#addPod(now.member, old.places, now.places);
      else if (now !== undefined) {
        const stand = standIn(now, is, was);
        if (stand !== "covered") this.#addPod(now.member, stand, now.places);
      } else if (old !== undefined) {
        const stand = standIn(old, was, is);
        if (stand !== "covered") this.#addPod(old.member, old.places, stand);
      }
    }
  }

  #addPod(pod: Pod, was: Standing<Pod>["places"], is: Standing<Pod>["places"]): void {
    for (const { before, after, address } of pairedPlaces(was, is)) {
      const draft = this.#draft(`pods ${before} ${after}`, before, after, address, () => ({
        kind: "pods",
        pods: [pod],
        ends: this.#endsOf(before, after, address === undefined ? undefined : familyOf(address)),
        only: undefined,
      }));
      if (draft.pods.at(-1) !== pod) draft.pods.push(pod);
      if (address !== undefined) draft.only?.set(pod, [...(draft.only.get(pod) ?? []), address]);
    }
  }

  /** A node that only one situation tells from other addresses is compared with what its addresses are in the other. */
  addNodes(): void {
    const lines = [new OutsideLine(this.#before), new OutsideLine(this.#after)] as const;
    for (const name of namesOf(this.#was.nodes, this.#is.nodes)) {
      const [old, now] = [this.#was.nodes.get(name), this.#is.nodes.get(name)];
      const node = (now ?? old)?.member;
      if (node === undefined) continue;
      const addresses = [...(old?.places ?? []), ...(now?.places ?? [])].flatMap(({ address }) => address ?? []);
      const placesOf = (places: Standing<unknown>["places"] | undefined, line: OutsideLine): typeof places =>
        places ?? addresses.map((address) => ({ party: line.partyAt(address), address }));
      const [was, is] = [placesOf(old?.places, lines[0]) ?? [], placesOf(now?.places, lines[1]) ?? []];
      for (const { before, after, address } of pairedPlaces(was, is)) {
        this.#draft(`node ${name} ${before} ${after} ${address}`, before, after, undefined, () => ({
          kind: "node",
          node,
          ends:
            address === undefined
              ? [...new Set(addresses)].map((one) => nodeEnd(this.#after, one))
              : [nodeEnd(this.#after, address)],
          whole: address === undefined,
        }));
      }
    }
  }

  addOutside(): void {
    const shared = new Map<
      string,
      { readonly before: number; readonly after: number; readonly where: Interval<bigint>[] }
    >();
    for (const { before, after, block } of new OutsideLine(this.#before).sharedWith(new OutsideLine(this.#after))) {
      const key = `${before} ${after}`;
      const known = shared.get(key) ?? { before, after, where: [] };
      shared.set(key, known);
      known.where.push(block);
    }
    for (const [key, { before, after, where }] of shared) {
      const [first] = where;
      if (first === undefined) continue;
      this.#draft(`outside ${key}`, before, after, undefined, () => ({
        kind: "outside",
        atom: { family: familyOf(first.start), where },
        ends: [{ kind: "outside", where }],
      }));
    }
  }

  #draft(
    key: string,
    before: number | undefined,
    after: number | undefined,
    address: Address | undefined,
    party: () => Party,
  ): Draft {
    const whole = address === undefined ? key : `${key} ${familyOf(address)}`;
    const known = this.#drafts.get(whole) ?? {
      before,
      after,
      party: party(),
      pods: [],
      only: address === undefined ? undefined : new Map<Pod, Address[]>(),
    };
    this.#drafts.set(whole, known);
    return known;
  }

  /** One end for each family in which the pods have an address, before or after. */
  #endsOf(before: number | undefined, after: number | undefined, only: Family | undefined): readonly End[] {
    const parties = [
      ...(after === undefined ? [] : [this.#after.parties.get(after)]),
      ...(before === undefined ? [] : [this.#before.parties.get(before)]),
    ].filter((party) => party !== undefined);
    return FAMILIES.filter((family) => only === undefined || only === family).flatMap((family) =>
      parties.flatMap((party) => endOfParty(party, family) ?? []).slice(0, 1),
    );
  }
}

/** Sorted, so that it makes no difference which of two situations is the first. */
function namesOf(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): readonly string[] {
  return [...new Set([...a.keys(), ...b.keys()])].sort();
}

/**
 * The places with which a pod is compared that the other situation does not have: that of its workload's pods there, if they
 * have one in common; none, if there is nothing to compare it with. `covered`: the pods there are compared with it instead.
 */
function standIn({ member }: Standing<Pod>, own: Standings, other: Standings): Standing<Pod>["places"] | "covered" {
  const workload = workloadText(member.workload);
  const counterparts = other.workloads.get(workload) ?? [];
  const sole = soleParty(counterparts.flatMap(({ places }) => places));
  if (sole !== undefined) return [{ party: sole, address: undefined }];
  const isAlike = soleParty((own.workloads.get(workload) ?? []).flatMap(({ places }) => places)) !== undefined;
  return isAlike && counterparts.some((pod) => !own.pods.has(podText(pod.member))) ? "covered" : [];
}

function nodeEnd({ situation }: Flows, address: Address): End {
  const end = endAt(situation.inventory, address);
  return end.kind === "node" ? end : { kind: "outside", where: single(address) };
}
