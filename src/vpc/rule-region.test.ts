/** Regions of packets are sets: every operation, held against membership packet by packet. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { type AddressSet, containsAddress } from "../net/address.ts";
import { unionOf } from "../net/intervals.ts";
import { TCP, UDP } from "../net/protocol.ts";
import { box, containsTraffic, type TrafficPoint, unionTraffic } from "../net/traffic.ts";
import {
  type Box,
  common,
  destinationsOf,
  difference,
  meet,
  merged,
  ofTraffic,
  type Region,
  sourcesOf,
  trafficOf,
  within,
  without,
} from "./rule-region.ts";

/** A small world, so that boxes meet in every way: eight addresses, four ports, two protocols. */
const interval = fc
  .tuple(fc.nat(7), fc.nat(7))
  .map(([a, b]) => ({ start: BigInt(Math.min(a, b)), end: BigInt(Math.max(a, b) + 1) }));
const addresses: fc.Arbitrary<AddressSet> = fc.array(interval, { minLength: 1, maxLength: 2 }).map(unionOf);
const ports = fc.tuple(fc.nat(3), fc.nat(3)).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) + 1 }));
const traffic = fc
  .array(fc.tuple(fc.constantFrom(TCP, UDP), ports, ports), { minLength: 1, maxLength: 2 })
  .map((parts) => parts.map(([protocol, first, second]) => box(protocol, [first], [second])).reduce(unionTraffic));
const anyBox: fc.Arbitrary<Box> = fc.record({ source: addresses, destination: addresses, traffic });
/** Disjoint, as regions are: each box without those before it. */
const region: fc.Arbitrary<Region> = fc
  .array(anyBox, { maxLength: 4 })
  .map((boxes) => boxes.reduce<Region>((all, one) => [...all, ...difference([one], all)], []));

interface Packet {
  readonly from: bigint;
  readonly to: bigint;
  readonly point: TrafficPoint;
}

const packets: fc.Arbitrary<readonly Packet[]> = fc.array(
  fc.record({
    from: fc.nat(7).map(BigInt),
    to: fc.nat(7).map(BigInt),
    point: fc.record({ protocol: fc.constantFrom(TCP, UDP), first: fc.nat(3), second: fc.nat(3) }),
  }),
  { minLength: 20, maxLength: 60 },
);

/** In how many boxes of the region a packet is: 0 or 1. */
function times(of: Region, { from, to, point }: Packet): number {
  return of.filter(
    (part) =>
      containsAddress(part.source, from) &&
      containsAddress(part.destination, to) &&
      containsTraffic(part.traffic, point),
  ).length;
}

describe("regions of packets", () => {
  it("do with boxes what sets do with packets, and stay disjoint", () => {
    fc.assert(
      fc.property(region, region, anyBox, packets, (a, b, one, all) => {
        for (const packet of all) {
          const [inA, inB, inOne] = [times(a, packet), times(b, packet), times([one], packet)];
          assert.equal(times(within(a, one), packet), inA * inOne, "within");
          assert.equal(times(without(a, one), packet), inA * (1 - inOne), "without");
          assert.equal(times(common(a, b), packet), inA * inB, "common");
          assert.equal(times(difference(a, b), packet), inA * (1 - inB), "difference");
          assert.equal(times(merged(a), packet), inA, "merged");
          assert.equal(
            times(ofTraffic(a, one.traffic), packet),
            inA * Number(containsTraffic(one.traffic, packet.point)),
          );
          if (inA * inB === 1) assert.ok(meet(a, b), "meet");
          if (inA === 1) {
            assert.ok(containsAddress(sourcesOf(a), packet.from) && containsAddress(destinationsOf(a), packet.to));
            assert.ok(containsTraffic(trafficOf(a), packet.point));
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("meet exactly where they have something in common, and hold no empty boxes", () => {
    fc.assert(
      fc.property(region, region, (a, b) => {
        assert.equal(meet(a, b), common(a, b).length > 0);
        for (const part of [...common(a, b), ...difference(a, b), ...merged(a)]) {
          assert.ok(part.source.length > 0 && part.destination.length > 0 && part.traffic.length > 0);
        }
      }),
    );
  });

  it("are told in as few boxes as differ in more than one way", () => {
    const part = (source: bigint): Box => ({
      source: [{ start: source, end: source + 1n }],
      destination: [{ start: 0n, end: 8n }],
      traffic: box(TCP, [{ start: 0, end: 65_536 }], [{ start: 80, end: 81 }]),
    });
    assert.equal(merged([part(1n), part(2n), part(4n)]).length, 1);
    assert.equal(merged([part(1n), { ...part(2n), destination: [{ start: 0n, end: 1n }] }]).length, 2);
  });
});
