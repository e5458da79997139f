/** Situations that change step by step, and flows worked out from those before, are as if made anew. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import type { Resource } from "../../src/resources/kinds.ts";
import { readText } from "../../src/resources/read.ts";
import type { Reading } from "../../src/resources/reading.ts";
import { type Flows, flowsOf } from "../../src/reach/flows.ts";
import { PROFILES } from "../../src/situation/assumptions.ts";
import { type Edit, edited, editionOf, type ResourceName } from "../../src/situation/edits.ts";
import { situationOf } from "../../src/situation/situation.ts";
import type { RawObject } from "../naive/raw-objects.ts";
import { mixedWorld } from "../worlds/mixed-world.ts";
import { holdsInEveryWorld } from "../worlds/replay.ts";
import { worldText } from "../worlds/world.ts";
import { blockTable, flowTable, outsideAddresses } from "./flow-table.ts";
import { withTemplates } from "./gaps.ts";

const OPTIONS = { assumptions: PROFILES.kubernetes, podRange: undefined };

function readingOf(objects: readonly RawObject[]): Reading {
  return readText("world.json", worldText({ objects: [...objects] }), { validation: "strict", namespace: undefined });
}

function keyOf({ kind, metadata }: ResourceName): string {
  return `${kind} ${metadata.namespace}/${metadata.name}`;
}

/** The edits that lead from some resources to others, in an order that `seed` chooses. */
function editsBetween(before: readonly Resource[], after: readonly Resource[], seed: number): readonly Edit[] {
  const [old, now] = [before, after].map((list) => new Map(list.map((resource) => [keyOf(resource), resource])));
  const edits: Edit[] = [
    ...[...(now?.values() ?? [])].map((resource): Edit => ({ kind: "put", resource })),
    ...[...(old ?? [])]
      .filter(([key]) => now?.has(key) === false)
      .map(([, resource]): Edit => ({ kind: "remove", resource })),
  ];
  return edits
    .map((edit, i) => ({ edit, at: (i * 7919 + seed * 104_729) % 1_000_003 }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ edit }) => edit);
}

function assertSameFlows(flows: Flows, anew: Flows): void {
  const addresses = outsideAddresses(flows, anew);
  const expected = flowTable(anew, addresses);
  assert.deepEqual(flowTable(flows, addresses), expected);
  assert.deepEqual(blockTable(flows, addresses), expected);
}

/** Whole numbers below some other, the same for the same seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** An edit that puts one of some resources, or removes one that is there. */
function editAmong(pool: readonly Resource[], there: readonly Resource[], random: (below: number) => number): Edit {
  const gone = random(3) === 0 ? there[random(there.length)] : undefined;
  if (gone !== undefined) return { kind: "remove", resource: gone };
  const resource = pool[random(pool.length)];
  if (resource === undefined) throw new Error("there is nothing to put");
  return { kind: "put", resource };
}

describe("after edits", () => {
  it("flows are the same as when everything is worked out anew", async () => {
    const others = fc.sample(mixedWorld(), { numRuns: 20, seed: 7 });
    await holdsInEveryWorld(
      25,
      ({ objects }) => {
        const start = readingOf(objects);
        const turn = JSON.stringify(objects).length;
        const target = readingOf(withTemplates(others[turn % others.length]?.objects ?? []));
        let edition = editionOf(start, OPTIONS);
        let flows = flowsOf(edition.situation);
        const edits = editsBetween(start.resources, target.resources, turn);
        const resources = new Map(start.resources.map((resource) => [keyOf(resource), resource]));
        for (const [i, edit] of edits.entries()) {
          edition = edited(edition, edit);
          flows = flowsOf(edition.situation, flows.memory);
          if (edit.kind === "put") resources.set(keyOf(edit.resource), edit.resource);
          else resources.delete(keyOf(edit.resource));
          if (i % 5 !== 0 && i + 1 < edits.length) continue;
          const reading = { ...start, resources: [...resources.values()] };
          assertSameFlows(flows, flowsOf(situationOf(reading, OPTIONS).situation));
        }
      },
      mixedWorld(),
    );
  });

  it("flows are as if made anew after many edits of every kind, whichever of them were asked about on the way", async () => {
    const others = fc
      .sample(mixedWorld(), { numRuns: 12, seed: 11 })
      .map(({ objects }) => readingOf(objects).resources);
    const templates = fc
      .sample(mixedWorld(), { numRuns: 4, seed: 12 })
      .map(({ objects }) => readingOf(withTemplates(objects)).resources);
    await holdsInEveryWorld(
      15,
      ({ objects }) => {
        const start = readingOf(objects);
        const random = randomFrom(JSON.stringify(objects).length * 7919);
        const pool = [...start.resources, ...[...others, ...templates].filter(() => random(4) === 0).flat()];
        const resources = new Map(start.resources.map((resource) => [keyOf(resource), resource]));
        let edition = editionOf(start, OPTIONS);
        let flows = flowsOf(edition.situation);
        let earlier = flows;
        for (let step = 0; step < 60; step++) {
          const edit = editAmong(pool, [...resources.values()], random);
          edition = edited(edition, edit);
          if (edit.kind === "put") resources.set(keyOf(edit.resource), edit.resource);
          else resources.delete(keyOf(edit.resource));
          // Several edits may come before anybody asks, for blocks or at all; and somebody may ask about what was.
          if (random(4) === 0) continue;
          flows = flowsOf(edition.situation, flows.memory);
          if (random(3) > 0) flows.blocks();
          if (random(8) === 0) earlier = flowsOf(earlier.situation, flows.memory);
          if (random(8) === 0) earlier.blocks();
          if (random(10) === 0) earlier = flows;
          if (random(8) > 0 && step + 1 < 60) continue;
          const reading = { ...start, resources: [...resources.values()] };
          assertSameFlows(flows, flowsOf(situationOf(reading, OPTIONS).situation));
          assertSameFlows(earlier, flowsOf(earlier.situation));
        }
      },
      mixedWorld(),
    );
  });
});
