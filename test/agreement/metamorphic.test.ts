/** Worlds that say the same in other words, order or names let the same packets pass. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type * as fc from "fast-check";
import { type Flows, flowsOf } from "../../src/reach/flows.ts";
import { type Assumptions, PROFILES } from "../../src/situation/assumptions.ts";
import { judge } from "../../src/verdict/verdict.ts";
import type { RawObject, RawPacket } from "../naive/raw-objects.ts";
import {
  withBlocksHalved,
  withPeersExpanded,
  withRangesExpanded,
  withValuesExpanded,
} from "../worlds/equal/expanded.ts";
import { withEverythingElseRenamed, withPoliciesRenamed } from "../worlds/equal/renamed.ts";
import { reordered } from "../worlds/equal/reordered.ts";
import { splitByRule } from "../worlds/equal/split.ts";
import { mixedWorld } from "../worlds/mixed-world.ts";
import { holdsInEveryWorld } from "../worlds/replay.ts";
import { world, type World } from "../worlds/world.ts";
import { flowTable, outsideAddresses } from "./flow-table.ts";
import { pathOf, pointOf, situationOfObjects } from "./situations.ts";

/** Pods are known by their addresses here, whatever they are called. */
function withoutPodNames(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.replaceAll(/\S+\/pod\/\S+ /gu, "")).toSorted();
}

function verdictOn({ situation }: Flows, packet: RawPacket): string {
  return judge(situation, pathOf(situation, packet), pointOf(packet)).kind;
}

function assertSame({ objects, packets }: World, others: readonly RawObject[], assumptions: Assumptions): void {
  const before = flowsOf(situationOfObjects(objects, assumptions));
  const after = flowsOf(situationOfObjects(others, assumptions));
  const addresses = outsideAddresses(before, after);
  assert.deepEqual(withoutPodNames(flowTable(after, addresses)), withoutPodNames(flowTable(before, addresses)));
  for (const packet of packets) {
    assert.equal(verdictOn(after, packet), verdictOn(before, packet), JSON.stringify(packet));
  }
}

/** Both worlds let the same pass, under either profile, and some of them are not written alike. */
async function changesNothing(
  rewrite: (objects: readonly RawObject[]) => readonly RawObject[],
  runs = 25,
  worlds: fc.Arbitrary<World> = mixedWorld(),
): Promise<void> {
  let rewritten = 0;
  let calico = false;
  await holdsInEveryWorld(
    runs,
    (world) => {
      const others = rewrite(world.objects);
      if (JSON.stringify(others) !== JSON.stringify(world.objects)) rewritten++;
      calico = !calico;
      assertSame(world, others, calico ? PROFILES.calico : PROFILES.kubernetes);
    },
    worlds,
  );
  assert.ok(rewritten > 0, "no world was written otherwise");
}

describe("the same flows pass", () => {
  for (const salt of [1, 2]) {
    it(`whatever order objects, fields and lists without an order are in (${salt})`, async () => {
      await changesNothing((objects) => reordered(objects, salt));
    });
  }

  it("whether a NetworkPolicy has several rules, or as many policies have one", async () => {
    await changesNothing(splitByRule);
  });

  it("whatever policies and tiers are called, as long as their names sort alike", async () => {
    await changesNothing(withPoliciesRenamed);
  });

  it("whatever namespaces, service accounts, Services, pods, label keys and label values are called", async () => {
    await changesNothing(withEverythingElseRenamed);
  });

  it("whether ports are written as a range or one by one", async () => {
    await changesNothing(withRangesExpanded);
  });

  it("whether addresses are written as a block or as its halves", async () => {
    await changesNothing(withBlocksHalved);
  });

  it("whether label values are written as lists, as labels or as alternatives", async () => {
    await changesNothing(withValuesExpanded);
  });

  it("whether a peer asks for one of several values, or each of several peers for one", async () => {
    await changesNothing(withPeersExpanded);
    // It takes policies that select little and much alike for this to make a difference: many small worlds.
    await changesNothing(withPeersExpanded, 80, world());
  });
});
