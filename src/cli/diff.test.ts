/** `portcullis diff`: what it prints, its exit codes, and that docs/diff.md shows the truth. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import {
  CILIUM,
  command,
  folderOf,
  namespaceManifest,
  type Outcome,
  podManifest,
  policyManifest,
  SHOP,
} from "./command.fixture.ts";
import { validator } from "./schema.fixture.ts";

const DENY = policyManifest("deny", "{podSelector: {}, policyTypes: [Ingress]}");
const WEB_TO_ALL = policyManifest(
  "open",
  "{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}",
);

async function between(t: TestContext, before: string, after: string, ...options: readonly string[]): Promise<Outcome> {
  const folder = folderOf(t, { "old.yaml": before, "new.yaml": after });
  const { exit, stdout, stderr } = await command([
    "diff",
    join(folder, "old.yaml"),
    join(folder, "new.yaml"),
    ...options,
  ]);
  return { exit, stdout: stdout.replaceAll(`${folder}/`, ""), stderr: stderr.replaceAll(`${folder}/`, "") };
}

describe("portcullis diff", () => {
  it("tells what opened, with the policies and lines on both sides", async (t) => {
    const { exit, stdout } = await between(t, SHOP, SHOP + WEB_TO_ALL);
    assert.equal(exit, 1);
    assert.equal(
      stdout,
      `+ OPENED  shop/pod/web -> shop/pod/db  all but TCP 5432
    was: denied, into db isolated by shop/db-allow (old.yaml:23)
    now: allowed, into db admitted by shop/open spec.ingress[0].from[0] (new.yaml:38)

= 5 other rows unchanged
1 opened
`,
    );
  });

  it("tells what closed, and marks it in the colours of a terminal", async (t) => {
    const folder = folderOf(t, { "old.yaml": SHOP, "new.yaml": SHOP + DENY });
    const args = ["diff", join(folder, "old.yaml"), join(folder, "new.yaml")];
    const { stdout } = await command(args, { isTerminal: true });
    assert.ok(stdout.includes("\u{1b}[31m- CLOSED\u{1b}[39m"), stdout);
    assert.match(stdout, /was: allowed, into web no policy isolates ingress/);
  });

  it("says nothing of what only looks different", async (t) => {
    const { exit, stdout } = await between(t, SHOP + DENY, SHOP + DENY.replace("name: deny", "name: other"));
    assert.equal(exit, 0);
    assert.match(stdout, /^= \d+ rows unchanged\nno difference\n$/);
  });

  it("fails only on what it is asked to", async (t) => {
    const exit = async (...options: readonly string[]): Promise<number> =>
      (await between(t, SHOP, SHOP + DENY, ...options)).exit;
    assert.deepEqual(
      [
        await exit("--fail-on", "opened"),
        await exit("--fail-on", "closed"),
        await exit("--fail-on", "opened,closed"),
        await exit("--fail-on", "opne"),
      ],
      [0, 1, 1, 2],
    );
  });

  it("is undecided where only what is not known changes, and says what would tell", async (t) => {
    const { exit, stdout } = await between(t, SHOP, SHOP + CILIUM);
    assert.equal(exit, 3);
    assert.match(stdout, /\? UNDECIDED {2}shop\/pod\/web -> shop\/pod\/db/);
    assert.match(stdout, /not known: .*CiliumNetworkPolicy shop\/l7/);
    assert.doesNotMatch(stdout, /OPENED|CLOSED/);
  });

  it("tells connections of new workloads apart", async (t) => {
    const cache = podManifest({ name: "cache", labels: "app: cache", addresses: ["10.0.0.3"] });
    const { exit, stdout } = await between(t, SHOP, SHOP + cache);
    assert.equal(exit, 1);
    assert.match(stdout, /^new: shop\/pod\/cache\n\+ OPENED/);
    const back = await between(t, SHOP + cache, SHOP);
    assert.match(back.stdout, /^gone: shop\/pod\/cache\n- CLOSED/);
  });

  it("takes pods with other names for the same where their workload is", async (t) => {
    const pods = (suffix: string, address: string): string =>
      namespaceManifest("shop") +
      podManifest({ name: `db-${suffix}`, labels: "app: db", owner: "db", addresses: [address] });
    const { exit, stdout } = await between(t, pods("a", "10.0.0.1"), pods("b", "10.0.0.9"));
    assert.equal(exit, 0, stdout);
  });

  it("reads what -f names with both, and lets the inputs have the last word", async (t) => {
    const folder = folderOf(t, {
      "cluster.yaml": SHOP + DENY,
      "old.yaml": WEB_TO_ALL,
      "new.yaml": namespaceManifest("other"),
    });
    const args = ["diff", join(folder, "old.yaml"), join(folder, "new.yaml"), "-f", join(folder, "cluster.yaml")];
    assert.match((await command(args)).stdout, /^- CLOSED {2}shop\/pod\/web -> shop\/pod\/db/);
    assert.equal((await command(["diff", "-", "-"])).exit, 2);
  });

  it("shows names and paths literally in Markdown", async (t) => {
    const { stdout } = await between(t, SHOP, SHOP + WEB_TO_ALL, "-o", "markdown");
    assert.match(stdout, /^### Portcullis: 1 opened\n/);
    assert.match(stdout, /spec\.ingress&#91;0&#93;/);
  });

  const check = validator("diff");
  for (const [what, before, after] of [
    ["changes", SHOP, SHOP + WEB_TO_ALL + DENY],
    ["what is not known", SHOP, SHOP + CILIUM],
    ["what is new", namespaceManifest("shop"), SHOP],
    ["what is gone", SHOP, namespaceManifest("shop")],
    ["nothing", SHOP, SHOP],
  ] as const) {
    it(`prints ${what} as its schema says`, async (t) => {
      check(JSON.parse((await between(t, before, after, "-o", "json")).stdout));
    });
  }
});

describe("portcullis diff with commits", () => {
  /** A repository with two commits; the working directory stays outside. */
  function repositoryOf(t: TestContext): string {
    const folder = folderOf(t, {});
    const git = (...args: readonly string[]): void => {
      const identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"];
      execFileSync("git", ["-C", folder, ...identity, ...args], { stdio: "pipe" });
    };
    git("init", "--quiet", "--initial-branch=main");
    mkdirSync(join(folder, "deploy"));
    writeFileSync(join(folder, "deploy/shop.yaml"), SHOP);
    git("add", ".");
    git("commit", "--quiet", "-m", "shop");
    writeFileSync(join(folder, "deploy/open.yaml"), WEB_TO_ALL);
    git("add", ".");
    git("commit", "--quiet", "-m", "open");
    return folder;
  }

  /** Git finds the repository of the working directory, so the program has to run in one. */
  function run(
    folder: string,
    ...args: readonly string[]
  ): { readonly status: number | null; readonly output: string } {
    const program = fileURLToPath(new URL("main.js", import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      cwd: folder,
      encoding: "utf8",
    });
    return { status, output: stdout + stderr };
  }

  it("reads trees, folders and files of commits, and points into them", (t) => {
    const folder = repositoryOf(t);
    const { status, output } = run(folder, "diff", "git:HEAD~1", "git:main:deploy/");
    assert.equal(status, 1);
    assert.match(
      output,
      /was: denied, .*\(HEAD~1:deploy\/shop\.yaml:23\)\n.*now: allowed, .*\(main:deploy\/open\.yaml:\d+\)/,
    );
    assert.equal(run(folder, "diff", "git:HEAD:deploy", "git:HEAD:./deploy").status, 0);
    assert.equal(run(folder, "map", "git:HEAD:deploy/shop.yaml").status, 0);
  });

  it("says what is wrong where there is no such commit, path or repository", (t) => {
    const folder = repositoryOf(t);
    for (const [spec, message] of [
      ["git:gone", /there is no commit, branch or tag gone/],
      ["git:HEAD:gone", /HEAD has no gone/],
      ["git:", /it names no commit/],
      ["git:--help", /there is no commit, branch or tag --help/],
    ] as const) {
      const { status, output } = run(folder, "diff", spec, "git:HEAD");
      assert.equal(status, 2);
      assert.match(output, message);
    }
    assert.match(run(folderOf(t, {}), "diff", "git:HEAD", "git:HEAD").output, /in no git repository/);
  });
});

describe("docs/diff.md", () => {
  const docs = readFileSync(new URL("../../../docs/diff.md", import.meta.url), "utf8");
  const [before, after] = ["examples/revisions/before", "examples/revisions/after"];

  it("shows what the command prints as text", async () => {
    const { stdout } = await command(["diff", before, after]);
    assert.ok(docs.includes(`$ portcullis diff ${before} ${after}\n${stdout}\`\`\`\n`), stdout);
  });
  it("shows what it prints as Markdown", async () => {
    const { stdout } = await command(["diff", before, after, "-o", "markdown"]);
    assert.ok(docs.includes(`\`\`\`\`markdown\n${stdout}\`\`\`\`\n`), stdout);
  });
  it("shows a row of what it prints as JSON", async () => {
    const { stdout } = await command(["diff", before, after, "-o", "json"]);
    const row = JSON.stringify(JSON.parse(stdout).changes[1], undefined, 2);
    assert.ok(docs.includes(`\`\`\`json\n${row}\n\`\`\`\n`), row);
  });
});
