import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NO_TRAFFIC, toPorts } from "../net/traffic.ts";
import { TCP } from "../net/protocol.ts";
import { programWith } from "./program.fixture.ts";
import type { ClassEntry, PairEntry, Program, TrafficChain } from "./program.ts";
import { tightens } from "./tightens.ts";

const POD = 0x0a00_0101n;
const PEER = 0x0a00_0201n;

function ports(name: string, start: number, end: number): TrafficChain {
  return { name, traffic: toPorts(TCP, [{ start, end }]), logged: NO_TRAFFIC };
}

const NARROW = ports("traffic_narrow", 80, 81);
const WIDE = ports("traffic_wide", 80, 90);

function at(address: bigint, peerClass: number, size = 1n): ClassEntry {
  return { block: { start: address, end: address + size }, peerClass };
}

function via(chain: TrafficChain | undefined, peerClass = 1): PairEntry {
  return {
    peerClass,
    pod: POD,
    target: chain === undefined ? { kind: "admit" } : { kind: "traffic", chain: chain.name },
  };
}

/** The pod takes from the peer what the chain admits; undefined: everything. */
function taking(chain: TrafficChain | undefined, more: Partial<Program["families"][0]> = {}): Program {
  return programWith(
    { isolatedIngress: [POD], addressClasses: [at(PEER, 1)], ingress: [via(chain)], ...more },
    { trafficChains: [NARROW, WIDE] },
  );
}

describe("a program tightens the one before", () => {
  it("not where it is the same, whatever the numbers of its classes", () => {
    assert.equal(tightens(taking(WIDE), taking(WIDE)), false);
    assert.equal(
      tightens(taking(WIDE), taking(WIDE, { addressClasses: [at(PEER, 7)], ingress: [via(WIDE, 7)] })),
      false,
    );
  });

  it("where a pair admits less, and not where it admits more", () => {
    assert.deepEqual([tightens(taking(WIDE), taking(NARROW)), tightens(taking(NARROW), taking(WIDE))], [true, false]);
    assert.deepEqual(
      [tightens(taking(undefined), taking(WIDE)), tightens(taking(WIDE), taking(undefined))],
      [true, false],
    );
  });

  it("where a pair is gone, or an address is of another class", () => {
    assert.equal(tightens(taking(WIDE), taking(WIDE, { ingress: [] })), true);
    assert.equal(tightens(taking(WIDE), taking(WIDE, { addressClasses: [] })), true);
    const block = { addressClasses: [], blockClasses: [at(PEER - 1n, 1, 4n)] };
    assert.equal(tightens(taking(WIDE), taking(WIDE, block)), false);
    assert.equal(tightens(taking(WIDE, block), taking(WIDE)), true);
  });

  it("where a block ends sooner, and not where it ends later", () => {
    const [long, short] = [8n, 4n].map((size) =>
      taking(WIDE, { addressClasses: [], blockClasses: [at(PEER, 1, size)] }),
    );
    assert.ok(long && short);
    assert.deepEqual([tightens(long, short), tightens(short, long)], [true, false]);
  });

  it("not where a chain is gone that admitted less", () => {
    assert.equal(
      tightens({ ...taking(NARROW), trafficChains: [NARROW] }, { ...taking(WIDE), trafficChains: [WIDE] }),
      false,
    );
  });

  it("where a pod of its own comes that may not reach the node, and not where the node judges or lets it", () => {
    const [then, now] = [[POD], [POD, POD + 1n]].map((localPods) => taking(WIDE, { localPods }));
    assert.ok(then && now);
    const under = (toOwnNode: Program["toOwnNode"]): boolean => tightens({ ...then, toOwnNode }, { ...now, toOwnNode });
    assert.deepEqual([under("drop"), under("judge"), under("allow")], [true, false, false]);
  });

  it("where a pod is governed that was not, and not where one no longer is", () => {
    const open = programWith({});
    assert.deepEqual([tightens(open, taking(undefined)), tightens(taking(undefined), open)], [true, false]);
  });

  it("where its pods may reach their own node less", () => {
    const [allow, judge, drop] = (["allow", "judge", "drop"] as const).map((toOwnNode) => ({
      ...taking(WIDE),
      toOwnNode,
    }));
    assert.ok(allow && judge && drop);
    assert.deepEqual([tightens(allow, judge), tightens(judge, drop), tightens(drop, allow)], [true, true, false]);
  });

  it("where what it admitted before is no longer known", () => {
    const { families, toOwnNode } = taking(ports("traffic_gone", 1, 2));
    assert.equal(tightens({ families, toOwnNode, trafficChains: [], hosts: undefined }, taking(WIDE)), true);
    const known = { families: taking(WIDE).families, toOwnNode, trafficChains: [], hosts: undefined };
    assert.equal(tightens(known, taking(WIDE)), false);
  });
});
