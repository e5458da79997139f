/** Naive reading, oracle and sets say the same about packets through random VPCs. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { judge } from "../../src/verdict/verdict.ts";
import { naiveNetworkReading } from "../naive/vpc.ts";
import { holdsInEvery } from "../worlds/replay.ts";
import { answerable, vpcForm, vpcWorld } from "../worlds/vpc-world.ts";
import { pathOf, pointOf } from "./situations.ts";
import { NETWORK_ASSUMPTIONS, situationOfVpcWorld } from "./vpc-situations.ts";

it("naive reading and oracle agree on every packet of random VPCs", async () => {
  await holdsInEvery(
    vpcForm,
    200,
    (world) => {
      const situation = situationOfVpcWorld(world);
      for (const packet of answerable(world)) {
        const naive = naiveNetworkReading(world.objects, world.networks, packet, NETWORK_ASSUMPTIONS);
        const verdict = judge(situation, pathOf(situation, packet), pointOf(packet));
        assert.ok(
          naive.true.includes(verdict.kind),
          [
            `${JSON.stringify(packet)} is ${naive.true.join(" and ")} (${naive.because.join(", ")}),`,
            `and the oracle says ${verdict.kind} (${verdict.deciding?.stage.name ?? "nothing"})`,
          ].join(" "),
        );
      }
    },
    vpcWorld(),
  );
});
