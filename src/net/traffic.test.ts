import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import type { Interval } from "./intervals.ts";
import { unionOf } from "./intervals.ts";
import { headerKind, ICMP, ICMPV6, SCTP, TCP, UDP } from "./protocol.ts";
import {
  ALL_TRAFFIC,
  allOf,
  box,
  boxesOf,
  containsTraffic,
  equalTraffic,
  fieldRange,
  intersectTraffic,
  isNoTraffic,
  NO_TRAFFIC,
  subtractTraffic,
  toPorts,
  trafficKey,
  type TrafficPoint,
  type TrafficSet,
  unionTraffic,
} from "./traffic.ts";

/** Protocols with ports, with types, with neither, and neighbours of them on the line of protocol numbers. */
const PROTOCOLS = [0, ICMP, 2, 5, TCP, 7, 16, UDP, 18, 47, 57, ICMPV6, 59, 131, SCTP, 255] as const;
/** Few values, so that sets and points meet; the ends of the field among them. */
const VALUES = [0, 1, 2, 53, 80, 81, 255] as const;

const point: fc.Arbitrary<TrafficPoint> = fc.constantFrom(...PROTOCOLS).chain((protocol) => {
  if (headerKind(protocol) === "none") return fc.constant({ protocol, first: 0, second: 0 });
  const last = fieldRange(protocol).end - 1;
  const value = fc.constantFrom(...VALUES, last);
  return fc.record({ protocol: fc.constant(protocol), first: value, second: value });
});

function ranges(protocol: number): fc.Arbitrary<readonly Interval<number>[]> {
  const full = fieldRange(protocol);
  if (full.end === 1) return fc.constant([full]);
  const some = fc
    .array(fc.tuple(fc.constantFrom(...VALUES), fc.constantFrom(1, 2, 80, full.end)), { minLength: 1, maxLength: 2 })
    .map((list) => unionOf(list.map(([start, size]) => ({ start, end: Math.min(start + size, full.end) }))));
  return fc.oneof(fc.constant([full]), fc.constant([{ start: 0, end: 1 }]), some);
}

const simple = fc
  .constantFrom(...PROTOCOLS)
  .chain((protocol) => fc.tuple(ranges(protocol), ranges(protocol)).map(([a, b]) => box(protocol, a, b)));

const trafficSet: fc.Arbitrary<TrafficSet> = fc.oneof(
  { weight: 5, arbitrary: fc.array(simple, { maxLength: 5 }).map((list) => list.reduce(unionTraffic, NO_TRAFFIC)) },
  { weight: 1, arbitrary: simple.map((set) => subtractTraffic(ALL_TRAFFIC, set)) },
);

describe("traffic sets", () => {
  it("unite, intersect and subtract point by point", () => {
    fc.assert(
      fc.property(trafficSet, trafficSet, fc.array(point, { maxLength: 20 }), (a, b, points) => {
        for (const one of points) {
          const [inA, inB] = [containsTraffic(a, one), containsTraffic(b, one)];
          assert.equal(containsTraffic(unionTraffic(a, b), one), inA || inB);
          assert.equal(containsTraffic(intersectTraffic(a, b), one), inA && inB);
          assert.equal(containsTraffic(subtractTraffic(a, b), one), inA && !inB);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("have one form: two ways to the same set end in the same key", () => {
    fc.assert(
      fc.property(trafficSet, trafficSet, trafficSet, (a, b, c) => {
        const pairs: readonly (readonly [TrafficSet, TrafficSet])[] = [
          [unionTraffic(a, b), unionTraffic(b, a)],
          [unionTraffic(unionTraffic(a, b), c), unionTraffic(a, unionTraffic(b, c))],
          [intersectTraffic(a, unionTraffic(b, c)), unionTraffic(intersectTraffic(a, b), intersectTraffic(a, c))],
          [subtractTraffic(a, unionTraffic(b, c)), subtractTraffic(subtractTraffic(a, b), c)],
          [subtractTraffic(ALL_TRAFFIC, subtractTraffic(ALL_TRAFFIC, a)), a],
          [unionTraffic(subtractTraffic(a, b), intersectTraffic(a, b)), a],
          [intersectTraffic(a, b), subtractTraffic(a, subtractTraffic(ALL_TRAFFIC, b))],
        ];
        for (const [left, right] of pairs) {
          assert.ok(equalTraffic(left, right));
          assert.equal(trafficKey(left), trafficKey(right));
          assert.deepEqual(left, right);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("have different keys when a packet tells them apart", () => {
    fc.assert(
      fc.property(trafficSet, trafficSet, point, (a, b, one) => {
        if (containsTraffic(a, one) === containsTraffic(b, one)) return;
        assert.notEqual(trafficKey(a), trafficKey(b));
        assert.ok(!equalTraffic(a, b));
      }),
    );
  });

  it("are the union of their boxes, each of protocols that have the same header fields", () => {
    fc.assert(
      fc.property(trafficSet, (set) => {
        let rebuilt = NO_TRAFFIC;
        for (const { protocols, first, second } of boxesOf(set)) {
          for (let protocol = protocols.start; protocol < protocols.end; protocol++) {
            assert.equal(headerKind(protocol), headerKind(protocols.start));
            assert.ok(first.end <= fieldRange(protocol).end && second.end <= fieldRange(protocol).end);
            rebuilt = unionTraffic(rebuilt, box(protocol, [first], [second]));
          }
        }
        assert.deepEqual(rebuilt, set);
      }),
      { numRuns: 300 },
    );
  });

  it("all traffic holds every packet of all 256 protocols, and nothing is left without it", () => {
    fc.assert(fc.property(point, (one) => containsTraffic(ALL_TRAFFIC, one)));
    for (let protocol = 0; protocol < 256; protocol++) {
      assert.deepEqual(intersectTraffic(ALL_TRAFFIC, allOf(protocol)), allOf(protocol));
    }
    const rebuilt = Array.from({ length: 256 }, (_, protocol) => allOf(protocol)).reduce(unionTraffic);
    assert.deepEqual(rebuilt, ALL_TRAFFIC);
    assert.ok(isNoTraffic(subtractTraffic(ALL_TRAFFIC, rebuilt)));
  });

  it("to a port holds every source port, and port 0 is a port", () => {
    const web = toPorts(TCP, [{ start: 80, end: 81 }]);
    assert.ok(containsTraffic(web, { protocol: TCP, first: 0, second: 80 }));
    assert.ok(containsTraffic(web, { protocol: TCP, first: 65_535, second: 80 }));
    assert.ok(!containsTraffic(web, { protocol: UDP, first: 1, second: 80 }));
    assert.ok(containsTraffic(allOf(TCP), { protocol: TCP, first: 1, second: 0 }));
  });

  it("of ICMP keep type and code apart", () => {
    const echo = box(ICMP, [{ start: 8, end: 9 }], [{ start: 0, end: 1 }]);
    assert.ok(containsTraffic(echo, { protocol: ICMP, first: 8, second: 0 }));
    assert.ok(!containsTraffic(echo, { protocol: ICMP, first: 0, second: 8 }));
    assert.ok(!containsTraffic(echo, { protocol: ICMPV6, first: 8, second: 0 }));
  });

  it("of an empty port set hold nothing", () => {
    assert.ok(isNoTraffic(toPorts(TCP, [])));
    assert.ok(isNoTraffic(box(TCP, [], [{ start: 0, end: 1 }])));
  });
});
