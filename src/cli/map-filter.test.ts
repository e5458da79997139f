import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { command, namespaceManifest, nodeManifest, onManifests, podManifest, SHOP } from "./command.fixture.ts";

const OPS =
  namespaceManifest("ops") + podManifest({ namespace: "ops", name: "cron", labels: "a: b", addresses: ["10.1.0.1"] });
const CLUSTER = SHOP + OPS + nodeManifest("worker-1", "192.168.0.1") + nodeManifest("worker-2", "192.168.0.2");

/** `FROM > TO TRAFFIC` of every row. */
async function rows(t: Parameters<typeof onManifests>[0], ...args: readonly string[]): Promise<readonly string[]> {
  const { stdout, stderr } = await onManifests(t, ["map", "-o", "csv", ...args], CLUSTER);
  assert.equal(stderr, "");
  return stdout
    .trim()
    .split("\r\n")
    .slice(1)
    .map((line) => line.split(","))
    .map(([from, to, , , , , traffic]) => `${from} > ${to} ${traffic}`);
}

describe("map with filters", () => {
  it("keeps what the ends send and receive, and cuts ranges to what is asked", async (t) => {
    assert.deepEqual(await rows(t, "--from", "shop/web", "--to", "shop/db"), ["shop/pod/web > shop/pod/db TCP 5432"]);
    assert.deepEqual(await rows(t, "--from", "8.8.0.0/16"), [
      "8.8.0.0/16 > ops/pod/cron all",
      "8.8.0.0/16 > shop/pod/web all",
    ]);
    assert.deepEqual(await rows(t, "--from", "10.0.0.2"), [
      "shop/pod/db > ops/pod/cron all",
      "shop/pod/db > shop/pod/web all",
      "shop/pod/db > 0.0.0.0/0 all",
    ]);
  });

  it("takes Services for their endpoints, namespaces for their pods, and names nodes that are asked for", async (t) => {
    assert.deepEqual(await rows(t, "--to", "shop/svc/db"), ["shop/pod/web > shop/pod/db TCP 5432"]);
    assert.deepEqual(await rows(t, "--from", "ops/*", "--to", "shop/*"), ["ops/pod/cron > shop/pod/web all"]);
    assert.deepEqual(await rows(t, "--from", "node/worker-2", "--to", "shop/web"), [
      "node/worker-2 > shop/pod/web all",
    ]);
  });

  it("cuts traffic to the ports that are asked for, any of several", async (t) => {
    assert.deepEqual(await rows(t, "--to", "shop/db", "--port", "5000-6000", "--port", "/icmp"), [
      "shop/pod/web > shop/pod/db TCP 5432",
    ]);
    assert.deepEqual(await rows(t, "--from", "ops/cron", "--to", "shop/web", "--port", "53/udp"), [
      "ops/pod/cron > shop/pod/web UDP 53",
    ]);
  });

  it("tells what crosses borders of namespaces, what touches one, and what has an end outside", async (t) => {
    assert.deepEqual(await rows(t, "--crossing", "namespaces"), [
      "ops/pod/cron > shop/pod/web all",
      "shop/pod/db > ops/pod/cron all",
      "shop/pod/web > ops/pod/cron all",
    ]);
    const ofOps = await rows(t, "--in-namespace", "ops");
    assert.ok(ofOps.length > 0 && ofOps.every((row) => row.includes("ops/pod/cron")));
    const external = await rows(t, "--external");
    assert.ok(external.length > 0 && external.every((row) => row.includes("0.0.0.0/0")));
  });

  it("counts the workloads that are asked about", async (t) => {
    const { stdout } = await onManifests(t, ["map", "--to", "shop/db", "--port", "81"], CLUSTER);
    assert.match(stdout, /^nothing is known to be allowed among 3 workloads\n/);
  });

  for (const [args, message] of [
    [["--from", "shop/nobody"], /--from: there is no shop\/nobody in the input/],
    [["--from", "nowhere/*"], /--from: no pods of namespace nowhere .*\n {2}there are ops\/\*, shop\/\*/],
    [["--in-namespace", "nowhere"], /there is no namespace nowhere/],
    [["--port", "http"], /"http" is the name of a port/],
    [["--port", "70000"], /port 70000 is above 65535/],
    [["--external", "--crossing", "namespaces"], /no flow is both/],
    [["--exposure", "--from", "shop/web"], /--exposure is about all pods to come/],
    [["--exposure", "-o", "svg"], /--exposure has no format svg/],
  ] as const) {
    it(`refuses ${args.join(" ")} with exit code 2 and a remedy`, async (t) => {
      const { exit, stderr, stdout } = await onManifests(t, ["map", ...args], CLUSTER);
      assert.match(stderr, message);
      assert.equal(stdout, "");
      assert.equal(exit, 2);
    });
  }

  it("says what is wrong with a filter before it reads anything", async () => {
    const { stderr } = await command(["map", "--port", "http", "/nonexistent"]);
    assert.match(stderr, /"http" is the name of a port/);
  });
});
