import assert from "node:assert/strict";
import { isIPv4, isIPv6 } from "node:net";
import { describe, it } from "node:test";
import { mergeCidr } from "cidr-tools";
import * as fc from "fast-check";
import {
  type Address,
  addressSetText,
  type AddressSet,
  addressText,
  ALL_ADDRESSES,
  blockWithout,
  type Cidr,
  cidrsOf,
  containsAddress,
  coversAddresses,
  familyOf,
  IPV4,
  IPV6,
  isAddressError,
  ofFamily,
  parseAddress,
  parseCidr,
  single,
} from "./address.ts";
import { unionOf } from "./intervals.ts";

function address(text: string): Address {
  const parsed = parseAddress(text);
  if (isAddressError(parsed)) assert.fail(`${text}: ${parsed.reason}`);
  return parsed;
}

function cidr(text: string): Cidr {
  const parsed = parseCidr(text);
  if (isAddressError(parsed)) assert.fail(`${text}: ${parsed.reason}`);
  return parsed;
}

function rangeOf(first: string, last: string): AddressSet {
  return [{ start: address(first), end: address(last) + 1n }];
}

const v4 = fc.bigInt({ min: IPV4.start, max: IPV4.end - 1n });
/** Groups are often zero, so that shortening has something to do; IPv4-mapped addresses have no form of their own. */
const v6 = fc
  .array(fc.oneof(fc.constant(0n), fc.constant(1n), fc.bigInt({ min: 0n, max: 0xffffn })), {
    minLength: 8,
    maxLength: 8,
  })
  .map((groups) => groups.reduce((value, group) => (value << 16n) | group, 0n))
  .filter((value) => value >> 32n !== 0xffffn)
  .map((value) => IPV6.start + value);

describe("an address", () => {
  it("is read back from its text as itself, and other programs take the text for an address", () => {
    fc.assert(
      fc.property(fc.oneof(v4, v6), (value) => {
        const text = addressText(value);
        assert.equal(address(text), value);
        assert.equal(familyOf(value) === 4 ? isIPv4(text) : isIPv6(text), true);
      }),
      { numRuns: 500 },
    );
  });

  // RFC 5952, sections 4.1 to 4.3, and the examples of section 2.2 of RFC 4291.
  for (const [written, canonical] of [
    ["2001:0db8::0001", "2001:db8::1"],
    ["2001:db8:0:0:0:0:2:1", "2001:db8::2:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:DB8::AbCd", "2001:db8::abcd"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["1:0:0:0:0:0:0:0", "1::"],
    ["fe80:0:0:0::1", "fe80::1"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["::1.2.3.4", "::102:304"],
    ["0.0.0.0", "0.0.0.0"],
    ["255.255.255.255", "255.255.255.255"],
  ] as const) {
    it(`${written} is called ${canonical}`, () => assert.equal(addressText(address(written)), canonical));
  }

  for (const [text, reason] of [
    ["", /four numbers/],
    ["1.2.3", /four numbers/],
    ["1.2.3.4.5", /four numbers/],
    ["1.2.3.", /"" is not a number/],
    ["01.2.3.4", /"01" has a leading zero/],
    ["1.2.3.00", /"00" has a leading zero/],
    ["1.2.3.256", /256 is above 255/],
    ["1.2.3.1000", /not a number from 0 to 255/],
    ["1.2.3.-4", /"-4" is not a number/],
    [" 1.2.3.4", /" 1" is not a number/],
    ["1.2.3.4\n", /not a number/],
    ["0x7f.0.0.1", /not a number/],
    ["2130706433", /four numbers/],
    ["१.2.3.4", /not a number/],
    ["1::2::3", /`::` may stand only once/],
    [":::", /empty group/],
    ["1:::2", /empty group/],
    [":1::2", /empty group/],
    ["1::2:", /empty group/],
    ["1:2:3:4:5:6:7", /eight groups/],
    ["1:2:3:4:5:6:7:8:9", /eight groups/],
    ["1:2:3:4::5:6:7:8", /eight groups/],
    ["::12345", /"12345" is not a group/],
    ["::g", /"g" is not a group/],
    ["fe80::1%eth0", /not a group/],
    ["[::1]", /not a group/],
    ["::ffff:1.2.3.4", /IPv4-mapped/],
    ["::ffff:102:304", /IPv4-mapped/],
    ["::1.2.3.256", /above 255/],
    ["1.2.3.4::", /not a group/],
    ["1.2.3.4::1", /not a group/],
    ["::1.2.3.4:5", /not a group/],
  ] as const) {
    it(`${JSON.stringify(text)} is refused`, () => {
      const parsed = parseAddress(text);
      assert.ok(isAddressError(parsed), "was read as an address");
      assert.match(parsed.reason, reason);
    });
  }

  it("is taken or refused as the system's own reader does, but for zones and IPv4-mapped ones", () => {
    const words = fc.constantFrom("", "0", "1", "ffff", "db8", "1.2.3.4", "256", "00001", ".", "g");
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 9 }), fc.constantFrom(":", "::", "."), (list, glue) => {
        const text = list.join(glue === "::" ? ":" : glue);
        const parsed = parseAddress(text);
        if (isAddressError(parsed) && parsed.reason.includes("IPv4-mapped")) return;
        assert.equal(!isAddressError(parsed), isIPv4(text) || isIPv6(text), text);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("a CIDR", () => {
  it("masks host bits and says that they were there", () => {
    const block = cidr("10.1.2.3/8");
    assert.deepEqual(block, { family: 4, prefix: 8, range: rangeOf("10.0.0.0", "10.255.255.255")[0], hostBits: true });
    assert.equal(cidr("10.0.0.0/8").hostBits, false);
    assert.equal(cidr("fd00::1/64").hostBits, true);
  });

  it("of length 0 is the whole family, of full length one address", () => {
    assert.deepEqual(cidr("0.0.0.0/0").range, IPV4);
    assert.deepEqual(cidr("::/0").range, IPV6);
    assert.deepEqual([cidr("10.0.0.1/32").range], single(address("10.0.0.1")));
    assert.deepEqual([cidr("fd00::1/128").range], single(address("fd00::1")));
  });

  for (const [text, reason] of [
    ["10.0.0.0", /needs a prefix length/],
    ["10.0.0.0/", /not a prefix length from \/0 to \/32/],
    ["10.0.0.0/33", /\/33.*from \/0 to \/32/],
    ["10.0.0.0/08", /not a prefix length/],
    ["10.0.0.0/+8", /not a prefix length/],
    ["10.0.0.0/8/8", /not a prefix length/],
    ["10.0.0.0/255.0.0.0", /not a prefix length/],
    ["10.0.0/8", /four numbers/],
    ["fd00::/129", /from \/0 to \/128/],
    ["/8", /four numbers/],
  ] as const) {
    it(`${text} is refused`, () => {
      const parsed = parseCidr(text);
      assert.ok(isAddressError(parsed));
      assert.match(parsed.reason, reason);
    });
  }

  it("without its exceptions holds exactly the addresses that lie in it and in none of them", () => {
    const block = cidr("10.0.0.0/28");
    const prefix = fc.integer({ min: 28, max: 32 });
    const exception = fc
      .tuple(fc.integer({ min: 0, max: 15 }), prefix)
      .map(([host, length]) => cidr(`10.0.0.${host}/${length}`));
    fc.assert(
      fc.property(fc.array(exception, { maxLength: 4 }), (exceptions) => {
        const set = blockWithout(block, exceptions);
        for (let host = -1n; host <= 16n; host++) {
          const point = block.range.start + host;
          const inside = (range: { start: bigint; end: bigint }): boolean => range.start <= point && point < range.end;
          assert.equal(
            containsAddress(set, point),
            inside(block.range) && !exceptions.some((item) => inside(item.range)),
          );
        }
      }),
    );
  });
});

describe("an address set", () => {
  const LOW = address("10.0.0.0");
  const smallSet = fc
    .array(fc.tuple(fc.bigInt({ min: 0n, max: 40n }), fc.bigInt({ min: 1n, max: 9n })), { maxLength: 4 })
    .map((list) => unionOf(list.map(([start, size]) => ({ start: LOW + start, end: LOW + start + size }))));

  it("is made up exactly by its blocks, of which none could be joined with another", () => {
    fc.assert(
      fc.property(smallSet, (set) => {
        const blocks = cidrsOf(set).map(cidr);
        assert.deepEqual(unionOf(blocks.map((block) => block.range)), set);
        assert.equal(
          blocks.reduce((sum, { range }) => sum + (range.end - range.start), 0n),
          set.reduce((sum, range) => sum + (range.end - range.start), 0n),
          "blocks are disjoint",
        );
        assert.equal(blocks.length, fewestBlocks(set));
      }),
      { numRuns: 300 },
    );
  });

  it("has the blocks that another library merges it to", () => {
    const wide = fc
      .array(fc.tuple(fc.oneof(v4, v6), fc.integer({ min: 1, max: 128 })), { minLength: 1, maxLength: 6 })
      .map((list) =>
        list.map(([start, prefix]) => `${addressText(start)}/${Math.min(prefix, familyOf(start) === 4 ? 32 : 128)}`),
      );
    fc.assert(
      fc.property(wide, (texts) => {
        const set = unionOf(texts.map((text) => cidr(text).range));
        assert.deepEqual(new Set(cidrsOf(set)), new Set(mergeCidr(texts)));
      }),
    );
  });

  it("needs at most two blocks less than twice the width for one range", () => {
    assert.equal(cidrsOf(rangeOf("0.0.0.1", "255.255.255.254")).length, 62);
    assert.equal(cidrsOf([{ start: IPV6.start + 1n, end: IPV6.end - 1n }]).length, 254);
  });

  for (const [set, text] of [
    [ALL_ADDRESSES, ["0.0.0.0/0", "::/0"]],
    [rangeOf("10.0.0.1", "10.0.0.1"), ["10.0.0.1"]],
    [rangeOf("10.0.0.0", "10.0.0.255"), ["10.0.0.0/24"]],
    [rangeOf("10.0.0.1", "10.0.0.255"), ["10.0.0.1-10.0.0.255"]],
    [rangeOf("fd00::", "fd00::1"), ["fd00::/127"]],
    [rangeOf("fd00::1", "fd00::1"), ["fd00::1"]],
    [rangeOf("fd00::1", "fd00::2"), ["fd00::1-fd00::2"]],
    [[], []],
  ] as const) {
    it(`is written as ${text.join(", ") || "nothing"}`, () => assert.deepEqual(addressSetText(set), text));
  }

  it("never joins the last IPv4 and the first IPv6 address", () => {
    const set = unionOf([...rangeOf("255.255.255.255", "255.255.255.255"), ...rangeOf("::", "::")]);
    assert.deepEqual(cidrsOf(set), ["255.255.255.255/32", "::/128"]);
    assert.equal(ALL_ADDRESSES.length, 2);
    assert.deepEqual(ofFamily(set, 6), rangeOf("::", "::"));
  });

  it("of one family says nothing about the other", () => {
    assert.equal(coversAddresses([IPV4], [IPV6]), false);
    assert.equal(containsAddress([IPV4], address("::")), false);
    assert.equal(containsAddress([IPV6], address("0.0.0.0")), false);
  });
});

/** The size of the smallest cover by aligned blocks, found by trying the largest blocks anywhere first. */
function fewestBlocks(set: AddressSet): number {
  return set.reduce((sum, { start, end }) => sum + fewestOfRange(start, end), 0);
}

function fewestOfRange(start: bigint, end: bigint): number {
  if (start >= end) return 0;
  for (let size = 64n; size >= 1n; size /= 2n) {
    const aligned = ((start + size - 1n) / size) * size;
    if (aligned + size <= end) return 1 + fewestOfRange(start, aligned) + fewestOfRange(aligned + size, end);
  }
  return 0;
}
