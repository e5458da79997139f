/** The programs of the two nodes that a packet crosses do together what the oracle says. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compile } from "../../src/dataplane/compile.ts";
import { simulate } from "../../src/dataplane/simulate.ts";
import type { Program } from "../../src/dataplane/program.ts";
import { type End, endAt } from "../../src/path/end.ts";
import { type Assumptions, PROFILES } from "../../src/situation/assumptions.ts";
import type { Situation } from "../../src/situation/situation.ts";
import { judge } from "../../src/verdict/verdict.ts";
import { holdsInEveryWorld } from "../worlds/replay.ts";
import { nodesSay } from "./nodes-say.ts";
import { addressOf, pathOf, pointOf, situationOfObjects } from "./situations.ts";

const OPTIONS = { table: "portcullis", generation: 1, denial: "drop", interfaces: [] } as const;

/** Verdicts of nodes are never undecided: worlds tell everything. */
function programsOf(situation: Situation): ReadonlyMap<string, Program> {
  return new Map(situation.inventory.nodes.map((node) => [node.name, compile(situation, node, OPTIONS)]));
}

function nodeOf(end: End): string | undefined {
  return end.kind === "pod" ? end.pod.node : end.kind === "node" ? end.node.name : undefined;
}

async function holdsUnder(assumptions: Assumptions, worlds: number): Promise<void> {
  await holdsInEveryWorld(worlds, ({ objects, packets }) => {
    const situation = situationOfObjects(objects, assumptions);
    const programs = programsOf(situation);
    for (const packet of packets) {
      const path = pathOf(situation, packet);
      const enforced = nodesSay(
        (node) => programs.get(node),
        { end: path.from, address: addressOf(packet.source) },
        { end: path.to, address: addressOf(packet.destination) },
        pointOf(packet),
      );
      assert.equal(enforced, judge(situation, path, pointOf(packet)).kind, JSON.stringify(packet));
    }
  });
}

describe("the kernel programs and the oracle agree on every packet of random worlds", () => {
  it("in the profile kubernetes", () => holdsUnder(PROFILES.kubernetes, 150));

  it("where packets to the own node are judged", () =>
    holdsUnder({ ...PROFILES.kubernetes, "pod-to-own-node": "judge" }, 60));

  it("where packets to the own node are dropped", () =>
    holdsUnder({ ...PROFILES.kubernetes, "pod-to-own-node": "drop" }, 60));

  it("in the profile calico", () => holdsUnder(PROFILES.calico, 60));

  it("where CIDRs do not match pods", () => holdsUnder({ ...PROFILES.kubernetes, "cidr-matches-pods": "no" }, 60));

  it("where Service hairpin is let through", () =>
    holdsUnder({ ...PROFILES.kubernetes, "service-hairpin": "allow" }, 60));
});

describe("a kernel program", () => {
  it("touches no packet whose ends are not governed pods of its node", async () => {
    await holdsInEveryWorld(60, ({ objects, packets }) => {
      const situation = situationOfObjects(objects);
      for (const node of situation.inventory.nodes) {
        const program = compile(situation, node, OPTIONS);
        for (const packet of packets) {
          const [source, destination] = [addressOf(packet.source), addressOf(packet.destination)];
          const local = [source, destination].some(
            (address) => nodeOf(endAt(situation.inventory, address)) === node.name,
          );
          const verdict = simulate(program, { source, destination, traffic: pointOf(packet), hook: "forward" });
          if (!local) assert.equal(verdict, "untouched");
        }
      }
    });
  });

  it("depends on nothing but its input", async () => {
    await holdsInEveryWorld(20, ({ objects }) => {
      const [node] = situationOfObjects(objects).inventory.nodes;
      if (node === undefined) return;
      assert.deepEqual(
        compile(situationOfObjects(objects), node, OPTIONS),
        compile(situationOfObjects(objects), node, OPTIONS),
      );
    });
  });
});
