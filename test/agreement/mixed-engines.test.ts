/** Kernel programs hold to the oracle's verdicts where every policy language is in use. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compile } from "../../src/dataplane/compile.ts";
import { type Assumptions, PROFILES } from "../../src/situation/assumptions.ts";
import { judge } from "../../src/verdict/verdict.ts";
import { mixedWorld } from "../worlds/mixed-world.ts";
import { holdsInEveryWorld } from "../worlds/replay.ts";
import { nodesSay } from "./nodes-say.ts";
import { addressOf, pathOf, pointOf, situationOfObjects } from "./situations.ts";

const OPTIONS = { table: "portcullis", generation: 1, denial: "drop", interfaces: [] } as const;

async function programsAgree(assumptions: Assumptions, worlds: number): Promise<void> {
  await holdsInEveryWorld(
    worlds,
    ({ objects, packets }) => {
      const situation = situationOfObjects(objects, assumptions);
      const programs = new Map(
        situation.inventory.nodes.map((node) => [node.name, compile(situation, node, OPTIONS)] as const),
      );
      for (const packet of packets) {
        const path = pathOf(situation, packet);
        const enforced = nodesSay(
          (node) => programs.get(node),
          { end: path.from, address: addressOf(packet.source) },
          { end: path.to, address: addressOf(packet.destination) },
          pointOf(packet),
        );
        // What is undecided is denied, and the program says that it is.
        const { kind } = judge(situation, path, pointOf(packet));
        assert.equal(enforced, kind === "undecided" ? "denied" : kind, JSON.stringify(packet));
      }
    },
    mixedWorld(),
  );
}

describe("the kernel programs and the oracle agree on worlds that mix every policy language", () => {
  it("in the profile kubernetes", () => programsAgree(PROFILES.kubernetes, 60));

  it("in the profile calico", () => programsAgree(PROFILES.calico, 60));

  it("where packets to the own node are judged and CIDRs do not match pods", () =>
    programsAgree({ ...PROFILES.kubernetes, "pod-to-own-node": "judge", "cidr-matches-pods": "no" }, 40));
});
