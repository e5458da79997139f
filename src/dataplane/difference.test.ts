import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NO_TRAFFIC, toPorts } from "../net/traffic.ts";
import { TCP } from "../net/protocol.ts";
import { applyDifference, difference, emptyRuleset, isNoDifference, obstacleTo } from "./difference.ts";
import { EMPTY_PROGRAM, programWith } from "./program.fixture.ts";
import { rulesetOf } from "./program-ruleset.ts";
import type { PairEntry, Program } from "./program.ts";
import type { Element, NamedSet, Ruleset } from "./ruleset.ts";
import { ADMITTED, trafficNumbers } from "./traffic-numbers.ts";

const A = 0x0a00_0101n;
const admit = (peerClass: number): PairEntry => ({ peerClass, pod: A, target: { kind: "admit" } });
const WEB = { name: "traffic_web", traffic: toPorts(TCP, [{ start: 80, end: 81 }]), logged: NO_TRAFFIC };
const web = (peerClass: number): PairEntry => ({ peerClass, pod: A, target: { kind: "traffic", chain: WEB.name } });

function change(before: Program, after: Program): ReturnType<typeof difference> {
  return difference(rulesetOf(before), rulesetOf(after));
}

function names(things: readonly { readonly name: string }[]): readonly string[] {
  return things.map(({ name }) => name);
}

function oneSet(elements: readonly Element[], more: Partial<NamedSet> = {}): Ruleset {
  const set: NamedSet = { name: "s", about: "", key: ["ipv4_addr"], interval: false, elements, ...more };
  return { table: "t", sets: [set], chains: [] };
}

describe("the difference of two programs", () => {
  it("of the same content is nothing", () => {
    const program = programWith({ isolatedIngress: [A], ingress: [admit(1), web(2)] }, { trafficChains: [WEB] });
    assert.ok(isNoDifference(change(program, structuredClone(program))));
  });

  it("that differ in one pair is that element", () => {
    const before = programWith({ ingress: [admit(1), admit(2), admit(3)] });
    const after = programWith({ ingress: [admit(1), admit(3)] });
    const { before: _, after: __, deletedElements, ...rest } = change(before, after);
    assert.deepEqual(
      deletedElements.map(({ set, elements }) => [set.name, elements.map(({ key }) => key)]),
      [["ingress_pairs4", [[A, 2]]]],
    );
    assert.ok(Object.values(rest).every((part) => part.length === 0));
  });

  it("takes a key away and adds it again where its value changes", () => {
    const before = programWith({ ingress: [admit(1)] }, { trafficChains: [WEB] });
    const after = programWith({ ingress: [web(1)] }, { trafficChains: [WEB] });
    const { deletedElements, addedElements } = change(before, after);
    const number = trafficNumbers({ hosts: undefined, trafficChains: [WEB] }).get(WEB.name);
    assert.deepEqual(deletedElements[0]?.elements, [{ key: [A, 1], value: ADMITTED }]);
    assert.deepEqual(addedElements[0]?.elements, [{ key: [A, 1], value: number }]);
  });

  it("adds a traffic chain with its first use and deletes it with its last", () => {
    const without = programWith({ ingress: [admit(1)] });
    const used = programWith({ ingress: [web(1)] }, { trafficChains: [WEB] });
    assert.deepEqual(names(change(without, used).addedChains), ["traffic_web"]);
    assert.deepEqual(names(change(used, without).deletedChains), ["traffic_web"]);
    assert.deepEqual(change(used, without).rewrittenChains, []);
  });

  it("in the generation alone is one element, and the rules that stamp and log it", () => {
    const program = programWith({ ingress: [admit(1)] });
    const { rewrittenChains, deletedElements, addedElements } = change(program, { ...program, generation: 2 });
    assert.deepEqual(names(rewrittenChains), ["stamp", "deny"]);
    assert.deepEqual(
      [deletedElements, addedElements].map(([only, ...others]) => [only?.set.name, only?.elements, others]),
      [
        ["stamps", [{ key: [0x1_0000] }], []],
        ["stamps", [{ key: [0x2_0000] }], []],
      ],
    );
  });

  it("adds the sets and the chain that bind sources with the first interface", () => {
    const bound = { ...EMPTY_PROGRAM, interfaces: [{ name: "veth1", addresses: [A] }] };
    const { addedSets, addedChains } = change(EMPTY_PROGRAM, bound);
    assert.deepEqual(names(addedSets), ["pod_interfaces", "bound4", "bound6"]);
    assert.deepEqual(names(addedChains), ["source"]);
  });

  it("never deletes or adds what both have", () => {
    const before = programWith({ ingress: [admit(1)] }, { trafficChains: [WEB], generation: 7, denial: "reject" });
    const { deletedSets, deletedChains, addedSets, addedChains } = change(before, programWith({ egress: [admit(9)] }));
    assert.deepEqual([names(deletedSets), names(addedSets), names(addedChains)], [[], [], []]);
    assert.deepEqual(names(deletedChains), ["traffic_web"]);
  });
});

describe("the difference of two tables", () => {
  it("knows intervals by both ends", () => {
    const part = (start: bigint, end: bigint): Element => ({ key: [{ start, end }] });
    const { deletedElements, addedElements } = difference(
      oneSet([part(0n, 5n), part(8n, 9n)], { interval: true }),
      oneSet([part(0n, 4n), part(8n, 9n)], { interval: true }),
    );
    assert.deepEqual(deletedElements[0]?.elements, [part(0n, 5n)]);
    assert.deepEqual(addedElements[0]?.elements, [part(0n, 4n)]);
  });

  it("takes a comment for a part of its element, as far as the kernel keeps it", () => {
    const named = (comment: string): Ruleset => oneSet([{ key: [A], comment }]);
    assert.equal(isNoDifference(difference(named("shop/web"), named("shop/db"))), false);
    const long = "x".repeat(127);
    assert.ok(isNoDifference(difference(named(`${long}a`), named(`${long}b`))));
    assert.ok(isNoDifference(difference(named("é"), named("?"))));
  });

  it("finds elements again in another order", () => {
    const keys = [3n, 1n, 2n].map((address): Element => ({ key: [address] }));
    assert.ok(isNoDifference(difference(oneSet(keys), oneSet(keys.toReversed()))));
  });

  it("is refused where a set of the same name holds other things", () => {
    assert.equal(obstacleTo(oneSet([]), oneSet([], { key: ["ipv6_addr"] })), "set s holds other things");
    assert.throws(() => difference(oneSet([]), oneSet([], { interval: true })), /set s holds other things/);
  });

  it("is refused where a chain of the same name is called elsewhere", () => {
    const at = (priority: number): Ruleset => ({
      ...emptyRuleset("t"),
      chains: [{ name: "c", about: "", hook: { point: "input", priority, policy: "accept" }, rules: [] }],
    });
    assert.equal(obstacleTo(at(0), at(0)), undefined);
    assert.match(obstacleTo(at(0), at(1)) ?? "", /chain c/);
  });

  it("leads from one to the other", () => {
    const before = rulesetOf(programWith({ ingress: [admit(1), web(2)] }, { trafficChains: [WEB] }));
    const after = rulesetOf({
      ...programWith({ egress: [admit(1)], ingress: [web(1)] }),
      trafficChains: [WEB],
      toOwnNode: "judge",
    });
    const reached = applyDifference(difference(before, after), before);
    assert.ok(isNoDifference(difference(reached, after)));
    assert.ok(reached.sets.some(({ name, elements }) => name === "egress_pairs4" && elements.length === 1));
  });
});
