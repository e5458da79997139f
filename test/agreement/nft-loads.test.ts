/** The kernel takes the text of every program, and lists it back whole. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as fc from "fast-check";
import { compile } from "../../src/dataplane/compile.ts";
import { nftText } from "../../src/dataplane/nft-text.ts";
import type { FamilyProgram, Program } from "../../src/dataplane/program.ts";
import { labCapabilities } from "../../src/kernel/capabilities.ts";
import { createNamespaces, deleteNamespaces } from "../../src/kernel/namespaces.ts";
import { listTable, loadRuleset } from "../../src/kernel/nft.ts";
import { type Family, IPV4, IPV6 } from "../../src/net/address.ts";
import { ALL_TRAFFIC, box, NO_TRAFFIC, subtractTraffic, toPorts, unionTraffic } from "../../src/net/traffic.ts";
import { PROFILES } from "../../src/situation/assumptions.ts";
import { world } from "../worlds/world.ts";
import { situationOfObjects } from "./situations.ts";

const NAMESPACE = `pcltest-${process.pid}-loads`;
const TABLE = { family: "inet", name: "portcullis" } as const;
const capabilities = labCapabilities();
const skip = capabilities.ok ? false : capabilities.missing.map(({ what, remedy }) => `${what} (${remedy})`).join("; ");

/** The named objects of a table, however it is laid out. */
function objectsOf(text: string): readonly string[] {
  return [...text.matchAll(/^\s*(set|map|chain) (\S+) \{$/gm)].map(([, kind, name]) => `${kind} ${name}`).sort();
}

async function assertLoads(program: Program): Promise<string> {
  const text = nftText(program, (address) => `name of ${address}\n}`);
  await loadRuleset(NAMESPACE, text);
  const listed = (await listTable(NAMESPACE, TABLE)) ?? "";
  assert.deepEqual(objectsOf(listed), objectsOf(text));
  return listed;
}

const OWN_NODE = ["allow", "judge", "drop"] as const;

const V6 = IPV6.start;
function everyKindOf(family: Family): FamilyProgram {
  const whole = family === 4 ? IPV4 : IPV6;
  const base = family === 4 ? 0x0a00_0000n : V6 + (0xfdn << 120n);
  return {
    family,
    localPods: [base + 1n, base + 2n, base + 3n],
    isolatedEgress: [base + 1n],
    isolatedIngress: [base + 1n, base + 2n],
    addressClasses: [1, 65_535, 65_536, 0].map((peerClass, i) => ({
      block: { start: base + BigInt(i), end: base + BigInt(i) + 1n },
      peerClass,
    })),
    blockClasses: [
      { block: { start: whole.start, end: base }, peerClass: 2 },
      { block: { start: base, end: base + 256n }, peerClass: 3 },
      { block: { start: base + 256n, end: whole.end }, peerClass: 65_537 },
    ],
    egress: [{ peerClass: 65_536, pod: base + 1n, target: { kind: "traffic", chain: "traffic_all_but" } }],
    ingress: [{ peerClass: 1, pod: base + 2n, target: { kind: "admit" } }],
  };
}

const EVERY_KIND: Program = {
  node: "n1",
  table: TABLE.name,
  generation: 65_535,
  denial: "reject",
  toOwnNode: "drop",
  interfaces: [
    { name: "veth1", addresses: [0x0a00_0001n, V6 + 1n] },
    { name: "cali-0.a_b@c", addresses: [] },
  ],
  families: [everyKindOf(4), everyKindOf(6)],
  trafficChains: [
    {
      name: "traffic_all_but",
      traffic: subtractTraffic(ALL_TRAFFIC, toPorts(6, [{ start: 25, end: 26 }])),
      logged: ALL_TRAFFIC,
    },
    {
      name: "traffic_ports",
      traffic: [6, 17, 33, 132, 136]
        .map((protocol) =>
          box(
            protocol,
            [{ start: 0, end: 1024 }],
            [
              { start: 0, end: 1 },
              { start: 65_535, end: 65_536 },
            ],
          ),
        )
        .reduce(unionTraffic),
      logged: NO_TRAFFIC,
    },
    {
      name: "traffic_icmp",
      traffic: [1, 58]
        .map((protocol) => box(protocol, [{ start: 8, end: 10 }], [{ start: 0, end: 2 }]))
        .reduce(unionTraffic),
      logged: NO_TRAFFIC,
    },
    {
      name: "traffic_each_protocol",
      traffic: Array.from({ length: 128 }, (_, i) => box(i * 2, [{ start: 0, end: 1 }], [{ start: 0, end: 1 }])).reduce(
        unionTraffic,
      ),
      logged: [1, 58, 17]
        .map((protocol) => box(protocol, [{ start: 3, end: 9 }], [{ start: 0, end: 2 }]))
        .reduce(unionTraffic),
    },
  ],
  degraded: ["one reason\nflush ruleset"],
};

describe("the kernel", { skip }, () => {
  before(() => createNamespaces([NAMESPACE]));
  after(() => deleteNamespaces([NAMESPACE]));

  it("takes everything a program can hold, and lists it back", async () => {
    const listed = await assertLoads(EVERY_KIND);
    assert.match(listed, /10\.0\.0\.2 : 1:0\b/);
    assert.match(listed, /10\.0\.0\.1 : 0:ffff\b/);
    assert.match(listed, /ct mark set .*0xffff0000/);
  });

  it("takes the programs of random worlds one after the other, each in place of the last", async () => {
    for (const [i, { objects }] of fc.sample(world(), { numRuns: 12, seed: 7 }).entries()) {
      const situation = situationOfObjects(objects, {
        ...PROFILES.kubernetes,
        "pod-to-own-node": OWN_NODE[i % OWN_NODE.length] ?? "allow",
        "service-hairpin": i % 3 === 0 ? "allow" : "judge",
      });
      for (const node of situation.inventory.nodes) {
        const interfaces = situation.inventory.pods
          .filter((pod) => pod.node === node.name)
          .map(({ addresses }, index) => ({ name: `veth${index}`, addresses }));
        await assertLoads(compile(situation, node, { table: TABLE.name, generation: 1, denial: "drop", interfaces }));
      }
    }
  });
});
