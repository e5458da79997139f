import assert from "node:assert/strict";
import { it } from "node:test";
import { labCapabilities } from "../../src/kernel/capabilities.ts";
import { run } from "../../src/lab/lab.ts";
import { type LabProbe, planProbes, trafficText } from "../../src/lab/probes.ts";
import { realize } from "../../src/lab/realize.ts";
import { type LabPlan, planLab } from "../../src/lab/topology.ts";
import { addressText, familyOf } from "../../src/net/address.ts";
import { endAt } from "../../src/path/end.ts";
import { naiveVerdict } from "../naive/network-policy.ts";
import type { RawObject, RawPacket } from "../naive/raw-objects.ts";
import { holdsInEveryWorld } from "../worlds/replay.ts";
import { nodesSay } from "./nodes-say.ts";
import { pointOf, situationOfObjects } from "./situations.ts";

const capabilities = labCapabilities();
const skip = capabilities.ok ? false : capabilities.missing.map(({ what, remedy }) => `${what} (${remedy})`).join("; ");

/** Probes of a world; every pair of ends keeps its share of them. */
const PROBES = 500;

it("naive reading, oracle, simulator and kernel agree on every probe of random worlds", { skip }, async () => {
  let worlds = 0;
  let packets = 0;
  await holdsInEveryWorld(8, async ({ objects }) => {
    const realization = realize(situationOfObjects(objects));
    if (realization.kind !== "realized")
      throw new Error(realization.obstacles.map(({ message }) => message).join("; "));
    const plan = planLab(realization, `agree-${process.pid}`);
    const probes = planProbes(plan, { limit: PROBES });
    for (const probe of probes.probes) assertReadingsAgree(objects, plan, probe);
    const result = await run(plan, probes);
    const differences = result.differences.map(
      ({ probe, measured, detail }) =>
        `${describeProbe(probe)}: predicted ${probe.predicted}, measured ${measured} ${detail ?? ""}`,
    );
    assert.deepEqual(differences, []);
    worlds += 1;
    packets += result.probes;
  });
  process.stdout.write(`${worlds} worlds, ${packets} packets\n`);
});

function describeProbe({ from, to, traffic }: LabProbe): string {
  return `${addressText(from.address)} -> ${addressText(to.address)} ${trafficText(traffic)}`;
}

/** Holds the naive reading and the simulator against the oracle's prediction. */
function assertReadingsAgree(objects: readonly RawObject[], plan: LabPlan, probe: LabProbe): void {
  const packet = rawPacket(probe);
  const naive = naiveVerdict(objects, packet);
  assert.equal(probe.predicted, naive, `oracle and naive reading: ${describeProbe(probe)}`);
  const { inventory } = plan.situation;
  const simulated = nodesSay(
    (name) => plan.nodes.find(({ node }) => node.name === name)?.program,
    { end: endAt(inventory, probe.from.address), address: probe.from.address },
    { end: endAt(inventory, probe.to.address), address: probe.to.address },
    pointOf(packet),
  );
  assert.equal(simulated, naive, `simulator and naive reading: ${describeProbe(probe)}`);
}

function rawPacket({ from, to, traffic }: LabProbe): RawPacket {
  const ends = { source: addressText(from.address), destination: addressText(to.address) };
  if (traffic.protocol !== "icmp") {
    return {
      ...ends,
      protocol: traffic.protocol === "tcp" ? "TCP" : "UDP",
      sourcePort: 40_000,
      destinationPort: traffic.port,
    };
  }
  return familyOf(from.address) === 4
    ? { ...ends, protocol: "ICMP", icmpType: 8, icmpCode: 0 }
    : { ...ends, protocol: "ICMPv6", icmpType: 128, icmpCode: 0 };
}
