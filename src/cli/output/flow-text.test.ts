import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Counting } from "../../flows/tally.ts";
import { lossLines, summaryLines } from "./flow-text.ts";
import { summaryJson } from "./flow-json.ts";

const TALLY = new Counting().tally();

describe("counts of flows", () => {
  it("correction 11: are called lower bounds where events were lost, and nowhere else", () => {
    const some = { packets: 3, overruns: 0 };
    const none = { packets: 0, overruns: 0 };
    assert.match(
      JSON.stringify(summaryLines(TALLY, some)),
      /at least 0 connections allowed, at least 0 packets denied/,
    );
    assert.match(JSON.stringify(lossLines(some)), /3 logged packets did not fit.*counts are lower bounds/);
    assert.doesNotMatch(JSON.stringify([summaryLines(TALLY, none), lossLines(none)]), /at least|lower/);
    assert.match(JSON.stringify(summaryJson(TALLY, { packets: 0, overruns: 1 })), /"lowerBound":true/);
  });
});
