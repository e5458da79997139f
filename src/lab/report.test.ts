/** What counts as agreement between a prediction and what packets did. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { agrees, type Measured } from "./report.ts";
import type { DenialKind, Prediction } from "./reasoning.ts";
import { NO_REFUSAL, type Refusal } from "./vpc/refusals.ts";

const ALL: readonly Measured[] = ["passed", "refused", "silent", "one-way", "failed"];
const SEEN: Refusal = { isDue: false, isSeen: true };
const DUE: Refusal = { isDue: true, isSeen: false };

/** The measurements that agree with a prediction. */
function agreeing(
  predicted: Prediction,
  refusal: Refusal = NO_REFUSAL,
  denial: "reject" | "drop" = "reject",
  shows: DenialKind = "answered",
) {
  return ALL.filter((measured) =>
    agrees(
      { denial },
      { predicted, receivers: [], denial: shows },
      { measured, detail: undefined, answerer: undefined },
      refusal,
    ),
  );
}

describe("agreement", () => {
  it("takes nothing but an answer for allowed", () => {
    assert.deepEqual(agreeing("allowed"), ["passed"]);
    assert.deepEqual(agreeing("allowed", SEEN), ["passed"]);
  });

  it("takes refusal for denied, and silence only where programs drop or networks are seen to have dropped", () => {
    assert.deepEqual(agreeing("denied"), ["refused"]);
    assert.deepEqual(agreeing("denied", NO_REFUSAL, "drop"), ["refused", "silent"]);
    assert.deepEqual(agreeing("denied", SEEN), ["refused", "silent"]);
  });

  it("takes silence for denied where phases of host endpoints drop, and what arrives where they drop the answer", () => {
    assert.deepEqual(agreeing("denied", NO_REFUSAL, "reject", "silent"), ["refused", "silent"]);
    assert.deepEqual(agreeing("denied", NO_REFUSAL, "reject", "unanswered"), ["refused", "silent", "one-way"]);
    assert.deepEqual(agreeing("allowed", NO_REFUSAL, "reject", "silent"), ["passed"]);
  });

  it("wants the very list to have dropped, silently, where that alone denies", () => {
    assert.deepEqual(agreeing("denied", DUE), []);
    assert.deepEqual(agreeing("denied", { ...DUE, isSeen: true }), ["silent"]);
  });

  it("takes for one-way what arrives and is not answered, or an answer that networks have dropped", () => {
    assert.deepEqual(agreeing("one-way"), ["one-way"]);
    assert.deepEqual(agreeing("one-way", SEEN), ["silent", "one-way"]);
  });

  it("takes refusal for no-route, and silence only where networks are seen to have dropped", () => {
    assert.deepEqual(agreeing("no-route"), ["refused"]);
    assert.deepEqual(agreeing("no-route", SEEN), ["refused", "silent"]);
  });

  it("holds nothing but a failure against undecided", () => {
    assert.deepEqual(agreeing("undecided"), ["passed", "refused", "silent", "one-way"]);
  });
});
