/** Where no Node object is in the input, whatever policies ask of nodes is not known, and nothing is guessed. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { admissionOnPath } from "../../src/fold/admission.ts";
import { containsTraffic } from "../../src/net/traffic.ts";
import { flowsOf } from "../../src/reach/flows.ts";
import { PROFILES } from "../../src/situation/assumptions.ts";
import { judge } from "../../src/verdict/verdict.ts";
import { isNode } from "../naive/raw-objects.ts";
import { naiveVerdict } from "../naive/verdict.ts";
import { mixedWorld } from "../worlds/mixed-world.ts";
import { holdsInEveryWorld } from "../worlds/replay.ts";
import { assertPacketsAgree } from "./flow-pairs.ts";
import { pathOf, pointOf, situationOfObjects } from "./situations.ts";

it("without Node objects an answer is undecided or what it would be with them", async () => {
  await holdsInEveryWorld(
    60,
    ({ objects, packets }) => {
      const assumptions = { ...PROFILES.kubernetes, "unlisted-service-account-labels": "none" } as const;
      const whole = situationOfObjects(objects, assumptions);
      const partial = situationOfObjects(
        objects.filter((object) => !isNode(object)),
        assumptions,
      );
      assertPacketsAgree(flowsOf(partial), packets);
      for (const packet of packets) {
        const [known, path] = [pathOf(whole, packet), pathOf(partial, packet)];
        // An address that nothing in the input bears is nobody's.
        if (known.from.kind !== path.from.kind || known.to.kind !== path.to.kind) continue;
        const point = pointOf(packet);
        const { kind } = judge(partial, path, point);
        const { allowed, undecided } = admissionOnPath(partial, path);
        assert.equal(containsTraffic(undecided, point), kind === "undecided", JSON.stringify(packet));
        if (kind === "undecided") continue;
        assert.equal(containsTraffic(allowed, point), kind === "allowed", JSON.stringify(packet));
        assert.equal(kind, naiveVerdict(objects, packet), JSON.stringify(packet));
      }
    },
    mixedWorld(),
  );
});
