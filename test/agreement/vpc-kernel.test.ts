/** What the kernel does to packets between the hosts of random VPCs is what the naive reading and the oracle say. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { labCapabilities } from "../../src/kernel/capabilities.ts";
import { run } from "../../src/lab/lab.ts";
import { planProbes } from "../../src/lab/probes.ts";
import { realize } from "../../src/lab/realize.ts";
import { planLab } from "../../src/lab/topology.ts";
import type { LegFate, PacketFate } from "../../src/lab/vpc/fates.ts";
import { VpcLab } from "../../src/lab/vpc/vpc-lab.ts";
import { planVpcLab } from "../../src/lab/vpc/vpc-plan.ts";
import { judge } from "../../src/verdict/verdict.ts";
import { formatAddress } from "../naive/address.ts";
import { flowOf } from "../naive/flow.ts";
import { isNode, type RawPacket } from "../naive/raw-objects.ts";
import { type NetworkAssumptions, naiveNetworkReading } from "../naive/vpc.ts";
import type { RawNetworks } from "../naive/vpc-objects.ts";
import { type Wire, wireOf } from "../naive/vpc-wire.ts";
import { holdsInEvery } from "../worlds/replay.ts";
import { answerable, vpcForm, type VpcWorld, vpcWorld } from "../worlds/vpc-world.ts";
import { rawPacket } from "./raw-packet.ts";
import { addressOf, pathOf, pointOf } from "./situations.ts";
import { NETWORK_ASSUMPTIONS, situationOfVpcWorld } from "./vpc-situations.ts";

const capabilities = labCapabilities();
const skip = capabilities.ok ? false : capabilities.missing.map(({ what, remedy }) => `${what} (${remedy})`).join("; ");

it("naive reading, oracle and kernel agree on every packet between hosts of random VPCs", { skip }, async () => {
  let built = 0;
  let sent = 0;
  await holdsInEvery(
    vpcForm,
    12,
    async (world) => {
      for (const legacyAll of ["no", "yes"] as const) {
        sent += await packetsAgree(betweenHosts(world), legacyAll);
        built += 1;
      }
    },
    vpcWorld(),
  );
  process.stdout.write(`${built} VPCs, ${sent} packets\n`);
});

/**
 * The packets of a world as the networks between its hosts see them: carriers instead of what pods send each other, and nodes
 * instead of pods. No policies and no groups, which the lab does not build.
 */
function betweenHosts(world: VpcWorld): VpcWorld {
  const { objects, networks } = world;
  const packets = answerable(world).flatMap((packet) => {
    const flow = flowOf(objects, packet);
    const wire = wireOf(networks, flow, NETWORK_ASSUMPTIONS["pod-overlay"], "none");
    return wire === undefined || !isBetweenHosts(wire) ? [] : [asSent(wire, packet)];
  });
  const distinct = [...new Map(packets.map((packet) => [JSON.stringify(packet), packet])).values()];
  return { ...world, objects: objects.filter(isNode), networks: withoutGroups(networks), packets: distinct };
}

/** A pod's own address is on the wire inside a subnet only, where nothing filters; other places are not built. */
function isBetweenHosts({ from, to, forward }: Wire): boolean {
  const isHost = ({ kind }: Wire["from"]) => kind !== "private elsewhere";
  const bears = (place: Wire["from"], address: Wire["forward"]["source"]) =>
    !("plug" in place) || place.plug.address.value === address.value;
  return isHost(from) && isHost(to) && bears(from, forward.source) && bears(to, forward.destination);
}

/** Floating addresses are what the sender writes. */
function asSent({ forward, to }: Wire, { destination }: RawPacket): RawPacket {
  const { protocol, sourcePort, destinationPort, icmpType, icmpCode } = forward;
  return {
    source: formatAddress(forward.source),
    destination: to.kind === "floating" ? destination : formatAddress(forward.destination),
    protocol,
    ...(sourcePort === undefined ? {} : { sourcePort }),
    ...(destinationPort === undefined ? {} : { destinationPort }),
    ...(icmpType === undefined ? {} : { icmpType }),
    ...(icmpCode === undefined ? {} : { icmpCode }),
  };
}

function withoutGroups({ security_groups: groups, ...networks }: RawNetworks): RawNetworks {
  const open = ["outbound", "inbound"].map((direction) => ({
    id: direction,
    direction,
    protocol: "any",
    remote: { cidr_block: "0.0.0.0/0" },
  }));
  return { ...networks, security_groups: (groups ?? []).map((group) => ({ ...group, rules: open })) };
}

/** Builds the VPC, sends the packets and returns how many there were. */
async function packetsAgree(world: VpcWorld, legacyAll: "yes" | "no"): Promise<number> {
  const assumed: NetworkAssumptions = {
    ...NETWORK_ASSUMPTIONS,
    "overlay-matched-by-legacy-all": legacyAll,
    "unlisted-routes": "none",
  };
  const situation = situationOfVpcWorld(world, assumed);
  const { packets } = world;
  if (situation.vpc === undefined || packets.length === 0) return 0;
  const floating = new Set(situation.vpc.interfaces.map(({ floatingAddress }) => floatingAddress));
  const ends = packets.flatMap(({ source, destination }) => [addressOf(source), addressOf(destination)]);
  const hosts = [
    ...ends.filter((address) => !floating.has(address)),
    ...situation.vpc.interfaces.flatMap(({ addresses }) => addresses),
  ];
  const lab = await VpcLab.up(planVpcLab(situation.vpc, hosts, `vpc-${process.pid}`, { legacyAll }));
  try {
    const fates = await lab.probe(
      packets.map((packet) => ({
        from: addressOf(packet.source),
        to: addressOf(packet.destination),
        traffic: pointOf(packet),
      })),
    );
    for (const [index, packet] of packets.entries()) {
      const fate = fates[index];
      const text = JSON.stringify(packet);
      const { kind } = judge(situation, pathOf(situation, packet), pointOf(packet));
      const naive = naiveNetworkReading(world.objects, world.networks, packet, assumed);
      assert.ok(
        naive.true.some((verdict) => verdict === kind),
        `naive ${naive.true.join()}, oracle ${kind}: ${text}`,
      );
      assert.ok(fate !== undefined && measured(fate) !== undefined, `nobody knows what became of ${text}`);
      const verdict = measured(fate);
      assert.ok(
        naive.true.some((one) => one === verdict),
        `naive ${naive.true.join()} (${naive.because.join()}), kernel ${verdict}: ${text}`,
      );
    }
  } finally {
    await lab.down();
  }
  return packets.length;
}

/** The verdict that a fate comes to; undefined: the lab lost a packet. */
function measured({ request, reply }: PacketFate): "allowed" | "denied" | "no-route" | "one-way" | undefined {
  const kept: Readonly<Record<LegFate["kind"], "denied" | "no-route" | undefined>> = {
    dropped: "denied",
    "no-route": "no-route",
    delivered: undefined,
    lost: undefined,
  };
  if (request.kind === "lost" || reply?.kind === "lost") return undefined;
  if (request.kind !== "delivered") return kept[request.kind];
  return reply === undefined || reply.kind === "delivered" ? "allowed" : "one-way";
}

/** Probes of a world; every pair of ends keeps its share of them. */
const PROBES = 400;

it("naive reading, oracle and kernel agree on every probe of random clusters in random VPCs", { skip }, async () => {
  let built = 0;
  let probed = 0;
  await holdsInEvery(
    vpcForm,
    6,
    async (world) => {
      probed += await probesAgree(
        { ...world, networks: withoutGroups(world.networks) },
        built % 2 === 0 ? "no" : "yes",
      );
      built += 1;
    },
    vpcWorld(),
  );
  process.stdout.write(`${built} clusters in VPCs, ${probed} packets\n`);
});

/** Builds cluster and VPC, sends the probes of the lab and returns how many there were. */
async function probesAgree(world: VpcWorld, legacyAll: "yes" | "no"): Promise<number> {
  const assumed: NetworkAssumptions = { ...NETWORK_ASSUMPTIONS, "overlay-matched-by-legacy-all": legacyAll };
  const realization = realize(situationOfVpcWorld(world, assumed));
  if (realization.kind !== "realized") throw new Error(realization.obstacles.map(({ message }) => message).join("; "));
  const plan = planLab(realization, `vpods-${process.pid}`);
  const probes = planProbes(plan, { limit: PROBES });
  for (const probe of probes.probes) {
    const packet = rawPacket(probe);
    const [answered] = answerable({ ...world, packets: [packet] });
    if (answered === undefined) continue;
    const naive = naiveNetworkReading(world.objects, world.networks, packet, assumed);
    assert.ok(
      naive.true.some((verdict) => verdict === probe.predicted),
      `naive ${naive.true.join()} (${naive.because.join()}), predicted ${probe.predicted}: ${JSON.stringify(packet)}`,
    );
  }
  const result = await run(plan, probes);
  const differences = result.differences.map(
    ({ probe, measured, detail }) =>
      `${JSON.stringify(rawPacket(probe))}: predicted ${probe.predicted}, measured ${measured} ${detail ?? ""}`,
  );
  assert.deepEqual(differences, []);
  return result.probes;
}
