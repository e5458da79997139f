/** Programs to load: those of random worlds, and one that holds everything a program can. */
import * as fc from "fast-check";
import { compile } from "../../src/dataplane/compile.ts";
import type { AddressLookup } from "../../src/dataplane/address-lookup.ts";
import type { HostProgram, HostStage, HostStageFamily, HostTarget } from "../../src/dataplane/host-program.ts";
import type { FamilyProgram, Program } from "../../src/dataplane/program.ts";
import { type Family, IPV4, IPV6 } from "../../src/net/address.ts";
import { ALL_TRAFFIC, allOf, box, NO_TRAFFIC, subtractTraffic, toPorts, unionTraffic } from "../../src/net/traffic.ts";
import type { Direction, Phase } from "../../src/policy/model.ts";
import { PROFILES } from "../../src/situation/assumptions.ts";
import type { RawObject } from "../naive/raw-objects.ts";
import { hostWorld, NODE_INTERFACE } from "../worlds/host-world.ts";
import { mixedWorld } from "../worlds/mixed-world.ts";
import { world } from "../worlds/world.ts";
import { situationOfObjects } from "./situations.ts";

export const TABLE = { family: "inet", name: "portcullis" } as const;

const OWN_NODE = ["allow", "judge", "drop"] as const;

/** The programs of the nodes of one world; `variant` chooses what else a node may do differently. */
export function programsOf(objects: readonly RawObject[], variant: number): readonly Program[] {
  const situation = situationOfObjects(objects, {
    ...PROFILES.kubernetes,
    "pod-to-own-node": OWN_NODE[variant % OWN_NODE.length] ?? "allow",
    "service-hairpin": variant % 3 === 0 ? "allow" : "judge",
  });
  return situation.inventory.nodes.map((node) => {
    const pods = situation.inventory.pods.filter((pod) => pod.node === node.name);
    return compile(situation, node, {
      table: TABLE.name,
      generation: 1 + (variant % 65_535),
      denial: variant % 2 === 0 ? "drop" : "reject",
      interfaces: variant % 5 === 0 ? [] : pods.map(({ addresses }, i) => ({ name: `veth${i}`, addresses })),
      ...(variant % 2 === 0 ? {} : { ownInterfaces: [{ name: NODE_INTERFACE, addresses: node.addresses }] }),
    });
  });
}

/** So many programs of random worlds, of NetworkPolicies, of every policy language, with host endpoints; the seed makes them again. */
export function randomPrograms(count: number, seed: number): readonly Program[] {
  const worlds = [world(), mixedWorld(), hostWorld()].map((worlds) =>
    fc.sample(worlds, { numRuns: count, seed }).values(),
  );
  const programs: Program[] = [];
  for (let variant = 0; programs.length < count; variant++) {
    const next = worlds[variant % worlds.length]?.next().value;
    if (next === undefined) throw new Error(`${count} worlds have no ${count} nodes`);
    programs.push(...programsOf(next.objects, variant));
  }
  return programs.slice(0, count);
}

/** The same program from a compiler that counts its classes the other way round. */
export function numberedBackwards(program: Program): Program {
  const [v4, v6] = program.families.map((family): FamilyProgram => {
    const entries = [...family.addressClasses, ...family.blockClasses, ...family.egress, ...family.ingress];
    const most = entries.reduce((most, { peerClass }) => Math.max(most, peerClass), 0);
    const turned = <T extends { readonly peerClass: number }>(entry: T): T => ({
      ...entry,
      peerClass: entry.peerClass === 0 ? 0 : most + 1 - entry.peerClass,
    });
    return {
      ...family,
      addressClasses: family.addressClasses.map(turned),
      blockClasses: family.blockClasses.map(turned),
      egress: family.egress.map(turned),
      ingress: family.ingress.map(turned),
    };
  });
  if (v4 === undefined || v6 === undefined) throw new Error("a program has two families");
  return { ...program, families: [v4, v6] };
}

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

const BASE = 0x0a00_0000n;

function hostStageOf(phase: Phase, direction: Direction, endpoint: string): HostStage {
  const early = phase === "untracked" || phase === "pre-dnat";
  const chain = early ? `${phase === "untracked" ? "untracked" : "pre_dnat"}_web` : "traffic_ports";
  const family = (number: Family): HostStageFamily => {
    const base = number === 4 ? BASE : V6 + (0xfdn << 120n);
    const row = (rest: HostTarget, other: HostTarget): AddressLookup<HostTarget> => ({
      rest,
      blocks: [{ block: { start: base, end: base + 256n }, value: other }],
      addresses: [{ address: base + 7n, value: { kind: "deny" } }],
    });
    return {
      family: number,
      here: {
        rest: 0,
        blocks: [{ block: { start: base + 512n, end: base + 1024n }, value: 1 }],
        addresses: [{ address: base + 3n, value: 1 }],
      },
      rows: [
        row({ kind: early ? "pass" : "admit" }, { kind: "traffic", chain }),
        row({ kind: "deny" }, { kind: phase === "pre-dnat" || !early ? "admit" : "pass" }),
      ],
    };
  };
  return { endpoint, phase, direction, families: [family(4), family(6)] };
}

/** Host endpoints of one interface and of all others, with every phase. */
const HOSTS: HostProgram = {
  interfaces: [
    { name: "eth0", endpoint: "n1.eth0" },
    { name: "eth1", endpoint: "open" },
  ],
  others: "every-other",
  towardsPods: ["veth1"],
  hasHiddenPods: true,
  stages: ["n1.eth0", "every-other"].flatMap((endpoint) => [
    hostStageOf("untracked", "ingress", endpoint),
    hostStageOf("untracked", "egress", endpoint),
    hostStageOf("pre-dnat", "ingress", endpoint),
    hostStageOf("normal", "ingress", endpoint),
    hostStageOf("normal", "egress", endpoint),
    hostStageOf("forward", "ingress", endpoint),
    hostStageOf("forward", "egress", endpoint),
  ]),
  earlyTraffic: (["untracked", "pre-dnat"] as const).map((phase) => ({
    name: `${phase === "untracked" ? "untracked" : "pre_dnat"}_web`,
    phase,
    allowed: [
      box(6, [{ start: 80, end: 81 }], [{ start: 443, end: 444 }]),
      box(1, [{ start: 8, end: 9 }], [{ start: 0, end: 1 }]),
      box(58, [{ start: 128, end: 130 }], [{ start: 0, end: 1 }]),
    ].reduce(unionTraffic),
    passing: toPorts(17, [{ start: 53, end: 54 }]),
    logged: box(58, [{ start: 1, end: 2 }], [{ start: 4, end: 5 }]),
  })),
  carriers: unionTraffic(allOf(4), toPorts(17, [{ start: 4789, end: 4790 }])),
  nodes: [BASE + 1n, V6 + 1n],
};

/** Everything a program can hold. */
export const EVERY_KIND: Program = {
  node: "n1",
  table: "portcullis",
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
  hosts: HOSTS,
  degraded: ["one reason\nflush ruleset"],
};
