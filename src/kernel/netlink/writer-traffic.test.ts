/** Updates while packets pass: none of a flow that is allowed all along is lost, none that is forbidden passes. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { keepClassNumbers } from "../../dataplane/class-numbers.ts";
import { difference } from "../../dataplane/difference.ts";
import { EMPTY_PROGRAM } from "../../dataplane/program.fixture.ts";
import { rulesetOf } from "../../dataplane/program-ruleset.ts";
import type { ClassEntry, FamilyProgram, PairEntry, Program, Target, TrafficChain } from "../../dataplane/program.ts";
import { type Address, isAddressError, parseAddress } from "../../net/address.ts";
import { UDP, TCP } from "../../net/protocol.ts";
import { NO_TRAFFIC, toPorts, unionTraffic } from "../../net/traffic.ts";
import { listTable, loadRuleset } from "../nft.ts";
import { makePods, reasonToSkip, removePods, type TestPod, type TestPods } from "../pods.fixture.ts";
import { TableWriter } from "./writer.ts";

const UPDATES = 500;
const PORT = 5000;

/** Sends packets of both flows as fast as it can, until its input ends. */
async function startFlood(from: readonly TestPod[], to: TestPod): Promise<ChildProcess> {
  const code = `
    import { udpClient } from ${JSON.stringify(new URL("../sockets.js", import.meta.url).href)};
    const clients = ${JSON.stringify(from)}.map((pod) =>
      udpClient({ namespace: pod.namespace, address: pod.v4, port: 0 }, { address: "${to.v4}", port: ${PORT} }));
    await Promise.all(clients.map((client) => new Promise((resolve) => client.once("connect", resolve))));
    process.stdout.write("ready");
    let isOver = false;
    process.stdin.resume().once("end", () => { isOver = true; });
    while (!isOver) {
      for (const client of clients) for (let i = 0; i < 8; i++) client.send("packet");
      await new Promise((resolve) => setImmediate(resolve));
    }
    process.exit(0);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: ["pipe", "pipe", "inherit"] });
  assert.equal(String((await once(child.stdout, "data"))[0]), "ready");
  return child;
}

/** Counts the packets of the flows at a pod, where no socket's buffer can be full; nobody answers what arrives. */
function countAt(pod: TestPod, hook: "input" | "output", sources: readonly TestPod[]): Promise<void> {
  const then = hook === "input" ? "drop" : "accept";
  const rules = sources.map(({ v4 }) => `ip saddr ${v4} udp dport ${PORT} counter ${then}`);
  return loadRuleset(
    pod.namespace,
    `table inet count {\nchain count {\ntype filter hook ${hook} priority 0\n${rules.join("\n")}\n}\n}\n`,
  );
}

async function countsAt(pod: TestPod): Promise<readonly number[]> {
  const listed = (await listTable(pod.namespace, { family: "inet", name: "count" })) ?? "";
  return [...listed.matchAll(/counter packets (\d+)/g)].map(([, packets]) => Number(packets));
}

function addressOf(pod: TestPod): Address {
  const address = parseAddress(pod.v4);
  if (isAddressError(address)) throw new Error(address.reason);
  return address;
}

const OPEN: readonly TrafficChain[] = [
  { name: "traffic_open", traffic: toPorts(UDP, [{ start: PORT, end: PORT + 1 }]), logged: NO_TRAFFIC },
  {
    name: "traffic_wide",
    traffic: unionTraffic(toPorts(UDP, [{ start: 1, end: 65_536 }]), toPorts(TCP, [{ start: 80, end: 81 }])),
    logged: NO_TRAFFIC,
  },
];
const SHUT: TrafficChain = {
  name: "traffic_shut",
  traffic: toPorts(TCP, [{ start: 80, end: 81 }]),
  logged: NO_TRAFFIC,
};

/** Program number `n`: everything changes from one to the next, but not whether the two flows may pass. */
function programNumber(n: number, [allowed, receiver, forbidden]: readonly [TestPod, TestPod, TestPod]): Program {
  const pod = addressOf(receiver);
  const openTargets: readonly Target[] = [{ kind: "admit" }, ...OPEN.map(chainTarget)];
  const open = openTargets[n % openTargets.length] ?? { kind: "admit" };
  const shut = n % 2 === 0 ? undefined : chainTarget(SHUT);
  // As a compiler numbers its classes: one that comes first shifts all others.
  const others = Array.from({ length: n % 7 }, (_, i) => ({
    address: 0x0b00_0000n + BigInt(n * 16 + i),
    peerClass: i + 1,
  }));
  const [openClass, shutClass] =
    n % 2 === 0 ? [others.length + 1, others.length + 2] : [others.length + 2, others.length + 1];
  const pair = (peerClass: number, target: Target): PairEntry => ({ peerClass, pod, target });
  const at = (address: Address, peerClass: number, size = 1n): ClassEntry => ({
    block: { start: address, end: address + size },
    peerClass,
  });
  const v4: FamilyProgram = {
    ...EMPTY_PROGRAM.families[0],
    isolatedIngress: n % 3 === 0 ? [pod] : [pod, 0x0c00_0001n],
    addressClasses: [
      ...others.map(({ address, peerClass }) => at(address, peerClass)),
      at(addressOf(allowed), openClass),
      at(addressOf(forbidden), shutClass),
    ],
    blockClasses: n % 4 === 0 ? [] : [at(0n, others.length + 3, BigInt(n))],
    ingress: [
      ...others.map(({ peerClass }) => pair(peerClass, open)),
      pair(openClass, open),
      ...(shut === undefined ? [] : [pair(shutClass, shut)]),
      pair(others.length + 3, chainTarget(SHUT)),
    ],
  };
  const used = new Set(v4.ingress.map(({ target }) => (target.kind === "traffic" ? target.chain : "")));
  return {
    ...EMPTY_PROGRAM,
    generation: 1 + Math.floor(n / 3),
    families: [v4, EMPTY_PROGRAM.families[1]],
    trafficChains: [...OPEN, SHUT].filter(({ name }) => used.has(name)),
  };
}

function chainTarget({ name }: TrafficChain): Target {
  return { kind: "traffic", chain: name };
}

describe("packets during updates", { skip: reasonToSkip() }, () => {
  let lab: TestPods;
  before(async () => {
    lab = await makePods("flood", 3);
  });
  after(() => removePods("flood"));

  it(`of an allowed flow all arrive, and of a forbidden one none, over ${UPDATES} updates`, async (t) => {
    const [allowed, receiver, forbidden] = lab.pods;
    assert.ok(allowed && receiver && forbidden);
    await countAt(receiver, "input", [allowed, forbidden]);
    await countAt(allowed, "output", [allowed]);
    await countAt(forbidden, "output", [forbidden]);
    const writer = TableWriter.open({ namespace: lab.node, table: "portcullis" });
    try {
      let program = programNumber(0, [allowed, receiver, forbidden]);
      let ruleset = rulesetOf(program);
      await writer.install(ruleset);
      const flood = await startFlood([allowed, forbidden], receiver);
      const ended = once(flood, "exit");
      for (let n = 1; n <= UPDATES; n++) {
        program = keepClassNumbers(program, programNumber(n, [allowed, receiver, forbidden]));
        const next = rulesetOf(program);
        await writer.apply(difference(ruleset, next));
        ruleset = next;
        await delay(1);
      }
      flood.stdin?.end();
      assert.deepEqual(await ended, [0, null]);
      await delay(100);
    } finally {
      writer.close();
    }
    const [[sent = 0], [kept = 0], [arrived = 0, leaked = 0]] = [
      await countsAt(allowed),
      await countsAt(forbidden),
      await countsAt(receiver),
    ];
    t.diagnostic(`${arrived} of ${sent} allowed packets arrived, ${leaked} of ${kept} forbidden ones`);
    assert.ok(sent > 5 * UPDATES && kept > 5 * UPDATES, `too few packets to tell: ${sent} and ${kept}`);
    assert.deepEqual({ lost: sent - arrived, leaked }, { lost: 0, leaked: 0 });
  });
});
