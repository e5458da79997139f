/** The fold's exact sets say about every packet what the oracle says, also where facts are missing. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { type Admission, admissionOnPath } from "../../src/fold/admission.ts";
import { containsTraffic, type TrafficPoint } from "../../src/net/traffic.ts";
import { type End, endsOfPod, familyOfEnd } from "../../src/path/end.ts";
import { directPath, type Path } from "../../src/path/path.ts";
import { reachMap } from "../../src/reach/map.ts";
import { type Assumptions, PROFILES } from "../../src/situation/assumptions.ts";
import type { Situation } from "../../src/situation/situation.ts";
import { judge } from "../../src/verdict/verdict.ts";
import { naiveVerdict } from "../naive/network-policy.ts";
import { isNamespace, isNetworkPolicy, isPod } from "../naive/raw-objects.ts";
import { holdsInEveryWorld } from "../worlds/replay.ts";
import { type World, world } from "../worlds/world.ts";
import { withoutNamespaces, withTemplates } from "./gaps.ts";
import { pathOf, pointOf, situationOfObjects } from "./situations.ts";

function decisionOf({ allowed, undecided }: Admission, point: TrafficPoint): string {
  const [isAllowed, isUndecided] = [containsTraffic(allowed, point), containsTraffic(undecided, point)];
  assert.ok(!(isAllowed && isUndecided), "a packet is not both allowed and undecided");
  if (isAllowed) return "allowed";
  return isUndecided ? "undecided" : "denied";
}

function assertAgreement(situation: Situation, path: Path, point: TrafficPoint): string {
  const { kind } = judge(situation, path, point);
  assert.equal(decisionOf(admissionOnPath(situation, path), point), kind, "the fold differs from the oracle");
  return kind;
}

const SETTINGS: readonly Assumptions[] = [
  PROFILES.kubernetes,
  { ...PROFILES.kubernetes, "cidr-matches-pods": "no" },
  { ...PROFILES.kubernetes, "pod-to-own-node": "judge", "unlisted-namespace-labels": "none" },
  PROFILES.calico,
];

function* pairsOfPods(situation: Situation): Generator<readonly [End, End]> {
  const ends = situation.inventory.pods.flatMap((pod) => endsOfPod(situation.inventory, pod, situation.podRange));
  for (const from of ends) for (const to of ends) if (familyOfEnd(from) === familyOfEnd(to)) yield [from, to];
}

/** The verdicts that fold and oracle agree on where the world lacks namespaces and addresses. */
function verdictsWithGaps({ objects, packets }: World, assumptions: Assumptions): readonly string[] {
  const situation = situationOfObjects(withTemplates(withoutNamespaces(objects)), assumptions);
  const pairs = [...pairsOfPods(situation)];
  return packets.flatMap((packet, i) => {
    const point = pointOf(packet);
    const pair = pairs[(i * 7) % Math.max(pairs.length, 1)];
    const paths = [pathOf(situation, packet), ...(pair === undefined ? [] : [directPath(situation, ...pair)])];
    return paths.map((path) => assertAgreement(situation, path, point));
  });
}

describe("the fold and the oracle", () => {
  it("agree on every packet of random worlds", async () => {
    await holdsInEveryWorld(150, ({ objects, packets }) => {
      const situation = situationOfObjects(objects);
      for (const packet of packets) assertAgreement(situation, pathOf(situation, packet), pointOf(packet));
    });
  });

  it("agree under every assumption, with namespaces missing and pods that have no address yet", async () => {
    await holdsInEveryWorld(120, (candidate) => {
      for (const assumptions of SETTINGS) verdictsWithGaps(candidate, assumptions);
    });
  });

  it("agree on worlds in which every verdict occurs", () => {
    const worlds = fc.sample(world(), { numRuns: 40, seed: 1 });
    const kinds = new Set(worlds.flatMap((candidate) => verdictsWithGaps(candidate, PROFILES.kubernetes)));
    assert.deepEqual([...kinds].toSorted(), ["allowed", "denied", "undecided"]);
  });

  it("agree where several pods claim one address, which leaves everything open that one of them decides", async () => {
    await holdsInEveryWorld(60, ({ objects, packets }) => {
      const first = objects.filter(isPod).find(({ status }) => status?.podIP !== undefined);
      if (first === undefined) return;
      const twin = { ...first, metadata: { ...first.metadata, name: "twin", labels: { app: "web", tier: "back" } } };
      const situation = situationOfObjects([...objects, twin]);
      for (const packet of packets) assertAgreement(situation, pathOf(situation, packet), pointOf(packet));
      // Whichever of the two is there: what is decided holds for both.
      for (const alone of [objects, [...objects.filter((object) => object !== first), twin]]) {
        for (const packet of packets) {
          const { kind } = judge(situation, pathOf(situation, packet), pointOf(packet));
          if (kind !== "undecided") assert.equal(kind, naiveVerdict(alone, packet), JSON.stringify(packet));
        }
      }
    });
  });

  it("decide a packet only where it has that verdict whatever labels the missing namespaces have", async () => {
    await holdsInEveryWorld(60, ({ objects, packets }) => {
      const namespaces = objects.filter(isNamespace);
      const partial = situationOfObjects(withoutNamespaces(objects));
      for (const packet of packets) {
        const { kind } = judge(partial, pathOf(partial, packet), pointOf(packet));
        if (kind === "undecided") continue;
        for (const labels of [{}, { env: "prod" }, { env: "dev", team: "red" }, { team: "blue" }]) {
          const guess = objects.map((object) =>
            namespaces.some((own) => own === object) && object.metadata?.name !== "default"
              ? { ...object, metadata: { ...object.metadata, labels } }
              : object,
          );
          assert.equal(naiveVerdict(guess, packet), kind, JSON.stringify(packet));
        }
      }
    });
  });
});

describe("the map", () => {
  it("comes as rows that name each pair of sides and family at most once", async () => {
    await holdsInEveryWorld(60, ({ objects }) => {
      const map = reachMap(situationOfObjects(withTemplates(objects)));
      for (const rows of [map.connections, map.undecided]) {
        const pairs = rows
          .filter(({ from, to }) => from.kind === "workload" && to.kind === "workload")
          .map(({ from, to, family }) => JSON.stringify([from, to, family ?? "any"]));
        assert.equal(new Set(pairs).size, pairs.length);
      }
    });
  });

  it("has nothing to deny in a world without policies", async () => {
    await holdsInEveryWorld(20, ({ objects }) => {
      const map = reachMap(situationOfObjects(objects.filter((object) => !isNetworkPolicy(object))));
      for (const { traffic } of map.connections)
        assert.ok(containsTraffic(traffic, { protocol: 1, first: 8, second: 0 }));
      assert.deepEqual(map.undecided, []);
    });
  });
});
