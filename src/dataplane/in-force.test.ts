import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NO_TRAFFIC, toPorts } from "../net/traffic.ts";
import { familiesIn, generationIn } from "./in-force.ts";
import { EMPTY_PROGRAM, programWith } from "./program.fixture.ts";
import { rulesetOf } from "./program-ruleset.ts";
import type { Program } from "./program.ts";
import type { Ruleset } from "./ruleset.ts";

const A = 0x0a00_0101n;

const PROGRAM: Program = programWith(
  {
    localPods: [A, A + 1n],
    isolatedEgress: [A],
    isolatedIngress: [A + 1n],
    addressClasses: [{ block: { start: A, end: A + 1n }, peerClass: 2 }],
    blockClasses: [
      { block: { start: 0n, end: A }, peerClass: 1 },
      { block: { start: A, end: 1n << 32n }, peerClass: 70_000 },
    ],
    egress: [{ peerClass: 1, pod: A, target: { kind: "traffic", chain: "traffic_web" } }],
    ingress: [{ peerClass: 2, pod: A + 1n, target: { kind: "admit" } }],
  },
  {
    toOwnNode: "drop",
    trafficChains: [{ name: "traffic_web", traffic: toPorts(6, [{ start: 80, end: 81 }]), logged: NO_TRAFFIC }],
  },
);

/** Tables tell their elements in any order. */
function shuffled({ sets, ...rest }: Ruleset): Ruleset {
  return { ...rest, sets: sets.map((set) => ({ ...set, elements: set.elements.toReversed() })).toReversed() };
}

describe("a program in force", () => {
  it("is known by the maps of its table", () => {
    assert.deepEqual(familiesIn(rulesetOf(PROGRAM)), PROGRAM.families);
    assert.deepEqual(familiesIn(shuffled(rulesetOf(PROGRAM)))[0].blockClasses, PROGRAM.families[0].blockClasses);
  });

  it("is a node without pods where there are no maps", () => {
    assert.deepEqual(familiesIn({ table: "t", sets: [], chains: [] }), EMPTY_PROGRAM.families);
  });

  it("has the generation that its rules stamp", () => {
    assert.equal(generationIn([0, 0x0007_0000]), 7);
    assert.equal(generationIn([0xffff_0000]), 65_535);
    assert.equal(generationIn([]), undefined);
  });
});
