/** An enforcer that stays, and what is told of it. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { listTable, loadRuleset } from "../kernel/nft.ts";
import { makePods, reasonToSkip, removePods, type TestPod, type TestPods } from "../kernel/pods.fixture.ts";
import { TableWriter } from "../kernel/netlink/writer.ts";
import {
  enforcerIn,
  type Given,
  NAMESPACE,
  podText,
  policyText,
  TABLE,
  temporaryFolder,
  until,
} from "./enforcer.fixture.ts";
import { follow, type Happening } from "./follow.ts";
import { type Place, statusOf, stopEnforcing } from "./status.ts";
import { readState, statePath } from "./state.ts";

const TABLE_NAME = { family: "inet", name: TABLE } as const;

describe("an enforcer that stays", { skip: reasonToSkip() }, () => {
  let lab: TestPods;
  let text = "";
  before(async () => {
    lab = await makePods("follow", 2);
    const [web, db] = lab.pods;
    assert.ok(web && db);
    text = clusterOf(web, db);
  });
  after(() => removePods("follow"));

  interface Running {
    readonly place: Place;
    readonly given: Given;
    readonly happened: Happening[];
    readonly change: () => void;
    readonly end: () => void;
    readonly over: Promise<"ended" | "stopped">;
    readonly close: () => void;
  }

  /** Running, its first program in force; the table is gone after the test. */
  async function running(
    t: TestContext,
    { isShared = false, interval = 600_000 }: { readonly isShared?: boolean; readonly interval?: number } = {},
  ): Promise<Running> {
    const place = { folder: temporaryFolder(t), table: TABLE, namespace: lab.node };
    const given = { text };
    const { enforcer, table } = enforcerIn(t, lab.node, given);
    await enforcer.remove();
    if (isShared) await makeShared(lab.node);
    const happened: Happening[] = [];
    let [change, end] = [(): void => undefined, (): void => undefined];
    const over = follow(enforcer, {
      folder: place.folder,
      interval,
      watch: (onChange) => {
        change = onChange;
        return Promise.resolve({ close: () => undefined });
      },
      say: (what) => happened.push(what),
      ended: new Promise<void>((resolve) => {
        end = resolve;
      }),
    });
    t.after(async () => {
      end();
      await over;
      table.close();
      await stopEnforcing(place);
    });
    assert.ok(await until(() => happened.length > 0));
    return { place, given, happened, change: () => change(), end, over, close: () => table.close() };
  }

  it("tells what is in force, and follows its input", async (t) => {
    const { place, given, change } = await running(t);
    const status = await statusOf(place);
    assert.deepEqual([status.enforcement, status.isRunning, status.state?.counts.changes], ["enforced", true, 1]);
    given.text = text + policyText("web", ["db"], [1]);
    change();
    assert.ok(await until(async () => (await statusOf(place)).state?.counts.governedPods === 2));
    given.text = "kind: [";
    change();
    assert.ok(await until(async () => (await readState(place.folder, TABLE))?.lastError !== undefined));
    assert.equal((await statusOf(place)).enforcement, "degraded");
  });

  it("ends with its rules in force, which the status then tells from the kernel", async (t) => {
    const { place, end, over, close } = await running(t);
    end();
    assert.equal(await over, "ended");
    close();
    const status = await statusOf(place);
    assert.deepEqual([status.enforcement, status.isRunning, status.contradiction], ["enforced", false, undefined]);
    await loadRuleset(lab.node, `add rule inet ${TABLE} egress4 accept\n`);
    const changed = await statusOf(place);
    assert.deepEqual([changed.enforcement, /was changed since/.test(changed.contradiction ?? "")], ["none", true]);
    await loadRuleset(lab.node, `delete table inet ${TABLE}\n`);
    const gone = await statusOf(place);
    assert.deepEqual([gone.enforcement, /no longer in the kernel/.test(gone.contradiction ?? "")], ["none", true]);
  });

  it("stops when it is told to, and takes its table along", async (t) => {
    const { place, over } = await running(t);
    assert.equal(await stopEnforcing(place), true);
    assert.equal(await over, "stopped");
    assert.equal(await listTable(lab.node, TABLE_NAME), undefined);
    assert.deepEqual(await statusOf(place), { enforcement: "none", isRunning: false, state: undefined });
    assert.equal(await stopEnforcing(place), false);
  });

  it("is the only one", async (t) => {
    const { place } = await running(t);
    const { enforcer } = enforcerIn(t, lab.node, { text });
    const second = follow(enforcer, {
      folder: place.folder,
      interval: 1000,
      watch: () => Promise.reject(new Error("not reached")),
      say: () => undefined,
      ended: new Promise(() => undefined),
    });
    await assert.rejects(second, /another process enforces table portcullis already/);
    assert.equal((await statusOf(place)).isRunning, true);
  });

  it("repairs a table that others can change as soon as they have", async (t) => {
    const { place, happened } = await running(t, { isShared: true });
    assert.equal((await statusOf(place)).state?.writer, "netlink, shared");
    await loadRuleset(lab.node, "flush ruleset\n");
    assert.ok(await until(() => happened.length === 2));
    assert.equal(happened[1]?.kind, "repaired");
    assert.ok((await listTable(lab.node, TABLE_NAME)) !== undefined);
  });

  it("tries again what the kernel or the input has refused", async (t) => {
    const { place, given, change } = await running(t, { interval: 100 });
    given.text = "kind: [";
    change();
    assert.ok(await until(async () => (await readState(place.folder, TABLE))?.lastError !== undefined));
    given.text = text;
    assert.ok(await until(async () => (await readState(place.folder, TABLE))?.lastError === undefined));
  });

  it("tells nothing where its state is none", async (t) => {
    const place = { folder: temporaryFolder(t), table: TABLE, namespace: lab.node };
    writeFileSync(statePath(place.folder, TABLE), "{}");
    await assert.rejects(statusOf(place), new RegExp(`${join(place.folder, TABLE)}.json is no state of an enforcer`));
  });
});

/** A table that nobody owns, as kernels before 6.9 have it. */
async function makeShared(namespace: string): Promise<void> {
  const writer = TableWriter.open({ table: TABLE, namespace, ownership: "shared" });
  await writer.install({ table: TABLE, sets: [], chains: [] });
  writer.close();
}

function clusterOf(web: TestPod, db: TestPod): string {
  return NAMESPACE + podText("web", web) + podText("db", db) + policyText("db", ["web"], [5432]);
}
