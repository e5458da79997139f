/** From worlds of VPCs, as the naive reading takes them, to the values the engines take. */
import { type Assumptions, PROFILES } from "../../src/situation/assumptions.ts";
import { type Situation, situationOf } from "../../src/situation/situation.ts";
import { findingText } from "../../src/source/finding.ts";
import { mergeReadings } from "../../src/resources/merge.ts";
import { readBoth } from "../../src/vpc/ibm/read.ts";
import { vpcInventoryOf } from "../../src/vpc/inventory.ts";
import type { NetworkAssumptions } from "../naive/vpc.ts";
import { RefusedWorldError } from "../worlds/replay.ts";
import { exportFiles } from "../worlds/vpc-exports.ts";
import type { VpcWorld } from "../worlds/vpc-world.ts";
import { worldText } from "../worlds/world.ts";

/** What both readings are told where an input does not tell. */
export const NETWORK_ASSUMPTIONS: NetworkAssumptions = {
  "overlay-matched-by-legacy-all": "unknown",
  "pod-overlay": "ipip-cross-subnet",
  "unlisted-security-groups": "open",
  "unlisted-routes": "private",
};

/** Reads cluster and export as the command line does; worlds are valid, so any error is one of ours. */
export function situationOfVpcWorld(
  { objects, networks, style }: VpcWorld,
  assumed: Partial<NetworkAssumptions & Pick<Assumptions, "unlisted-acl">> = {},
): Situation {
  const files = [{ name: "world.json", text: worldText({ objects }) }, ...exportFiles(networks, style)];
  const readings = files.map(({ name, text }) => readBoth(name, text, { validation: "strict", namespace: undefined }));
  const reading = mergeReadings(readings.map(({ cluster }) => cluster));
  const pieces = readings.flatMap(({ vpc }) => vpc ?? []);
  const whole = vpcInventoryOf(pieces);
  const errors = [...reading.findings, ...pieces.flatMap(({ findings }) => findings), ...whole.findings].filter(
    ({ severity }) => severity === "error",
  );
  if (errors.length > 0) throw new RefusedWorldError(errors.map(findingText).join("\n"));
  const assumptions: Assumptions = {
    ...PROFILES.kubernetes,
    "unlisted-service-account-labels": "none",
    ...NETWORK_ASSUMPTIONS,
    ...assumed,
  };
  return situationOf(reading, { assumptions, podRange: undefined, vpc: whole.inventory }).situation;
}
