/** What the texts of `examples/host-endpoints` promise, and that packets do it. */
import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { labCapabilities } from "../../src/kernel/capabilities.ts";
import { run } from "../../src/lab/lab.ts";
import { planProbes } from "../../src/lab/probes.ts";
import { labEndText, trafficText } from "../../src/lab/reasoning.ts";
import { realize } from "../../src/lab/realize.ts";
import { planLab } from "../../src/lab/topology.ts";
import { mergeReadings } from "../../src/resources/merge.ts";
import { readText } from "../../src/resources/read.ts";
import { PROFILES } from "../../src/situation/assumptions.ts";
import { situationOf } from "../../src/situation/situation.ts";
import { odditiesOfReading, situationOfReading, verdictOf } from "./flows.ts";
import type { Flow } from "./scenario.ts";

const EXAMPLE = fileURLToPath(new URL("../../../examples/host-endpoints/", import.meta.url));

const capabilities = labCapabilities();
const skip = capabilities.ok ? false : capabilities.missing.map(({ what, remedy }) => `${what} (${remedy})`).join("; ");

function readExample() {
  const files = readdirSync(EXAMPLE, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".yaml"));
  return mergeReadings(
    files
      .toSorted()
      .map((path) =>
        readText(path, readFileSync(join(EXAMPLE, path), "utf8"), { validation: "strict", namespace: undefined }),
      ),
  );
}

const FLOWS: readonly Flow[] = [
  ["192.0.2.9", "node/worker:8443", "allowed"],
  ["192.0.2.9", "node/worker:9100", "denied"],
  ["198.18.0.1", "node/worker:8443", "denied"],
  ["198.51.100.7", "node/worker:8443", "denied"],
  ["198.51.100.7", "node/worker:22", "allowed"],
  ["192.0.2.9", "shop/pod/web:8080", "allowed"],
  ["192.0.2.9", "shop/pod/web:9090", "denied"],
  ["198.51.100.7", "shop/pod/web:8080", "denied"],
  ["198.18.0.1", "shop/pod/web:8080", "allowed"],
  ["shop/pod/web", "198.18.0.1:443", "allowed"],
  ["shop/pod/web", "198.18.0.1:80", "denied"],
  ["shop/pod/web", "192.0.2.9:80", "allowed"],
  ["198.18.0.1", "203.0.113.10:443", "denied"],
  ["node/worker", "192.168.10.1:10250", "allowed"],
  ["node/worker", "198.18.0.1:80", "denied"],
];

describe("examples/host-endpoints", () => {
  test("is read without a finding", () => {
    assert.deepEqual(odditiesOfReading(readExample()), []);
  });

  for (const [from, to, expected] of FLOWS) {
    test(`${from} to ${to} is ${expected}`, () => {
      assert.equal(verdictOf(situationOfReading(readExample()), from, to), expected);
    });
  }

  test("is enforced in every phase as it is answered", { skip }, async () => {
    const { situation } = situationOf(readExample(), { assumptions: PROFILES.kubernetes, podRange: undefined });
    const realized = realize(situation);
    if (realized.kind !== "realized") throw new Error("the example can be built");
    const plan = planLab(realized, `hosts-${process.pid}`);
    const planned = planProbes(plan, { limit: 2000 });
    const result = await run(plan, planned, { timeout: 200 });
    assert.deepEqual(
      result.differences.map(
        ({ probe: { from, to, traffic, predicted }, measured, detail }) =>
          `${labEndText(from)} > ${labEndText(to)} ${trafficText(traffic)}: ${predicted}, but ${measured} ${detail}`,
      ),
      [],
    );
    assert.ok(result.counts.allowed.passed > 200 && result.counts.denied.probes > 800);
  });
});
