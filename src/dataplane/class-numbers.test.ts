import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keepClassNumbers } from "./class-numbers.ts";
import { programWith } from "./program.fixture.ts";
import type { ClassEntry, FamilyProgram, PairEntry, Target } from "./program.ts";

const POD = 0x0a00_0101n;
const ADMIT: Target = { kind: "admit" };
const WEB: Target = { kind: "traffic", chain: "traffic_web" };

/** Peers by class, and what each class leads to. */
function family(
  peers: Readonly<Record<number, readonly number[]>>,
  leadsTo: Readonly<Record<number, Target>>,
): Partial<FamilyProgram> {
  const address = (peer: number, peerClass: number): ClassEntry => ({
    block: { start: BigInt(peer), end: BigInt(peer) + 1n },
    peerClass,
  });
  return {
    isolatedIngress: [POD],
    addressClasses: Object.entries(peers).flatMap(([peerClass, own]) =>
      own.map((peer) => address(peer, Number(peerClass))),
    ),
    ingress: Object.entries(leadsTo).map(([peerClass, target]): PairEntry => ({
      peerClass: Number(peerClass),
      pod: POD,
      target,
    })),
  };
}

function classesBetween(
  before: Partial<FamilyProgram>,
  after: Partial<FamilyProgram>,
): Readonly<Record<string, number>> {
  const [v4] = keepClassNumbers(programWith(before), programWith(after)).families;
  return Object.fromEntries(v4.addressClasses.map(({ block, peerClass }) => [String(block.start), peerClass]));
}

describe("class numbers", () => {
  it("stay when a class comes before the others", () => {
    const before = family({ 1: [11, 12], 2: [21] }, { 1: ADMIT, 2: WEB });
    const after = family({ 1: [5], 2: [11, 12], 3: [21] }, { 1: WEB, 2: ADMIT, 3: WEB });
    assert.deepEqual(classesBetween(before, after), { 5: 3, 11: 1, 12: 1, 21: 2 });
  });

  it("stay when what a class leads to changes for all of it", () => {
    const before = family({ 1: [11], 2: [21] }, { 1: ADMIT, 2: WEB });
    const after = family({ 1: [21], 2: [11] }, { 1: ADMIT, 2: WEB });
    assert.deepEqual(classesBetween(before, after), { 11: 1, 21: 2 });
  });

  it("stay with most of the addresses when some leave and the rest is treated as before", () => {
    const before = family({ 1: [11, 12, 13] }, { 1: WEB });
    const after = family({ 1: [11], 2: [12, 13] }, { 1: ADMIT, 2: WEB });
    assert.deepEqual(classesBetween(before, after), { 11: 2, 12: 1, 13: 1 });
  });

  it("are given up when addresses leave and the rest is treated otherwise: a packet may still carry the old number", () => {
    const before = family({ 1: [11, 12, 13] }, { 1: WEB });
    const after = family({ 1: [11], 2: [12, 13] }, { 1: WEB, 2: ADMIT });
    // 1 goes with the address that keeps what it leads to, and not with the two that are admitted now.
    assert.deepEqual(classesBetween(before, after), { 11: 1, 12: 2, 13: 2 });
    const gone = family({ 1: [12, 13] }, { 1: ADMIT });
    assert.deepEqual(classesBetween(before, gone), { 12: 2, 13: 2 });
  });

  it("of blocks stay too, and a class of blocks follows the most of them", () => {
    const block = (start: bigint, end: bigint, peerClass: number): ClassEntry => ({ block: { start, end }, peerClass });
    const before = programWith({ blockClasses: [block(0n, 10n, 1), block(10n, 20n, 2)] });
    const after = programWith({ blockClasses: [block(5n, 10n, 2), block(10n, 20n, 1)] });
    const [v4] = keepClassNumbers(before, after).families;
    assert.deepEqual(v4.blockClasses, [block(5n, 10n, 1), block(10n, 20n, 2)]);
  });

  it("of pairs follow those of the addresses", () => {
    const before = family({ 1: [11], 2: [21] }, { 1: ADMIT, 2: WEB });
    const after = family({ 1: [21], 2: [11] }, { 1: WEB, 2: ADMIT });
    const [v4] = keepClassNumbers(programWith(before), programWith(after)).families;
    assert.deepEqual(
      v4.ingress.map(({ peerClass, target }) => [peerClass, target]),
      [
        [2, WEB],
        [1, ADMIT],
      ],
    );
  });

  it("leave the rest of the world class 0", () => {
    const before = family({ 1: [11] }, { 1: ADMIT });
    assert.deepEqual(classesBetween(before, family({ 0: [11], 1: [5] }, { 1: WEB })), { 5: 2, 11: 0 });
  });
});
