import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ICMP, ICMPV6, TCP } from "./protocol.ts";
import { isRedirected, judgedTuple, type Tuple, untranslated } from "./tuple.ts";

function tuple(source: bigint, destination: bigint, protocol: number, first: number, second: number): Tuple {
  return { source, destination, traffic: { protocol, first, second } };
}

describe("the tuples of a connection", () => {
  it("that nothing translates are each other turned round", () => {
    const { original, reply } = untranslated(tuple(1n, 2n, TCP, 40_000, 80));
    assert.deepEqual(reply, tuple(2n, 1n, TCP, 80, 40_000));
    assert.deepEqual(judgedTuple({ original, reply }), original);
    assert.equal(isRedirected({ original, reply }), false);
  });

  it("say what policies are asked about: the original source, the destination and port after translation", () => {
    const connection = { original: tuple(1n, 9n, TCP, 40_000, 80), reply: tuple(2n, 7n, TCP, 8080, 1024) };
    assert.deepEqual(judgedTuple(connection), tuple(1n, 2n, TCP, 40_000, 8080));
    assert.equal(isRedirected(connection), true);
  });

  for (const [protocol, request, reply] of [
    [ICMP, 8, 0],
    [ICMPV6, 128, 129],
  ] as const) {
    it(`of echo (protocol ${protocol}) are those of the request, whichever packet is seen`, () => {
      const asked = untranslated(tuple(1n, 2n, protocol, request, 0));
      assert.deepEqual(asked.reply, tuple(2n, 1n, protocol, reply, 0));
      assert.deepEqual(untranslated(asked.reply), asked);
      assert.deepEqual(judgedTuple(asked), asked.original);
    });
  }
});
