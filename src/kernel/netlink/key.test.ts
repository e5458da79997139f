import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import type { KeyPart, KeyType } from "../../dataplane/ruleset.ts";
import { IPV6 } from "../../net/address.ts";
import { Bytes } from "./bytes.ts";
import { putKey, readKey } from "./key.ts";
import { keyLength } from "./set.ts";

const PARTS: Readonly<Record<KeyType, fc.Arbitrary<KeyPart>>> = {
  ipv4_addr: fc.bigInt({ min: 0n, max: (1n << 32n) - 1n }),
  ipv6_addr: fc.bigInt({ min: IPV6.start, max: IPV6.end - 1n }),
  classid: fc.integer({ min: 0, max: 0xffff_ffff }),
  mark: fc.integer({ min: 0, max: 0xffff_ffff }),
  inet_proto: fc.integer({ min: 0, max: 255 }),
  inet_service: fc.integer({ min: 0, max: 65_535 }),
  ifname: fc.stringMatching(/^[a-z0-9._@-]{1,15}$/),
};

const part = fc
  .constantFrom<KeyType>("ipv4_addr", "ipv6_addr", "classid", "mark", "inet_proto", "inet_service", "ifname")
  .chain((type) => PARTS[type].map((value) => ({ type, value })));

function written(types: readonly KeyType[], key: readonly KeyPart[]): Uint8Array {
  const bytes = new Bytes();
  putKey(bytes, types, key);
  return bytes.written();
}

describe("a key", () => {
  it("is read as it was written, and is as long as its set says", () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        const types = parts.map(({ type }) => type);
        const key = parts.map(({ value }) => value);
        const bytes = written(types, key);
        assert.equal(bytes.length, keyLength(types));
        assert.deepEqual(readKey(types, bytes), key);
      }),
    );
  });

  it("has addresses and ports in network order, and parts that begin at multiples of four bytes", () => {
    assert.deepEqual(
      [...written(["inet_service", "ipv4_addr"], [0x1234, 0x0a00_0001n])],
      [0x12, 0x34, 0, 0, 10, 0, 0, 1],
    );
    assert.deepEqual([...written(["inet_service"], [0x1234])], [0x12, 0x34]);
  });

  for (const [what, types, key] of [
    ["of the other family", ["ipv4_addr"], [IPV6.start]],
    ["of a name that is too long", ["ifname"], ["sixteen-letters."]],
    ["of a name that is no ASCII", ["ifname"], ["veth\u00e9"]],
    ["of another type", ["classid"], ["eth0"]],
    ["of too few parts", ["ipv4_addr", "classid"], [1n]],
  ] as const) {
    it(`${what} is refused`, () => assert.throws(() => written(types, key), TypeError));
  }
});
