import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it, type TestContext } from "node:test";
import { command, folderOf, namespaceManifest, type Outcome, SHOP } from "./command.fixture.ts";
import { validator } from "./schema.fixture.ts";

const HEAD = "apiVersion: portcullis.dev/v1\nkind: Assertions\nmetadata: {name: shop, namespace: shop}\nassertions:\n";

async function tested(t: TestContext, assertions: string, ...options: readonly string[]): Promise<Outcome> {
  const folder = folderOf(t, { "all.yaml": SHOP, "shop.assert.yaml": HEAD + assertions });
  const { exit, stdout, stderr } = await command(["test", folder, ...options]);
  return { exit, stdout: stdout.replaceAll(`${folder}/`, ""), stderr: stderr.replaceAll(`${folder}/`, "") };
}

describe("portcullis test", () => {
  it("says that assertions hold, and ends with 0", async (t) => {
    const { exit, stdout } = await tested(t, "- allow: web -> db:5432\n- deny: internet -> db\n");
    assert.equal(exit, 0);
    assert.match(stdout, /^ok {2}allow {2}web -> db:5432 \(shop\.assert\.yaml:5\)$/m);
    assert.match(stdout, /^2 assertions: 2 passed, 0 failed$/m);
  });

  it("shows what breaks an assertion with a packet and the answer of why, and ends with 1", async (t) => {
    const { exit, stdout } = await tested(t, "- allow: web -> db:80\n  because: it serves pages\n");
    assert.equal(exit, 1);
    assert.match(stdout, /^FAILED {2}allow {2}web -> db:80/m);
    assert.match(stdout, /^ {4}it serves pages$/m);
    assert.match(stdout, /^ {4}DENIED {2}shop\/pod\/web -> shop\/pod\/db {2}TCP 80/m);
    assert.match(stdout, /into db +isolated/);
  });

  it("tells `only` from those that nobody asked for", async (t) => {
    assert.equal((await tested(t, "- only: web -> db\n")).exit, 0);
    const { exit, stdout } = await tested(t, "- only: db -> web\n");
    assert.equal(exit, 1);
    assert.match(stdout, /ALLOWED/);
  });

  it("holds `never` for what does not exist, and nothing else", async (t) => {
    const nobody = "{from: {podSelector: {matchLabels: {app: ghost}}}, to: db}\n";
    assert.equal((await tested(t, `- never: ${nobody}`)).exit, 0);
    for (const word of ["allow", "deny"]) {
      const { exit, stdout } = await tested(t, `- ${word}: ${nobody}`);
      assert.equal(exit, 1);
      assert.match(stdout, /the side that sends selects nobody/);
    }
  });

  it("is undecided, with 3, where labels decide that are not in the input", async (t) => {
    const folder = folderOf(t, {
      "all.yaml": SHOP.replace(namespaceManifest("shop"), ""),
      "a.yaml": `${HEAD}- never: {from: {namespaceSelector: {matchLabels: {team: a}}}, to: db, ports: [5432]}\n`,
    });
    const { stdout, exit } = await command(["test", folder]);
    assert.equal(exit, 3);
    assert.match(stdout, /^UNDECIDED {2}never .*\n {4}not known: the labels of namespace shop/m);
  });

  for (const [assertion, message] of [
    ["- allow: ghost -> db", /shop\.assert\.yaml:5:3: error PC160: there is no shop\/ghost/],
    ["- allow: web -> db:port-", /error PC160: "port-" is neither a port nor a port name/],
    ["- allow: svc/db -> web", /error PC160: .*(opens no connections|there is no)/],
  ] as const) {
    it(`refuses ${assertion} with its place, and ends with 2`, async (t) => {
      const { exit, stderr } = await tested(t, `${assertion}\n`);
      assert.equal(exit, 2);
      assert.match(stderr, message);
    });
  }

  it("says how to write assertions where there are none", async (t) => {
    const folder = folderOf(t, { "all.yaml": SHOP });
    const { exit, stderr } = await command(["test", folder]);
    assert.equal(exit, 2);
    assert.match(stderr, /the input holds no assertions\n.*kind: Assertions/);
  });

  it("prints JSON as its schema says", async (t) => {
    const { stdout } = await tested(t, "- allow: web -> db:5432\n- allow: web -> db:80\n", "-o", "json");
    const value: unknown = JSON.parse(stdout);
    validator("test")(value);
  });

  it("prints JUnit, with failures in it, as XML that is well formed", async (t) => {
    const { stdout } = await tested(
      t,
      '- {name: "a < b & c", allow: web -> db:80}\n- allow: web -> db:5432\n',
      "-o",
      "junit",
    );
    assert.match(stdout, /<testsuite name="portcullis test" tests="2" failures="1" errors="0">/);
    assert.match(stdout, /<testcase name="allow a &lt; b &amp; c" .*line="5">\n +<failure message="DENIED/);
    assert.doesNotMatch(stdout.replaceAll(/&(amp|lt|gt|quot|apos);/g, ""), /&/);
  });

  it("prints TAP, version 14", async (t) => {
    const { stdout } = await tested(t, "- allow: web -> db:5432\n- allow: web -> db:80\n", "-o", "tap");
    assert.match(
      stdout,
      /^TAP version 14\n1\.\.2\nok 1 - allow web -> db:5432\nnot ok 2 - allow web -> db:80\n {2}---\n/,
    );
  });
});

describe("the schema of assertion files", () => {
  const check = validator("assertions");
  const file = (assertion: unknown): unknown => ({
    apiVersion: "portcullis.dev/v1",
    kind: "Assertions",
    metadata: { name: "shop" },
    assertions: [assertion],
  });

  it("takes what the documentation shows", () => {
    const text = readFileSync(new URL("../../../docs/assertions.md", import.meta.url), "utf8");
    assert.match(text, /kind: Assertions/);
    check(file({ allow: "frontend -> backend:api" }));
    check(file({ only: { from: ["frontend", "finance/*"], to: "backend", ports: [3111] } }));
    check(file({ deny: { from: { namespaceSelector: {} }, to: { podSelector: { matchLabels: { tier: "db" } } } } }));
  });

  for (const [what, assertion] of [
    ["two expectations", { allow: "a -> b", deny: "a -> b" }],
    ["none", { because: "x" }],
    ["a flow with one end", { allow: "a" }],
    ["an unknown field", { allow: { from: "a", to: "b", port: 1 } }],
  ] as const) {
    it(`refuses ${what}`, () => assert.throws(() => check(file(assertion))));
  }
});
