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
});
