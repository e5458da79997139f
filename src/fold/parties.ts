/** The parties of a situation: its pods and nodes as far as rules can tell them apart, and all other addresses. */
import type { Node, Pod } from "../cluster/endpoint.ts";
import type { Address } from "../net/address.ts";
import { type End, endsOfNode, endsOfPod, familyOfEnd } from "../path/end.ts";
import type { Situation } from "../situation/situation.ts";
import type { Atom } from "./address-space.ts";
import type { Distinctions } from "./distinctions.ts";
import { type EndFacts, type FactNumbers, FactReader } from "./end-facts.ts";
import { placesOf } from "./network.ts";
import type { Party } from "./party.ts";
import { FAMILIES, type PartyFacts, type PartyTable } from "./party-table.ts";

/** An end with its facts, and where in the network it is. */
interface Seen {
  readonly end: End;
  readonly facts: EndFacts;
  readonly key: string;
}

interface Members {
  readonly pods: [Pod, ...Pod[]];
  readonly only: Map<Pod, readonly Address[]> | undefined;
}

/** By number, ascending. O(pods and nodes x label keys that selectors look at + borders of address sets). */
export function partiesOf(
  situation: Situation,
  distinctions: Distinctions,
  numbers: FactNumbers,
  table: PartyTable,
): ReadonlyMap<number, Party> {
  const { inventory, podRange } = situation;
  const reader = new FactReader(situation, distinctions, numbers);
  const placeOf = placesOf(situation);
  const seen = (end: End): Seen => {
    const facts = reader.of(end);
    return { end, facts, key: `${familyOfEnd(end)} ${placeOf(end)} ${facts.key}` };
  };
  const parties = new Map<number, Party>();
  const members = new Map<number, Members>();
  for (const pod of inventory.pods) {
    for (const { ends, isWhole } of grouped(endsOfPod(inventory, pod, podRange).map(seen))) {
      const number = numberOf(table, isWhole ? "pods" : "pods at one address", ends);
      const known = members.get(number);
      const group: Members = known ?? { pods: [pod], only: isWhole ? undefined : new Map() };
      if (known === undefined) {
        members.set(number, group);
        parties.set(number, { kind: "pods", ...group, ends: ends.map(({ end }) => end) });
      } else if (known.pods.at(-1) !== pod) {
        known.pods.push(pod);
      }
      for (const { end } of isWhole ? [] : ends) {
        group.only?.set(pod, [...(group.only.get(pod) ?? []), end.where[0]?.start ?? 0n]);
      }
    }
  }
  for (const node of nodesTold(situation, distinctions)) {
    for (const { ends, isWhole } of grouped(endsOfNode(inventory, node).map(seen))) {
      const number = numberOf(table, `node ${node.name} ${isWhole ? "" : ends[0]?.end.where[0]?.start}`, ends);
      parties.set(number, { kind: "node", node, ends: ends.map(({ end }) => end), whole: isWhole });
    }
  }
  for (const { family, where, sets } of reader.space.atoms()) {
    const end = atomEnd({ family, where });
    // Of two sets with the same labels or at one Service, none covers the addresses of both.
    const number = numberOf(table, `outside ${sets.join()}`, [seen(end)]);
    parties.set(number, { kind: "outside", atom: { family, where }, ends: [end] });
  }
  return new Map([...parties].sort(([a], [b]) => a - b));
}

/** The outside end that stands for an atom. */
export function atomEnd(atom: Atom): Extract<End, { kind: "outside" }> {
  return { kind: "outside", where: atom.where };
}

/** Ends whose families tell them apart are one party; each is one by itself where rules tell ends of one family apart. */
function grouped(ends: readonly Seen[]): readonly { readonly ends: readonly Seen[]; readonly isWhole: boolean }[] {
  const alike = new Map(ends.map((one) => [one.key, one]));
  const families = new Set(ends.map(({ end }) => familyOfEnd(end)));
  if (alike.size === families.size) return ends.length === 0 ? [] : [{ ends, isWhole: true }];
  return ends.map((one) => ({ ends: [one], isWhole: false }));
}

function numberOf(table: PartyTable, kind: string, ends: readonly Seen[]): number {
  const keys = new Set(ends.map(({ key }) => key));
  return table.numberOf([kind, ...keys].join("|"), () => factsOf(ends));
}

function factsOf(ends: readonly Seen[]): PartyFacts {
  const [four, six] = FAMILIES.map((family) => ends.find(({ end }) => familyOfEnd(end) === family)?.facts);
  return { 4: four, 6: six };
}

/** The nodes that some rule tells from other addresses, or that have host endpoints. */
function nodesTold({ inventory }: Situation, { selectsNodes }: Distinctions): readonly Node[] {
  if (selectsNodes) return inventory.nodes;
  const withHostEndpoint = new Set(inventory.hostEndpoints.map(({ node }) => node));
  return inventory.nodes.filter(({ name }) => withHostEndpoint.has(name));
}
