import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batch } from "./batch.ts";
import { LITTLE_ENDIAN, viewOf } from "./bytes.ts";
import { putNewElements } from "./element.ts";
import { manyPairs, pairs } from "./rulesets.fixture.ts";
import { putDeleteTable } from "./table.ts";

interface RawMessage {
  readonly at: number;
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
}

function messagesIn(bytes: Uint8Array): readonly RawMessage[] {
  const view = viewOf(bytes);
  const messages: RawMessage[] = [];
  for (let at = 0; at < bytes.length; at += view.getUint32(at, LITTLE_ENDIAN)) {
    messages.push({
      at,
      length: view.getUint32(at, LITTLE_ENDIAN),
      type: view.getUint16(at + 4, LITTLE_ENDIAN),
      flags: view.getUint16(at + 6, LITTLE_ENDIAN),
      sequence: view.getUint32(at + 8, LITTLE_ENDIAN),
    });
  }
  return messages;
}

const ACKNOWLEDGE = 4;

describe("a batch", () => {
  it("is framed, numbered through, and acknowledged at its last message only", () => {
    const batch = new Batch(70, 5);
    putDeleteTable(batch, "one");
    putDeleteTable(batch, "two");
    const messages = messagesIn(batch.finish());
    assert.deepEqual(
      messages.map(({ sequence }) => sequence),
      [70, 71, 72, 73],
    );
    assert.deepEqual([messages[0]?.type, messages.at(-1)?.type], [0x10, 0x11]);
    assert.deepEqual(
      messages.map(({ flags }) => flags & ACKNOWLEDGE),
      [0, 0, ACKNOWLEDGE, 0],
    );
    assert.equal(batch.acknowledged, 72);
    assert.deepEqual(batch.sequences, { start: 70, end: 74 });
  });

  it("knows each object by the number of its message", () => {
    const batch = new Batch(70, undefined);
    putDeleteTable(batch, "one");
    putDeleteTable(batch, "two");
    assert.deepEqual(
      [70, 71, 72, 73].map((sequence) => batch.objectOf(sequence, undefined)),
      [undefined, "table one", "table two", undefined],
    );
  });

  it("splits elements over messages of 64 KiB, and knows each by its place", () => {
    const batch = new Batch(1, undefined);
    const elements = manyPairs(5000);
    putNewElements(batch, "t", pairs(elements), elements);
    const messages = messagesIn(batch.finish()).slice(1, -1);
    assert.ok(messages.length > 3 && messages.every(({ length }) => length < 0x1_0000));
    const objects = messages.flatMap(({ sequence, length }) =>
      Array.from({ length: length / 4 }, (_, i) => batch.objectOf(sequence, i * 4)),
    );
    const named = new Set(objects.filter((object) => object?.startsWith("element ")));
    assert.equal(named.size, 5000);
    assert.ok(named.has("element 0.0.19.135 . 0:1 : goto deny of map pairs"));
    assert.equal(batch.objectOf(2, undefined), "an element of map pairs");
  });
});
