/** What an export leaves out is never guessed: answers are undecided then, or what they were with all of it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { outcomeText } from "../../src/verdict/network.fixture.ts";
import { judge } from "../../src/verdict/verdict.ts";
import { type NetworkAssumptions, naiveNetworkReading } from "../naive/vpc.ts";
import type { RawNetworks } from "../naive/vpc-objects.ts";
import { holdsInEvery } from "../worlds/replay.ts";
import { answerable, vpcForm, type VpcWorld, vpcWorld } from "../worlds/vpc-world.ts";
import { pathOf, pointOf } from "./situations.ts";
import { NETWORK_ASSUMPTIONS, situationOfVpcWorld } from "./vpc-situations.ts";

/** Nothing is taken for granted that an export may leave out. */
const NOTHING_ASSUMED: NetworkAssumptions = {
  ...NETWORK_ASSUMPTIONS,
  "unlisted-security-groups": "unknown",
  "unlisted-routes": "unknown",
};

const LEFT_OUT = [
  "vpcs",
  "network_acls",
  "public_gateways",
  "floating_ips",
  "security_groups",
  "instances",
  "workers",
] as const satisfies readonly (keyof RawNetworks)[];

function assertNothingGuessed(world: VpcWorld, left: keyof RawNetworks): void {
  const { [left]: _, ...networks } = world.networks;
  const told = situationOfVpcWorld({ ...world, networks }, { ...NOTHING_ASSUMED, "unlisted-acl": "unknown" });
  for (const packet of answerable(world)) {
    const verdict = judge(told, pathOf(told, packet), pointOf(packet));
    if (verdict.kind === "undecided") continue;
    const reading = naiveNetworkReading(world.objects, world.networks, packet, NOTHING_ASSUMED);
    assert.ok(
      reading.true.some((kind) => kind === verdict.kind),
      `${JSON.stringify(packet)} is ${reading.true.join(" and ")}; without ${left}: ${outcomeText(verdict)}`,
    );
  }
}

describe("of a VPC whose export is not whole", () => {
  for (const left of LEFT_OUT) {
    it(`nothing is said for certain that is not so: without ${left}`, async () => {
      await holdsInEvery(vpcForm, 20, (world) => assertNothingGuessed(world, left), vpcWorld());
    });
  }
});
