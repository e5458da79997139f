/** A bundle gives the readings, places and answers of the input that it was made of. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { clusterObjects } from "../../bench/cluster/cluster.ts";
import { bundleLines, readBundle } from "../../src/resources/bundle.ts";
import type { Resource } from "../../src/resources/kinds.ts";
import type { Plain, Projection } from "../../src/resources/projection.ts";
import { readText } from "../../src/resources/read.ts";
import type { Reading, Validation } from "../../src/resources/reading.ts";
import { differenceOf, flowsOfBoth } from "../../src/reach/difference.ts";
import { PROFILES } from "../../src/situation/assumptions.ts";
import { situationOf } from "../../src/situation/situation.ts";
import { findingText } from "../../src/source/finding.ts";
import type { Path } from "../../src/source/origin.ts";
import { mixedWorld } from "../worlds/mixed-world.ts";
import { holdsInEveryWorld } from "../worlds/replay.ts";
import { worldText } from "../worlds/world.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

interface Recorded {
  readonly reading: Reading;
  readonly projections: ReadonlyMap<Resource, Projection>;
  readonly text: string;
}

function record(name: string, text: string, validation: Validation = "strict"): Recorded {
  const projections = new Map<Resource, Projection>();
  const keep = (resource: Resource, projection: Projection) => void projections.set(resource, projection);
  const reading = readText(name, text, { validation, namespace: undefined, keep });
  return { reading, projections, text: [...bundleLines(reading, projections, [])].join("") };
}

/** What a resource says; of what was applied only policies are asked. */
function contentOf({ kind, apiVersion, metadata, spec }: Resource): unknown {
  const annotations = Object.entries(metadata.annotations).filter(
    ([key]) => key !== LAST_APPLIED || kind.endsWith("NetworkPolicy"),
  );
  return { kind, apiVersion, metadata: { ...metadata, annotations: Object.fromEntries(annotations) }, spec };
}

function* pathsIn(value: Plain, path: Path = []): Generator<Path> {
  yield path;
  if (typeof value !== "object" || value === null) return;
  const entries: readonly (readonly [string | number, Plain])[] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  for (const [step, child] of entries) yield* pathsIn(child, [...path, step]);
}

function assertSame({ reading, projections, text }: Recorded): void {
  const { reading: again } = readBundle("cluster.jsonl", text);
  assert.deepEqual(again.findings.map(findingText), reading.findings.map(findingText));
  assert.deepEqual(again.blinds, reading.blinds);
  assert.deepEqual(again.passedOver, reading.passedOver);
  assert.deepEqual(again.resources.map(contentOf), reading.resources.map(contentOf));
  for (const [i, resource] of reading.resources.entries()) {
    const object = projections.get(resource)?.object;
    assert.ok(object !== undefined);
    for (const path of pathsIn(object)) {
      if (path[0] === "apiVersion" || path[0] === "kind") continue;
      assert.deepEqual(again.resources[i]?.origin(path), resource.origin(path), path.join("."));
    }
  }
}

function manifestsUnder(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => join(folder, name))
    .sort();
}

describe("a bundle", () => {
  it("has every resource, place, finding and blind spot of a random world", () =>
    holdsInEveryWorld(60, ({ objects }) => assertSame(record("world.json", worldText({ objects }))), mixedWorld()));

  for (const path of [...manifestsUnder("examples"), ...manifestsUnder("test/corpus/manifests")]) {
    it(`has those of ${path}`, () => {
      const text = readFileSync(join(ROOT, path), "utf8");
      for (const validation of ["strict", "warn", "ignore"] as const) assertSame(record(path, text, validation));
    });
  }

  it("has those of a cluster as it runs", () => {
    assertSame(
      record(
        "cluster.json",
        clusterObjects({ pods: 300, seed: 1 })
          .map((one) => JSON.stringify(one))
          .join("\n"),
      ),
    );
  });

  it("opens and closes nothing, with the same oddities", () =>
    holdsInEveryWorld(
      20,
      ({ objects }) => {
        const { reading, text } = record("world.json", worldText({ objects }));
        const options = { assumptions: PROFILES.kubernetes, podRange: undefined };
        const [was, is] = [reading, readBundle("world.jsonl", text).reading].map((one) => situationOf(one, options));
        assert.ok(was !== undefined && is !== undefined);
        assert.deepEqual(is.findings.map(findingText), was.findings.map(findingText));
        const { changes, added, removed } = differenceOf(...flowsOfBoth(was.situation, is.situation));
        assert.deepEqual([changes, added, removed], [[], [], []]);
      },
      mixedWorld(),
    ));

  it("is itself again when it is recorded again", () =>
    holdsInEveryWorld(
      20,
      ({ objects }) => {
        const { text } = record("world.json", worldText({ objects }));
        assert.equal(record("world.json", worldText({ objects })).text, text);
      },
      mixedWorld(),
    ));
});
