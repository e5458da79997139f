/** The programs of nodes with host endpoints do what the oracle says, in every phase. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keepClassNumbers } from "../../src/dataplane/class-numbers.ts";
import { compile } from "../../src/dataplane/compile.ts";
import { simulate, type SimulatedPacket } from "../../src/dataplane/simulate.ts";
import { tightens } from "../../src/dataplane/tightens.ts";
import type { Program } from "../../src/dataplane/program.ts";
import { type Assumptions, PROFILES } from "../../src/situation/assumptions.ts";
import type { Situation } from "../../src/situation/situation.ts";
import { judge } from "../../src/verdict/verdict.ts";
import type { RawPacket } from "../naive/raw-objects.ts";
import { hostWorld, NODE_INTERFACE } from "../worlds/host-world.ts";
import { holdsInEveryWorld } from "../worlds/replay.ts";
import { nodesSay, podInterface } from "./nodes-say.ts";
import { addressOf, pathOf, pointOf, situationOfObjects } from "./situations.ts";

/** `bound`: the interfaces of pods are known; else pods are told by their addresses. */
function programsOf(situation: Situation, bound: boolean): ReadonlyMap<string, Program> {
  const { nodes, pods } = situation.inventory;
  return new Map(
    nodes.map((node) => {
      const own = pods.filter((pod) => pod.node === node.name).flatMap(({ addresses }) => addresses);
      const program = compile(situation, node, {
        table: "portcullis",
        generation: 1,
        denial: "drop",
        interfaces: bound ? own.map((address) => ({ name: podInterface(address), addresses: [address] })) : [],
        ownInterfaces: [{ name: NODE_INTERFACE, addresses: node.addresses }],
      });
      return [node.name, program] as const;
    }),
  );
}

async function holdsUnder(assumptions: Assumptions, worlds: number): Promise<void> {
  await holdsInEveryWorld(
    worlds,
    ({ objects, packets }) => {
      const situation = situationOfObjects(objects, assumptions);
      const programs = programsOf(situation, objects.length % 2 === 0);
      for (const packet of packets) {
        const path = pathOf(situation, packet);
        const { kind } = judge(situation, path, pointOf(packet));
        // An oracle that does not know which interface a packet takes says so; the node knows.
        if (kind === "undecided") continue;
        const enforced = nodesSay(
          (node) => programs.get(node),
          { end: path.from, address: addressOf(packet.source) },
          { end: path.to, address: addressOf(packet.destination) },
          pointOf(packet),
        );
        const stages = path.stages.map(({ name }) => name).join(", ");
        assert.equal(enforced, kind, `${JSON.stringify(packet)} over ${stages}`);
      }
    },
    hostWorld(),
  );
}

describe("the programs of nodes with host endpoints and the oracle agree on every packet of random worlds", () => {
  it("in the profile kubernetes", () => holdsUnder(PROFILES.kubernetes, 80));

  it("in the profile calico", () => holdsUnder(PROFILES.calico, 60));

  it("where packets to the own node are judged, and no port is failsafe", () =>
    holdsUnder({ ...PROFILES.kubernetes, "pod-to-own-node": "judge", "failsafe-ports": "none" }, 40));
});

/** A packet as each hook of a node sees it, by its own interface, that of a pod, or another one. */
function* sightings(packet: RawPacket): Generator<SimulatedPacket> {
  const [source, destination] = [addressOf(packet.source), addressOf(packet.destination)];
  const seen = { source, destination, traffic: pointOf(packet) };
  for (const iif of [NODE_INTERFACE, podInterface(source), "other"]) {
    yield { ...seen, hook: "input", iif };
    for (const oif of [NODE_INTERFACE, podInterface(destination), "other"])
      yield { ...seen, hook: "forward", iif, oif };
  }
  yield { ...seen, hook: "output", oif: NODE_INTERFACE };
  yield { ...seen, hook: "output", oif: "other" };
}

it("what does not tighten denies nothing at host endpoints that was let through", () =>
  holdsInEveryWorld(
    25,
    ({ objects, packets }) => {
      const before = programsOf(situationOfObjects(objects), true);
      for (const [i, { kind }] of objects.entries()) {
        if (kind !== "HostEndpoint" && kind !== "GlobalNetworkPolicy") continue;
        const after = programsOf(situationOfObjects(objects.toSpliced(i, 1)), true);
        for (const [node, program] of before) {
          const other = after.get(node);
          if (other === undefined) continue;
          assertSame(program, keepClassNumbers(program, other), packets);
          assertSame(other, keepClassNumbers(other, program), packets);
        }
      }
    },
    hostWorld(),
  ));

function assertSame(before: Program, after: Program, packets: readonly RawPacket[]): void {
  if (tightens(before, after)) return;
  for (const packet of packets) {
    for (const seen of sightings(packet)) {
      const [then, now] = [simulate(before, seen), simulate(after, seen)];
      assert.ok(then === "denied" || now !== "denied", `${JSON.stringify(packet)} at ${seen.hook} of ${after.node}`);
    }
  }
}
