/** What figures are compared with. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openLookup } from "../../src/kernel/conntrack/lookup.ts";
import { reasonToSkip } from "../../src/kernel/pods.fixture.ts";
import { isAddressError, parseAddress, type Address } from "../../src/net/address.ts";
import { UDP } from "../../src/net/protocol.ts";
import { burst } from "./packets.ts";
import { onWires } from "./wires.ts";

function addressOf(text: string): Address {
  const address = parseAddress(text);
  assert.ok(!isAddressError(address));
  return address;
}

describe("the way without policies", { skip: reasonToSkip() }, () => {
  it("correction 14: follows connections as the way with policies does", async () => {
    await onWires(["baseline"], async ([{ node, sender, receiver }]) => {
      const packets = burst(sender, receiver, 7000);
      packets.send(1);
      packets.close();
      const lookup = openLookup(node);
      const source = addressOf(sender.v4);
      const destination = addressOf(receiver.v4);
      const found = lookup.find({ source, destination, traffic: { protocol: UDP, first: 1024, second: 7000 } });
      lookup.close();
      assert.equal(found?.original.source, source);
    });
  });
});
