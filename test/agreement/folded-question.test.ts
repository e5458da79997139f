/** An answer for a few pods that stand for all is the answer about each of them. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { trafficKey, type TrafficSet, unionTraffic } from "../../src/net/traffic.ts";
import { type End, endText, familyOfEnd, isSamePod } from "../../src/path/end.ts";
import { type Asked, EVERYTHING_ASKED, isReferenceError, parseAsked } from "../../src/path/reference.ts";
import type { Resolved } from "../../src/path/resolve.ts";
import { type Crowd, type FoldedAnswer, foldedAnswer } from "../../src/reach/folded-question.ts";
import { parseEnds, resolveEnds } from "../../src/reach/named-ends.ts";
import { answer, type Question } from "../../src/reach/question.ts";
import type { Situation } from "../../src/situation/situation.ts";
import { isPod, type RawObject } from "../naive/raw-objects.ts";
import { mixedWorld } from "../worlds/mixed-world.ts";
import { holdsInEveryWorld } from "../worlds/replay.ts";
import { situationOfObjects } from "./situations.ts";

function endsNamed(situation: Situation, text: string): Resolved {
  const reference = parseEnds(text, "default");
  assert.ok(!isReferenceError(reference));
  const found = resolveEnds(situation, reference);
  assert.ok(!isReferenceError(found));
  return found;
}

function everyone(crowd: Crowd | undefined, end: End): readonly End[] {
  return end.kind === "pod" ? (crowd?.pods ?? [end.pod]).map((pod) => ({ ...end, pod })) : [end];
}

/** What each pair of ends has, by verdict; a pod and itself left out. */
function pairsOf({ cases, crowds }: FoldedAnswer): ReadonlyMap<string, string> {
  const pairs = new Map<string, TrafficSet>();
  for (const item of cases) {
    const { kind, from, to, traffic } = item;
    if (to === undefined) continue;
    const crowd = crowds?.get(item);
    for (const source of everyone(crowd?.from, from)) {
      for (const destination of everyone(crowd?.to, to)) {
        if (isSamePod(source, destination)) continue;
        const key = `${kind} ${endText(source)} ${endText(destination)} ${familyOfEnd(from)}`;
        pairs.set(key, unionTraffic(pairs.get(key) ?? [], traffic));
      }
    }
  }
  return new Map([...pairs].map(([key, traffic]): [string, string] => [key, trafficKey(traffic)]));
}

/** A pod with two more of its kind, at other addresses; other objects as they are. */
function threefold(object: RawObject): readonly RawObject[] {
  if (!isPod(object)) return [object];
  const { status, metadata } = object;
  return [
    object,
    ...[1, 2].map((turn): RawObject => {
      const copy = {
        ...object,
        metadata: { ...metadata, name: `${metadata?.name ?? ""}-copy-${turn}` },
        status: {
          ...status,
          podIP: status?.podIP && moved(status.podIP, turn),
          podIPs: status?.podIPs?.map(({ ip }) => ({ ip: moved(ip, turn) })),
        },
      };
      return copy;
    }),
  ];
}

/** Another address of the same block. */
function moved(ip: string, turn: number): string {
  return ip.replace(/[0-9a-f]+$/, (last) => String((Number.parseInt(last, 16) % 80) + turn * 80));
}

it("a folded answer says of every pair what the answer pair by pair says", async () => {
  let folded = 0;
  const named = parseAsked("http");
  assert.ok(!isReferenceError(named));
  await holdsInEveryWorld(
    12,
    ({ objects }) => {
      const situation = situationOfObjects(objects.flatMap(threefold));
      for (const [from, to] of [
        ["*", "*"],
        ["*", "10.0.0.0/8"],
        ["10.0.0.0/8", "*"],
      ] as const) {
        for (const asked of [EVERYTHING_ASKED, named] satisfies readonly Asked[]) {
          const ends = { from: endsNamed(situation, from), to: endsNamed(situation, to) };
          const question: Question = { ...ends, asked, sourcePort: undefined };
          const short = foldedAnswer(situation, question);
          const long = answer(situation, question);
          assert.equal(short.kind, long.kind);
          assert.deepEqual(pairsOf(short), pairsOf(long));
          if (short.cases.length < long.cases.length) folded++;
        }
      }
    },
    mixedWorld(),
  );
  assert.ok(folded > 0);
});
