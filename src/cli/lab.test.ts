import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { labCapabilities } from "../kernel/capabilities.ts";
import { command, folderOf, onManifests, podManifest, SHOP } from "./command.fixture.ts";

const capabilities = labCapabilities();
const skip = capabilities.ok ? false : capabilities.missing.map(({ what }) => what).join("; ");
const NAME = `cli-${process.pid}`;

describe("portcullis lab", { skip, concurrency: false }, () => {
  it("builds, probes, agrees and takes down with run", async (t) => {
    const { exit, stdout } = await onManifests(t, ["lab", "run", "--name", NAME, "--limit", "60"], SHOP);
    assert.match(
      stdout,
      /^PREDICTED +PROBES +PASSED +DID NOT +DIFFERENT\nallowed +\d+ +\d+ +0 +0\ndenied +\d+ +0 +\d+ +0\n/,
    );
    assert.match(stdout, /\nAGREE {2}60 probes with real packets, no difference\n$/);
    assert.equal(exit, 0);
    assert.equal((await command(["lab", "down", "--name", NAME])).stdout, `no lab named ${NAME} stands\n`);
  });

  it("stands after up, is probed by probe, and goes with down", async (t) => {
    const folder = folderOf(t, { "all.yaml": SHOP });
    const step = (...args: string[]) => command(["lab", ...args, "--name", NAME]);
    try {
      assert.match((await step("up", folder)).stdout, /shop\/pod\/db +10\.0\.0\.2 +portcullis-cli-\d+\.p1\n/);
      const again = await step("up", folder);
      assert.match(again.stderr, /stands already .*\n {2}remove it with/);
      assert.equal(again.exit, 2);
      const probed = await step("probe", folder, "--limit", "20", "-o", "json");
      assert.equal(JSON.parse(probed.stdout).agree, true);
      assert.equal(probed.exit, 0);
    } finally {
      assert.match((await step("down")).stdout, /^removed lab cli-\d+ \(\d+ namespaces\)\n$/);
    }
    const missing = await step("probe", folder);
    assert.match(missing.stderr, /no lab named cli-\d+ stands/);
    assert.equal(missing.exit, 2);
  });

  it("takes changed policies with reload, not changed pods", async (t) => {
    const folder = folderOf(t, { "all.yaml": SHOP });
    const open = folderOf(t, {
      "all.yaml": SHOP.replaceAll(/(kind: NetworkPolicy\n[^]*?)podSelector: .*/g, "$1podSelector: {}"),
    });
    const more = folderOf(t, {
      "all.yaml": SHOP + podManifest({ name: "more", labels: "app: more", addresses: ["10.0.0.77"] }),
    });
    const step = (...args: string[]) => command(["lab", ...args, "--name", NAME]);
    try {
      assert.equal((await step("up", folder)).exit, 0);
      assert.match((await step("probe", open)).stderr, /was not built from this input.*\n {2}load them into it with/);
      assert.match((await step("reload", open)).stdout, /\nRELOADED /);
      assert.equal((await step("probe", open, "--limit", "40")).exit, 0);
      const refused = await step("reload", more);
      assert.match(refused.stderr, /was built from other pods or nodes/);
      assert.equal(refused.exit, 2);
    } finally {
      await step("down");
    }
  });

  it("changes a lab under way into a second input with run --change, and probes what then stands", async (t) => {
    const before = folderOf(t, { "all.yaml": SHOP });
    const open = SHOP.replaceAll(/(kind: NetworkPolicy\n[^]*?)podSelector: .*/g, "$1podSelector: {}");
    const after = folderOf(t, { "all.yaml": open });
    const more = folderOf(t, {
      "all.yaml": SHOP + podManifest({ name: "more", labels: "app: more", addresses: ["10.0.0.77"] }),
    });
    const run = (...args: string[]) => command(["lab", "run", "--name", NAME, "--limit", "40", before, ...args]);
    const text = await run("--change", after);
    assert.match(text.stdout, /^CHANGE +FLOWS +PACKETS +WRONG\nkept .* 0 lost\nshut .* 0 passed\n/);
    assert.match(text.stdout, /\nAS DUE {2}nothing was lost and nothing leaked[^]*\nAGREE {2}40 probes/);
    assert.equal(text.exit, 0);
    const shut =
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {namespace: shop, name: shut}\nspec: {podSelector: {}}\n";
    const added = folderOf(t, { "shut.yaml": shut });
    const both = await command(["lab", "run", "--name", NAME, "--limit", "40", "-f", before, "--change", added]);
    assert.match(both.stdout, /\nAS DUE {2}/);
    assert.equal(both.exit, 0);
    const refused = await run("--change", more);
    assert.match(refused.stderr, /--change: .* cannot become the second input: it has other pods/);
    assert.equal(refused.exit, 2);
  });

  it("says why it cannot build what the input describes", async (t) => {
    const twin = podManifest({ name: "twin", labels: "app: twin", addresses: ["10.0.0.2"] });
    const { exit, stderr } = await onManifests(t, ["lab", "run", "--name", NAME], SHOP + twin);
    assert.match(stderr, /no lab can be built from this input\n.*10\.0\.0\.2 is the address of/);
    assert.equal(exit, 2);
  });

  it("refuses names and limits that are none", async (t) => {
    const name = await onManifests(t, ["lab", "run", "--name", "A_"], SHOP);
    assert.match(name.stderr, /--name: "A_" is no name for a lab/);
    assert.equal(name.exit, 2);
    const limit = await onManifests(t, ["lab", "run", "--limit", "0"], SHOP);
    assert.match(limit.stderr, /--limit: "0" is no number of probes/);
    assert.equal(limit.exit, 2);
  });
});

describe("portcullis lab plan", () => {
  it("shows places and Services, or the program of a node, and builds nothing", async (t) => {
    const { exit, stdout } = await onManifests(t, ["lab", "plan"], SHOP);
    assert.match(stdout, /^PLACE +ADDRESSES +NAMESPACE\n/);
    assert.match(stdout, /\nshop\/pod\/db +10\.0\.0\.2 /);
    assert.equal(exit, 0);
    const [, node = ""] = /\nnode\/(\S+)/.exec(stdout) ?? [];
    const program = await onManifests(t, ["lab", "plan", "--node", node], SHOP);
    assert.match(program.stdout, /^# Portcullis: the policies of node .*\ntable inet portcullis\n/);
    const json = await onManifests(t, ["lab", "plan", "--node", node, "-o", "json"], SHOP);
    assert.equal(JSON.parse(json.stdout).program.text, program.stdout);
    const missing = await onManifests(t, ["lab", "plan", "--node", "nowhere"], SHOP);
    assert.match(missing.stderr, /--node: the lab would have no node "nowhere"\n {2}choose /);
    assert.equal(missing.exit, 2);
  });
});
