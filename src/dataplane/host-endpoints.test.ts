/** What a node's program does at its host endpoints, without a kernel. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Address, isAddressError, parseAddress } from "../net/address.ts";
import { TCP } from "../net/protocol.ts";
import { globalPolicy, hostEndpoint, hostsSituation } from "../verdict/host-endpoints.fixture.ts";
import { keepClassNumbers } from "./class-numbers.ts";
import { compile, type CompileOptions } from "./compile.ts";
import { rulesetOf } from "./program-ruleset.ts";
import type { Program } from "./program.ts";
import { provenanceOf } from "./provenance.ts";
import { simulate, type SimulatedPacket, type SimulatedVerdict } from "./simulate.ts";
import { tightens } from "./tightens.ts";

function v4(text: string): Address {
  const address = parseAddress(text);
  assert.ok(!isAddressError(address));
  return address;
}

function programOf(texts: readonly string[], more: Partial<CompileOptions> = {}): Program {
  const situation = hostsSituation(...texts);
  const [node] = situation.inventory.nodes;
  assert.ok(node !== undefined);
  return compile(situation, node, { table: "t", generation: 1, denial: "drop", interfaces: [], ...more });
}

function asks(program: Program, packet: Partial<SimulatedPacket> & { readonly port?: number }): SimulatedVerdict {
  const { port = 80, ...more } = packet;
  const traffic = { protocol: TCP, first: 40_000, second: port };
  const ends = { source: v4("192.0.2.9"), destination: v4("10.0.0.1") };
  return simulate(program, { ...ends, traffic, hook: "input", iif: "eth0", ...more });
}

/** Which host endpoint of the node governs an interface, told by the port that each of them lets in. */
function claims(specs: readonly string[], more: Partial<CompileOptions> = {}): (iif: string) => number | undefined {
  const texts = specs.flatMap((spec, i) => [
    hostEndpoint(`h${i}`, "n1", spec),
    globalPolicy(
      `p${i}`,
      `selector: name == 'h${i}', types: [Ingress], ingress: [{action: Allow, protocol: TCP, destination: {ports: [${1000 + i}]}}]`,
    ),
  ]);
  const program = programOf(texts, more);
  return (iif) => {
    if (asks(program, { iif, port: 80 }) === "untouched") return undefined;
    return specs.findIndex((_, i) => asks(program, { iif, port: 1000 + i }) === "accepted");
  };
}

describe("an interface of a node", () => {
  const own = [
    { name: "eth0", addresses: [v4("10.0.0.1")] },
    { name: "eth1", addresses: [v4("10.9.0.1")] },
  ];

  it("has the first host endpoint by name that claims it by name or address, else the one for all others", () => {
    const of = claims(["expectedIPs: [10.9.0.1]", "interfaceName: eth1", "interfaceName: eth0", 'interfaceName: "*"'], {
      ownInterfaces: own,
    });
    assert.deepEqual(["eth1", "eth0", "eth2"].map(of), [0, 2, 3]);
  });

  it("has none if it leads to pods, or is the loopback", () => {
    const pods = [{ name: "cali1", addresses: [v4("10.1.1.1")] }];
    const shared = [{ name: "cni0", addresses: [v4("10.1.1.2")] }];
    const of = claims(['interfaceName: "*"'], { interfaces: pods, sharedInterfaces: shared });
    assert.deepEqual(["cali1", "cni0", "lo", "eth0"].map(of), [undefined, undefined, undefined, 0]);
  });

  it("is not taken from an open host endpoint by the one for all others", () => {
    const texts = [
      hostEndpoint("a", "n1", "interfaceName: eth0, profiles: [projectcalico-default-allow]"),
      hostEndpoint("b", "n1", 'interfaceName: "*"'),
    ];
    assert.equal(asks(programOf(texts), { iif: "eth0" }), "untouched");
    assert.equal(asks(programOf(texts), { iif: "eth1" }), "denied");
  });
});

describe("host endpoints of a program", () => {
  const preDnat = (rule: string): string =>
    globalPolicy(
      "pre",
      `selector: role == 'host', preDNAT: true, applyOnForward: true, types: [Ingress], ingress: [${rule}]`,
    );
  const none = globalPolicy("none", "selector: role == 'host', applyOnForward: true, types: [Ingress]");

  it("see what was asked for before translation in pre-DNAT policies, and what it became in the others", () => {
    const service = { destination: v4("10.96.0.1"), port: 443 };
    const toPod = { hook: "forward", destination: v4("10.1.1.1"), oif: "cali1", port: 8443, asked: service } as const;
    const texts = [
      hostEndpoint("h", "n1"),
      preDnat("{action: Allow, destination: {nets: [10.96.0.0/16], ports: [443]}, protocol: TCP}"),
      none,
    ];
    const program = programOf(texts);
    assert.equal(asks(program, toPod), "accepted");
    assert.equal(asks(program, { ...toPod, asked: { ...service, port: 80 } }), "denied");
    const { asked: _, ...direct } = toPod;
    assert.equal(asks(program, direct), "denied");
  });

  it("are told by the names of their chains", () => {
    const texts = [hostEndpoint("node-1.eth0", "n1", 'interfaceName: "*"')];
    const situation = hostsSituation(...texts);
    const program = programOf(texts);
    const chain = rulesetOf(program).chains.find(({ name }) => name.endsWith("_normal_ingress"));
    assert.ok(chain !== undefined);
    const found = provenanceOf(situation, program, chain.name);
    assert.ok(found.kind === "chain");
    assert.match(found.about, /HostEndpoint node-1\.eth0/);
  });

  it("take something away where a phase denies more, or an interface gets another one", () => {
    const open = hostEndpoint("h", "n1");
    const [all, some] = ["{action: Allow}", "{action: Allow, protocol: TCP, source: {nets: [192.0.2.0/24]}}"].map(
      (rule) => globalPolicy("a", `selector: role == 'host', types: [Ingress], ingress: [${rule}]`),
    );
    assert.ok(all !== undefined && some !== undefined);
    const [free, wide, narrow, named] = [
      programOf([open]),
      programOf([open, all]),
      programOf([open, some]),
      programOf([hostEndpoint("h", "n1", "interfaceName: eth0, profiles: [projectcalico-default-allow]"), some]),
    ];
    assert.deepEqual([tightens(free, narrow), tightens(narrow, wide), tightens(wide, narrow)], [true, false, true]);
    assert.deepEqual([tightens(narrow, narrow), tightens(narrow, named), tightens(narrow, free)], [false, true, false]);
  });

  it("lose a pre-DNAT rule that kept later phases from being asked", () => {
    const [with_, without] = [
      programOf([hostEndpoint("h", "n1"), none, preDnat("{action: Allow}")]),
      programOf([hostEndpoint("h", "n1"), none]),
    ];
    assert.equal(tightens(with_, without), true);
    assert.equal(tightens(without, with_), true);
  });

  it("keep chains that the program before led to until the next change", () => {
    const before = programOf([
      hostEndpoint("h", "n1"),
      preDnat("{action: Deny, protocol: TCP, destination: {ports: [1]}}"),
    ]);
    const after = programOf([
      hostEndpoint("h", "n1"),
      preDnat("{action: Deny, protocol: TCP, destination: {ports: [2]}}"),
    ]);
    const kept = keepClassNumbers(before, after);
    const names = (program: Program): readonly string[] => program.hosts?.earlyTraffic.map(({ name }) => name) ?? [];
    assert.deepEqual(new Set(names(kept)), new Set([...names(before), ...names(after)]));
    assert.equal(names(keepClassNumbers(kept, after)).length, 1);
  });
});
