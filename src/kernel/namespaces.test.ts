import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { IpBatchError, SystemCallError } from "./errors.ts";
import { inNamespace } from "./namespace.ts";
import { createNamespaces, deleteNamespaces, ipBatch, listNamespaces } from "./namespaces.ts";
import { reasonToSkip, TEST_PREFIX } from "./pods.fixture.ts";
import { readSysctl, writeSysctls } from "./sysctls.ts";

function here(): string {
  return readlinkSync("/proc/thread-self/ns/net");
}

describe("network namespaces", { skip: reasonToSkip() }, () => {
  const prefix = `${TEST_PREFIX}names-`;
  const one = `${prefix}one`;
  const two = `${prefix}two`;

  before(() => createNamespaces([one, two]));
  after(() => deleteNamespaces(listNamespaces(prefix)));

  it("are listed by prefix", () => {
    assert.deepEqual(listNamespaces(prefix), [one, two]);
    assert.deepEqual(listNamespaces(`${prefix}none`), []);
  });

  it("are entered for the time of a function only, nested too", () => {
    const home = here();
    const seen = inNamespace(one, () => {
      const outer = here();
      const inner = inNamespace(two, here);
      assert.equal(here(), outer);
      return [outer, inner];
    });
    assert.equal(new Set([home, ...seen]).size, 3);
    assert.equal(here(), home);
  });

  it("are left when the function throws", () => {
    const home = here();
    assert.throws(
      () =>
        inNamespace(one, () => {
          throw new Error("inside");
        }),
      /inside/,
    );
    assert.equal(here(), home);
  });

  it("do not leak into what is awaited, nor into the threads of Node's pool", async () => {
    const home = here();
    const later = inNamespace(one, async () => {
      await delay(1);
      return here();
    });
    assert.equal(await later, home);
  });

  it("do not leak into the threads that Node's pool makes at the first asynchronous file operation", () => {
    // A process of its own, whose modules are loaded without that pool.
    const code = `
      const { inNamespace } = require(process.argv[1]);
      const { readlink } = require("node:fs");
      inNamespace("${one}", () => readlink("/proc/thread-self/ns/net", (_, place) => process.stdout.write(place)));`;
    const module = fileURLToPath(new URL("namespace.js", import.meta.url));
    assert.equal(spawnSync(process.execPath, ["-e", code, module], { encoding: "utf8" }).stdout, here());
  });

  it("that do not exist are named in the error", () => {
    assert.throws(
      () => inNamespace(`${prefix}none`, here),
      (error) =>
        error instanceof SystemCallError && error.errno === "ENOENT" && error.message.includes(`${prefix}none`),
    );
  });

  it("with names that lead out of their folder are refused", async () => {
    assert.throws(() => inNamespace("../../proc/1/ns/net", here), RangeError);
    await assert.rejects(createNamespaces([`${prefix}x\nlink delete eth0`]), RangeError);
  });

  it("have sysctls of their own", () => {
    const key = "net.ipv4.ip_forward";
    writeSysctls(one, { [key]: 1 });
    writeSysctls(two, { [key]: 0 });
    assert.equal(readSysctl(one, key), "1");
    assert.equal(readSysctl(two, key), "0");
    assert.throws(
      () => writeSysctls(one, { "net.ipv4.no_such": 1 }),
      new RegExp(`setting sysctl net\\.ipv4\\.no_such = 1 in namespace ${one}: write failed with ENOENT`),
    );
  });

  it("run lines of ip commands inside, and name the line that failed", async () => {
    await ipBatch(["link add a.b type veth peer name other", "link set a.b up"], one);
    writeSysctls(one, { "net/ipv4/conf/a.b/forwarding": 1 });
    assert.ok(inNamespace(one, () => readFileSync("/proc/thread-self/net/dev", "utf8")).includes("a.b"));
    await assert.rejects(
      ipBatch(["link set other up", "link add other type veth peer name more", "link set other down"], one),
      (error) =>
        error instanceof IpBatchError &&
        error.failed[0]?.number === 2 &&
        error.message.includes('line 2 "link add other type veth peer name more"') &&
        error.message.includes("File exists"),
    );
  });

  it("are made all or none", async () => {
    const fresh = [`${prefix}new1`, `${prefix}new2`];
    await assert.rejects(createNamespaces([...fresh, one, `${prefix}new3`]), /netns add .*-one/);
    assert.deepEqual(listNamespaces(`${prefix}new`), []);
    assert.deepEqual(listNamespaces(one), [one]);
  });

  it("are removed many at a time, missing ones not minded", async () => {
    const many = Array.from({ length: 20 }, (_, index) => `${prefix}many${index}`);
    await createNamespaces(many);
    assert.equal(listNamespaces(`${prefix}many`).length, 20);
    await deleteNamespaces([...many, `${prefix}none`]);
    assert.deepEqual(listNamespaces(`${prefix}many`), []);
  });
});
