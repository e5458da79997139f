import { strict as assert } from "node:assert";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { naiveReading } from "../naive/network-policy.ts";
import { isNode, isPod } from "../naive/raw-objects.ts";
import { interestingPackets } from "./packets.ts";
import { holdsForEveryPacket, holdsInEveryWorld } from "./replay.ts";
import { world, worldText } from "./world.ts";

describe("random worlds", () => {
  it("are read by the naive reading without complaint", async () => {
    await holdsForEveryPacket(200, (objects, packet) => {
      naiveReading(objects, packet);
    });
  });

  it("name no two objects of a kind alike in a namespace", async () => {
    await holdsInEveryWorld(200, ({ objects }) => {
      const names = objects.map(({ kind, metadata }) => `${kind} ${metadata?.namespace ?? ""}/${metadata?.name}`);
      assert.equal(new Set(names).size, names.length);
    });
  });

  it("give no live pod the address of another or of a node", async () => {
    await holdsInEveryWorld(200, ({ objects }) => {
      const ofPods = objects
        .filter(isPod)
        .filter(({ spec, status }) => spec?.hostNetwork !== true && !/Succeeded|Failed/u.test(status?.phase ?? ""))
        .flatMap(({ status }) => (status?.podIPs ?? []).map(({ ip }) => ip));
      const ofNodes = objects
        .filter(isNode)
        .flatMap(({ status }) => (status?.addresses ?? []).map((own) => own.address));
      assert.ok(ofPods.length > 0);
      assert.equal(new Set([...ofPods, ...ofNodes]).size, ofPods.length + ofNodes.length);
    });
  });

  it("let every reason for a verdict occur often", () => {
    const counts = new Map<string, number>();
    for (const { objects, packets } of fc.sample(world(), { numRuns: 300, seed: 1 })) {
      for (const packet of packets) {
        const { because } = naiveReading(objects, packet);
        counts.set(because, (counts.get(because) ?? 0) + 1);
      }
    }
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    for (const [because, least] of Object.entries(leastShares)) {
      assert.ok((counts.get(because) ?? 0) / total > least, `${because}: ${counts.get(because)} of ${total}`);
    }
  });

  it("come out as one List that reads back as the same objects", async () => {
    await holdsInEveryWorld(50, ({ objects }) => {
      assert.deepEqual(JSON.parse(worldText({ objects })), { kind: "List", apiVersion: "v1", items: objects });
    });
  });
});

const leastShares = {
  "no-isolation": 0.1,
  rules: 0.1,
  egress: 0.05,
  ingress: 0.05,
  "egress-and-ingress": 0.01,
  "own-node": 0.03,
  "same-pod": 0.01,
};

describe("interesting packets", () => {
  it("are the same for the same objects, none occurs twice, and there are no more than asked for", async () => {
    await holdsInEveryWorld(20, ({ objects }) => {
      const packets = interestingPackets(objects, 500);
      assert.deepEqual(packets, interestingPackets(objects, 500));
      assert.equal(new Set(packets.map((packet) => JSON.stringify(packet))).size, packets.length);
      assert.ok(packets.length > 0 && packets.length <= 500);
    });
  });

  it("stand on both sides of every border of a block and of a port range", () => {
    const [sample] = fc.sample(world(), { numRuns: 1, seed: 3 });
    const pod = { ...sample?.objects.find(isPod), status: { phase: "Running", podIPs: [{ ip: "10.244.1.10" }] } };
    const policy = {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "borders", namespace: "default" },
      spec: {
        ingress: [
          {
            from: [{ ipBlock: { cidr: "203.0.112.0/22", except: ["203.0.113.0/25"] } }],
            ports: [{ port: 8000, endPort: 8100 }],
          },
        ],
      },
    };
    const packets = interestingPackets([{ kind: "Pod", ...pod }, policy], 100_000);
    const sources = new Set(packets.map(({ source }) => source));
    for (const border of ["203.0.111.255", "203.0.112.0", "203.0.115.255", "203.0.116.0"])
      assert.ok(sources.has(border));
    for (const border of ["203.0.112.255", "203.0.113.0", "203.0.113.127", "203.0.113.128"])
      assert.ok(sources.has(border));
    const ports = new Set(packets.map(({ destinationPort }) => destinationPort));
    for (const border of [7999, 8000, 8100, 8101]) assert.ok(ports.has(border));
    assert.ok(packets.some(({ protocol }) => protocol === "ICMP") && packets.some(({ protocol }) => protocol === 47));
  });
});

describe("a fact that fails in a random world", () => {
  it("is reported with seed, path, packet and a world shrunk to what matters", async () => {
    const failure = await reportOf(
      holdsForEveryPacket(500, (objects, packet) => {
        assert.notEqual(naiveReading(objects, packet).because, "ingress", "no packet is denied by ingress");
      }),
    );
    assert.match(failure, /no packet is denied by ingress/u);
    assert.match(failure, /PORTCULLIS_SEED=-?[0-9]+ PORTCULLIS_PATH=[0-9:]+/u);
    assert.match(failure, /packet \{"source":/u);
    const list: unknown = JSON.parse(failure.slice(failure.indexOf('{\n  "kind": "List"')));
    const items =
      typeof list === "object" && list !== null && "items" in list && Array.isArray(list.items) ? list.items : [];
    assert.deepEqual(
      items.map(({ kind }) => kind),
      ["Namespace", "Node", "Pod", "NetworkPolicy"],
    );
  });
});

async function reportOf(run: Promise<void>): Promise<string> {
  try {
    await run;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return assert.fail("nothing failed");
}
