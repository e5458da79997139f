/** All flows of a cluster in a VPC are what the oracle says of every pair and packet, answers that are lost included. */
import { describe, it } from "node:test";
import { flowsOf } from "../../src/reach/flows.ts";
import type { NetworkAssumptions } from "../naive/vpc.ts";
import { holdsInEvery } from "../worlds/replay.ts";
import { answerable, vpcForm, vpcWorld } from "../worlds/vpc-world.ts";
import { assertPacketsAgree, assertPairsAgree } from "./flow-pairs.ts";
import { withoutNamespaces, withTemplates } from "./gaps.ts";
import { situationOfVpcWorld } from "./vpc-situations.ts";

const SETTINGS: readonly Partial<NetworkAssumptions>[] = [
  {},
  { "unlisted-security-groups": "by-name" },
  { "pod-overlay": "vxlan-cross-subnet", "unlisted-security-groups": "unknown" },
  { "pod-overlay": "none", "unlisted-routes": "none" },
  { "overlay-matched-by-legacy-all": "no", "unlisted-routes": "unknown" },
];

/** A world is always read under the same assumptions, also when it is replayed. */
function settingOf(objects: readonly object[]): Partial<NetworkAssumptions> | undefined {
  return SETTINGS[JSON.stringify(objects).length % SETTINGS.length];
}

describe("all flows of a cluster in a VPC", () => {
  it("are what the oracle says about every pair", async () => {
    await holdsInEvery(
      vpcForm,
      8,
      (world) => assertPairsAgree(flowsOf(situationOfVpcWorld(world, settingOf(world.objects))), 100),
      vpcWorld(),
    );
  });

  it("are so where namespaces are missing and pods run nowhere yet", async () => {
    await holdsInEvery(
      vpcForm,
      8,
      (world) => {
        const objects = [...withTemplates(withoutNamespaces(world.objects))];
        assertPairsAgree(flowsOf(situationOfVpcWorld({ ...world, objects }, settingOf(world.objects))), 100);
      },
      vpcWorld(),
    );
  });

  it("are so about every packet of a world", async () => {
    await holdsInEvery(
      vpcForm,
      40,
      (world) => {
        const flows = flowsOf(situationOfVpcWorld(world, settingOf(world.objects)));
        assertPacketsAgree(flows, answerable(world));
      },
      vpcWorld(),
    );
  });
});
