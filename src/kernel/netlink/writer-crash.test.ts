import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { difference, isNoDifference, obstacleTo } from "../../dataplane/difference.ts";
import type { Ruleset } from "../../dataplane/ruleset.ts";
import { createNamespaces, deleteNamespaces } from "../namespaces.ts";
import { reasonToSkip, TEST_PREFIX } from "../pods.fixture.ts";
import { alternatives, TABLE } from "./rulesets.fixture.ts";
import { TableWriter } from "./writer.ts";

const NAMESPACE = `${TEST_PREFIX}netlink-crash`;
const SIZE = 5000;
const KILLS = Number(process.env["PORTCULLIS_RUNS"] ?? 20);

/** A process that takes the table over, and then makes it one alternative and the other in turn, for ever. */
async function restlessWriter(): Promise<ChildProcess> {
  const code = `
    import { difference } from ${JSON.stringify(new URL("../../dataplane/difference.js", import.meta.url).href)};
    import { alternatives, TABLE } from ${JSON.stringify(new URL("rulesets.fixture.js", import.meta.url).href)};
    import { TableWriter } from ${JSON.stringify(new URL("writer.js", import.meta.url).href)};
    const writer = TableWriter.open({ namespace: "${NAMESPACE}", table: TABLE });
    const [one, other] = alternatives(${SIZE});
    const [there, back] = [difference(one, other), difference(other, one)];
    await writer.install(one);
    for (let round = 0; ; round++) {
      await writer.apply(there);
      await writer.apply(back);
      // The first rounds take longer.
      if (round === 2) process.stdout.write("ready");
    }`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  assert.equal(String((await once(child.stdout, "data"))[0]), "ready");
  return child;
}

async function holds(writer: TableWriter, wanted: Ruleset): Promise<boolean> {
  const present = await writer.readBack(wanted);
  assert.ok(present !== undefined, "the table is gone");
  return obstacleTo(present, wanted) === undefined && isNoDifference(difference(present, wanted));
}

describe("a writer that is killed", { skip: reasonToSkip() }, () => {
  before(() => createNamespaces([NAMESPACE]));
  after(() => deleteNamespaces([NAMESPACE]));

  it("leaves the table as it was before a batch or as it is after it, never a mixture", async (t) => {
    const [one, other] = alternatives(SIZE);
    const observer = TableWriter.open({ namespace: NAMESPACE, table: TABLE });
    const left = { one: 0, other: 0 };
    try {
      for (let kill = 0; kill < KILLS; kill++) {
        const child = await restlessWriter();
        const ended = once(child, "exit");
        await delay(kill * 3);
        child.kill("SIGKILL");
        await ended;
        const isOne = await holds(observer, one);
        left[isOne ? "one" : "other"]++;
        assert.ok(isOne || (await holds(observer, other)), `after kill ${kill} the table is neither`);
      }
    } finally {
      observer.close();
    }
    t.diagnostic(`${KILLS} kills left the one ${left.one} times and the other ${left.other} times`);
  });
});
