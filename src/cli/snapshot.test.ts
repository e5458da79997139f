/** `portcullis snapshot`: what a bundle holds and leaves out, and that commands answer from it as from its input. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { CILIUM, command, folderOf, SHOP } from "./command.fixture.ts";

const SECRETIVE =
  SHOP.replace(
    "containers: [{name: main, image: x,",
    "containers: [{name: main, image: x, env: [{name: TOKEN, value: hush}],",
  ) + "---\napiVersion: v1\nkind: Secret\nmetadata: {namespace: shop, name: keys}\ndata: {token: hush}\n";

describe("portcullis snapshot", () => {
  it("gives the answers of its input, at the places of its input", async (t) => {
    const folder = folderOf(t, { "all.yaml": SHOP + CILIUM });
    const [input, bundle] = [join(folder, "all.yaml"), join(folder, "cluster.jsonl")];
    assert.equal((await command(["snapshot", input, "-o", bundle])).exit, 0);
    for (const args of [
      ["map"],
      ["map", "-o", "json"],
      ["why", "shop/web", "shop/db:80"],
      ["why", "shop/web", "shop/db:5432", "-o", "json"],
    ]) {
      assert.deepEqual(await command([...args, bundle]), await command([...args, input]));
    }
    assert.match((await command(["why", "shop/web", "shop/db:80", bundle])).stdout, /all\.yaml:\d+/);
    assert.equal((await command(["diff", input, bundle, "-q"])).exit, 0);
  });

  it("answers about networks from it too", async (t) => {
    const bundle = join(folderOf(t, {}), "cluster.jsonl");
    await command(["snapshot", "examples/vpc", "-o", bundle]);
    for (const args of [
      ["map", "-o", "json"],
      ["vpc", "check", "-o", "json"],
    ]) {
      assert.deepEqual(await command([...args, bundle]), await command([...args, "examples/vpc"]));
    }
  });

  it("keeps networks and leaves out what stands between them in one text", async (t) => {
    const vpc = readFileSync("examples/vpc/networks/network-acls.json", "utf8");
    const mixed = folderOf(t, { "all.json": `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"hush"}}\n${vpc}` });
    const bundle = join(mixed, "cluster.jsonl");
    await command(["snapshot", join(mixed, "all.json"), "-o", bundle]);
    assert.doesNotMatch(readFileSync(bundle, "utf8"), /hush/);
    assert.deepEqual(
      await command(["vpc", "check", "-o", "json", bundle]),
      await command(["vpc", "check", "-o", "json", join(mixed, "all.json")]),
    );
  });

  it("leaves out what is not read: environment, images, Secrets", async (t) => {
    const folder = folderOf(t, { "all.yaml": SECRETIVE });
    const { exit, stdout } = await command(["snapshot", folder]);
    assert.equal(exit, 0);
    assert.doesNotMatch(stdout, /hush|TOKEN|"image"/);
    assert.match(stdout, /^\{"portcullis":"bundle\/v1","lines":5,"passedOver":\{"Secret":1\}\}\n/);
  });

  it("is the same for the same input, also from standard input and recorded again", async (t) => {
    const { stdout } = await command(["snapshot", "-"], { stdin: SHOP });
    const folder = folderOf(t, { "cluster.jsonl": stdout });
    assert.equal((await command(["snapshot", join(folder, "cluster.jsonl")])).stdout, stdout);
  });

  it("is refused where it was cut off or changed, with the line", async (t) => {
    const { stdout } = await command(["snapshot", "-"], { stdin: SHOP });
    const lines = stdout.trimEnd().split("\n");
    const folder = folderOf(t, {
      "cut.jsonl": `${lines.slice(0, -1).join("\n")}\n`,
      "odd.jsonl": `${lines.with(2, "oops").join("\n")}\n`,
      "newer.jsonl": stdout.replace("bundle/v1", "bundle/v9"),
    });
    for (const [name, message] of [
      ["cut", /the bundle has 4 of 5 lines/],
      ["odd", /odd\.jsonl:3:1: error PC101: line 3 is none of a bundle/],
      ["newer", /it is a bundle\/v9, and this Portcullis reads bundle\/v1/],
    ] as const) {
      const { exit, stderr } = await command(["map", join(folder, `${name}.jsonl`)]);
      assert.equal(exit, 2);
      assert.match(stderr, message);
    }
  });

  it("records nothing of input with errors, unless it is asked to; then answers stay undecided", async (t) => {
    const folder = folderOf(t, { "all.yaml": SHOP.replace("protocol: TCP", "protocol: TPC") });
    const bundle = join(folder, "cluster.jsonl");
    assert.equal((await command(["snapshot", folder, "-o", bundle])).exit, 2);
    assert.equal((await command(["snapshot", folder, "-o", bundle, "--skip-unreadable"])).exit, 0);
    assert.equal((await command(["map", bundle])).exit, 2);
    assert.equal((await command(["map", bundle, "--skip-unreadable"])).exit, 3);
  });

  it("says so where the file cannot be written", async (t) => {
    const folder = folderOf(t, { "all.yaml": SHOP });
    writeFileSync(join(folder, "file"), "");
    const { exit, stderr } = await command(["snapshot", join(folder, "all.yaml"), "-o", join(folder, "file/x")]);
    assert.equal(exit, 2);
    assert.match(stderr, /cannot be written \(ENOTDIR\)/);
  });
});
