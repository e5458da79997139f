import assert from "node:assert/strict";
import { it } from "node:test";
import { type Assumptions, PROFILES } from "../../src/situation/assumptions.ts";
import { pendingSituation } from "../../src/situation/situation.ts";
import { judge } from "../../src/verdict/verdict.ts";
import { naivePending } from "../naive/verdict.ts";
import { mixedWorld } from "../worlds/mixed-world.ts";
import { holdsInEveryWorld } from "../worlds/replay.ts";
import { pathOf, pointOf, situationOfObjects } from "./situations.ts";

/** The naive reading takes a service account that nobody describes for one without labels. */
const ASSUMPTIONS: Assumptions = { ...PROFILES.kubernetes, "unlisted-service-account-labels": "none" };

it("naive reading and oracle agree on what happens once everything staged is live", async () => {
  await holdsInEveryWorld(
    200,
    ({ objects, packets }) => {
      const situation = situationOfObjects(objects, ASSUMPTIONS);
      const pending = pendingSituation(situation) ?? situation;
      for (const packet of packets) {
        const { kind } = judge(pending, pathOf(pending, packet), pointOf(packet));
        assert.equal(kind, naivePending(objects, packet), `packet ${JSON.stringify(packet)}`);
      }
    },
    mixedWorld(),
  );
});
