/** Flows between what people know: pods, nodes and addresses, however they are put together in parties. */
import type { Admission } from "../../src/fold/admission.ts";
import { admitsNothing } from "../../src/fold/admissions.ts";
import { addressesIn, arePair, endOfParty } from "../../src/fold/party.ts";
import { type Address, addressText, containsAddress, type Family, familyOf } from "../../src/net/address.ts";
import { hasBit } from "../../src/net/bit-set.ts";
import { trafficKey } from "../../src/net/traffic.ts";
import type { Flows } from "../../src/reach/flows.ts";
import { podText } from "../../src/cluster/endpoint.ts";

const FAMILIES = [4, 6] as const;

/** The names and families of everything that a flow may be between, with the number of its party. */
function members(flows: Flows, addresses: readonly Address[]): readonly (readonly [string, Family, number])[] {
  return [...flows.parties].flatMap(([number, party]) =>
    FAMILIES.flatMap((family): readonly (readonly [string, Family, number])[] => {
      if (endOfParty(party, family) === undefined) return [];
      switch (party.kind) {
        case "pods":
          return party.pods.flatMap((pod) => {
            const own = addressesIn(party, pod, family).map(addressText);
            return (own.length === 0 ? [""] : own).map((address) => [`${podText(pod)} ${address}`, family, number]);
          });
        case "node":
          return party.ends
            .filter(({ where }) => familyOf(where[0]?.start ?? 0n) === family)
            .map(({ where }) => [`node/${party.node.name} ${addressText(where[0]?.start ?? 0n)}`, family, number]);
        case "outside":
          return addresses
            .filter((address) => containsAddress(party.atom.where, address))
            .map((address) => [addressText(address), family, number]);
      }
    }),
  );
}

/** Addresses of every atom: the first of each of its blocks. */
export function outsideAddresses(...all: readonly Flows[]): readonly Address[] {
  const firsts = all.flatMap(({ parties }) =>
    [...parties.values()].flatMap((party) =>
      party.kind === "outside" ? party.atom.where.map(({ start }) => start) : [],
    ),
  );
  return [...new Set(firsts)];
}

/** What passes, as text; equal admissions of one memory are asked once. */
class AdmissionTexts {
  readonly #known = new Map<Admission, string>();

  of(admission: Admission): string {
    const text = this.#known.get(admission) ?? `${trafficKey(admission.allowed)} / ${trafficKey(admission.undecided)}`;
    this.#known.set(admission, text);
    return text;
  }
}

/** One line for each pair between which something passes or may, sorted. */
export function flowTable(flows: Flows, addresses: readonly Address[]): readonly string[] {
  const texts = new AdmissionTexts();
  const all = members(flows, addresses);
  const lines: string[] = [];
  for (const [from, family, a] of all) {
    for (const [to, other, b] of all) {
      if (family !== other || from === to) continue;
      const admission = flows.between(a, b, family);
      if (!admitsNothing(admission)) lines.push(`${from} > ${to} ${family}: ${texts.of(admission)}`);
    }
  }
  return lines.toSorted();
}

/** The same from blocks alone. */
export function blockTable(flows: Flows, addresses: readonly Address[]): readonly string[] {
  const texts = new AdmissionTexts();
  const all = members(flows, addresses);
  const lines: string[] = [];
  for (const { from, to, family, admission } of flows.blocks()) {
    const text = texts.of(admission);
    const senders = all.filter(([, own, number]) => own === family && hasBit(from, number));
    const receivers = all.filter(([, own, number]) => own === family && hasBit(to, number));
    for (const [source, , a] of senders) {
      for (const [destination, , b] of receivers) {
        const [x, y] = [flows.parties.get(a), flows.parties.get(b)];
        if (source === destination || x === undefined || y === undefined || !arePair(x, y)) continue;
        lines.push(`${source} > ${destination} ${family}: ${text}`);
      }
    }
  }
  return lines.toSorted();
}
