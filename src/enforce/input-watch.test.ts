import assert from "node:assert/strict";
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { temporaryFolder, until } from "./enforcer.fixture.ts";
import { watchInput } from "./input-watch.ts";

/** Watches a folder; `poll` so long that nothing but events is seen, unless given. */
async function watched(t: TestContext, folder: string, poll = 600_000): Promise<{ changes: number }> {
  const seen = { changes: 0 };
  const files = (): Promise<readonly string[]> =>
    Promise.resolve().then(() => {
      try {
        return readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.name.endsWith(".yaml"))
          .map((entry) => join(entry.parentPath, entry.name));
      } catch {
        return [];
      }
    });
  const watch = await watchInput({ paths: [folder], files, onChange: () => void seen.changes++, poll });
  t.after(() => watch.close());
  return seen;
}

describe("a watch of files", () => {
  it("sees that one is written, replaced by another, added and removed", async (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, "a.yaml");
    writeFileSync(file, "1");
    const seen = await watched(t, folder);
    const steps = [
      () => writeFileSync(file, "22"),
      () => {
        writeFileSync(join(folder, "draft"), "33");
        renameSync(join(folder, "draft"), file);
      },
      () => writeFileSync(join(folder, "b.yaml"), "1"),
      () => rmSync(file),
    ];
    for (const [i, step] of steps.entries()) {
      step();
      assert.ok(await until(() => seen.changes === i + 1), `step ${i}: ${seen.changes}`);
    }
  });

  it("sees what is mounted as Kubernetes mounts it: behind a link that is turned", async (t) => {
    const folder = temporaryFolder(t);
    for (const version of ["1", "2"]) {
      mkdirSync(join(folder, `..${version}`));
      writeFileSync(join(folder, `..${version}`, "a.yaml"), "same size");
    }
    symlinkSync("..1", join(folder, "..data"));
    symlinkSync("..data/a.yaml", join(folder, "a.yaml"));
    const seen = await watched(t, folder);
    symlinkSync("..2", join(folder, "..data_tmp"));
    renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
    assert.ok(await until(() => seen.changes === 1));
  });

  it("sees that its folder goes, and comes again", async (t) => {
    const above = temporaryFolder(t);
    const folder = join(above, "policies");
    mkdirSync(folder);
    writeFileSync(join(folder, "a.yaml"), "1");
    const seen = await watched(t, folder);
    rmSync(folder, { recursive: true });
    assert.ok(await until(() => seen.changes >= 1));
    const before = seen.changes;
    mkdirSync(folder);
    writeFileSync(join(folder, "a.yaml"), "2");
    assert.ok(await until(() => seen.changes > before));
  });

  it("looks by itself where nothing tells of changes: in a new folder without files", async (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, "a.yaml"), "1");
    const seen = await watched(t, folder, 50);
    mkdirSync(join(folder, "deep/deeper"), { recursive: true });
    await delay(300);
    writeFileSync(join(folder, "deep/deeper/b.yaml"), "1");
    assert.ok(await until(() => seen.changes === 1));
  });

  it("says nothing where nothing has changed, and once for many writes", async (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, "a.yaml"), "1");
    const seen = await watched(t, folder, 50);
    await delay(400);
    assert.equal(seen.changes, 0);
    for (let i = 0; i < 20; i++) writeFileSync(join(folder, `f${i}.yaml`), "1");
    assert.ok(await until(() => seen.changes >= 1));
    assert.ok(seen.changes <= 2, `${seen.changes} times`);
  });
});
