import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import {
  bitsBelow,
  bitsOf,
  type BitSet,
  countBits,
  coversBits,
  equalBits,
  firstBit,
  firstBitBut,
  firstCommonBit,
  hasBit,
  hashBits,
  intersectBits,
  isNoBits,
  NO_BITS,
  numbersIn,
  overlapBits,
  subtractBits,
  unionBits,
  unionOfBits,
} from "./bit-set.ts";

/** Close together somewhere, or far apart. */
const numbers = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 70 }), { maxLength: 40 }),
  fc.array(fc.integer({ min: 900, max: 1_000 }), { maxLength: 40 }),
  fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 10 }),
);

function ascending(members: Iterable<number>): readonly number[] {
  return [...new Set(members)].toSorted((a, b) => a - b);
}

function assertIs(set: BitSet, members: Iterable<number>): void {
  const expected = ascending(members);
  assert.deepEqual(numbersIn(set), expected);
  // One form for equal sets, whatever they came from.
  assert.deepEqual(set, bitsOf(expected));
  assert.equal(hashBits(set), hashBits(bitsOf(expected)));
}

describe("a bit set", () => {
  it("holds what a set of numbers holds", () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 0, max: 5_000 }), (members, other) => {
        const set = bitsOf(members);
        const model = new Set(members);
        assertIs(set, model);
        assert.equal(countBits(set), model.size);
        assert.equal(isNoBits(set), model.size === 0);
        assert.equal(firstBit(set), ascending(model)[0]);
        for (const number of [...members, other]) assert.equal(hasBit(set, number), model.has(number));
      }),
    );
  });

  it("is joined, cut and compared like a set of numbers", () => {
    fc.assert(
      fc.property(numbers, numbers, numbers, (left, right, third) => {
        const [a, b, c] = [bitsOf(left), bitsOf(right), bitsOf(third)];
        const [x, y] = [new Set(left), new Set(right)];
        const both = [...x].filter((number) => y.has(number));
        assertIs(unionBits(a, b), [...x, ...y]);
        assertIs(unionOfBits([a, b, c]), [...x, ...y, ...third]);
        assertIs(intersectBits(a, b), both);
        assertIs(
          subtractBits(a, b),
          [...x].filter((number) => !y.has(number)),
        );
        assert.equal(
          firstBitBut(a, b),
          ascending(x).find((number) => !y.has(number)),
        );
        assert.equal(firstCommonBit(a, b), ascending(both)[0]);
        assert.equal(overlapBits(a, b), both.length > 0);
        assert.equal(coversBits(a, b), both.length === y.size);
        assert.equal(equalBits(a, b), both.length === x.size && both.length === y.size);
        assert.ok(coversBits(unionBits(a, b), b));
        assert.ok(equalBits(a, bitsOf(left.toReversed())));
      }),
    );
  });

  it("of everything below a number has exactly those", () => {
    for (const end of [0, 1, 31, 32, 33, 64, 1_000]) {
      assertIs(
        bitsBelow(end),
        Array.from({ length: end }, (_, i) => i),
      );
    }
  });

  it("that is empty is like any other", () => {
    assert.ok(isNoBits(unionOfBits([])));
    assert.ok(isNoBits(unionOfBits([NO_BITS, NO_BITS])));
    assert.ok(!hasBit(NO_BITS, 0));
    assert.equal(firstBit(NO_BITS), undefined);
  });
});
