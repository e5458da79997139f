/** A lab in which every pod and address of a changing world has its place, so that the world can change under it. */
import { compile } from "../../src/dataplane/compile.ts";
import { LAB_TABLE, labPlaces, labPods, type LabOutside, type LabPlan, planLab } from "../../src/lab/topology.ts";
import { sourcePorts } from "../../src/lab/ports.ts";
import { type LabProbe, type LabProbes, planProbes, probesBetween } from "../../src/lab/probes.ts";
import { CLIENT_PORT, type LabEnd } from "../../src/lab/reasoning.ts";
import { realize } from "../../src/lab/realize.ts";
import type { Address } from "../../src/net/address.ts";
import type { Situation } from "../../src/situation/situation.ts";

/** The plan of everything that is ever there. Throws an Error where it cannot be built. */
export function standingPlan(everything: Situation, name: string): LabPlan {
  const realization = realize(everything);
  if (realization.kind !== "realized") throw new Error(realization.obstacles.map(({ message }) => message).join("; "));
  const plan = planLab(realization, name);
  // Enforcers write the tables, and Services are not translated: what stands behind them changes.
  return { ...plan, rulesets: [], services: [] };
}

/**
 * The plan as it is in a situation with some of its pods and policies: what stands at the places of the others is outside. Nodes
 * that the situation does not know are left out. `generations` are those of the tables of nodes.
 */
export function planIn(plan: LabPlan, situation: Situation, generations: ReadonlyMap<string, number>): LabPlan {
  const { inventory } = situation;
  const absent: LabOutside[] = [];
  for (const { namespace, addresses } of labPods(plan)) {
    const left = addresses.filter((address) => !inventory.podsAt.has(address));
    if (left.length > 0) absent.push({ kind: "outside", identity: "outside", namespace, addresses: left });
  }
  return {
    ...plan,
    situation,
    neighbours: absent,
    nodes: inventory.nodes.flatMap((node) => {
      const place = plan.nodes.find((one) => one.node.name === node.name);
      if (place === undefined) return [];
      const pods = place.pods.flatMap((known) => {
        const [pod] = known.addresses.flatMap((address) => inventory.podsAt.get(address) ?? []);
        return pod === undefined ? [] : [{ ...known, pod }];
      });
      const interfaces = pods.map(({ nodeInterface, addresses }) => ({ name: nodeInterface, addresses }));
      const program = compile(situation, node, {
        table: LAB_TABLE,
        generation: generations.get(node.name) ?? 1,
        denial: plan.denial,
        interfaces,
      });
      return [{ ...place, node, addresses: node.addresses, pods, program }];
    }),
  };
}

/** The packets to send all along. */
export type Packets = readonly Pick<LabProbe, "from" | "to" | "traffic">[];

/** Up to so many packets between the ends of the plan. */
export function packetsOf(plan: LabPlan, limit: number): Packets {
  const { probes, sourced } = planProbes(plan, { limit });
  return [...probes, ...sourced];
}

/**
 * The first TCP packets, up to so many, for connections that stay open: each from a port of its own that no policy names and no
 * other packet comes from.
 */
export function lastingPackets(plan: LabPlan, packets: Packets, limit: number): Packets {
  const taken = new Set([CLIENT_PORT, ...sourcePorts(plan.situation)]);
  let port = CLIENT_PORT;
  const between = packets.filter(({ from, to, traffic }) => traffic.protocol === "tcp" && from.address !== to.address);
  return between.slice(0, limit).map((packet) => {
    do port++;
    while (taken.has(port));
    return { ...packet, traffic: { ...packet.traffic, sourcePort: port } };
  });
}

/** The packets as probes in the plan, with what the oracle says; without those that no pod and no known node has a part in. */
export function probesIn(plan: LabPlan, packets: Packets): readonly LabProbe[] {
  const ends = new Map<Address, LabEnd>();
  for (const place of labPlaces(plan)) for (const address of place.addresses) ends.set(address, { place, address });
  return packets.flatMap(({ from, to, traffic }) => {
    const [source, destination] = [ends.get(from.address), ends.get(to.address)];
    if (source === undefined || destination === undefined) return [];
    if (source.place.kind !== "pod" && destination.place.kind !== "pod") return [];
    return probesBetween(plan, { from: source, to: destination }, [traffic], ends);
  });
}

export function asProbes(probes: readonly LabProbe[]): LabProbes {
  return { probes, sourced: [], translated: [], possible: probes.length, notes: [] };
}
