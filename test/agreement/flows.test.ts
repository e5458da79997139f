/** All flows of a situation are what the oracle says, pair by pair; and their blocks say nothing else. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Admission } from "../../src/fold/admission.ts";
import { arePair } from "../../src/fold/party.ts";
import { numbersIn } from "../../src/net/bit-set.ts";
import { type Flows, flowsOf } from "../../src/reach/flows.ts";
import { mixedWorld } from "../worlds/mixed-world.ts";
import { holdsInEveryWorld } from "../worlds/replay.ts";
import { assertPacketsAgree, assertPairsAgree } from "./flow-pairs.ts";
import { SETTINGS, withoutNamespaces, withTemplates } from "./gaps.ts";
import { situationOfObjects } from "./situations.ts";

const FAMILIES = [4, 6] as const;

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

describe("all flows", () => {
  it("are what the oracle says about every pair, where every policy language is in use", async () => {
    await holdsInEveryWorld(
      40,
      ({ objects }) => {
        const flows = flowsOf(situationOfObjects(objects));
        assertPairsAgree(flows, 250);
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
        assertPairsAgree(flows, 150);
      },
      mixedWorld(),
    );
  });

  it("are so about every packet of a world, whoever bears its addresses", async () => {
    await holdsInEveryWorld(
      60,
      ({ objects, packets }) => {
        assertPacketsAgree(flowsOf(situationOfObjects(objects)), packets);
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
