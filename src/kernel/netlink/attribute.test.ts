import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Attributes, begin, beginNested, end, putRaw, putText, putU16, putU32, putU64, putU8 } from "./attribute.ts";
import { Bytes } from "./bytes.ts";

describe("attributes", () => {
  it("are read as they were written, whatever their lengths", () => {
    const bytes = new Bytes();
    putU8(bytes, 1, 200);
    putU16(bytes, 2, 4477);
    putU32(bytes, 3, 0xffff_ff00);
    putU64(bytes, 4, 1n << 40n);
    putText(bytes, 5, "forward");
    putRaw(bytes, 6, Uint8Array.of(1, 2, 3));
    const read = new Attributes(bytes.written());
    assert.deepEqual([read.u8(1), read.u16(2), read.u32(3), read.u64(4)], [200, 4477, 0xffff_ff00, 1n << 40n]);
    assert.deepEqual([read.text(5), read.raw(6)], ["forward", Uint8Array.of(1, 2, 3)]);
    assert.equal(read.u32(7), undefined);
    assert.equal(bytes.length % 4, 0);
  });

  it("hold attributes, whose lists may repeat a type", () => {
    const bytes = new Bytes();
    const list = beginNested(bytes, 9);
    putText(bytes, 1, "one");
    putText(bytes, 1, "two");
    end(bytes, list);
    const read = new Attributes(bytes.written());
    assert.equal(read.list(9).length, 2);
    assert.equal(read.nested(9)?.text(1), "two");
  });

  it("that do not fit into 16 bits are refused, not cut off", () => {
    const bytes = new Bytes();
    const at = begin(bytes, 1);
    bytes.zeros(0xffff);
    assert.throws(() => end(bytes, at), RangeError);
  });

  it("that are cut off or have no length end the reading", () => {
    assert.equal(new Attributes(Uint8Array.of(0, 0, 1, 0)).has(1), false);
    assert.equal(new Attributes(Uint8Array.of(8, 0, 1, 0, 5)).has(1), false);
  });
});

describe("growing bytes", () => {
  it("keep what was written when they grow", () => {
    const bytes = new Bytes();
    for (let i = 0; i < 5000; i++) bytes.u32(i);
    const view = new DataView(bytes.written().buffer);
    assert.deepEqual([view.getUint32(0), view.getUint32(4 * 1024), view.getUint32(4 * 4999)], [0, 1024, 4999]);
  });
});
