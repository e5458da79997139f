import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { namespaceManifest, podManifest, situationFrom } from "../shop.fixture.ts";
import { realized } from "../standing.fixture.ts";
import { planLab } from "../topology.ts";
import type { FlowClass, WatchedFlow, WatchedFlows } from "./flows.ts";
import type { ConnectionTally, FlowTally } from "./order.ts";
import { changeResult } from "./report.ts";
import { type SentPacket, tallyOf } from "./tally.ts";

const [pod] = planLab(
  realized(situationFrom(namespaceManifest("shop") + podManifest({ name: "a", node: "one", addresses: ["10.1.0.2"] }))),
  "report",
).nodes.flatMap(({ pods }) => pods);

function flow(is: FlowClass): WatchedFlow {
  if (pod === undefined) throw new Error("the lab has a pod");
  const end = { place: pod, address: pod.addresses[0] ?? 0n };
  return { from: end, to: end, traffic: { protocol: "tcp", port: 80 }, is };
}

function watched(flows: readonly WatchedFlow[], connections: readonly WatchedFlow[] = []): WatchedFlows {
  return { flows, connections, possible: { kept: 1, shut: 1, opened: 1, closed: 1 }, unsent: [] };
}

function saidOf(is: FlowClass, tally: FlowTally): readonly string[] {
  return changeResult(watched([flow(is)]), { flows: [tally], connections: [] }, 1).differences.map(
    ({ detail }) => detail,
  );
}

function saidOfConnection(is: FlowClass, tally: ConnectionTally): readonly string[] {
  return changeResult(watched([], [flow(is)]), { flows: [], connections: [tally] }, 1).differences.map(
    ({ detail }) => detail,
  );
}

/** A packet every 50 ms from 0 on; the change lasts from 1000 to 1010. */
function packets(hasArrived: (time: number) => boolean): readonly SentPacket[] {
  return Array.from({ length: 40 }, (_, i) => ({ begun: 50 * i, left: 50 * i + 1, hasArrived: hasArrived(50 * i) }));
}

function tally(hasArrived: (time: number) => boolean): FlowTally {
  return tallyOf(packets(hasArrived), { begin: 1000, end: 1010 });
}

describe("packets around a change", () => {
  it("are counted before it, after it, and between, where either situation may have judged them", () => {
    assert.deepEqual(
      tally((time) => time < 1000),
      {
        before: { sent: 18, arrived: 18 },
        during: { sent: 3, arrived: 2 },
        after: { sent: 19, arrived: 0 },
        firstArrival: -100,
        lastArrival: -50,
      },
    );
  });

  it("have all to arrive of what both situations allow, and none of what both deny, at any time", () => {
    assert.deepEqual(
      saidOf(
        "kept",
        tally(() => true),
      ),
      [],
    );
    assert.deepEqual(
      saidOf(
        "kept",
        tally((time) => time !== 1000),
      ),
      ["1 of 3 packets lost during the change"],
    );
    assert.deepEqual(
      saidOf(
        "shut",
        tally(() => false),
      ),
      [],
    );
    assert.deepEqual(
      saidOf(
        "shut",
        tally((time) => time === 1000),
      ),
      ["1 of 3 packets passed during the change"],
    );
  });

  it("have to arrive on the right side of the change where it opens or closes", () => {
    assert.deepEqual(
      saidOf(
        "opened",
        tally((time) => time >= 1000),
      ),
      [],
    );
    assert.deepEqual(
      saidOf(
        "closed",
        tally((time) => time < 1000),
      ),
      [],
    );
    assert.deepEqual(
      saidOf(
        "opened",
        tally((time) => time >= 1050 || time === 500),
      ),
      ["1 of 18 packets passed before the change"],
    );
    assert.deepEqual(
      saidOf(
        "closed",
        tally((time) => time < 1000 || time === 1500),
      ),
      ["1 of 19 packets passed after the change"],
    );
    assert.deepEqual(
      saidOf(
        "opened",
        tally((time) => time >= 1500),
      ),
      ["9 of 19 packets lost after the change"],
    );
  });
});

describe("connections around a change", () => {
  const lively: ConnectionTally = { wasOpened: true, endedAfter: undefined, silentFor: 3, longestSilence: 20 };

  it("live through it where they are allowed, and are cut where they are not: ended, or silent", () => {
    const ended = { ...lively, endedAfter: 12 };
    const silent = { ...lively, silentFor: 800, longestSilence: 800 };
    assert.deepEqual(saidOfConnection("kept", lively), []);
    assert.deepEqual(saidOfConnection("closed", ended), []);
    assert.deepEqual(saidOfConnection("closed", silent), []);
    assert.deepEqual(saidOfConnection("kept", ended), ["did not live through the change"]);
    assert.deepEqual(saidOfConnection("kept", silent), ["did not live through the change"]);
    assert.deepEqual(saidOfConnection("closed", lively), ["lives on after the change"]);
  });

  it("prove nothing where they were not there", () => {
    assert.deepEqual(saidOfConnection("closed", { ...lively, wasOpened: false }), ["was not opened before the change"]);
    assert.deepEqual(saidOfConnection("closed", { ...lively, endedAfter: -5 }), ["ended before the change"]);
  });
});
