import { strict as assert } from "node:assert";
import { describe, it } from "node:test";
import { contains, formatAddress, formatBlock, parseAddress, parseCidr } from "./address.ts";

describe("addresses of the naive reading", () => {
  it("an address is read in every usual spelling", () => {
    assert.deepEqual(parseAddress("10.0.1.2"), { family: 4, value: 0x0a_00_01_02n });
    assert.deepEqual(parseAddress("::"), { family: 6, value: 0n });
    assert.deepEqual(parseAddress("::1"), { family: 6, value: 1n });
    assert.deepEqual(parseAddress("FD00::"), { family: 6, value: 0xfd00n << 112n });
    assert.deepEqual(parseAddress("fd00:0:0:0:0:0:0:1"), parseAddress("fd00::1"));
  });

  it("text that is no address is refused", () => {
    for (const text of [
      "",
      "1.2.3",
      "1.2.3.4.5",
      "1.2.3.256",
      "01.2.3.4",
      "1.2.3.4/8",
      ":::",
      "1::2::3",
      "::12345",
      "1:2:3",
    ]) {
      assert.throws(() => parseAddress(text), /not an IP address/u, text);
    }
    assert.throws(() => parseAddress("1:2:3:4:5:6:7::8"), /not an IP address/u);
  });

  it("an address written out reads back as itself", () => {
    const v4 = ["0.0.0.0", "255.255.255.255"];
    const v6 = ["::", "::1", "fd00::", "fd00:10:244:1::a", "1:0:2:3:4:5:6:7", "1:0:0:2::3", "1::2:0:0:3:4"];
    for (const text of [...v4, ...v6]) {
      assert.equal(formatAddress(parseAddress(text)), text);
    }
  });

  it("a CIDR covers its first and last address, and nothing of the other family", () => {
    const block = parseCidr("10.1.2.77/26");
    assert.equal(formatBlock(block), "10.1.2.64/26");
    const isInside = (text: string) => contains(block, parseAddress(text));
    assert.deepEqual(["10.1.2.63", "10.1.2.64", "10.1.2.127", "10.1.2.128"].map(isInside), [false, true, true, false]);
    assert.equal(contains(parseCidr("0.0.0.0/0"), parseAddress("::1")), false);
    assert.equal(contains(parseCidr("::/0"), parseAddress("ffff::")), true);
  });

  it("text that is no CIDR is refused", () => {
    for (const text of ["10.0.0.0", "10.0.0.0/33", "::/129", "10.0.0.0/08", "10.0.0.0/8/8", "10.0.0.0/"]) {
      assert.throws(() => parseCidr(text), /not a CIDR/u, text);
    }
  });
});
