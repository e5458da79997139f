/** Naive reading, oracle, sets and whole answers say the same about packets through random VPCs. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Admission, admissionOnPath } from "../../src/fold/admission.ts";
import { headerKind } from "../../src/net/protocol.ts";
import { box, containsTraffic, type TrafficPoint } from "../../src/net/traffic.ts";
import { isReferenceError } from "../../src/path/reference.ts";
import { resolve } from "../../src/path/resolve.ts";
import { answer } from "../../src/reach/question.ts";
import type { Situation } from "../../src/situation/situation.ts";
import { judge, type VerdictKind } from "../../src/verdict/verdict.ts";
import type { RawPacket } from "../naive/raw-objects.ts";
import { type NetworkAssumptions, naiveNetworkReading, type NetworkVerdict } from "../naive/vpc.ts";
import { holdsInEvery } from "../worlds/replay.ts";
import { answerable, vpcForm, type VpcWorld, vpcWorld } from "../worlds/vpc-world.ts";
import { addressOf, pathOf, pointOf } from "./situations.ts";
import { NETWORK_ASSUMPTIONS, situationOfVpcWorld } from "./vpc-situations.ts";

/** Holds those who judge packets of the world against the naive reading; returns what it said. */
function verdictsAgreed(
  world: VpcWorld,
  who: "everybody" | "the oracle" = "everybody",
  assumed: Partial<NetworkAssumptions> = {},
): readonly NetworkVerdict[] {
  const situation = situationOfVpcWorld(world, assumed);
  return answerable(world).map((packet) => {
    const reading = naiveNetworkReading(world.objects, world.networks, packet, { ...NETWORK_ASSUMPTIONS, ...assumed });
    const path = pathOf(situation, packet);
    const point = pointOf(packet);
    const { kind, deciding } = judge(situation, path, point);
    const claims = {
      [`the oracle (${deciding?.stage.name ?? "nothing in the way"})`]: kind,
      ...(who === "the oracle"
        ? {}
        : {
            "the sets": decisionOf(admissionOnPath(situation, path), point),
            "the whole answer": answerAbout(situation, packet, point),
          }),
    };
    for (const [claimant, verdict] of Object.entries(claims)) {
      assert.ok(
        reading.true.some((own) => own === verdict),
        `${JSON.stringify(packet)} is ${reading.true.join(" and ")} (${reading.because.join(", ")}); ${claimant}: ${verdict}`,
      );
      assert.equal(verdict, kind, `${claimant} differs from the oracle about ${JSON.stringify(packet)}`);
    }
    return reading.verdict;
  });
}

function decisionOf({ allowed, oneWay, noRoute, undecided }: Admission, point: TrafficPoint): VerdictKind {
  const found = Object.entries({ allowed, "one-way": oneWay, "no-route": noRoute, undecided }).flatMap(([kind, set]) =>
    containsTraffic(set, point) ? [kind] : [],
  );
  assert.ok(found.length <= 1, `a packet is in one set only, not in ${found.join(" and ")}`);
  const kind = (["allowed", "one-way", "no-route", "undecided"] as const).find((name) => name === found[0]);
  return kind ?? "denied";
}

/** What a question for this one packet is answered. */
function answerAbout(situation: Situation, { source, destination }: RawPacket, point: TrafficPoint): VerdictKind {
  const [from, to] = [source, destination].map((text) =>
    resolve(situation, { kind: "address", address: addressOf(text) }),
  );
  if (from === undefined || to === undefined || isReferenceError(from) || isReferenceError(to))
    throw new Error("no end");
  const { protocol, first, second } = point;
  const isBare = headerKind(protocol) === "none";
  const whole = { start: 0, end: isBare ? 1 : 65_536 };
  const traffic = isBare
    ? box(protocol, [whole], [whole])
    : box(protocol, [{ start: first, end: first + 1 }], [{ start: second, end: second + 1 }]);
  return answer(situation, { from, to, asked: { kind: "traffic", traffic }, sourcePort: undefined }).kind;
}

/** Values of the assumptions beside those that hold where nothing else is said. */
const VARIATIONS: Readonly<Record<string, readonly Partial<NetworkAssumptions>[]>> = {
  "pod-overlay": (["ipip", "vxlan-cross-subnet", "vxlan", "wireguard", "none"] as const).map((value) => ({
    "pod-overlay": value,
  })),
  "overlay-matched-by-legacy-all": (["yes", "no"] as const).map((value) => ({
    "overlay-matched-by-legacy-all": value,
  })),
  "unlisted-security-groups": (["by-name", "unknown"] as const).map((value) => ({ "unlisted-security-groups": value })),
  "unlisted-routes": (["none", "unknown"] as const).map((value) => ({ "unlisted-routes": value })),
};

describe("naive reading, oracle, sets and whole answers agree on every packet of random VPCs", () => {
  it("with the assumptions that hold where nothing else is said", async () => {
    const counts = new Map<string, number>();
    await holdsInEvery(
      vpcForm,
      150,
      (world) => {
        for (const verdict of verdictsAgreed(world)) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
      },
      vpcWorld(),
    );
    process.stdout.write(`${[...counts].map(([verdict, count]) => `${count} ${verdict}`).join(", ")}\n`);
  });

  for (const [name, values] of Object.entries(VARIATIONS)) {
    it(`so do naive reading and oracle under every other value of ${name}`, async () => {
      await holdsInEvery(
        vpcForm,
        25,
        (world) => {
          for (const value of values) verdictsAgreed(world, "the oracle", value);
        },
        vpcWorld(),
      );
    });
  }
});
