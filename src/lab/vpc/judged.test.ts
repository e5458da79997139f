/** What nft lists, read back. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { countersIn, judgedIn, seenKey } from "./judged.ts";
import { packet } from "./fates.fixture.ts";

function key(from: string, to: string, traffic: string): string {
  const { from: source, to: destination, traffic: point } = packet(from, to, traffic);
  return seenKey({ source, destination, traffic: point });
}

describe("notes about packets", () => {
  it("are found by addresses, protocol, and ports or types", () => {
    const judged = judgedIn([
      { metainfo: {} },
      { set: { name: "judged_6", elem: [{ concat: ["10.0.0.1", "10.0.0.2", 40_000, 80, 7] }] } },
      // Type and code come first, then a checksum that differs from packet to packet.
      {
        set: {
          name: "judged_1",
          elem: [
            { concat: ["10.0.0.1", "10.0.0.2", 0x0304, 17, 5] },
            { concat: ["10.0.0.1", "10.0.0.2", 0x0304, 18, 3] },
          ],
        },
      },
      { set: { name: "judged_other", elem: [{ concat: ["10.0.0.1", "10.0.0.2", 47, 9] }] } },
      { set: { name: "judged_17" } },
    ]);
    assert.deepEqual(judged.get(key("10.0.0.1", "10.0.0.2", "tcp/80")), [7]);
    assert.deepEqual(judged.get(key("10.0.0.1", "10.0.0.2", "icmp/3.4")), [3, 5]);
    assert.deepEqual(judged.get(key("10.0.0.1", "10.0.0.2", "47")), [9]);
    assert.equal(judged.size, 3);
  });

  it("are refused where they are not of the form in which they were written", () => {
    const odd = [{ set: { name: "judged_6", elem: [{ concat: ["10.0.0.1", "10.0.0.2", 80] }] } }];
    assert.throws(() => judgedIn(odd), /nobody has written/);
  });

  it("add up the counters of rules that stand for one", () => {
    const rule = (comment: string, packets: number) => ({ rule: { comment, expr: [{ counter: { packets } }] } });
    const counted = countersIn([
      rule("4 web a:1", 2),
      rule("4 web a:1", 3),
      rule("5 no rule matches", 0),
      rule("x", 9),
    ]);
    assert.deepEqual(
      [...counted],
      [
        [4, 5],
        [5, 0],
      ],
    );
  });
});
