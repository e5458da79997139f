/** Updates while packets pass: none of a flow that is allowed all along is lost, none that is forbidden passes. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { keepClassNumbers } from "../../dataplane/class-numbers.ts";
import { difference } from "../../dataplane/difference.ts";
import { rulesetOf } from "../../dataplane/program-ruleset.ts";
import { listTable, loadRuleset } from "../nft.ts";
import { makePods, reasonToSkip, removePods, type TestPod, type TestPods } from "../pods.fixture.ts";
import { PORT, programNumber } from "./changing-programs.fixture.ts";
import { TableWriter } from "./writer.ts";

const UPDATES = 500;

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
