/** Enforcers that are killed while they change the table, and the next ones. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { makePods, reasonToSkip, removePods, type TestPod, type TestPods } from "../kernel/pods.fixture.ts";
import { openServers, type Servers } from "../kernel/servers.ts";
import { connected, connects, enforcerIn, NAMESPACE, podText, policyText, TABLE } from "./enforcer.fixture.ts";

const KILLS = 10;
const PORT = 5432;

describe("enforcers that are killed", { skip: reasonToSkip() }, () => {
  let lab: TestPods;
  let servers: Servers;
  let web: TestPod;
  let db: TestPod;
  let other: TestPod;
  let texts: readonly string[] = [];

  before(async () => {
    lab = await makePods("crash", 3);
    const [first, second, third] = lab.pods;
    assert.ok(first && second && third);
    [web, db, other] = [first, second, third];
    const cluster = NAMESPACE + podText("web", web) + podText("db", db) + podText("other", other);
    // Everything changes from one to the next, but not that `web` may reach `db`, and `other` may not.
    texts = [
      cluster + policyText("db", ["web"], [PORT, 7000]),
      cluster + policyText("db", ["web", "nobody"], [PORT, 7001]) + policyText("other", ["web"], [80]),
      cluster + policyText("db", ["web"], [PORT]) + policyText("web", ["other"], [81, 82]),
    ];
    servers = await openServers([
      { protocol: "tcp", namespace: db.namespace, address: db.v4, port: PORT, identity: "db" },
    ]);
  });
  after(async () => {
    await servers?.close();
    await removePods("crash");
  });

  /** Takes the table over, then brings one input after the other into force, for ever. */
  async function restlessEnforcer(): Promise<ChildProcess> {
    const url = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
    const code = `
      import { Enforcer } from ${url("enforcer.js")};
      import { netlinkTable } from ${url("enforced-table.js")};
      import { inputOf } from ${url("enforcer.fixture.js")};
      const inputs = ${JSON.stringify(texts)}.map(inputOf);
      let turn = 0;
      const enforcer = new Enforcer(netlinkTable("${TABLE}", "${lab.node}"), {
        node: "worker-1", table: "${TABLE}", denial: "reject", namespace: "${lab.node}", isWatching: true,
        lastGeneration: 0, read: async () => inputs[turn++ % inputs.length], now: () => new Date(), degraded: [],
      });
      for (;;) {
        const outcome = await enforcer.reload();
        if (outcome.kind === "failed") throw new Error(outcome.why);
        if (turn === 2) process.stdout.write("ready");
      }`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    assert.equal(String((await once(child.stdout, "data"))[0]), "ready");
    return child;
  }

  it(`${KILLS} times at any point leave a table that the next one takes over, and no packet passes or is lost in vain`, async (t) => {
    let kept: Awaited<ReturnType<typeof connected>>;
    for (let kill = 0; kill < KILLS; kill++) {
      const child = await restlessEnforcer();
      kept ??= await connected(web, db, PORT);
      assert.ok(kept);
      await delay(kill * 3);
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
      assert.equal(await connects(web, db, PORT), true, `after kill ${kill}`);
      assert.equal(await connects(other, db, PORT), false, `after kill ${kill}`);
      const { enforcer, table } = enforcerIn(t, lab.node, { text: texts[kill % texts.length] ?? "" });
      assert.notEqual((await enforcer.reload()).kind, "failed");
      assert.deepEqual([enforcer.state.enforcement, enforcer.state.writer], ["enforced", "netlink, owned"]);
      assert.equal(await table.isIntact(), true);
      assert.equal(enforcer.state.fingerprint, await table.fingerprint());
      kept.write(`${kill}\n`);
      table.close();
    }
    await delay(100);
    assert.equal(kept?.destroyed, false);
    kept?.destroy();
  });
});
