/** `portcullis flows` as people run it, on real packets in namespaces of the test's own. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { compile } from "../dataplane/compile.ts";
import { nftText } from "../dataplane/nft-text.ts";
import { loadRuleset } from "../kernel/nft.ts";
import { makePods, reasonToSkip, removePods, type TestPod, type TestPods } from "../kernel/pods.fixture.ts";
import { echoRequest, pingClient, tcpClient, tcpListener, udpClient, udpSocket } from "../kernel/sockets.ts";
import { situationFrom } from "../situation/situation.fixture.ts";
import {
  command,
  folderOf,
  namespaceManifest,
  nodeManifest,
  onManifests,
  podManifest,
  policyManifest,
} from "./command.fixture.ts";
import { validator } from "./schema.fixture.ts";

const NAME = "flows";
const PROGRAM = fileURLToPath(new URL("../../../bin/portcullis.js", import.meta.url));
const ROLES = ["web", "db", "other"] as const;
const GENERATION = 7;

function manifests(pods: readonly Pick<TestPod, "v4" | "v6">[], staged = ""): string {
  return [
    namespaceManifest("shop"),
    nodeManifest("worker-1", "172.18.0.1"),
    ...ROLES.map((role, i) => {
      const { v4 = "", v6 = "" } = pods[i] ?? {};
      return podManifest({ name: role, labels: `app: ${role}`, addresses: [v4, v6] });
    }),
    policyManifest(
      "db-allow",
      `
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress]
  ingress:
  - from:
    - podSelector: {matchLabels: {app: web}}
    ports:
    - {protocol: TCP, port: 5432}
    - {protocol: UDP, port: 5353}`,
    ),
    staged,
  ].join("");
}

const SAMPLE = [
  { v4: "10.77.0.1", v6: "fd77::1" },
  { v4: "10.77.0.2", v6: "fd77::2" },
  { v4: "10.77.0.3", v6: "fd77::3" },
];

interface Followed {
  readonly child: ChildProcess;
  readonly lines: string[];
  readonly errors: string[];
}

/** Runs the program in the namespace until the test is over. */
async function follow(t: TestContext, namespace: string, text: string, more: readonly string[]): Promise<Followed> {
  const folder = folderOf(t, { "all.yaml": text });
  const args = ["netns", "exec", namespace, process.execPath, PROGRAM, "flows", folder, "--node", "worker-1", ...more];
  const child = spawn("ip", args, { stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  const lines: string[] = [];
  const errors: string[] = [];
  let rest = "";
  child.stdout.on("data", (data: Buffer) => {
    const parts = (rest + String(data)).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  });
  child.stderr.on("data", (data: Buffer) => errors.push(String(data)));
  await until(() => errors.join("").includes("following") || child.exitCode !== null);
  return { child, lines, errors };
}

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 1500 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
}

async function ended({ child }: Followed): Promise<void> {
  if (child.exitCode === null) {
    child.kill("SIGTERM");
    await once(child, "exit");
  }
}

/** Resolves when the connection is there or refused. */
function connect(from: TestPod, to: TestPod, key: "v4" | "v6", port: number): Promise<boolean> {
  const socket = tcpClient({ namespace: from.namespace, address: from[key], port: 0 }, { address: to[key], port });
  return new Promise((resolve) => {
    const done = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once("connect", () => done(true)).once("error", () => done(false));
  });
}

async function sendUdp(from: TestPod, to: TestPod, port: number): Promise<void> {
  const socket = udpClient({ namespace: from.namespace, address: from.v4, port: 0 }, { address: to.v4, port });
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.once("connect", resolve));
  await new Promise((resolve) => socket.send("x", resolve));
  socket.close();
}

describe("flows on a node", { skip: reasonToSkip() }, () => {
  let made: TestPods;
  let pods: readonly [TestPod, TestPod, TestPod];
  const open: { close(): void }[] = [];

  before(async () => {
    made = await makePods(NAME, 3);
    const [web, db, other] = made.pods;
    assert.ok(web && db && other);
    pods = [web, db, other];
    const situation = situationFrom(manifests(made.pods));
    const [node] = situation.inventory.nodes;
    assert.ok(node);
    const options = { table: "portcullis", generation: GENERATION, denial: "reject", interfaces: [] } as const;
    await loadRuleset(made.node, nftText(compile(situation, node, options)));
    for (const key of ["v4", "v6"] as const) {
      open.push(await tcpListener({ namespace: db.namespace, address: db[key], port: 5432 }));
    }
    open.push(udpSocket({ namespace: db.namespace, address: db.v4, port: 5353 }));
  });
  after(async () => {
    for (const one of open) one.close();
    await removePods(NAME);
  });

  it("that are denied and allowed are told with policy, rule and line, whatever family and protocol", async (t) => {
    const [web, db, other] = pods;
    const text = manifests(made.pods);
    const followed = await follow(t, made.node, text, ["-o", "json"]);
    assert.deepEqual(
      [
        await connect(web, db, "v4", 5432),
        await connect(web, db, "v6", 5432),
        await connect(other, db, "v4", 5432),
        await connect(other, db, "v6", 5432),
      ],
      [true, true, false, false],
    );
    await sendUdp(web, db, 5353);
    await sendUdp(other, db, 5353);
    const ping = pingClient({ namespace: other.namespace, address: other.v4 }, db.v4);
    ping.on("error", () => undefined).once("connect", () => ping.send(echoRequest(4, "hello")));
    await until(() => followed.lines.length >= 7);
    ping.close();
    await ended(followed);
    const valid = validator("flow");
    const records = followed.lines.map((line): unknown => JSON.parse(line));
    for (const record of records) valid(record);
    const line = (sought: string): number => text.slice(0, text.indexOf(sought)).split("\n").length;
    const policy = line("metadata: {namespace: shop, name: db-allow}") - 2;
    const rule = line("- podSelector: {matchLabels: {app: web}}");
    const told = followed.lines.map((each) => {
      const { kind, judged, traffic, destination, generation } = JSON.parse(each);
      const [{ name, effect, origin }] = judged.policies;
      const { protocol, port = "" } = traffic;
      return [
        kind,
        judged.from,
        destination,
        protocol,
        port,
        generation,
        name,
        effect,
        origin.line,
        judged.agrees,
      ].join(" ");
    });
    assert.deepEqual(
      [...new Set(told)].sort(),
      [
        `allowed shop/pod/web ${db.v4} tcp 5432 7 db-allow admits ${rule} true`,
        `allowed shop/pod/web ${db.v4} udp 5353 7 db-allow admits ${rule} true`,
        `allowed shop/pod/web ${db.v6} tcp 5432 7 db-allow admits ${rule} true`,
        `denied shop/pod/other ${db.v4} icmp  7 db-allow isolates ${policy} true`,
        `denied shop/pod/other ${db.v4} tcp 5432 7 db-allow isolates ${policy} true`,
        `denied shop/pod/other ${db.v4} udp 5353 7 db-allow isolates ${policy} true`,
        `denied shop/pod/other ${db.v6} tcp 5432 7 db-allow isolates ${policy} true`,
      ].sort(),
    );
  });

  it("are one line of text each, and counted by policy at the end", async (t) => {
    const [web, db, other] = pods;
    const followed = await follow(t, made.node, manifests(made.pods), ["--limit", "2", "--summary"]);
    await connect(other, db, "v4", 5432);
    await until(() => followed.lines.length > 0);
    await connect(web, db, "v4", 5432);
    await until(() => followed.child.exitCode !== null);
    const text = followed.lines.join("\n").replaceAll(/\/[^\s(]*all\.yaml/g, "all.yaml");
    assert.match(text, /DENIED {2}shop\/other → shop\/db {2}TCP 5432 {2}by shop\/db-allow \(all\.yaml:\d+\)/);
    assert.match(text, /ALLOWED shop\/web → shop\/db {2}TCP 5432 {2}by shop\/db-allow \(all\.yaml:\d+\)/);
    assert.match(text, /shop\/db-allow {2}1 connection allowed {2}1 packet denied/);
    assert.equal(followed.child.exitCode, 0);
  });

  it("are counted by policy in JSON of a published schema, and pending verdicts with them", async (t) => {
    const [web, db] = pods;
    const staged = `---
apiVersion: projectcalico.org/v3
kind: StagedNetworkPolicy
metadata: {name: shut, namespace: shop}
spec: {selector: app == 'db', order: 1, types: [Ingress], ingress: [{action: Deny}]}
`;
    const text = manifests(made.pods, staged);
    const followed = await follow(t, made.node, text, ["--allowed", "--limit", "1", "--summary", "-o", "json"]);
    await connect(web, db, "v4", 5432);
    await until(() => followed.child.exitCode !== null);
    const [record = "", summary = ""] = followed.lines;
    validator("flow")(JSON.parse(record));
    validator("flow-summary")(JSON.parse(summary));
    assert.equal(JSON.parse(record).judged.pending.verdict, "denied");
    const { lowerBound, pending, policies } = JSON.parse(summary);
    assert.deepEqual([lowerBound, pending], [false, { allowed: 0, denied: 1 }]);
    assert.deepEqual(
      policies.map(({ name, allowed, denied }: Readonly<Record<string, unknown>>) => [name, allowed, denied]),
      [["db-allow", 1, 0]],
    );
  });

  it("that the input judges otherwise than the kernel are marked", async (t) => {
    const [, db, other] = pods;
    const text = manifests(made.pods).replace("matchLabels: {app: web}", "matchLabels: {app: other}");
    const followed = await follow(t, made.node, text, ["--denied", "--limit", "1"]);
    await connect(other, db, "v4", 5432);
    await until(() => followed.child.exitCode !== null);
    assert.match(
      followed.lines.join("\n"),
      /DENIED {2}shop\/other → shop\/db .*the policies say allowed: by shop\/db-allow/,
    );
  });

  it("are told to one process only", async (t) => {
    await follow(t, made.node, manifests(made.pods), ["--denied"]);
    const second = await follow(t, made.node, manifests(made.pods), ["--denied"]);
    await until(() => second.child.exitCode !== null);
    assert.match(second.errors.join(""), /another process reads log group 4477/);
    assert.equal(second.child.exitCode, 2);
  });
});

describe("what a name of the kernel's table stands for", () => {
  const ARGS = ["flows", "--node", "worker-1", "--explain"];

  it("is told of a pair, with policy and line", async (t) => {
    const { exit, stdout } = await onManifests(t, [...ARGS, "ingress_pairs4 10.77.0.2 . 0:1"], manifests(SAMPLE));
    assert.equal(exit, 0);
    assert.match(stdout, /ingress of shop\/pod\/db \(10\.77\.0\.2\) from class 0:1: TCP 5432.*UDP 5353/);
    assert.match(stdout, /from shop\/pod\/web/);
    assert.match(stdout, /shop\/db-allow spec\.ingress\[0\]\.from\[0\] {2}all\.yaml:\d+/);
  });

  it("is told of a shared chain, with the pairs that lead to it", async (t) => {
    const folder = folderOf(t, { "all.yaml": manifests(SAMPLE) });
    const printed = await command(["enforce", "--node", "worker-1", "--print", folder]);
    const [chain = ""] = /traffic_[0-9a-f]{12}/.exec(printed.stdout) ?? [];
    const { exit, stdout } = await command([...ARGS, chain, folder]);
    assert.equal(exit, 0);
    assert.match(stdout, new RegExp(`^${chain}  admits TCP 5432`));
    assert.equal(stdout.match(/from shop\/pod\/web/g)?.length, 2, "one of each family");
  });

  it("is told as JSON of a published schema", async (t) => {
    const valid = validator("flow-explain");
    for (const name of ["ingress_pairs4 10.77.0.2 . 0:1", "10.77.0.2 0:0", "deny"]) {
      const { stdout } = await onManifests(t, [...ARGS, name, "-o", "json"], manifests(SAMPLE));
      valid(JSON.parse(stdout));
    }
  });

  it("is an error where the table has no such name", async (t) => {
    const { exit, stderr } = await onManifests(t, [...ARGS, "traffic_none"], manifests(SAMPLE));
    assert.equal(exit, 2);
    assert.match(stderr, /has no chain "traffic_none"/);
  });
});

describe("flows of a node that is not in the input", () => {
  it("are not followed", async (t) => {
    const { exit, stderr } = await onManifests(t, ["flows", "--node", "worker-9"], manifests(SAMPLE));
    assert.equal(exit, 2);
    assert.match(stderr, /there is no node "worker-9" in the input.*\n.*worker-1/);
  });
});
