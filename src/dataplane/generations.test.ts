import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LAST_GENERATION, nextGeneration } from "./generations.ts";

describe("the next generation", () => {
  it("is the next number, and 1 after the last", () => {
    assert.equal(nextGeneration(0, new Set()), 1);
    assert.equal(nextGeneration(7, new Set()), 8);
    assert.equal(nextGeneration(LAST_GENERATION, new Set()), 1);
  });

  it("is none that a connection carries from an earlier time", () => {
    assert.equal(nextGeneration(7, new Set([8, 9])), 10);
    assert.equal(nextGeneration(LAST_GENERATION - 1, new Set([LAST_GENERATION, 1])), 2);
  });

  it("does not exist where every number is taken", () => {
    const all = new Set(Array.from({ length: LAST_GENERATION }, (_, i) => i + 1));
    assert.equal(nextGeneration(5, all), undefined);
    all.delete(4);
    assert.equal(nextGeneration(5, all), 4);
  });
});
