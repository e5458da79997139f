/** Measurements really run, in processes of their own that are ended when they take too long. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it, type TestContext } from "node:test";
import { BENCHMARKS } from "./benchmarks.ts";
import { runJob } from "./process.ts";

const MAIN = fileURLToPath(new URL("main.js", import.meta.url));

function bench(...args: readonly string[]): {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
} {
  return spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8" });
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "portcullis-bench-test-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe("a run", () => {
  it("gives every figure of every benchmark", () => {
    const { stdout, status, stderr } = bench("--size", "60", "-o", "json");
    assert.equal(status, 0, stderr);
    const { results }: { results: readonly { benchmark: string; figure: string; value?: number }[] } =
      JSON.parse(stdout);
    const told = new Set(
      results.flatMap(({ benchmark, figure, value }) => (value === undefined ? [] : `${benchmark}: ${figure}`)),
    );
    const wanted = BENCHMARKS.filter(({ obstacle }) => obstacle?.() === undefined).flatMap(({ name, figures }) =>
      figures.map((figure) => `${name}: ${figure.name}`),
    );
    assert.deepEqual(
      wanted.filter((figure) => !told.has(figure)),
      [],
    );
  });

  it("lists what there is, and says what there is not", () => {
    for (const { name } of BENCHMARKS) assert.ok(bench("--list").stdout.includes(`${name}  `));
    const unknown = bench("--only", "nothing");
    assert.notEqual(unknown.status, 0);
    assert.match(unknown.stderr, /there is no benchmark "nothing"; known are read-yaml/);
  });
});

describe("a job", () => {
  const cluster = { pods: 1_000_000 };

  it("is ended when it takes too long", async (t) => {
    const job = { kind: "prepare", cluster, folder: folder(t), formats: ["lines"] } as const;
    assert.equal((await runJob(job, { seconds: 0.3, heap: 4096 })).ending, "over time");
  });

  it("says that it has no memory left", async (t) => {
    const job = { kind: "prepare", cluster, folder: folder(t), formats: ["lines"] } as const;
    assert.equal((await runJob(job, { seconds: 120, heap: 64 })).ending, "out of memory");
  });

  it("says what went wrong", async (t) => {
    const job = { kind: "measure", benchmark: "none", count: 1, seed: 1, cluster, folder: folder(t) } as const;
    const { ending, error } = await runJob(job, { seconds: 60, heap: 512 });
    assert.equal(ending, "failed");
    assert.match(error, /there is no benchmark none/);
  });
});
