import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { examplesOf, lookupOf, type Valued, valueAt } from "./address-lookup.ts";

const FAMILY = { start: 0n, end: 24n };

/** Values of blocks that cover a small family, and of single addresses in it. */
const given = fc
  .record({
    borders: fc.uniqueArray(fc.bigInt({ min: 1n, max: 23n }), { maxLength: 6 }),
    values: fc.array(fc.nat({ max: 2 }), { minLength: 7, maxLength: 7 }),
    singles: fc.uniqueArray(fc.record({ address: fc.bigInt({ min: 0n, max: 23n }), value: fc.nat({ max: 2 }) }), {
      maxLength: 8,
      selector: ({ address }) => address,
    }),
  })
  .map(({ borders, values, singles }) => {
    const edges = [0n, ...borders.toSorted((a, b) => (a < b ? -1 : 1)), 24n];
    const blocks = edges.slice(1).map((end, i): Valued<number> => ({
      blocks: [{ start: edges[i] ?? 0n, end }],
      areSingle: false,
      value: values[i] ?? 0,
    }));
    const own = singles.map(({ address, value }): Valued<number> => ({
      blocks: [{ start: address, end: address + 1n }],
      areSingle: true,
      value,
    }));
    const at = (address: bigint): number | undefined =>
      (
        own.find(({ blocks: [block] }) => block?.start === address) ??
        blocks.find(({ blocks: [block] }) => block !== undefined && block.start <= address && address < block.end)
      )?.value;
    return { all: [...blocks, ...own], at };
  });

const ADDRESSES = Array.from({ length: 24 }, (_, i) => BigInt(i));

describe("a look-up of addresses", () => {
  it("gives every address its own value, else that of its block", () => {
    fc.assert(
      fc.property(given, ({ all, at }) => {
        const lookup = lookupOf(all, String);
        for (const address of ADDRESSES) assert.equal(valueAt(lookup, address), at(address));
      }),
    );
  });

  it("lists no address and no block that what is around it tells", () => {
    fc.assert(
      fc.property(given, ({ all }) => {
        const { rest, blocks, addresses } = lookupOf(all, String);
        assert.ok(blocks.every(({ value }) => value !== rest));
        assert.ok(
          blocks.every(
            ({ block, value }, i) => blocks[i - 1]?.block.end !== block.start || blocks[i - 1]?.value !== value,
          ),
        );
        const around = { rest, blocks, addresses: [] };
        assert.ok(addresses.every(({ address, value }) => valueAt(around, address) !== value));
      }),
    );
  });

  it("has among the examples of two every pair of values that some address has", () => {
    fc.assert(
      fc.property(given, given, (one, other) => {
        const [a, b] = [lookupOf(one.all, String), lookupOf(other.all, String)];
        const pairs = (addresses: readonly bigint[]): ReadonlySet<string> =>
          new Set(addresses.map((address) => `${valueAt(a, address)} ${valueAt(b, address)}`));
        assert.deepEqual([...pairs(examplesOf(FAMILY, a, b))].sort(), [...pairs(ADDRESSES)].sort());
      }),
    );
  });
});
