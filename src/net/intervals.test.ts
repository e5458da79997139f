import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import {
  contains,
  covers,
  cut,
  equal,
  intersect,
  type Interval,
  type Intervals,
  overlaps,
  subtract,
  union,
  unionOf,
} from "./intervals.ts";

const LAST = 24;
const UNIVERSE = Array.from({ length: LAST + 1 }, (_, point) => point);

/** Any intervals, also empty, reversed, touching and overlapping ones. */
const parts = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: LAST }), fc.integer({ min: 0, max: LAST }))
    .map(([start, end]): Interval<number> => ({ start, end })),
  { maxLength: 6 },
);
const sets = parts.map((list) => unionOf(list));

function pointsOf(list: readonly Interval<number>[]): readonly number[] {
  return UNIVERSE.filter((point) => list.some(({ start, end }) => start <= point && point < end));
}

function assertCanonical(set: Intervals<number>): void {
  for (const [i, { start, end }] of set.entries()) {
    assert.ok(start < end, "no interval is empty");
    const next = set[i + 1];
    if (next !== undefined) assert.ok(end < next.start, "intervals are sorted and do not touch");
  }
}

describe("interval sets", () => {
  it("unite any intervals into the one canonical form of their points", () => {
    fc.assert(
      fc.property(parts, (list) => {
        const set = unionOf(list);
        assertCanonical(set);
        assert.deepEqual(pointsOf(set), pointsOf(list));
        assert.deepEqual(unionOf(list.toReversed()), set);
      }),
    );
  });

  it("agree with point by point union, intersection and difference, and stay canonical", () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        const [left, right] = [new Set(pointsOf(a)), new Set(pointsOf(b))];
        for (const [set, expected] of [
          [union(a, b), (point: number) => left.has(point) || right.has(point)],
          [intersect(a, b), (point: number) => left.has(point) && right.has(point)],
          [subtract(a, b), (point: number) => left.has(point) && !right.has(point)],
        ] as const) {
          assertCanonical(set);
          assert.deepEqual(pointsOf(set), UNIVERSE.filter(expected));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("have equal lists exactly when they hold the same points", () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        const same = String(pointsOf(a)) === String(pointsOf(b));
        assert.equal(equal(a, b), same);
        assert.ok(equal(a, unionOf([...a].toReversed())));
      }),
    );
  });

  it("tell containment, cover and overlap point by point", () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        const inA = pointsOf(a);
        const inB = pointsOf(b);
        for (const point of UNIVERSE) assert.equal(contains(a, point), inA.includes(point));
        assert.equal(
          covers(a, b),
          inB.every((point) => inA.includes(point)),
        );
        assert.equal(
          overlaps(a, b),
          inB.some((point) => inA.includes(point)),
        );
      }),
    );
  });

  it("treat bigints as they treat numbers", () => {
    const big = (set: Intervals<number>): Intervals<bigint> =>
      set.map(({ start, end }) => ({ start: BigInt(start), end: BigInt(end) }));
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        assert.deepEqual(union(big(a), big(b)), big(union(a, b)));
        assert.deepEqual(intersect(big(a), big(b)), big(intersect(a, b)));
        assert.deepEqual(subtract(big(a), big(b)), big(subtract(a, b)));
      }),
    );
  });
});

describe("cutting a universe", () => {
  it("gives disjoint blocks that make up the universe, and no set tells two points of a block apart", () => {
    fc.assert(
      fc.property(sets, fc.array(sets, { maxLength: 4 }), (universe, cutters) => {
        const blocks = cut(universe, cutters);
        assert.deepEqual(
          blocks.flatMap((block) => pointsOf([block])),
          pointsOf(universe),
        );
        for (const block of blocks) {
          for (const set of cutters) {
            const answers = new Set(pointsOf([block]).map((point) => contains(set, point)));
            assert.equal(answers.size, 1);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it("cuts nowhere but at a border", () => {
    fc.assert(
      fc.property(sets, fc.array(sets, { maxLength: 4 }), (universe, cutters) => {
        const borders = new Set([...universe, ...cutters.flat()].flatMap(({ start, end }) => [start, end]));
        for (const { start, end } of cut(universe, cutters)) assert.ok(borders.has(start) && borders.has(end));
      }),
    );
  });
});
