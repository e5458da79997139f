import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { createNamespaces, deleteNamespaces, listNamespaces } from "./namespaces.ts";
import { reasonToSkip, TEST_PREFIX } from "./pods.fixture.ts";
import { startReaper } from "./reaper.ts";

/** A prefix of its own for each test: a reaper looks twice. */
let prefix = "";
let tests = 0;

/** A process that makes two namespaces under a reaper, says so, and then does `ending`. */
async function holder(ending: string): Promise<ChildProcess> {
  const code = `
    import { startReaper } from ${JSON.stringify(new URL("reaper.js", import.meta.url).href)};
    import { createNamespaces } from ${JSON.stringify(new URL("namespaces.js", import.meta.url).href)};
    const reaper = await startReaper("${prefix}");
    await createNamespaces(["${prefix}one", "${prefix}two"]);
    process.stdout.write("ready");
    ${ending}`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    stdio: ["ignore", "pipe", "ignore"],
    // A process group of its own.
    detached: true,
  });
  assert.equal(String((await once(child.stdout, "data"))[0]), "ready");
  return child;
}

async function gone(): Promise<boolean> {
  for (let round = 0; round < 100; round++) {
    if (listNamespaces(prefix).length === 0) return true;
    await delay(50);
  }
  return false;
}

const STAY = "setInterval(() => {}, 1000);";

describe("the reaper", { skip: reasonToSkip() }, () => {
  beforeEach(() => {
    tests++;
    prefix = `${TEST_PREFIX}reaper${tests}-`;
  });
  afterEach(() => deleteNamespaces(listNamespaces(prefix)));

  for (const signal of ["SIGKILL", "SIGTERM", "SIGINT"] as const) {
    it(`removes the namespaces of a process that ${signal} ends`, async () => {
      const child = await holder(STAY);
      assert.equal(listNamespaces(prefix).length, 2);
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
      assert.ok(await gone());
    });
  }

  it("survives what kills the whole process group", async () => {
    const child = await holder(STAY);
    assert.ok(child.pid !== undefined);
    process.kill(-child.pid, "SIGKILL");
    assert.ok(await gone());
  });

  it("removes the namespaces of a process that throws", async () => {
    await holder('setTimeout(() => { throw new Error("uncaught"); }, 10);');
    assert.ok(await gone());
  });

  it("removes the namespaces of a process that comes to its end, and does not keep it from that end", async () => {
    const child = await holder("");
    const [status] = await once(child, "close");
    assert.equal(status, 0);
    assert.ok(await gone());
  });

  it("leaves released namespaces alone", async () => {
    const child = await holder("await reaper.release();");
    const [status] = await once(child, "close");
    assert.equal(status, 0);
    await delay(500);
    assert.equal(listNamespaces(prefix).length, 2);
  });

  it("removes only what has the prefix, on demand too", async () => {
    await createNamespaces([`${prefix}mine`, `${TEST_PREFIX}foreign`]);
    try {
      const reaper = await startReaper(prefix);
      await reaper.reap();
      assert.deepEqual(listNamespaces(TEST_PREFIX), [`${TEST_PREFIX}foreign`]);
      await reaper.reap();
    } finally {
      await deleteNamespaces([`${TEST_PREFIX}foreign`]);
    }
  });

  it("refuses a prefix that could match anything", async () => {
    await assert.rejects(startReaper(""), RangeError);
    await assert.rejects(startReaper("*"), RangeError);
    await assert.rejects(startReaper("../x"), RangeError);
  });
});
