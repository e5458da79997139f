/** Whether a program takes something away, held against packets: a connection that keeps its stamp is never one to be denied. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { inspect } from "node:util";
import { keepClassNumbers } from "../../src/dataplane/class-numbers.ts";
import type { Program } from "../../src/dataplane/program.ts";
import { simulate, type SimulatedPacket } from "../../src/dataplane/simulate.ts";
import { tightens } from "../../src/dataplane/tightens.ts";
import { type Address, ALL_ADDRESSES, containsAddress, familyOf } from "../../src/net/address.ts";
import { boxesOf, type TrafficPoint } from "../../src/net/traffic.ts";
import { mixedWorld } from "../worlds/mixed-world.ts";
import { holdsInEveryWorld, RefusedWorldError } from "../worlds/replay.ts";
import type { World } from "../worlds/world.ts";
import { programsOf } from "./programs.ts";

it("what does not tighten denies nothing that was let through, and what tightens does, in worlds of NetworkPolicy", () =>
  holdsInEveryWorld(10, (candidate) => {
    for (const [before, after] of edits(candidate, 3)) {
      assertSame(before, after, Infinity);
      assertSame(after, before, Infinity);
    }
  }));

it("what does not tighten denies nothing that was let through, in worlds that mix every policy language", () =>
  holdsInEveryWorld(
    20,
    (candidate) => {
      for (const [before, after] of edits(candidate, 3)) {
        assertSame(before, after, 40);
        assertSame(after, before, 40);
      }
    },
    mixedWorld(),
  ));

/**
 * Each direction is compared by itself: what one takes away counts though the other had denied it all along. With so many
 * points of traffic at most, nothing is asked of what tightens: the packet may be one that is not tried.
 */
function assertSame(before: Program, compiled: Program, most: number): void {
  const after = keepClassNumbers(before, compiled);
  const isTighter = tightens(before, after);
  if (isTighter && isMoreGoverned(before, after)) return;
  if (isTighter && most < Infinity) return;
  const packets = [...packetsOf(before, after, most)];
  const lost = (["isolatedEgress", "isolatedIngress"] as const)
    .map((other) => [ungoverned(before, other), ungoverned(after, other)] as const)
    .flatMap(([then, now]) =>
      packets.find((packet) => simulate(then, packet) !== "denied" && simulate(now, packet) === "denied"),
    );
  const isLost = lost.some((packet) => packet !== undefined);
  // A block of addresses that all have classes of their own is compared too, though no packet meets its class.
  if (isTighter && !isLost && hasIdleBlock(before, after)) return;
  assert.equal(isTighter, isLost, `node ${after.node}: ${inspect(lost)}`);
}

/** Between two borders of blocks, whether each address is one of the single ones. */
function hasIdleBlock(before: Program, after: Program): boolean {
  return before.families.some((family, i) => {
    const now = after.families[i];
    assert.ok(now !== undefined);
    const both = [family, now];
    const single = new Set(both.flatMap(({ addressClasses }) => addressClasses.map(({ block }) => block.start)));
    const borders = both.flatMap(({ blockClasses }) => blockClasses.flatMap(({ block }) => [block.start, block.end]));
    const sorted = [...new Set(borders)].sort((a, b) => (a < b ? -1 : 1));
    return sorted.some((start, n) => {
      const end = sorted[n + 1] ?? start;
      if (end - start > BigInt(single.size) || end === start) return false;
      return Array.from({ length: Number(end - start) }, (_, j) => start + BigInt(j)).every((one) => single.has(one));
    });
  });
}

/** The program without its policies of one direction. */
function ungoverned(program: Program, direction: "isolatedEgress" | "isolatedIngress"): Program {
  const [v4, v6] = program.families;
  return {
    ...program,
    families: [
      { ...v4, [direction]: [] },
      { ...v6, [direction]: [] },
    ],
  };
}

/** Then every connection is judged, whether any is denied or not. */
function isMoreGoverned(before: Program, after: Program): boolean {
  return before.families.some((family, i) => {
    const now = after.families[i];
    assert.ok(now !== undefined);
    return (
      now.isolatedEgress.some((pod) => !family.isolatedEgress.includes(pod)) ||
      now.isolatedIngress.some((pod) => !family.isolatedIngress.includes(pod))
    );
  });
}

/** Between every governed pod and every place where a class begins, of every traffic where a box begins. */
function* packetsOf(before: Program, after: Program, most: number): Generator<SimulatedPacket> {
  const all = pointsOf([before, after]);
  const points = all.filter((_, i) => i % Math.ceil(all.length / most) === 0 || all.length <= most);
  for (const [i, family] of before.families.entries()) {
    const now = after.families[i];
    assert.ok(now !== undefined);
    const entries = [family, now].flatMap(({ addressClasses, blockClasses }) => [...addressClasses, ...blockClasses]);
    const single = new Set([...family.addressClasses, ...now.addressClasses].map(({ block }) => block.start));
    const borders = entries.flatMap(({ block }) => [block.start, block.end]);
    const peers = new Set(borders.flatMap((border) => [border, firstOfBlock(border, single)]));
    const pods = new Set([...now.isolatedEgress, ...now.isolatedIngress]);
    for (const peer of peers) {
      if (!containsAddress(ALL_ADDRESSES, peer) || familyOf(peer) !== family.family) continue;
      for (const pod of pods) for (const traffic of points) yield* bothWays(pod, peer, traffic);
    }
  }
}

/** The first address from there on that has no class of its own. */
function firstOfBlock(border: Address, single: ReadonlySet<Address>): Address {
  let address = border;
  while (single.has(address)) address++;
  return address;
}

function* bothWays(pod: Address, peer: Address, traffic: TrafficPoint): Generator<SimulatedPacket> {
  yield { source: pod, destination: peer, traffic, hook: "forward" };
  yield { source: peer, destination: pod, traffic, hook: "forward" };
}

/** A box of one program that is not covered by the other begins, or its rest does, at a border of one of them. */
function pointsOf(programs: readonly Program[]): readonly TrafficPoint[] {
  const boxes = programs.flatMap(({ trafficChains }) => trafficChains.flatMap(({ traffic }) => [...boxesOf(traffic)]));
  const seconds = new Set(boxes.flatMap(({ second }) => [second.start, second.end]));
  const firsts = new Set(boxes.flatMap(({ first }) => [first.start, first.end]));
  const protocols = new Set([1, 6, ...boxes.flatMap((box) => [box.protocols.start, box.protocols.end])]);
  return [...protocols]
    .filter((protocol) => protocol < 256)
    .flatMap((protocol) =>
      [...firsts, 0].flatMap((first) => [...seconds, 0].map((second) => ({ protocol, first, second }))),
    )
    .filter(({ first, second }) => first < 65_536 && second < 65_536);
}

/** The programs of each node before and after an object is gone, for up to so many objects of a world. */
function* edits({ objects }: World, most: number): Generator<readonly [Program, Program]> {
  const before = new Map(programsOf(objects, 0).map((program) => [program.node, program]));
  const step = Math.max(1, Math.floor(objects.length / most));
  for (let gone = 0; gone < objects.length; gone += step) {
    for (const after of programsWithout(objects, gone)) {
      const program = before.get(after.node);
      if (program !== undefined) yield [program, after];
    }
  }
}

/** None, where the rest is no world that can be read. */
function programsWithout(objects: World["objects"], gone: number): readonly Program[] {
  try {
    return programsOf(objects.toSpliced(gone, 1), 0);
  } catch (error) {
    if (error instanceof RefusedWorldError) return [];
    throw error;
  }
}
