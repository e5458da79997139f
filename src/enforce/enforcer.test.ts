/** An enforcer in a network of namespaces: what it does to packets, and what others cannot do to it. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { after, before, describe, it, type TestContext } from "node:test";
import { deleteTable, listTable, loadRuleset } from "../kernel/nft.ts";
import { TableWriter } from "../kernel/netlink/writer.ts";
import { makePods, reasonToSkip, removePods, type TestPod, type TestPods } from "../kernel/pods.fixture.ts";
import { openServers, type Servers } from "../kernel/servers.ts";
import { unionOf } from "../net/intervals.ts";
import { parseCidr, isAddressError, type AddressSet } from "../net/address.ts";
import {
  connected,
  connects,
  enforcerIn,
  type Given,
  NAMESPACE,
  podText,
  policyText,
  TABLE,
} from "./enforcer.fixture.ts";
import { nftTable } from "./nft-table.ts";

const TABLE_NAME = { family: "inet", name: TABLE } as const;
/** The table is there as it was, and the kernel calls none of it. */
const DORMANT = `add table inet ${TABLE} { flags dormant; }`;
const [WEB_PORT, DB_PORT] = [8080, 5432];

describe("an enforcer", { skip: reasonToSkip() }, () => {
  let lab: TestPods;
  let servers: Servers;
  let cluster = "";
  let web: TestPod;
  let db: TestPod;
  let other: TestPod;

  before(async () => {
    lab = await makePods("enforce", 3);
    const [first, second, third] = lab.pods;
    assert.ok(first && second && third);
    [web, db, other] = [first, second, third];
    cluster = NAMESPACE + podText("web", web) + podText("db", db) + podText("other", other);
    servers = await openServers(
      [DB_PORT, WEB_PORT].map((port) => ({
        protocol: "tcp" as const,
        namespace: second.namespace,
        address: second.v4,
        port,
        identity: `db-${port}`,
      })),
    );
  });
  after(async () => {
    await servers?.close();
    await removePods("enforce");
  });

  /** An enforcer of a node that has no table, with what the test gives it. */
  async function fresh(
    t: TestContext,
    text: string,
    more: Parameters<typeof enforcerIn>[3] = {},
  ): Promise<ReturnType<typeof enforcerIn> & { readonly given: Given }> {
    const given = { text };
    const made = enforcerIn(t, lab.node, given, more);
    await made.enforcer.remove();
    return { ...made, given };
  }

  it("lets through what the policies allow, and says that all of it is enforced", async (t) => {
    const { enforcer } = await fresh(t, cluster + policyText("db", ["web"], [DB_PORT]));
    assert.deepEqual(await enforcer.reload(), { kind: "changed", isTighter: true });
    const { enforcement, degraded, writer, counts } = enforcer.state;
    assert.deepEqual([enforcement, degraded, writer], ["enforced", [], "netlink, owned"]);
    assert.deepEqual([counts.pods, counts.governedPods, counts.changes], [3, 1, 1]);
    assert.equal(await connects(web, db, DB_PORT), true);
    assert.equal(await connects(other, db, DB_PORT), false);
    assert.equal(await connects(web, db, WEB_PORT), false);
  });

  it("holds every pod to its own addresses", async (t) => {
    const { enforcer } = await fresh(t, cluster);
    await enforcer.reload();
    assert.equal(await connects(web, db, DB_PORT), true);
    assert.equal(await connects({ ...web, v4: web.second }, db, DB_PORT), false);
  });

  it("follows its input, and counts a generation only where something is taken away", async (t) => {
    const { enforcer, given } = await fresh(t, cluster + policyText("db", ["web"], [DB_PORT]));
    await enforcer.reload();
    const { generation } = enforcer.state;
    assert.deepEqual(await enforcer.reload(), { kind: "unchanged" });
    given.text = cluster + policyText("db", ["web", "other"], [DB_PORT, WEB_PORT]);
    assert.deepEqual(await enforcer.reload(), { kind: "changed", isTighter: false });
    assert.equal(enforcer.state.generation, generation);
    assert.equal(await connects(other, db, WEB_PORT), true);
    given.text = cluster + policyText("db", ["web"], [DB_PORT, WEB_PORT]);
    assert.deepEqual(await enforcer.reload(), { kind: "changed", isTighter: true });
    assert.notEqual(enforcer.state.generation, generation);
    assert.equal(await connects(other, db, WEB_PORT), false);
  });

  it("cuts a live connection that is no longer allowed, and no other through a hundred changes", async (t) => {
    const open = cluster + policyText("db", ["web", "other"], [DB_PORT]);
    const { enforcer, given } = await fresh(t, open);
    await enforcer.reload();
    const [kept, cut] = [await connected(web, db, DB_PORT), await connected(other, db, DB_PORT)];
    assert.ok(kept && cut);
    t.after(() => [kept, cut].forEach((socket) => socket.destroy()));
    const ends = ending(kept);
    for (let n = 0; n < 100; n++) {
      given.text = n % 2 === 0 ? cluster + policyText("db", ["web"], [DB_PORT, 7000 + n]) : open;
      assert.equal((await enforcer.reload()).kind, "changed");
      kept.write(`${n}\n`);
    }
    given.text = cluster + policyText("db", ["web"], [DB_PORT]);
    const isCut = ending(cut);
    await enforcer.reload();
    cut.write("late\n");
    assert.equal(await Promise.race([isCut, later(2000)]), "ended");
    assert.equal(await Promise.race([ends, later(200)]), "still there");
  });

  it("keeps the last good program when the input cannot be read, and tells why", async (t) => {
    const { enforcer, given } = await fresh(t, cluster + policyText("db", ["web"], [DB_PORT]));
    await enforcer.reload();
    given.text = "kind: [";
    const outcome = await enforcer.reload();
    assert.equal(outcome.kind, "failed");
    assert.equal(enforcer.state.enforcement, "degraded");
    assert.ok(enforcer.state.lastError !== undefined);
    assert.equal(await connects(other, db, DB_PORT), false);
    given.text = cluster + policyText("db", ["other"], [DB_PORT]);
    await enforcer.reload();
    assert.deepEqual([enforcer.state.enforcement, enforcer.state.lastError], ["enforced", undefined]);
    assert.equal(await connects(other, db, DB_PORT), true);
  });

  it("owns its table: nobody else can flush, delete or change it", async (t) => {
    const { enforcer, table } = await fresh(t, cluster + policyText("db", ["web"], [DB_PORT]));
    await enforcer.reload();
    await loadRuleset(lab.node, "flush ruleset\n");
    await assert.rejects(deleteTable(lab.node, TABLE_NAME), /Operation not permitted/);
    await assert.rejects(loadRuleset(lab.node, `flush chain inet ${TABLE} forward\n`), /Operation not permitted/);
    assert.equal(await table.isIntact(), true);
    assert.equal(await connects(other, db, DB_PORT), false);
  });

  it("repairs a table that others can change, and judges anew what passed meanwhile", async (t) => {
    await freeTable(lab.node);
    const { enforcer, table } = await shared(t);
    const { generation } = enforcer.state;
    for (const harm of ["flush ruleset", `delete table inet ${TABLE}`, `flush chain inet ${TABLE} governed`, DORMANT]) {
      await loadRuleset(lab.node, `${harm}\n`);
      assert.equal(await table.mayHaveChanged(), true);
      assert.deepEqual(await enforcer.check(true), { kind: "repaired" }, harm);
      assert.equal(await connects(other, db, DB_PORT), false, harm);
      assert.equal(await connects(web, db, DB_PORT), true, harm);
    }
    assert.notEqual(enforcer.state.generation, generation);
    assert.equal(enforcer.state.counts.repairs, 4);
    assert.equal(enforcer.state.enforcement, "enforced");
    assert.deepEqual(await enforcer.check(true), { kind: "unchanged" });
  });

  it("reads its table again only where it may have changed", async (t) => {
    const { enforcer, table, given } = await fresh(t, cluster + policyText("db", ["web"], [DB_PORT]));
    const reading = t.mock.method(table, "isIntact");
    const readings = async (): Promise<number> => {
      const before = reading.mock.callCount();
      await enforcer.check(false);
      return reading.mock.callCount() - before;
    };
    await enforcer.reload();
    assert.deepEqual([await readings(), await readings()], [1, 0]);
    await loadRuleset(lab.node, "add table inet foreign\n");
    assert.equal(await readings(), 0);
    given.text = cluster + policyText("db", ["other"], [DB_PORT]);
    await enforcer.reload();
    assert.deepEqual([await readings(), await readings()], [1, 0]);
  });

  it("reads a table that others can change again whenever any table has changed", async (t) => {
    await freeTable(lab.node);
    const { enforcer, table } = await shared(t);
    const reading = t.mock.method(table, "isIntact");
    await enforcer.check(false);
    await enforcer.check(false);
    assert.equal(reading.mock.callCount(), 1);
    await loadRuleset(lab.node, "add table inet foreign2\n");
    await enforcer.check(false);
    await enforcer.check(false);
    assert.equal(reading.mock.callCount(), 2);
  });

  it("tells the fingerprint of its table without reading it", async (t) => {
    const { enforcer, table, given } = await fresh(t, cluster + policyText("db", ["web"], [DB_PORT]));
    for (const ports of [[DB_PORT], [WEB_PORT], [DB_PORT, WEB_PORT]]) {
      given.text = cluster + policyText("db", ["web"], ports);
      await enforcer.reload();
      assert.equal(enforcer.state.fingerprint, await table.fingerprint());
    }
  });

  it("takes over what an earlier one has left, without a change", async (t) => {
    const text = cluster + policyText("db", ["web"], [DB_PORT]);
    const { enforcer, table } = await fresh(t, text);
    await enforcer.reload();
    await enforcer.reload();
    const { fingerprint, generation } = enforcer.state;
    table.close();
    const next = enforcerIn(t, lab.node, { text }).enforcer;
    assert.deepEqual(await next.reload(), { kind: "unchanged" });
    assert.deepEqual([next.state.fingerprint, next.state.generation], [fingerprint, generation]);
    assert.equal(next.state.writer, "netlink, owned");
  });

  it("takes over what an earlier one has left, and tightens it for live connections", async (t) => {
    const { enforcer, table } = await fresh(t, cluster + policyText("db", ["other"], [DB_PORT]));
    await enforcer.reload();
    const socket = await connected(other, db, DB_PORT);
    assert.ok(socket);
    t.after(() => socket.destroy());
    table.close();
    const next = enforcerIn(t, lab.node, { text: cluster + policyText("db", ["web"], [DB_PORT]) }).enforcer;
    const isCut = ending(socket);
    assert.deepEqual(await next.reload(), { kind: "changed", isTighter: true });
    socket.write("late\n");
    assert.equal(await Promise.race([isCut, later(2000)]), "ended");
  });

  it("begins with a generation that no connection carries from an earlier life", async (t) => {
    const { enforcer, table } = await fresh(t, cluster + policyText("db", ["web"], [DB_PORT]));
    await enforcer.reload();
    const socket = await connected(web, db, DB_PORT);
    assert.ok(socket);
    t.after(() => socket.destroy());
    const { generation } = enforcer.state;
    assert.ok((await table.stamps())?.has(generation));
    await enforcer.remove();
    table.close();
    const next = enforcerIn(t, lab.node, { text: cluster + policyText("db", ["other"], [DB_PORT]) }).enforcer;
    await next.reload();
    assert.notEqual(next.state.generation, generation);
    const isCut = ending(socket);
    socket.write("late\n");
    assert.equal(await Promise.race([isCut, later(2000)]), "ended");
  });

  it("removes its table when it is told to, and nothing is held back any more", async (t) => {
    const { enforcer } = await fresh(t, cluster + policyText("db", ["web"], [DB_PORT]));
    await enforcer.reload();
    assert.deepEqual(await enforcer.remove(), { kind: "changed", isTighter: false });
    assert.equal(await listTable(lab.node, TABLE_NAME), undefined);
    assert.equal(enforcer.state.enforcement, "none");
    assert.equal(await connects(other, db, DB_PORT), true);
  });

  it("that starts closed lets no pod talk until its first program is in force", async (t) => {
    const { enforcer, given } = await fresh(t, "kind: [");
    assert.equal((await enforcer.close(range("10.77.0.0/16"))).kind, "changed");
    assert.equal((await enforcer.reload()).kind, "failed");
    assert.equal(enforcer.state.enforcement, "closed");
    assert.equal(await connects(web, db, DB_PORT), false);
    given.text = cluster + policyText("db", ["web"], [DB_PORT]);
    await enforcer.reload();
    assert.equal(enforcer.state.enforcement, "enforced");
    assert.equal(await connects(web, db, DB_PORT), true);
    assert.deepEqual(await enforcer.close(range("10.77.0.0/16")), { kind: "unchanged" });
  });

  it("that is killed leaves its rules in force for the next one", async (t) => {
    await freeTable(lab.node);
    const text = cluster + policyText("db", ["web"], [DB_PORT]);
    const child = await separateEnforcer(text);
    child.kill("SIGKILL");
    await once(child, "exit");
    assert.equal(await connects(other, db, DB_PORT), false);
    assert.equal(await connects(web, db, DB_PORT), true);
    const { enforcer } = enforcerIn(t, lab.node, { text });
    assert.deepEqual(await enforcer.reload(), { kind: "unchanged" });
  });

  it("is refused where another one lives, and says so", async (t) => {
    await freeTable(lab.node);
    const text = cluster + policyText("db", ["web"], [DB_PORT]);
    const child = await separateEnforcer(text);
    t.after(() => child.kill("SIGKILL"));
    const { enforcer } = enforcerIn(t, lab.node, { text });
    const outcome = await enforcer.reload();
    assert.match(outcome.kind === "failed" ? outcome.why : "", /its owner has netlink port/);
    assert.equal(enforcer.state.enforcement, "none");
    child.kill("SIGKILL");
    await once(child, "exit");
  });

  it("correction 10: writes text with nft where netlink cannot be spoken, and repairs that too", async (t) => {
    await freeTable(lab.node);
    const over = nftTable(TABLE, lab.node);
    const { enforcer, given } = await fresh(t, cluster + policyText("db", ["web"], [DB_PORT]), {
      over,
      degraded: ["the table is written by the program nft"],
    });
    await enforcer.reload();
    assert.deepEqual([enforcer.state.writer, enforcer.state.enforcement], ["nft", "degraded"]);
    assert.equal(await connects(web, db, DB_PORT), true);
    assert.equal(await connects(other, db, DB_PORT), false);
    assert.deepEqual(await enforcer.check(false), { kind: "unchanged" });
    await loadRuleset(lab.node, "flush ruleset\n");
    assert.deepEqual(await enforcer.check(false), { kind: "repaired" });
    given.text = cluster + policyText("db", ["other"], [DB_PORT]);
    await enforcer.reload();
    assert.equal(await connects(other, db, DB_PORT), true);
    await enforcer.remove();
  });

  /** An enforcer of a table that nobody owns, as kernels before 6.9 have it. */
  async function shared(t: TestContext): Promise<ReturnType<typeof enforcerIn>> {
    const writer = TableWriter.open({ table: TABLE, namespace: lab.node, ownership: "shared" });
    await writer.install({ table: TABLE, sets: [], chains: [] });
    writer.close();
    const made = enforcerIn(t, lab.node, { text: cluster + policyText("db", ["web"], [DB_PORT]) });
    await made.enforcer.reload();
    assert.equal(made.enforcer.state.writer, "netlink, shared");
    return made;
  }

  /** In a process of its own, its table in force. */
  async function separateEnforcer(text: string): Promise<ChildProcess> {
    const url = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
    const code = `
      import { Enforcer } from ${url("enforcer.js")};
      import { netlinkTable } from ${url("enforced-table.js")};
      import { inputOf } from ${url("enforcer.fixture.js")};
      const enforcer = new Enforcer(netlinkTable("${TABLE}", "${lab.node}"), {
        node: "worker-1", table: "${TABLE}", denial: "reject", namespace: "${lab.node}", isWatching: true,
        lastGeneration: 0, read: async () => inputOf(${JSON.stringify(text)}), now: () => new Date(), degraded: [],
      });
      process.stdout.write((await enforcer.reload()).kind);
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    assert.equal(String((await once(child.stdout, "data"))[0]), "changed");
    return child;
  }
});

/** Whoever closes a table leaves it to the next test. */
async function freeTable(node: string): Promise<void> {
  const writer = TableWriter.open({ table: TABLE, namespace: node });
  await writer.remove();
  writer.close();
}

function ending(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once("close", () => resolve("ended"));
    socket.once("error", () => resolve("ended"));
  });
}

function later(milliseconds: number): Promise<string> {
  return new Promise((resolve) => {
    setTimeout(() => resolve("still there"), milliseconds);
  });
}

function range(text: string): AddressSet {
  const cidr = parseCidr(text);
  assert.ok(!isAddressError(cidr));
  return unionOf([cidr.range]);
}
