/** Programs of a cluster before and after an edit: their difference leads there, and nothing in between lets a packet through. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { keepClassNumbers } from "../../src/dataplane/class-numbers.ts";
import { applyDifference, difference, isNoDifference } from "../../src/dataplane/difference.ts";
import { rulesetOf } from "../../src/dataplane/program-ruleset.ts";
import type { FamilyProgram, Program, Target } from "../../src/dataplane/program.ts";
import type { Address } from "../../src/net/address.ts";
import { mixedWorld } from "../worlds/mixed-world.ts";
import { holdsInEveryWorld, RefusedWorldError } from "../worlds/replay.ts";
import { type World, world } from "../worlds/world.ts";
import { numberedBackwards, programsOf } from "./programs.ts";

/** The programs of each node before and after an object is gone, for up to so many objects of a world. */
function* edits({ objects }: World, most: number): Generator<readonly [Program, Program]> {
  const before = new Map(programsOf(objects, 1).map((program) => [program.node, program]));
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
    return programsOf(objects.toSpliced(gone, 1), 2);
  } catch (error) {
    if (error instanceof RefusedWorldError) return [];
    throw error;
  }
}

for (const [what, worlds, runs] of [
  ["of NetworkPolicy", world(), 20],
  ["that mix every policy language", mixedWorld(), 10],
] as const) {
  it(`the difference of two programs leads from one to the other, in worlds ${what}`, () =>
    holdsInEveryWorld(
      runs,
      (candidate) => {
        for (const [before, after] of edits(candidate, 5)) {
          assertLeadsThere(before, after);
          assertLeadsThere(after, before);
        }
      },
      worlds,
    ));

  it(`kept class numbers change no verdict, and stay where nothing changes, in worlds ${what}`, () =>
    holdsInEveryWorld(
      runs,
      (candidate) => {
        for (const [before, after] of edits(candidate, 5)) {
          const kept = keepClassNumbers(before, after);
          const again = keepClassNumbers(before, numberedBackwards(before));
          assert.ok(isNoDifference(difference(rulesetOf(before), rulesetOf(again))));
          after.families.forEach((family, i) => {
            const same = kept.families[i];
            assert.ok(same !== undefined);
            for (const { peer, pod, direction } of questions(family, family)) {
              assert.deepEqual(answer(same, same, direction, peer, pod), answer(family, family, direction, peer, pod));
            }
          });
        }
      },
      worlds,
    ));

  it(`a packet that finds its class before an edit and its pair after it gets no new verdict, in worlds ${what}`, () =>
    holdsInEveryWorld(
      runs,
      (candidate) => {
        for (const [before, after] of edits(candidate, 5)) {
          const kept = keepClassNumbers(before, after);
          before.families.forEach((old, i) => {
            const now = kept.families[i];
            assert.ok(now !== undefined);
            for (const { peer, pod, direction } of questions(old, now)) {
              const inBetween = answer(old, now, direction, peer, pod);
              const either = [
                answer(old, old, direction, peer, pod),
                answer(now, now, direction, peer, pod),
                undefined,
              ];
              assert.ok(
                either.some((target) => JSON.stringify(target) === JSON.stringify(inBetween)),
                `${direction} of ${pod} and ${peer}: ${JSON.stringify(inBetween)}`,
              );
            }
          });
        }
      },
      worlds,
    ));
}

function assertLeadsThere(before: Program, after: Program): void {
  const [from, to] = [rulesetOf(before), rulesetOf(after)];
  const reached = applyDifference(difference(from, to), from);
  assert.ok(isNoDifference(difference(reached, to)));
  assert.ok(isNoDifference(difference(to, reached)));
}

interface Question {
  readonly direction: "egress" | "ingress";
  readonly peer: Address;
  readonly pod: Address;
}

/** Every place where a class begins, with every pod that is governed in both programs. */
function* questions(before: FamilyProgram, after: FamilyProgram): Generator<Question> {
  const entries = [before, after].flatMap(({ addressClasses, blockClasses }) => [...addressClasses, ...blockClasses]);
  const peers = new Set(entries.flatMap(({ block }) => [block.start, block.end]));
  for (const direction of ["egress", "ingress"] as const) {
    const governed = new Set(direction === "egress" ? after.isolatedEgress : after.isolatedIngress);
    const pods = direction === "egress" ? before.isolatedEgress : before.isolatedIngress;
    for (const pod of pods.filter((pod) => governed.has(pod))) for (const peer of peers) yield { direction, peer, pod };
  }
}

/** What a packet meets that finds the class of its peer in one program and the pair in another. */
function answer(
  classes: FamilyProgram,
  pairs: FamilyProgram,
  direction: Question["direction"],
  peer: Address,
  pod: Address,
): Target | undefined {
  const entryAt = ({ block }: { readonly block: { readonly start: Address; readonly end: Address } }): boolean =>
    block.start <= peer && peer < block.end;
  const peerClass = (classes.addressClasses.find(entryAt) ?? classes.blockClasses.find(entryAt))?.peerClass ?? 0;
  return pairs[direction].find((pair) => pair.peerClass === peerClass && pair.pod === pod)?.target;
}
