import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Reading } from "../resources/reading.ts";
import { readInputs, STDIN_NAME } from "./read-inputs.ts";

let root = "";

before(() => {
  root = relative(process.cwd(), mkdtempSync(join(tmpdir(), "portcullis-input-")));
});
after(() => rmSync(root, { recursive: true, force: true }));

function namespaceText(name: string): string {
  return `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`;
}

/** A folder with files; a content of undefined is left to the test. */
function folder(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), content);
  }
  return path;
}

async function* chunks(...texts: readonly (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  await Promise.resolve();
  yield* texts;
}

function read(paths: readonly string[], options: Partial<Parameters<typeof readInputs>[1]> = {}): Promise<Reading> {
  return readInputs(paths, { validation: "strict", namespace: undefined, ...options });
}

function names(reading: Reading): readonly string[] {
  return reading.resources.map(({ metadata }) => metadata.name);
}

function codes(reading: Reading): readonly string[] {
  return reading.findings.map(({ code }) => code);
}

describe("folders", () => {
  it("give their manifests in sorted order with sub-folders, and nothing hidden or installed", async () => {
    const path = folder("tree", {
      "b.yaml": namespaceText("b"),
      "a/z.yml": namespaceText("z"),
      "c.json": '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"c"}}',
      "README.md": "not read",
      ".git/x.yaml": namespaceText("hidden"),
      ".hidden.yaml": namespaceText("hidden"),
      "node_modules/p/x.yaml": namespaceText("installed"),
    });
    const reading = await read([path]);
    assert.deepEqual(names(reading), ["z", "b", "c"]);
    assert.deepEqual(codes(reading), []);
    assert.equal(reading.resources[0]?.origin().file, join(path, "a/z.yml"));
    assert.deepEqual(names(await read([path], { recursive: false })), ["b", "c"]);
  });
  it("without any manifest are an error", async () => {
    const path = folder("none", { "README.md": "hello" });
    const reading = await read([path]);
    assert.deepEqual(codes(reading), ["PC100"]);
    assert.match(reading.findings[0]?.message ?? "", /holds no manifests/);
  });
  it("may link in circles", async () => {
    const path = folder("loop", { "a/x.yaml": namespaceText("x") });
    symlinkSync("..", join(path, "a/up"));
    symlinkSync("a", join(path, "b"));
    const reading = await read([path]);
    assert.deepEqual(names(reading), ["x"]);
    assert.deepEqual(codes(reading), []);
  });
  it("with a broken link to a manifest are an error and a blind spot", async () => {
    const path = folder("broken", { "a.yaml": namespaceText("a") });
    symlinkSync("gone.yaml", join(path, "b.yaml"));
    symlinkSync("self.yaml", join(path, "self.yaml"));
    const reading = await read([path]);
    assert.deepEqual(codes(reading), ["PC100", "PC100"]);
    assert.deepEqual(names(reading), ["a"]);
    assert.equal(reading.blinds.length, 2);
  });
});

describe("files", () => {
  it("count once, however they are named", async () => {
    const path = folder("once", { "a.yaml": namespaceText("a") });
    const reading = await read([join(path, "a.yaml"), path, join(path, "*.yaml")]);
    assert.deepEqual(names(reading), ["a"]);
    assert.deepEqual(codes(reading), []);
  });
  it("named outright are read whatever they are called", async () => {
    const path = folder("named", { "policy.txt": namespaceText("a") });
    assert.deepEqual(names(await read([join(path, "policy.txt")])), ["a"]);
  });
  it("that do not exist are an error and a blind spot", async () => {
    const reading = await read([join(root, "missing.yaml")]);
    assert.deepEqual(codes(reading), ["PC100"]);
    assert.match(reading.findings[0]?.message ?? "", /does not exist/);
    assert.equal(reading.blinds.length, 1);
  });
  it("that may not be read are an error", async () => {
    const path = folder("locked", { "a.yaml": namespaceText("a") });
    chmodSync(root, 0o755);
    chmodSync(join(path, "a.yaml"), 0);
    const reading = await asNobody(() => read([path]));
    assert.match(reading.findings[0]?.message ?? "", /permission denied/);
  });
  it("in UTF-16 are an error with a way out", async () => {
    const path = folder("wide", { "a.yaml": Buffer.from(`\ufeff${namespaceText("a")}`, "utf16le") });
    const reading = await read([path]);
    assert.deepEqual(codes(reading), ["PC103"]);
    assert.match(reading.findings[0]?.remedy ?? "", /iconv/);
    assert.equal(reading.blinds.length, 1);
  });
  it("that are larger than the limit are refused without being held in memory", async () => {
    const megabyte = new Uint8Array(1024 * 1024);
    const reading = await read(["-"], { stdin: chunks(...Array.from({ length: 257 }, () => megabyte)) });
    assert.deepEqual(codes(reading), ["PC102"]);
  });
});

/** Permissions do not bind root, so it becomes nobody for the time of the work. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe("globs that no shell expanded", () => {
  const files = {
    "a/x.yaml": namespaceText("x"),
    "b/c/w.yml": namespaceText("w"),
    "b/z.json": "{}",
    "b/readme.md": "",
  };
  const rows: readonly [string, readonly string[]][] = [
    ["**/*.yaml", ["x"]],
    ["**/*.{yaml,yml}", ["x", "w"]],
    ["?/x.yaml", ["x"]],
    ["[ab]/*.yaml", ["x"]],
  ];
  for (const [pattern, expected] of rows) {
    it(pattern, async () => {
      const path = folder("globs", files);
      const reading = await read([join(path, pattern)]);
      assert.deepEqual(names(reading), expected);
      assert.deepEqual(codes(reading), []);
    });
  }
  it("that match nothing are an error", async () => {
    const reading = await read([join(folder("globs", files), "*.yaml")]);
    assert.deepEqual(codes(reading), ["PC100"]);
    assert.match(reading.findings[0]?.message ?? "", /no file matches/);
  });
  it("a file whose name looks like a glob is that file", async () => {
    const path = folder("odd", { "[x].yaml": namespaceText("odd"), "x.yaml": namespaceText("x") });
    assert.deepEqual(names(await read([join(path, "[x].yaml")])), ["odd"]);
  });
});

describe("standard input", () => {
  it("is read once, and is called by its name", async () => {
    const reading = await read(["-", "-"], {
      stdin: chunks("apiVersion: v1\nkind: Name", "space\nmetadata: {name: a}\n"),
    });
    assert.deepEqual(names(reading), ["a"]);
    assert.equal(reading.resources[0]?.origin().file, STDIN_NAME);
  });
  it("stands in the order of the paths, as later objects replace earlier ones", async () => {
    const path = folder("order", { "a.yaml": namespaceText("a") });
    const stdin = chunks(namespaceText("a"));
    const reading = await read(["-", path], { stdin });
    assert.equal(reading.resources[0]?.origin().file, join(path, "a.yaml"));
    assert.deepEqual(codes(reading), ["PC118"]);
  });
});

describe("exports of a cloud beside manifests", () => {
  const subnet = { id: "web", name: "web", ipv4_cidr_block: "10.240.0.0/24", vpc: { id: "v" }, zone: { name: "z" } };
  const json = (value: unknown): string => JSON.stringify(value);

  it("become one inventory, from all texts together", async () => {
    const path = folder("export", {
      "subnets.json": json([{ ...subnet, network_acl: { id: "a" } }]),
      "more/acls.json": json([{ id: "a", name: "acl", vpc: { id: "v" }, subnets: [], rules: [] }]),
      "more/floating-ips.json": "[]",
      "all.yaml": namespaceText("shop"),
    });
    const reading = await read([path]);
    assert.deepEqual([names(reading), codes(reading)], [["shop"], []]);
    const { vpc } = await readInputs([path], { validation: "strict", namespace: undefined });
    assert.deepEqual([vpc?.subnets.length, vpc?.acls.length], [1, 1]);
    assert.deepEqual([...(vpc?.complete ?? [])].sort(), ["floating ip", "network acl", "subnet"]);
  });
  it("are no inventory where there are none", async () => {
    const { vpc } = await readInputs([folder("plain", { "a.yaml": namespaceText("a") })], {
      validation: "strict",
      namespace: undefined,
    });
    assert.equal(vpc, undefined);
  });
  it("bring their findings and blind spots along", async () => {
    const path = folder("odd-export", {
      "subnets.json": json([
        { ...subnet, ipv4_cidr_block: "10.240.xx.xx/24" },
        { ...subnet, id: "b" },
        { ...subnet, id: "c" },
      ]),
      "key.json": json([{ id: "k", crn: "crn:v1:bluemix:public:is:us-south:a/1::key:k" }]),
    });
    const reading = await read([path]);
    assert.deepEqual(codes(reading), ["PC112", "PC208"]);
    assert.deepEqual(
      reading.blinds.map(({ what }) => what),
      ["subnet web"],
    );
    assert.deepEqual([...reading.passedOver], [["VPC key", 1]]);
  });
  it("are read in UTF-8 only, as everything", async () => {
    const path = folder("wide-export", { "subnets.json": Buffer.from(`\ufeff${json([subnet])}`, "utf16le") });
    assert.deepEqual(codes(await read([path])), ["PC103"]);
  });
});
