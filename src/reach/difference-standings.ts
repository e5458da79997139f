/** Where pods and nodes stand among the parties of one situation, and the pods of each workload. */
import { type Node, type Pod, podText, workloadText } from "../cluster/endpoint.ts";
import { addressesIn } from "../fold/party.ts";
import { FAMILIES } from "../fold/party-table.ts";
import { type Address, familyOf } from "../net/address.ts";
import { pushTo } from "./by-key.ts";
import type { Flows } from "./flows.ts";

/** A party, and the address by which it is one; undefined: whichever the pod has. */
export interface Place {
  readonly party: number;
  readonly address: Address | undefined;
}

/** A pod or node with its places. */
export interface Standing<T> {
  readonly member: T;
  readonly places: readonly Place[];
}

export interface Standings {
  /** By name. */
  readonly pods: ReadonlyMap<string, Standing<Pod>>;
  readonly workloads: ReadonlyMap<string, readonly Standing<Pod>[]>;
  /** Nodes that are parties, by name. */
  readonly nodes: ReadonlyMap<string, Standing<Node>>;
}

/** O(pods + nodes). */
export function standingsOf({ parties }: Flows): Standings {
  const pods = new Map<string, { readonly member: Pod; readonly places: Place[] }>();
  const nodes = new Map<string, { readonly member: Node; readonly places: Place[] }>();
  for (const [number, party] of parties) {
    if (party.kind === "pods") {
      for (const pod of party.pods) {
        const standing = entryOf(pods, podText(pod), pod);
        const addresses = FAMILIES.flatMap((family) => addressesIn(party, pod, family));
        standing.places.push(
          ...(party.only === undefined ? [undefined] : addresses).map((address) => ({ party: number, address })),
        );
      }
    }
    if (party.kind === "node") {
      const standing = entryOf(nodes, party.node.name, party.node);
      const addresses = party.ends.flatMap(({ where }) => where.map(({ start }) => start));
      standing.places.push(...addresses.map((address) => ({ party: number, address })));
    }
  }
  const workloads = new Map<string, Standing<Pod>[]>();
  for (const standing of pods.values()) pushTo(workloads, workloadText(standing.member.workload), standing);
  return { pods, workloads, nodes };
}

function entryOf<T>(
  standings: Map<string, { readonly member: T; readonly places: Place[] }>,
  name: string,
  member: T,
): { readonly member: T; readonly places: Place[] } {
  const standing = standings.get(name) ?? { member, places: [] };
  standings.set(name, standing);
  return standing;
}

/** The one party of all places; undefined where there are several or none. */
export function soleParty(places: readonly Place[]): number | undefined {
  const [first] = places;
  return first !== undefined && places.every(({ party }) => party === first.party) ? first.party : undefined;
}

/** The places of two standings that belong together: by party where each has one, else address by address. */
export function* pairedPlaces(
  before: readonly Place[],
  after: readonly Place[],
): Generator<{
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly address: Address | undefined;
}> {
  const [soleBefore, soleAfter] = [soleParty(before), soleParty(after)];
  const isWhole = [...before, ...after].every(({ address }) => address === undefined);
  if (isWhole || (soleBefore !== undefined && soleAfter !== undefined)) {
    yield { before: soleBefore, after: soleAfter, address: undefined };
    return;
  }
  for (const address of new Set([...before, ...after].map((place) => place.address))) {
    if (address === undefined) continue;
    const at = (places: readonly Place[]): number | undefined =>
      places.find((place) => place.address === address)?.party ??
      // An address that was exchanged for another is compared with it, where it is clear with which.
      soleParty(places.filter((place) => place.address === undefined || familyOf(place.address) === familyOf(address)));
    yield { before: at(before), after: at(after), address };
  }
}
