/** Every scenario of the founding documents: what reading says, and what happens to each flow. */
import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import type { Finding } from "../../src/source/finding.ts";
import { odditiesIn, readManifests, situationIn, verdictOf } from "./flows.ts";
import type { Scenario } from "./scenario.ts";
import { SCENARIOS } from "./scenarios.ts";

for (const scenario of SCENARIOS) {
  const title = `${scenario.ids.join(" ")} ${scenario.state}`;
  describe(title, () => {
    testFindings(title, scenario);
    for (const [from, to, verdict] of scenario.flows) {
      test(`${title}: ${from} -> ${to} is ${verdict}`, () => {
        assert.equal(verdictOf(situationIn(scenario), from, to), verdict);
      });
    }
  });
}

function testFindings(title: string, scenario: Scenario): void {
  const expected = scenario.findings ?? [];
  const what = expected.length === 0 ? "is read without a warning" : `is met with ${expected.join("; ")}`;
  test(`${title}: ${what}`, () => assertFound(readManifests(scenario).findings, expected));
  const odd = scenario.oddities ?? [];
  const inCluster = odd.length === 0 ? "is nothing odd in its cluster" : `is odd in its cluster: ${odd.join("; ")}`;
  test(`${title}: ${inCluster}`, () => assertFound(odditiesIn(scenario), odd));
}

/** Only as much of each message is compared as the scenario states. */
function assertFound(findings: readonly Finding[], expected: readonly string[]): void {
  const found = findings
    .filter(({ severity }) => severity !== "info")
    .map(({ position, code, message }) => `${position?.line}:${position?.column} ${code} ${message}`);
  assert.deepEqual(
    found.map((text, i) => text.slice(0, expected[i]?.length)),
    expected,
    found.join("\n"),
  );
}
