import assert from "node:assert/strict";
import { it } from "node:test";
import { admissionOnPath } from "../../src/fold/admission.ts";
import { containsTraffic } from "../../src/net/traffic.ts";
import { endAt } from "../../src/path/end.ts";
import { directPath } from "../../src/path/path.ts";
import { type Assumptions, PROFILES } from "../../src/situation/assumptions.ts";
import { judge } from "../../src/verdict/verdict.ts";
import { naiveVerdict } from "../naive/verdict.ts";
import { mixedWorld } from "../worlds/mixed-world.ts";
import { holdsInEveryWorld } from "../worlds/replay.ts";
import { addressOf, pointOf, situationOfObjects } from "./situations.ts";

/** The naive reading takes a service account that nobody describes for one without labels. */
const ASSUMPTIONS: Assumptions = { ...PROFILES.kubernetes, "unlisted-service-account-labels": "none" };

it("naive reading, oracle and sets agree on worlds that mix every policy language", async () => {
  await holdsInEveryWorld(
    200,
    ({ objects, packets }) => {
      const situation = situationOfObjects(objects, ASSUMPTIONS);
      for (const packet of packets) {
        const from = endAt(situation.inventory, addressOf(packet.source));
        const to = endAt(situation.inventory, addressOf(packet.destination));
        const point = pointOf(packet);
        const path = directPath(situation, from, to);
        const naive = naiveVerdict(objects, packet);
        assert.equal(judge(situation, path, point).kind, naive, `the oracle, about ${JSON.stringify(packet)}`);
        const { allowed, undecided } = admissionOnPath(situation, path);
        const inSets = containsTraffic(allowed, point)
          ? "allowed"
          : containsTraffic(undecided, point)
            ? "undecided"
            : "denied";
        assert.equal(inSets, naive, `the sets, about ${JSON.stringify(packet)}`);
      }
    },
    mixedWorld(),
  );
});
