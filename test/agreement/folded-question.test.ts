/** An answer for a few pods that stand for all is the answer about each of them. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { groupCases } from "../../src/cli/case-groups.ts";
import { EVERYTHING_ASKED, isReferenceError, parseAsked } from "../../src/path/reference.ts";
import { foldedAnswer } from "../../src/reach/folded-question.ts";
import { parseEnds, resolveEnds } from "../../src/reach/named-ends.ts";
import { answer } from "../../src/reach/question.ts";
import { mixedWorld } from "../worlds/mixed-world.ts";
import { holdsInEveryWorld } from "../worlds/replay.ts";
import { situationOfObjects } from "./situations.ts";

it("a folded answer has the same groups as one pair by pair", async () => {
  let folded = 0;
  const named = parseAsked("http");
  assert.ok(!isReferenceError(named));
  await holdsInEveryWorld(
    20,
    ({ objects }) => {
      const situation = situationOfObjects(objects);
      const ends = (text: string) => {
        const reference = parseEnds(text, "default");
        assert.ok(!isReferenceError(reference));
        const found = resolveEnds(situation, reference);
        assert.ok(!isReferenceError(found));
        return found;
      };
      for (const [from, to] of [
        ["*", "*"],
        ["*", "10.0.0.0/8"],
        ["10.0.0.0/8", "*"],
      ] as const) {
        for (const asked of [EVERYTHING_ASKED, named]) {
          const question = { from: ends(from), to: ends(to), asked, sourcePort: undefined };
          const short = foldedAnswer(situation, question);
          const long = answer(situation, question);
          assert.equal(short.kind, long.kind);
          assert.deepEqual(groupCases(situation, short), groupCases(situation, long));
          if (short.cases.length < long.cases.length) folded++;
        }
      }
    },
    mixedWorld(),
  );
  assert.ok(folded > 0);
});
