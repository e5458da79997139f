import assert from "node:assert/strict";
import { it } from "node:test";
import { labCapabilities } from "../../src/kernel/capabilities.ts";
import { run } from "../../src/lab/lab.ts";
import { type LabProbe, planProbes, trafficText } from "../../src/lab/probes.ts";
import { realize } from "../../src/lab/realize.ts";
import { type LabPlan, planLab } from "../../src/lab/topology.ts";
import { addressText } from "../../src/net/address.ts";
import { endAt } from "../../src/path/end.ts";
import { type Assumptions, PROFILES } from "../../src/situation/assumptions.ts";
import { naiveVerdict } from "../naive/verdict.ts";
import type { RawObject } from "../naive/raw-objects.ts";
import { mixedWorld } from "../worlds/mixed-world.ts";
import { holdsInEveryWorld } from "../worlds/replay.ts";
import { type World, world } from "../worlds/world.ts";
import { nodesSay } from "./nodes-say.ts";
import { rawPacket } from "./raw-packet.ts";
import { pointOf, situationOfObjects } from "./situations.ts";

const capabilities = labCapabilities();
const skip = capabilities.ok ? false : capabilities.missing.map(({ what, remedy }) => `${what} (${remedy})`).join("; ");

/** Probes of a world; every pair of ends keeps its share of them. */
const PROBES = 500;

/** The naive reading takes a service account that nobody describes for one without labels, as the lab does. */
const ASSUMPTIONS: Assumptions = { ...PROFILES.kubernetes, "unlisted-service-account-labels": "none" };

for (const [what, worlds, runs] of [
  ["of NetworkPolicy", world(), 8],
  ["that mix every policy language", mixedWorld(), 8],
] as const) {
  it(
    `naive reading, oracle, simulator and kernel agree on every probe of random worlds ${what}`,
    { skip },
    async () => {
      let built = 0;
      let packets = 0;
      const check = async ({ objects }: World): Promise<void> => {
        packets += await probesAgree(objects);
        built += 1;
      };
      await holdsInEveryWorld(runs, check, worlds);
      process.stdout.write(`${built} worlds ${what}, ${packets} packets\n`);
    },
  );
}

/** Builds the world, sends its probes, and returns how many there were. */
async function probesAgree(objects: readonly RawObject[]): Promise<number> {
  const realization = realize(situationOfObjects(objects, ASSUMPTIONS));
  if (realization.kind !== "realized") throw new Error(realization.obstacles.map(({ message }) => message).join("; "));
  const plan = planLab(realization, `agree-${process.pid}`);
  const probes = planProbes(plan, { limit: PROBES });
  for (const probe of probes.probes) assertReadingsAgree(objects, plan, probe);
  const result = await run(plan, probes);
  const differences = result.differences.map(
    ({ probe, measured, detail }) =>
      `${describeProbe(probe)}: predicted ${probe.predicted}, measured ${measured} ${detail ?? ""}`,
  );
  assert.deepEqual(differences, []);
  return result.probes;
}

function describeProbe({ from, to, traffic }: LabProbe): string {
  return `${addressText(from.address)} -> ${addressText(to.address)} ${trafficText(traffic)}`;
}

/** Holds the naive reading and the simulator against the oracle's prediction. */
function assertReadingsAgree(objects: readonly RawObject[], plan: LabPlan, probe: LabProbe): void {
  const packet = rawPacket(probe);
  const naive = naiveVerdict(objects, packet);
  assert.equal(probe.predicted, naive, `oracle and naive reading: ${describeProbe(probe)}`);
  if (naive === "undecided") return;
  const { inventory } = plan.situation;
  const simulated = nodesSay(
    (name) => plan.nodes.find(({ node }) => node.name === name)?.program,
    { end: endAt(inventory, probe.from.address), address: probe.from.address },
    { end: endAt(inventory, probe.to.address), address: probe.to.address },
    pointOf(packet),
  );
  assert.equal(simulated, naive, `simulator and naive reading: ${describeProbe(probe)}`);
}
