/** The rules of the house: which floor may import which, what the pure floors may touch, and that style is kept. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "node:test";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

/** The floors, lowest first. A file imports only from lower floors or from its own folder. */
const FLOORS: readonly (readonly string[])[] = [
  ["net", "labels", "source"],
  ["resources"],
  ["cluster"],
  ["policy", "vpc"],
  ["situation"],
  ["path"],
  ["verdict", "fold"],
  ["reach", "dataplane"],
  ["kernel", "lint", "flows"],
  ["lab", "enforce"],
  ["input", "cli"],
];

/** Folders whose code must run in a browser: no Node built-ins, no clock, no randomness. */
const PURE = new Set([...FLOORS.slice(0, 8).flat(), "lint", "flows"]);

/** Folders of one floor that may use each other in this direction. */
const WITHIN_A_FLOOR: ReadonlySet<string> = new Set(["cli>input"]);

interface SourceFile {
  readonly path: string;
  readonly folder: string;
  readonly imports: readonly string[];
  readonly text: string;
}

function sourceFiles(): readonly SourceFile[] {
  const src = join(root, "src");
  return readdirSync(src, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !/\.(test|fixture)\.ts$/.test(entry.name))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const text = readFileSync(path, "utf8");
      const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
      return { path: relative(root, path), folder: relative(src, path).split("/")[0] ?? "", imports, text };
    });
}

function floorOf(folder: string): number {
  return FLOORS.findIndex((floor) => floor.includes(folder));
}

describe("the house", () => {
  const files = sourceFiles();

  it("has a floor for every folder", () => {
    const homeless = [...new Set(files.map((file) => file.folder))].filter((folder) => floorOf(folder) < 0);
    assert.deepEqual(homeless, []);
  });

  it("imports only downwards", () => {
    const upward = files.flatMap((file) =>
      file.imports
        .filter((name) => name.startsWith("."))
        .map((name) => relative(join(root, "src"), resolve(root, dirname(file.path), name)).split("/")[0] ?? "")
        .filter((target) => target !== file.folder && !WITHIN_A_FLOOR.has(`${file.folder}>${target}`))
        .filter((target) => floorOf(target) >= floorOf(file.folder))
        .map((target) => `${file.path} imports ${target}`),
    );
    assert.deepEqual(upward, []);
  });

  it("keeps the answering floors pure", () => {
    const builtins = new Set(builtinModules);
    const impure = files
      .filter((file) => PURE.has(file.folder))
      .flatMap((file) => [
        ...file.imports
          .filter((name) => name.startsWith("node:") || builtins.has(name))
          .map((name) => `${file.path} imports ${name}`),
        ...[...file.text.matchAll(/\b(Date\.now|new Date|Math\.random|performance\.now|process\.|globalThis)/g)].map(
          (match) => `${file.path} uses ${match[0]}`,
        ),
      ]);
    assert.deepEqual(impure, []);
  });

  it("touches the operating system only in kernel/", () => {
    const outside = files
      .filter((file) => file.folder !== "kernel")
      .filter((file) => file.imports.some((name) => name === "koffi"))
      .map((file) => file.path);
    assert.deepEqual(outside, []);
  });

  it("names files for what they hold", () => {
    const vague = files.map((file) => file.path).filter((path) => /(utils?|helpers?|common|managers?)\b/.test(path));
    assert.deepEqual(vague, []);
  });

  for (const [what, command] of [
    ["the linter has nothing to say", ["oxlint", "--type-aware", "--deny-warnings"]],
    ["the formatter has nothing to change", ["oxfmt", "--check", "."]],
  ] as const) {
    it(what, () => {
      const [tool, ...args] = command;
      const done = spawnSync(join(root, "node_modules", ".bin", tool), args, { cwd: root, encoding: "utf8" });
      assert.equal(done.status, 0, `${done.stdout}${done.stderr}`);
    });
  }
});
