/** Parties cut to what a filter tells apart: who may send and who may receive, by family, and where it counts by namespace. */
import type { Node, Pod } from "../cluster/endpoint.ts";
import {
  addressesIn,
  endOfParty,
  type NodeParty,
  type OutsideParty,
  type Party,
  type PodParty,
} from "../fold/party.ts";
import { FAMILIES } from "../fold/party-table.ts";
import { type Address, type AddressSet, coversAddresses, type Family, familyOf, single } from "../net/address.ts";
import { intersect, subtract, unionOf } from "../net/intervals.ts";
import { type End, endsOfPod, familyOfEnd } from "../path/end.ts";
import type { Situation } from "../situation/situation.ts";
import { type FlowFilter, Selected } from "./flow-filter.ts";

/** Whether it may send and whether it may receive. */
export interface Role {
  readonly from: boolean;
  readonly to: boolean;
}

/** Part of a party whose members the filter treats alike. */
export interface Piece {
  /** The number of the whole. */
  readonly of: number;
  readonly party: Party;
  readonly roles: Readonly<Record<Family, Role>>;
  /** That of its pods, where the filter asks for it. */
  readonly namespace: string | undefined;
}

const NEITHER: Role = { from: false, to: false };

export class PartyCutter {
  readonly #situation: Situation;
  readonly #filter: FlowFilter;
  readonly #from: Selected | undefined;
  readonly #to: Selected | undefined;

  readonly #told: AddressSet;
  readonly #named: readonly { readonly node: Node; readonly where: AddressSet }[];

  /** For the parties of the situation. */
  constructor(situation: Situation, parties: Iterable<Party>, filter: FlowFilter) {
    this.#situation = situation;
    this.#filter = filter;
    const nodes = new Set([...parties].flatMap((party) => (party.kind === "node" ? [party.node] : [])));
    this.#told = addressesOf(...nodes);
    this.#named = filter.nodes.filter((node) => !nodes.has(node)).map((node) => ({ node, where: addressesOf(node) }));
    this.#from = filter.from && new Selected(filter.from);
    this.#to = filter.to && new Selected(filter.to);
  }

  /** Disjoint pieces that are the whole together. O(pods of the party). */
  piecesOf(of: number, party: Party): readonly Piece[] {
    switch (party.kind) {
      case "pods":
        return this.#ofPods(of, party);
      case "node":
        return this.#ofNode(of, party);
      case "outside":
        return this.#ofAddresses(of, party);
    }
  }

  #ofPods(of: number, party: PodParty): readonly Piece[] {
    const groups = new Map<string, { readonly share: Share; readonly pods: [Pod, ...Pod[]] }>();
    for (const pod of party.pods) {
      const namespace = this.#namespaceOf(pod);
      for (const share of this.#sharesOf(party, pod)) {
        const key = `${namespace} ${share.only === undefined ? "" : share.only} ${roleKey(share.roles)}`;
        const known = groups.get(key);
        if (known === undefined) groups.set(key, { share, pods: [pod] });
        else known.pods.push(pod);
      }
    }
    return [...groups.values()].map(({ share: { roles, only }, pods }) => {
      const some = only === undefined ? party.only : new Map(pods.map((pod) => [pod, [only]] as const));
      const ends = endsAmong(this.#situation, pods[0], some?.get(pods[0]));
      return { of, party: { ...party, pods, ends, only: some }, roles, namespace: this.#namespaceOf(pods[0]) };
    });
  }

  /** A pod, or each of its addresses where those of one family have different roles. */
  #sharesOf(party: PodParty, pod: Pod): readonly Share[] {
    const addresses = FAMILIES.map((family) => ({
      family,
      roles: addressesIn(party, pod, family).map((address) => this.#podRole(pod, single(address))),
    }));
    if (pod.addresses.length > 0 && addresses.some(({ roles }) => new Set(roles.map(keyOf)).size > 1)) {
      return FAMILIES.flatMap((family) => addressesIn(party, pod, family)).map((address) => ({
        only: address,
        roles: { 4: NEITHER, 6: NEITHER, [familyOf(address)]: this.#podRole(pod, single(address)) },
      }));
    }
    const role = (family: Family): Role => {
      const end = endOfParty(party, family);
      if (end === undefined) return NEITHER;
      const [address] = addressesIn(party, pod, family);
      return this.#podRole(pod, address === undefined ? end.where : single(address));
    };
    return [{ only: undefined, roles: { 4: role(4), 6: role(6) } }];
  }

  #podRole(pod: Pod, where: AddressSet): Role {
    return { from: this.#from?.hasPod(pod, where) ?? true, to: this.#to?.hasPod(pod, where) ?? true };
  }

  #namespaceOf({ namespace }: Pod): string | undefined {
    const { crossing, namespaces } = this.#filter;
    if (crossing) return namespace.name;
    return namespaces.includes(namespace.name) ? namespace.name : undefined;
  }

  #ofNode(of: number, party: NodeParty): readonly Piece[] {
    const groups = new Map<string, { readonly roles: Piece["roles"]; readonly ends: End[] }>();
    const roleOf = (end: End): Role => this.#addressRole(end.where);
    const isUniform = FAMILIES.every(
      (family) =>
        new Set(party.ends.filter((end) => familyOfEnd(end) === family).map((end) => keyOf(roleOf(end)))).size <= 1,
    );
    for (const [i, end] of party.ends.entries()) {
      const key = isUniform ? "" : String(i);
      const known = groups.get(key);
      const roles = { 4: NEITHER, 6: NEITHER, ...known?.roles, [familyOfEnd(end)]: roleOf(end) };
      groups.set(key, { roles, ends: [...(known?.ends ?? []), end] });
    }
    return [...groups.values()].map(({ roles, ends }) => ({
      of,
      party: { ...party, ends, whole: party.whole && isUniform },
      roles,
      namespace: undefined,
    }));
  }

  #ofAddresses(of: number, { atom }: OutsideParty): readonly Piece[] {
    const { family } = atom;
    const cuts = [this.#from?.addresses, this.#to?.addresses, ...this.#named.map(({ where }) => where)];
    const all = cuts.reduce<readonly AddressSet[]>(
      (sets, cut) =>
        cut === undefined
          ? sets
          : sets.flatMap((set) => [intersect(set, cut), subtract(set, cut)].filter(({ length }) => length > 0)),
      [atom.where],
    );
    // What is at addresses of nodes that are parties is told of those.
    const parts = all.filter((where) => !coversAddresses(this.#told, where));
    return parts.map((where) => {
      const node = this.#named.find((one) => coversAddresses(one.where, where))?.node;
      const end = { kind: "outside", where } as const;
      const party: Party =
        node === undefined
          ? { kind: "outside", atom: { family, where }, ends: [end] }
          : { kind: "node", node, ends: [{ kind: "node", node, where }], whole: false };
      const roles = { 4: NEITHER, 6: NEITHER, [family]: this.#addressRole(where) };
      return { of, party, roles, namespace: undefined };
    });
  }

  #addressRole(where: AddressSet): Role {
    const has = (selected: Selected | undefined): boolean =>
      selected === undefined || coversAddresses(selected.addresses, where);
    return { from: has(this.#from), to: has(this.#to) };
  }
}

interface Share {
  /** The one address that is meant; undefined: all that the party means. */
  readonly only: Address | undefined;
  readonly roles: Piece["roles"];
}

function endsAmong({ inventory, podRange }: Situation, pod: Pod, only: readonly Address[] | undefined): readonly End[] {
  const ends = endsOfPod(inventory, pod, podRange);
  return only === undefined ? ends : ends.filter(({ where: [first] }) => first && only.includes(first.start));
}

function addressesOf(...nodes: readonly Node[]): AddressSet {
  return unionOf(nodes.flatMap(({ addresses }) => addresses.flatMap(single)));
}

function keyOf({ from, to }: Role): string {
  return `${from ? 1 : 0}${to ? 1 : 0}`;
}

function roleKey(roles: Piece["roles"]): string {
  return FAMILIES.map((family) => keyOf(roles[family])).join();
}
