/** All flows of a situation are what the oracle says, pair by pair; and their blocks say nothing else. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Admission } from "../../src/fold/admission.ts";
import { addressesIn, arePair, endOfParty, type Party } from "../../src/fold/party.ts";
import { type Address, containsAddress, type Family, familyOf } from "../../src/net/address.ts";
import { numbersIn } from "../../src/net/bit-set.ts";
import {
  ALL_TRAFFIC,
  boxesOf,
  containsTraffic,
  subtractTraffic,
  type TrafficPoint,
  unionTraffic,
} from "../../src/net/traffic.ts";
import { type End, endAt } from "../../src/path/end.ts";
import { strangersPath } from "../../src/path/path.ts";
import { type Flows, flowsOf } from "../../src/reach/flows.ts";
import type { Situation } from "../../src/situation/situation.ts";
import { judge } from "../../src/verdict/verdict.ts";
import { mixedWorld } from "../worlds/mixed-world.ts";
import { holdsInEveryWorld } from "../worlds/replay.ts";
import { SETTINGS, withoutNamespaces, withTemplates } from "./gaps.ts";
import { addressOf, pointOf, situationOfObjects } from "./situations.ts";

const FAMILIES = [4, 6] as const;

/** Ends of several members of a party, and not only of the one that stands for it. */
function membersOf({ inventory }: Situation, party: Party, family: Family): readonly End[] {
  const end = endOfParty(party, family);
  if (party.kind !== "pods" || end === undefined) return end === undefined ? [] : [end];
  const others = party.pods.slice(-2).flatMap((pod) => addressesIn(party, pod, family).slice(-1));
  return [end, ...others.map((address) => endAt(inventory, address))];
}

/** A packet of every part that an admission has, and of what it leaves over. */
function packetsOf({ allowed, undecided }: Admission): readonly TrafficPoint[] {
  const denied = subtractTraffic(ALL_TRAFFIC, unionTraffic(allowed, undecided));
  return [allowed, undecided, denied].flatMap((set) =>
    [...boxesOf(set)].map(({ protocols, first, second }, i) => ({
      // Now the lowest, now the highest of each field.
      protocol: i % 2 === 0 ? protocols.start : protocols.end - 1,
      first: i % 3 === 0 ? first.start : first.end - 1,
      second: i % 2 === 0 ? second.start : second.end - 1,
    })),
  );
}

function decisionOf({ allowed, undecided }: Admission, point: TrafficPoint): string {
  const [isAllowed, isUndecided] = [containsTraffic(allowed, point), containsTraffic(undecided, point)];
  assert.ok(!(isAllowed && isUndecided), "a packet is not both allowed and undecided");
  if (isAllowed) return "allowed";
  return isUndecided ? "undecided" : "denied";
}

/** Every pair of parties; all of them where there are few, else about as many as `limit`, evenly. */
function* pairsOf(flows: Flows, limit: number): Generator<readonly [number, number]> {
  const numbers = [...flows.parties.keys()];
  const step = Math.max(1, Math.floor(numbers.length ** 2 / limit));
  let count = 0;
  for (const from of numbers) for (const to of numbers) if (count++ % step === 0) yield [from, to];
}

function assertOracleAgrees(flows: Flows, limit: number): void {
  const { situation } = flows;
  for (const [from, to] of pairsOf(flows, limit)) {
    const [a, b] = [flows.parties.get(from), flows.parties.get(to)];
    if (a === undefined || b === undefined || !arePair(a, b)) continue;
    for (const family of FAMILIES) {
      const admission = flows.between(from, to, family);
      for (const source of membersOf(situation, a, family)) {
        for (const destination of membersOf(situation, b, family)) {
          for (const packet of packetsOf(admission)) {
            const { kind } = judge(situation, strangersPath(situation, source, destination), packet);
            assert.equal(decisionOf(admission, packet), kind, JSON.stringify(packet));
          }
        }
      }
    }
  }
}

function assertBlocksAreThePairs(flows: Flows): void {
  const found = new Map<string, Admission>();
  for (const { from, to, family, admission } of flows.blocks()) {
    for (const a of numbersIn(from)) {
      for (const b of numbersIn(to)) {
        const key = `${a} ${b} ${family}`;
        assert.ok(!found.has(key), `two blocks hold ${key}`);
        found.set(key, admission);
      }
    }
  }
  for (const [from, a] of flows.parties) {
    for (const [to, b] of flows.parties) {
      if (!arePair(a, b)) continue;
      for (const family of FAMILIES) {
        const admission = flows.between(from, to, family);
        const passes = admission.allowed.length + admission.undecided.length > 0;
        const block = found.get(`${from} ${to} ${family}`);
        assert.equal(block, passes ? admission : undefined, `${from} ${to} ${family}`);
        found.delete(`${from} ${to} ${family}`);
      }
    }
  }
  for (const key of found.keys()) assert.equal(key.split(" ")[0], key.split(" ")[1], `a block holds ${key}`);
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

describe("all flows", () => {
  it("are what the oracle says about every pair, where every policy language is in use", async () => {
    await holdsInEveryWorld(
      40,
      ({ objects }) => {
        const flows = flowsOf(situationOfObjects(objects));
        assertOracleAgrees(flows, 250);
      },
      mixedWorld(),
    );
  });

  it("are so where namespaces are missing and pods have no address yet, under any assumptions", async () => {
    let turn = 0;
    await holdsInEveryWorld(
      40,
      ({ objects }) => {
        const gaps = withTemplates(withoutNamespaces(objects));
        const flows = flowsOf(situationOfObjects(gaps, SETTINGS[turn++ % SETTINGS.length]));
        assertOracleAgrees(flows, 150);
      },
      mixedWorld(),
    );
  });

  it("are so about every packet of a world, whoever bears its addresses", async () => {
    await holdsInEveryWorld(
      60,
      ({ objects, packets }) => {
        const flows = flowsOf(situationOfObjects(objects));
        const { inventory } = flows.situation;
        for (const packet of packets) {
          const [source, destination] = [addressOf(packet.source), addressOf(packet.destination)];
          const [from, to] = [partyAt(flows, source), partyAt(flows, destination)];
          const [a, b] = [endAt(inventory, source), endAt(inventory, destination)];
          if ((a.kind !== "pod" && b.kind !== "pod") || (a.kind === "pod" && b.kind === "pod" && a.pod === b.pod))
            continue;
          const decision = decisionOf(flows.between(from, to, familyOf(source)), pointOf(packet));
          const { kind } = judge(flows.situation, strangersPath(flows.situation, a, b), pointOf(packet));
          assert.equal(decision, kind, JSON.stringify(packet));
        }
      },
      mixedWorld(),
    );
  });

  it("come as blocks that hold every pair with something to say, and none twice", async () => {
    await holdsInEveryWorld(
      60,
      ({ objects }) => {
        assertBlocksAreThePairs(flowsOf(situationOfObjects(objects)));
        assertBlocksAreThePairs(flowsOf(situationOfObjects(withTemplates(withoutNamespaces(objects)))));
      },
      mixedWorld(),
    );
  });
});
