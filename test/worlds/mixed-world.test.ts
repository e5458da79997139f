import { strict as assert } from "node:assert";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { naiveVerdict as kubernetesVerdict } from "../naive/network-policy.ts";
import { isStagedPolicy } from "../naive/calico-objects.ts";
import { naivePending, naiveReading, naiveVerdict } from "../naive/verdict.ts";
import type { NaiveReading } from "../naive/verdict.ts";
import { mixedWorld } from "./mixed-world.ts";
import { holdsForEveryPacket, holdsInEveryWorld } from "./replay.ts";
import { worldText } from "./world.ts";

describe("random worlds of every policy language", () => {
  it("are read by the naive reading without complaint, also with the staged policies live", async () => {
    await holdsForEveryPacket(
      200,
      (objects, packet) => {
        naiveVerdict(objects, packet);
        naivePending(objects, packet);
      },
      mixedWorld(),
    );
  });

  it("name no two objects of a kind alike in a namespace, and come out as one List", async () => {
    await holdsInEveryWorld(
      100,
      ({ objects }) => {
        const names = objects.map(({ kind, apiVersion = "", metadata }) => {
          const group = apiVersion.replace(/.*projectcalico.*/u, "calico");
          return `${kind}.${group} ${metadata?.namespace ?? ""}/${metadata?.name}`;
        });
        assert.equal(new Set(names).size, names.length);
        assert.deepEqual(JSON.parse(worldText({ objects })), { kind: "List", apiVersion: "v1", items: objects });
      },
      mixedWorld(),
    );
  });

  it("say the same pending as now where nothing is staged", async () => {
    await holdsForEveryPacket(
      50,
      (objects, packet) => {
        const enforced = objects.filter((object) => !isStagedPolicy(object));
        assert.equal(naivePending(enforced, packet), naiveVerdict(objects, packet));
      },
      mixedWorld(),
    );
  });

  it("let every mechanism decide often enough", () => {
    const counts = new Map<string, number>();
    let total = 0;
    for (const { objects, packets } of fc.sample(mixedWorld(), { numRuns: 300, seed: 1 })) {
      for (const packet of packets) {
        total += 1;
        for (const name of mechanismsOf(naiveReading(objects, packet))) counts.set(name, (counts.get(name) ?? 0) + 1);
      }
    }
    for (const [name, least] of Object.entries(leastShares)) {
      assert.ok((counts.get(name) ?? 0) / total > least, `${name}: ${counts.get(name)} of ${total}`);
    }
  });
});

describe("the reading of every language", () => {
  it("says of worlds of NetworkPolicies alone what the reading of NetworkPolicy says", async () => {
    await holdsForEveryPacket(200, (objects, packet) => {
      assert.equal(naiveVerdict(objects, packet), kubernetesVerdict(objects, packet));
    });
  });
});

describe("a fact that fails in a mixed world", () => {
  it("is reported in a world shrunk to valid objects that matter", async () => {
    const failure = await reportOf(
      holdsForEveryPacket(
        500,
        (objects, packet) => {
          const { ingress } = naiveReading(objects, packet);
          assert.notEqual(ingress?.kind, "Calico GlobalNetworkPolicy", "no global policy decides");
        },
        mixedWorld(),
      ),
    );
    assert.match(failure, /no global policy decides/u);
    const list: unknown = JSON.parse(failure.slice(failure.indexOf('{\n  "kind": "List"')));
    const items =
      typeof list === "object" && list !== null && "items" in list && Array.isArray(list.items) ? list.items : [];
    const kinds = items.map(({ kind }) => kind).filter((kind) => kind !== "Tier");
    assert.deepEqual(kinds, ["Namespace", "Node", "Pod", "GlobalNetworkPolicy"]);
  });
});

function mechanismsOf({ unstoppable, egress, ingress }: NaiveReading): readonly string[] {
  const sides = [egress, ingress].flatMap((side) => (side === undefined ? [] : [side]));
  return [
    ...(unstoppable === undefined ? [] : [unstoppable]),
    ...sides.map(({ by, kind, verdict }) => (kind === undefined ? by : `${kind} ${verdict}`)),
  ];
}

const leastShares = {
  "same-pod": 0.01,
  "own-node": 0.03,
  profile: 0.05,
  "profile after pass": 0.02,
  "end of tier": 0.1,
  "equal priorities": 0.003,
  "NetworkPolicy allowed": 0.02,
  "Calico NetworkPolicy allowed": 0.02,
  "Calico NetworkPolicy denied": 0.01,
  "Calico GlobalNetworkPolicy allowed": 0.02,
  "Calico GlobalNetworkPolicy denied": 0.01,
  "ClusterNetworkPolicy allowed": 0.02,
  "ClusterNetworkPolicy denied": 0.02,
  "AdminNetworkPolicy allowed": 0.003,
  "AdminNetworkPolicy denied": 0.003,
  "BaselineAdminNetworkPolicy denied": 0.0002,
};

async function reportOf(run: Promise<void>): Promise<string> {
  try {
    await run;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return assert.fail("nothing failed");
}
