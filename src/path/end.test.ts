import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isAddressError, parseCidr } from "../net/address.ts";
import { unionOf } from "../net/intervals.ts";
import { type End, endText, exampleEnd } from "./end.ts";

function outside(...cidrs: readonly string[]): End {
  const ranges = cidrs.map((text) => {
    const cidr = parseCidr(text);
    return isAddressError(cidr) ? assert.fail(text) : cidr.range;
  });
  return { kind: "outside", where: unionOf(ranges) };
}

describe("the example of an end outside", () => {
  for (const [cidrs, example] of [
    [["0.0.0.0/0"], "203.0.113.1"],
    [["10.0.0.0/8", "203.0.113.0/24"], "203.0.113.1"],
    [["::/0"], "2001:db8::1"],
    [["10.0.0.0/8"], "10.0.0.1"],
    [["198.51.100.8/31"], "198.51.100.8"],
    [["198.51.100.7/32"], "198.51.100.7"],
  ] as const) {
    it(`in ${cidrs.join(" and ")} is the one address ${example}`, () => {
      assert.equal(endText(exampleEnd(outside(...cidrs))), example);
    });
  }
});
