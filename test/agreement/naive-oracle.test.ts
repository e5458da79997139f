import assert from "node:assert/strict";
import { it } from "node:test";
import { endAt } from "../../src/path/end.ts";
import { directPath } from "../../src/path/path.ts";
import { judge } from "../../src/verdict/verdict.ts";
import { naiveVerdict } from "../naive/network-policy.ts";
import { holdsInEveryWorld } from "../worlds/replay.ts";
import { addressOf, pointOf, situationOfObjects } from "./situations.ts";

it("the oracle agrees with the naive reading on every packet of random worlds", async () => {
  await holdsInEveryWorld(300, ({ objects, packets }) => {
    const situation = situationOfObjects(objects);
    for (const packet of packets) {
      const from = endAt(situation.inventory, addressOf(packet.source));
      const to = endAt(situation.inventory, addressOf(packet.destination));
      const verdict = judge(situation, directPath(situation, from, to), pointOf(packet));
      assert.equal(verdict.kind, naiveVerdict(objects, packet), `packet ${JSON.stringify(packet)}`);
    }
  });
});
