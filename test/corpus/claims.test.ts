/** The sentences around the accounts team's policies, as assertions: which hold and which do not (S1-32, S1-33, S1-34). */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { assertionsOf } from "../../src/reach/assertion.ts";
import { flowsOf } from "../../src/reach/flows.ts";
import { prove } from "../../src/reach/proof.ts";
import { mergeReadings } from "../../src/resources/merge.ts";
import { readText } from "../../src/resources/read.ts";
import { PROFILES } from "../../src/situation/assumptions.ts";
import { situationOf } from "../../src/situation/situation.ts";

const CLAIMS = new URL("../../../examples/claims/", import.meta.url);

const reading = mergeReadings(
  ["cluster.yaml", "policies.yaml", "claims.assert.yaml"].map((name) =>
    readText(name, readFileSync(new URL(name, CLAIMS), "utf8"), { validation: "strict", namespace: undefined }),
  ),
);
const { situation } = situationOf(reading, { assumptions: PROFILES.kubernetes, podRange: undefined });
const { assertions, findings } = assertionsOf(
  situation,
  reading.resources.filter((resource) => resource.kind === "Assertions"),
);

const BROKEN: ReadonlySet<string> = new Set([
  "no reverse connection from the back end to the front end (S1-32)",
  "the back end can not establish a reverse connection to finance (S1-33)",
  "only that port of accounts is open to finance (S1-34)",
]);

describe("the sentences of the guide", () => {
  it("are all read", () => {
    assert.deepEqual(findings, []);
    assert.equal(assertions.length, 8);
  });

  for (const assertion of assertions) {
    const isBroken = BROKEN.has(assertion.name);
    it(`${isBroken ? "do not hold" : "hold"}: ${assertion.name}`, () => {
      const proof = prove(flowsOf(situation), assertion);
      assert.equal(proof.kind, isBroken ? "fails" : "holds");
      if (proof.kind === "fails") assert.equal(proof.counterexample?.kind, "allowed");
    });
  }
});
