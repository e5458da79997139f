/** All flows held against the oracle: pair by pair of parties, and packet by packet. */
import assert from "node:assert/strict";
import type { Admission } from "../../src/fold/admission.ts";
import { addressesIn, arePair, endOfParty, type Party } from "../../src/fold/party.ts";
import { type Address, containsAddress, type Family, familyOf } from "../../src/net/address.ts";
import {
  ALL_TRAFFIC,
  boxesOf,
  containsTraffic,
  NO_TRAFFIC,
  subtractTraffic,
  type TrafficPoint,
  unionTraffic,
} from "../../src/net/traffic.ts";
import { type End, endAt, endText, isSamePod } from "../../src/path/end.ts";
import { atOneNode } from "../../src/path/host-crossings.ts";
import { strangersPath } from "../../src/path/path.ts";
import type { Flows } from "../../src/reach/flows.ts";
import type { Situation } from "../../src/situation/situation.ts";
import { judge } from "../../src/verdict/verdict.ts";
import type { RawPacket } from "../naive/raw-objects.ts";
import { addressOf, pointOf } from "./situations.ts";

const FAMILIES = [4, 6] as const;

/** Holds the flows between about `limit` pairs of parties, evenly chosen, against the oracle. */
export function assertPairsAgree(flows: Flows, limit: number): void {
  const { situation } = flows;
  for (const [from, to] of pairsOf(flows, limit)) {
    const [a, b] = [flows.parties.get(from), flows.parties.get(to)];
    if (a === undefined || b === undefined || !arePair(a, b)) continue;
    for (const family of FAMILIES) {
      const admission = flows.between(from, to, family);
      for (const source of membersOf(situation, a, family)) {
        for (const destination of membersOf(situation, b, family)) {
          if (!isSpokenOf(situation, source, destination)) continue;
          for (const packet of packetsOf(admission)) {
            const text = `${endText(source)} > ${endText(destination)} ${JSON.stringify(packet)}`;
            assert.equal(decisionOf(admission, packet), verdictOf(situation, source, destination, packet), text);
          }
        }
      }
    }
  }
}

/** Holds what the flows say of packets against the oracle, whoever bears their addresses. */
export function assertPacketsAgree(flows: Flows, packets: readonly RawPacket[]): void {
  const { situation } = flows;
  for (const packet of packets) {
    const [source, destination] = [addressOf(packet.source), addressOf(packet.destination)];
    const [a, b] = [endAt(situation.inventory, source), endAt(situation.inventory, destination)];
    if ((a.kind !== "pod" && b.kind !== "pod") || !isSpokenOf(situation, a, b)) continue;
    const admission = flows.between(partyAt(flows, source), partyAt(flows, destination), familyOf(source));
    const point = pointOf(packet);
    assert.equal(decisionOf(admission, point), verdictOf(situation, a, b, point), JSON.stringify(packet));
  }
}

/** Flows say nothing of a pod and itself. Where networks are, they also say nothing of a pod and its own node. */
function isSpokenOf(situation: Situation, a: End, b: End): boolean {
  if (isSamePod(a, b)) return false;
  return situation.vpc === undefined || a.kind === b.kind || atOneNode(situation, a, b) === false;
}

/** Ends of several members of a party, and not only of the one that stands for it. */
function membersOf({ inventory }: Situation, party: Party, family: Family): readonly End[] {
  const end = endOfParty(party, family);
  if (end === undefined || party.kind === "node") return end === undefined ? [] : [end];
  if (party.kind === "outside") {
    const last = party.atom.where.slice(-1).map((range) => endAt(inventory, range.end - 1n));
    return [end, ...last.filter(({ kind }) => kind === "outside")];
  }
  const others = party.pods.slice(-2).flatMap((pod) => addressesIn(party, pod, family).slice(-1));
  return [end, ...others.map((address) => endAt(inventory, address))];
}

/** A packet of every part that an admission has, and of what it leaves over. */
function packetsOf({ allowed, oneWay, undecided }: Admission): readonly TrafficPoint[] {
  const denied = subtractTraffic(ALL_TRAFFIC, [allowed, oneWay, undecided].reduce(unionTraffic, NO_TRAFFIC));
  return [allowed, oneWay, undecided, denied].flatMap((set) =>
    [...boxesOf(set)].map(({ protocols, first, second }, i) => ({
      // Now the lowest, now the highest of each field.
      protocol: i % 2 === 0 ? protocols.start : protocols.end - 1,
      first: i % 3 === 0 ? first.start : first.end - 1,
      second: i % 2 === 0 ? second.start : second.end - 1,
    })),
  );
}

/** Flows do not say why nothing passes: `denied` stands for `no-route` too. */
function decisionOf({ allowed, oneWay, undecided }: Admission, point: TrafficPoint): string {
  const sets = Object.entries({ allowed, "one-way": oneWay, undecided });
  const found = sets.flatMap(([kind, set]) => (containsTraffic(set, point) ? [kind] : []));
  assert.ok(found.length <= 1, `a packet is not both ${found.join(" and ")}`);
  return found[0] ?? "denied";
}

function verdictOf(situation: Situation, source: End, destination: End, packet: TrafficPoint): string {
  const { kind } = judge(situation, strangersPath(situation, source, destination), packet);
  return kind === "no-route" ? "denied" : kind;
}

/** Every pair of parties; all of them where there are few, else about as many as `limit`, evenly. */
function* pairsOf(flows: Flows, limit: number): Generator<readonly [number, number]> {
  const numbers = [...flows.parties.keys()];
  const step = Math.max(1, Math.floor(numbers.length ** 2 / limit));
  let count = 0;
  for (const from of numbers) for (const to of numbers) if (count++ % step === 0) yield [from, to];
}

/** The party that an address belongs to: that of its pod, else that of its node where it is told from others. */
function partyAt({ parties, situation }: Flows, address: Address): number {
  const end = endAt(situation.inventory, address);
  const found = [...parties].find(([, party]) => {
    switch (party.kind) {
      case "pods":
        return party.pods.some((pod) => addressesIn(party, pod, familyOf(address)).includes(address));
      case "node":
        return end.kind === "node" && party.ends.some(({ where }) => containsAddress(where, address));
      case "outside":
        return end.kind !== "pod" && containsAddress(party.atom.where, address);
    }
  });
  return found?.[0] ?? -1;
}
