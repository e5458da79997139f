import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { labCapabilities } from "../kernel/capabilities.ts";
import { createNamespaces, deleteNamespaces } from "../kernel/namespaces.ts";
import { listTable, loadRuleset } from "../kernel/nft.ts";
import type { Status } from "../enforce/status.ts";
import { until } from "../enforce/enforcer.fixture.ts";
import { makePods, removePods, type TestPod } from "../kernel/pods.fixture.ts";
import { tcpClient, tcpListener } from "../kernel/sockets.ts";
import {
  command,
  folderOf,
  namespaceManifest,
  onManifests,
  type Outcome,
  podManifest,
  policyManifest,
  SHOP,
} from "./command.fixture.ts";
import { validator } from "./schema.fixture.ts";

describe("portcullis enforce", () => {
  it("prints the program of a node as nft text, with the names of pods beside their addresses", async (t) => {
    const { exit, stdout } = await onManifests(t, ["enforce", "--node", "worker-1", "--print"], SHOP);
    assert.match(stdout, /^# Portcullis: the policies of node worker-1/);
    assert.match(stdout, /table inet portcullis \{/);
    assert.match(stdout, /10\.0\.0\.2, {2}# shop\/pod\/db\n/);
    assert.equal(exit, 0);
  });

  it("needs to be told the node", async (t) => {
    const { exit, stderr } = await onManifests(t, ["enforce", "--print"], SHOP);
    assert.match(stderr, /it is not said which node this is\n.*--node NAME/);
    assert.equal(exit, 2);
  });

  it("names the nodes there are when the one asked for is not there", async (t) => {
    const { exit, stderr } = await onManifests(t, ["enforce", "--node", "worker-2", "--print"], SHOP);
    assert.match(stderr, /there is no node "worker-2" in the input\n {2}choose one of worker-1/);
    assert.equal(exit, 2);
  });
});

const capabilities = labCapabilities();
const WHY_NOT = capabilities.ok ? false : capabilities.missing.map(({ what }) => what).join("; ");
const NAMESPACE = `pclcli-${process.pid}-enforce`;
const TABLE = { family: "inet", name: "portcullis" } as const;

describe("portcullis enforce, in a namespace", { skip: WHY_NOT }, () => {
  before(() => createNamespaces([NAMESPACE]));
  after(() => deleteNamespaces([NAMESPACE]));

  function enforce(state: string, ...args: readonly string[]): Promise<Outcome> {
    return command(["enforce", ...args, "--state", state, "--netns", NAMESPACE]);
  }

  /** What `status -o json` prints, which has to be as its schema says. */
  async function statusIn(state: string): Promise<Status> {
    const told: Status = JSON.parse((await enforce(state, "status", "-o", "json")).stdout);
    validator("enforce-status")(told);
    return told;
  }

  it("once leaves the table in force, which status tells and stop removes", async (t) => {
    const folder = folderOf(t, { "all.yaml": SHOP });
    const state = folderOf(t, {});
    assert.deepEqual(await enforce(state, "status"), {
      exit: 1,
      stdout: "not enforced: there is no table inet portcullis\n",
      stderr: "",
    });
    const once = await enforce(state, folder, "--node", "worker-1");
    assert.equal(once.exit, 0, once.stderr);
    assert.match(once.stdout, /^degraded: node worker-1, table inet portcullis .*generation 1\n.*1 governed/);
    assert.match(once.stdout, /source not bound/);
    assert.equal((await enforce(state, "status")).exit, 3);
    const told = await statusIn(state);
    assert.deepEqual([told.enforcement, told.isRunning, told.state?.enforcement], ["degraded", false, "degraded"]);
    assert.match((await enforce(state, "stop")).stdout, /nothing is enforced/);
    assert.equal(await listTable(NAMESPACE, TABLE), undefined);
    const { enforcement, state: left } = await statusIn(state);
    assert.deepEqual([enforcement, left], ["none", undefined]);
    assert.equal((await enforce(state, "status")).exit, 1);
  });

  it("tells in JSON of a published schema where the kernel does something else than was left", async (t) => {
    const folder = folderOf(t, { "all.yaml": SHOP });
    const state = folderOf(t, {});
    assert.equal((await enforce(state, folder, "--node", "worker-1")).exit, 0);
    await loadRuleset(NAMESPACE, "add rule inet portcullis egress4 accept\n");
    const { enforcement, contradiction, state: left } = await statusIn(state);
    assert.deepEqual([enforcement, left?.enforcement], ["none", "degraded"]);
    assert.match(contradiction ?? "", /was changed since the enforcer wrote it/);
    assert.equal((await enforce(state, "stop")).exit, 0);
  });

  it("with --watch follows a file until it is told to end, and the table stays", async (t) => {
    const folder = folderOf(t, { "all.yaml": SHOP });
    const state = folderOf(t, {});
    const main = new URL("main.js", import.meta.url).pathname;
    const args = [main, "enforce", folder, "--node", "worker-1", "--watch", "--state", state, "--netns", NAMESPACE];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
    t.after(() => child.kill("SIGKILL"));
    let said = "";
    child.stdout.on("data", (text: Buffer) => {
      said += String(text);
    });
    await once(child.stdout, "data");
    assert.match(said, /degraded: generation/);
    const heard = once(child.stdout, "data");
    writeFileSync(join(folder, "all.yaml"), SHOP.replace("port: 5432}", "port: 5433}"));
    await heard;
    assert.match(said, /connections are judged anew.*\n.*connections are judged anew/s);
    assert.equal((await statusIn(state)).isRunning, true);
    const broken = once(child.stdout, "data");
    writeFileSync(join(folder, "all.yaml"), "kind: [");
    await broken;
    assert.ok((await statusIn(state)).state?.lastError);
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "exit"), [0, null]);
    assert.match((await listTable(NAMESPACE, TABLE)) ?? "", /5433/);
    assert.equal((await enforce(state, "stop")).exit, 0);
  });

  it("with --watch --flows judges each flow by what was in force when it happened", async (t) => {
    const lab = await makePods("cliflows", 3);
    t.after(() => removePods("cliflows"));
    const [web, db, other] = lab.pods;
    assert.ok(web && db && other);
    const manifests = (admitted: string): string =>
      [
        namespaceManifest("shop"),
        ...Object.entries({ web, db, other }).map(([name, { v4, v6 }]) =>
          podManifest({ name, labels: `app: ${name}`, addresses: [v4, v6] }),
        ),
        policyManifest(
          "db-allow",
          `
  podSelector: {matchLabels: {app: db}}
  ingress: [{from: [{podSelector: {matchLabels: {app: ${admitted}}}}], ports: [{port: 5432}]}]`,
        ),
      ].join("");
    const listener = await tcpListener({ namespace: db.namespace, address: db.v4, port: 5432 });
    listener.on("connection", (socket) => socket.on("error", () => undefined).resume());
    t.after(() => listener.close());
    const folder = folderOf(t, { "all.yaml": manifests("web") });
    const state = folderOf(t, {});
    const main = new URL("main.js", import.meta.url).pathname;
    const args = ["enforce", folder, "--node", "worker-1", "--watch", "--flows", "json", "--denial", "reject"];
    const place = ["--state", state, "--netns", lab.node];
    const child = spawn(process.execPath, [main, ...args, ...place], { stdio: ["ignore", "pipe", "inherit"] });
    t.after(() => child.kill("SIGKILL"));
    let said = "";
    child.stdout.on("data", (text: Buffer) => {
      said += String(text);
    });
    const says = (what: RegExp): Promise<boolean> => until(() => what.test(said));
    const ask = (from: TestPod, source = from.v4): void => {
      const client = tcpClient({ namespace: from.namespace, address: source, port: 0 }, { address: db.v4, port: 5432 });
      client.on("error", () => client.destroy()).on("connect", () => client.destroy());
      t.after(() => client.destroy());
    };
    assert.ok(await says(/enforced: generation/));
    ask(web);
    assert.ok(await says(/"kind":"allowed"/));
    writeFileSync(join(folder, "all.yaml"), manifests("other"));
    assert.ok(await says(/judged anew.*\n(.*\n)*.*judged anew/));
    ask(web);
    assert.ok(await says(/"kind":"denied"/));
    ask(web, web.second);
    assert.ok(await says(/"kind":"dropped"/));
    const flows = said.split("\n").filter((line) => line.startsWith("{"));
    for (const flow of flows) validator("flow")(JSON.parse(flow));
    const told = flows
      .map((flow): { kind: string; reason?: string; generation?: number; judged: Record<string, unknown> } =>
        JSON.parse(flow),
      )
      .map(({ kind, reason, judged: { from, verdict, agrees } }) => [kind, reason, from, verdict, agrees]);
    assert.deepEqual(told.slice(0, 2), [
      ["allowed", undefined, "shop/pod/web", "allowed", true],
      ["denied", undefined, "shop/pod/web", "denied", true],
    ]);
    assert.deepEqual(told.at(-1), ["dropped", "source not its own", web.second, "denied", true]);
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "exit"), [0, null]);
    assert.equal((await command(["enforce", "stop", ...place])).exit, 0);
  });

  it("tells of flows only while it stays", async (t) => {
    const folder = folderOf(t, { "all.yaml": SHOP });
    const { exit, stderr } = await enforce(folderOf(t, {}), folder, "--node", "worker-1", "--flows");
    assert.match(stderr, /for as long as the enforcer stays\n.*add --watch/);
    assert.equal(exit, 2);
  });

  it("--start closed wants to know where pods are, and denies them while the input cannot be read", async (t) => {
    const folder = folderOf(t, { "all.yaml": "kind: [" });
    const state = folderOf(t, {});
    const closed = [folder, "--node", "worker-1", "--start", "closed"];
    assert.match((await enforce(state, ...closed)).stderr, /--start closed needs to know.*\n.*--pod-cidr/);
    assert.equal((await enforce(state, ...closed, "--pod-cidr", "10.0.0.0/24")).exit, 2);
    assert.match((await listTable(NAMESPACE, TABLE)) ?? "", /10\.0\.0\.0\/24/);
    assert.equal((await enforce(state, "stop")).exit, 0);
  });
});
