import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { ICMP, ICMPV6, protocolNumber, protocolText, SCTP, TCP, UDP } from "./protocol.ts";
import { pointText, trafficEntries, trafficText, witnessOf } from "./traffic-text.ts";
import {
  ALL_TRAFFIC,
  allOf,
  box,
  containsTraffic,
  NO_TRAFFIC,
  subtractTraffic,
  toPorts,
  type TrafficSet,
  unionTraffic,
} from "./traffic.ts";

function range(first: number, last: number = first): { start: number; end: number } {
  return { start: first, end: last + 1 };
}

function sets(...of: readonly TrafficSet[]): TrafficSet {
  return of.reduce(unionTraffic, NO_TRAFFIC);
}

const echo = box(ICMP, [range(8)], [range(0)]);

describe("traffic in words", () => {
  for (const [set, text] of [
    [NO_TRAFFIC, "none"],
    [ALL_TRAFFIC, "all"],
    [allOf(TCP), "TCP"],
    [toPorts(TCP, [range(80)]), "TCP 80"],
    [toPorts(TCP, [range(80), range(443), range(8000, 8080)]), "TCP 80,443,8000-8080"],
    [sets(toPorts(TCP, [range(80)]), toPorts(UDP, [range(53)])), "TCP 80, UDP 53"],
    [box(TCP, [range(1024, 65_535)], [range(80)]), "TCP 80 from 1024-65535"],
    [box(SCTP, [range(7)], [range(0, 65_535)]), "SCTP from 7"],
    [echo, "ICMP type 8 code 0"],
    [box(ICMPV6, [range(128, 129)], [range(0, 255)]), "ICMPv6 type 128-129"],
    [allOf(47), "GRE"],
    [allOf(200), "200"],
    [subtractTraffic(ALL_TRAFFIC, toPorts(TCP, [range(25)])), "all but TCP 25"],
    [subtractTraffic(ALL_TRAFFIC, allOf(ICMP)), "all but ICMP"],
    [sets(allOf(2), box(ICMP, [range(0)], [range(0)])), "ICMP type 0 code 0, 2"],
    [sets(allOf(5), box(TCP, [range(0)], [range(0)])), "5, TCP 0 from 0"],
  ] as const) {
    it(`says ${text}`, () => assert.equal(trafficText(set), text));
  }

  it("lists entries for JSON without fields that are not restricted", () => {
    assert.deepEqual(trafficEntries(sets(toPorts(TCP, [range(80), range(90, 99)]), allOf(UDP), echo)), [
      { protocol: "icmp", icmpType: ["8"], icmpCode: ["0"] },
      { protocol: "tcp", ports: ["80", "90-99"] },
      { protocol: "udp" },
    ]);
    assert.deepEqual(trafficEntries(ALL_TRAFFIC), [{ protocol: "all" }]);
    assert.deepEqual(trafficEntries(NO_TRAFFIC), []);
  });

  for (const [point, text] of [
    [{ protocol: TCP, first: 40_000, second: 8080 }, "TCP 8080"],
    [{ protocol: UDP, first: 1, second: 53 }, "UDP 53"],
    [{ protocol: ICMP, first: 8, second: 0 }, "ICMP type 8 code 0"],
    [{ protocol: ICMPV6, first: 128, second: 0 }, "ICMPv6 type 128 code 0"],
    [{ protocol: 47, first: 0, second: 0 }, "GRE"],
    [{ protocol: 200, first: 0, second: 0 }, "protocol 200"],
  ] as const) {
    it(`calls a packet ${text}`, () => assert.equal(pointText(point), text));
  }
});

describe("the example packet of a set", () => {
  it("is one of the set, if it has any", () => {
    const port = fc.integer({ min: 0, max: 65_535 });
    const some = fc
      .array(
        fc.tuple(fc.constantFrom(TCP, UDP, SCTP), port, port).map(([protocol, first, second]) => {
          return box(protocol, [range(first, Math.min(first + 99, 65_535))], [range(second)]);
        }),
        { maxLength: 3 },
      )
      .map((list) => sets(...list));
    fc.assert(
      fc.property(
        fc.oneof(
          some,
          some.map((set) => subtractTraffic(ALL_TRAFFIC, set)),
        ),
        (set) => {
          const witness = witnessOf(set);
          if (witness === undefined) assert.deepEqual(set, NO_TRAFFIC);
          else assert.ok(containsTraffic(set, witness));
        },
      ),
    );
  });

  for (const [set, expected] of [
    [ALL_TRAFFIC, { protocol: TCP, first: 32_768, second: 80 }],
    [sets(echo, toPorts(UDP, [range(53)])), { protocol: UDP, first: 32_768, second: 53 }],
    [toPorts(TCP, [range(0, 22)]), { protocol: TCP, first: 32_768, second: 1 }],
    [toPorts(TCP, [range(0)]), { protocol: TCP, first: 32_768, second: 0 }],
    [echo, { protocol: ICMP, first: 8, second: 0 }],
    [allOf(47), { protocol: 47, first: 0, second: 0 }],
    [NO_TRAFFIC, undefined],
  ] as const) {
    it(`of ${trafficText(set)} reads naturally`, () => assert.deepEqual(witnessOf(set), expected));
  }
});

describe("protocols", () => {
  for (const [text, number] of [
    ["tcp", TCP],
    ["TCP", TCP],
    ["ICMPv6", ICMPV6],
    ["0", 0],
    ["255", 255],
    ["256", undefined],
    ["-1", undefined],
    ["1.5", undefined],
    ["", undefined],
    ["https", undefined],
  ] as const) {
    it(`${JSON.stringify(text)} is ${number === undefined ? "no protocol" : `number ${number}`}`, () =>
      assert.equal(protocolNumber(text), number));
  }

  it("have one text each that is read back as their number", () => {
    for (let number = 0; number < 256; number++) assert.equal(protocolNumber(protocolText(number)), number);
  });
});
