/** The program as people start it. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { CILIUM, folderOf, podManifest, SHOP } from "./command.fixture.ts";

const PROGRAM = fileURLToPath(new URL("../../../bin/portcullis.js", import.meta.url));

interface Started {
  readonly input?: string;
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

function run(args: readonly string[], { input = "", nodeArgs = [], env = {} }: Started = {}) {
  return spawnSync(process.execPath, [...nodeArgs, PROGRAM, ...args], {
    input,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], ...env },
  });
}

describe("the program", () => {
  it("exits with 0, 1, 2 and 3 as its answers are", () => {
    assert.equal(run(["why", "shop/web", "shop/db:5432", "-"], { input: SHOP }).status, 0);
    assert.equal(run(["why", "shop/web", "shop/db:80", "-"], { input: SHOP }).status, 1);
    assert.equal(run(["why", "shop/web", "shop/db:80", "-"], { input: "a: [" }).status, 2);
    assert.equal(run(["why", "shop/web"]).status, 2);
    assert.equal(run(["why", "shop/web", "shop/db:80", "-"], { input: SHOP + CILIUM }).status, 3);
  });

  it("has no colours in a pipe, also where a build server asks for them by CI", () => {
    for (const args of [["why", "shop/web", "shop/db:80", "-"], ["--help"]]) {
      const { stdout } = run(args, { input: SHOP, env: { CI: "true" } });
      assert.doesNotMatch(stdout, /[^\P{Cc}\n]/u);
    }
  });

  it("exits with 70 for a fault of its own, however it comes", () => {
    for (const fault of [
      "process.stdout.write = () => { throw new Error('broken on purpose') }",
      "process.stdout.write = () => { setImmediate(() => { throw new Error('broken on purpose') }) }",
      "process.stdout.write = () => { Promise.reject(new Error('broken on purpose')) }",
    ]) {
      const nodeArgs = ["--import", `data:text/javascript,${encodeURIComponent(fault)}`];
      const { status, stderr } = run(["why", "shop/web", "shop/db:80", "-"], { input: SHOP, nodeArgs });
      assert.match(stderr, /internal error: Error: broken on purpose/);
      assert.equal(status, 70);
    }
  });

  it("is quiet when its reader goes away, and keeps its exit code", async (t) => {
    const many = Array.from({ length: 120 }, (_, i) =>
      podManifest({ name: `p${i}`, labels: `app: p${i}`, addresses: [`10.0.1.${i}`] }),
    );
    const folder = folderOf(t, { "all.yaml": SHOP + CILIUM + many.join("") });
    const child = spawn(process.execPath, [PROGRAM, "map", folder, "-q", "-o", "json"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.stdout.once("data", () => child.stdout.destroy());
    const [status] = await once(child, "close");
    assert.equal(errors, "");
    assert.equal(status, 3);
  });

  it("needs neither native code nor child processes in order to answer", () => {
    const { stderr, status } = run(["why", "shop/web", "shop/db:5432", "-"], {
      input: SHOP,
      nodeArgs: ["--experimental-permission", "--allow-fs-read=*"],
    });
    assert.equal(status, 0, stderr);
  });
});
