import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, afterEach, before, describe, it } from "node:test";
import { ipBatch } from "./namespaces.ts";
import { deleteTable, loadRuleset } from "./nft.ts";
import { makePods, NODE_V4, NODE_V6, reasonToSkip, removePods, type TestPod, type TestPods } from "./pods.fixture.ts";
import { probe, type ProbeRequest, type ProbeResult } from "./probe.ts";
import { probeAll } from "./probes.ts";
import { writeSysctls } from "./sysctls.ts";
import { openServers, type ServerPlace, type Servers } from "./servers.ts";

const PORT = 8080;
const TABLE = { family: "inet", name: "pcltest" } as const;
const PROTOCOLS = ["tcp", "udp", "icmp"] as const;

type Protocol = (typeof PROTOCOLS)[number];

describe("probing between namespaces", { skip: reasonToSkip() }, () => {
  let lab: TestPods;
  let servers: Servers;

  before(async () => {
    lab = await makePods("probe", 5);
    servers = await openServers(lab.pods.flatMap(placesOf));
  });
  after(async () => {
    await servers?.close();
    await removePods("probe");
  });
  afterEach(async () => {
    await deleteTable(lab.node, TABLE);
  });

  const pod = (index: number): TestPod => {
    const found = lab.pods[index];
    assert.ok(found);
    return found;
  };
  const request = (protocol: Protocol, family: 4 | 6, from = pod(0), to = pod(1)): ProbeRequest => ({
    namespace: from.namespace,
    source: family === 4 ? from.v4 : from.v6,
    destination: family === 4 ? to.v4 : to.v6,
    expected: [to.namespace],
    ...(protocol === "icmp" ? { protocol } : { protocol, port: PORT }),
  });
  const chain = (head: string, ...rules: readonly string[]): Promise<void> =>
    loadRuleset(
      lab.node,
      `table inet pcltest {\nchain ${head.split(" ").join("-")} {\ntype ${head.replace(" ", " hook ")} priority 0\n${rules.join("\n")}\n}\n}\n`,
    );
  const forward = (...rules: readonly string[]): Promise<void> => chain("filter forward", ...rules);
  const ask = (asked: ProbeRequest): Promise<ProbeResult> => probe(servers, asked, 3000);
  const askBriefly = (asked: ProbeRequest): Promise<ProbeResult> => probe(servers, asked, 100);

  for (const protocol of PROTOCOLS) {
    for (const family of [4, 6] as const) {
      const name = `${protocol} over IPv${family}`;
      const l4 = protocol === "icmp" && family === 6 ? "icmpv6" : protocol;
      const there = `meta l4proto ${l4} iifname pod0 oifname pod1`;
      const back = `meta l4proto ${l4} iifname pod1 oifname pod0`;

      it(`${name} passes and names who answered`, async () => {
        assert.deepEqual(await ask(request(protocol, family)), { outcome: "passed", identity: pod(1).namespace });
      });

      it(`${name} is refused by a reject rule`, async () => {
        await forward(
          protocol === "tcp" ? `${there} reject with tcp reset` : `${there} reject with icmpx admin-prohibited`,
        );
        const errno = protocol === "tcp" ? "ECONNREFUSED" : family === 4 ? "EHOSTUNREACH" : "EACCES";
        assert.deepEqual(await ask(request(protocol, family)), { outcome: "refused", errno, arrivedAt: undefined });
      });

      it(`${name} is refused by an unreachable host`, async () => {
        await forward(`${there} reject with icmpx host-unreachable`);
        const result = await askBriefly(request(protocol, family));
        // TCP takes an unreachable host for a passing trouble and goes on trying.
        if (protocol === "tcp") assert.equal(result.outcome === "silent" || result.outcome === "refused", true);
        else assert.deepEqual(result, { outcome: "refused", errno: "EHOSTUNREACH", arrivedAt: undefined });
      });

      it(`${name} meets silence where the request is dropped, and has not arrived`, async () => {
        await forward(`${there} drop`);
        assert.deepEqual(await askBriefly(request(protocol, family)), { outcome: "silent", arrivedAt: undefined });
      });

      it(`${name} meets silence where the answer is dropped, but has arrived`, async () => {
        await forward(`${back} drop`);
        const arrivedAt = pod(1).namespace;
        assert.deepEqual(await askBriefly(request(protocol, family)), { outcome: "silent", arrivedAt });
      });

      it(`${name} has arrived also where the answer is rejected towards the server`, async () => {
        await forward(
          protocol === "tcp" ? `${back} reject with tcp reset` : `${back} reject with icmpx admin-prohibited`,
        );
        const arrivedAt = pod(1).namespace;
        assert.deepEqual(await askBriefly(request(protocol, family)), { outcome: "silent", arrivedAt });
      });

      it(`${name} from the node is refused by its own output chain`, async () => {
        const how = protocol === "tcp" ? "tcp reset" : "icmpx admin-prohibited";
        await chain("filter output", `meta l4proto ${l4} oifname pod1 reject with ${how}`);
        const source = family === 4 ? NODE_V4 : NODE_V6;
        const result = await ask({ ...request(protocol, family), namespace: lab.node, source });
        assert.equal(result.outcome, "refused");
      });
    }
  }

  it("leaves by the chosen source address", async () => {
    await forward(`ip saddr ${pod(0).second} drop`);
    for (const protocol of PROTOCOLS) {
      const first = await ask(request(protocol, 4));
      const second = await askBriefly({ ...request(protocol, 4), source: pod(0).second });
      assert.deepEqual([first.outcome, second.outcome], ["passed", "silent"], protocol);
    }
  });

  it("leaves by the chosen source port, again and again", async () => {
    await forward(`th sport != 7777 iifname pod0 drop`);
    for (const protocol of ["tcp", "udp"] as const) {
      for (let round = 0; round < 3; round++) {
        const asked = { ...request(protocol, 4), protocol, port: PORT, sourcePort: 7777 };
        assert.equal((await ask(asked)).outcome, "passed", `${protocol}, round ${round}`);
      }
      const other = { ...request(protocol, 4), protocol, port: PORT, sourcePort: 7778 };
      assert.equal((await askBriefly(other)).outcome, "silent", protocol);
    }
  });

  it("is refused by a port where nobody listens", async () => {
    for (const protocol of ["tcp", "udp"] as const) {
      const result = await ask({ ...request(protocol, 6), protocol, port: PORT + 1 });
      assert.deepEqual(result, { outcome: "refused", errno: "ECONNREFUSED", arrivedAt: undefined });
    }
  });

  it("fails where another server answers than the expected one", async () => {
    for (const protocol of PROTOCOLS) {
      const result = await ask({ ...request(protocol, 4), expected: ["somebody"] });
      assert.deepEqual(result, { outcome: "failed", reason: `${pod(1).namespace} answered instead of somebody` });
    }
  });

  it("tells a Service apart from the pod behind it by who answers", async () => {
    await chain(
      "nat prerouting",
      `ip daddr 10.99.0.1 meta l4proto { tcp, udp } th dport 80 dnat ip to ${pod(2).v4}:${PORT}`,
    );
    for (const protocol of ["tcp", "udp"] as const) {
      const asked = { ...request(protocol, 4), destination: "10.99.0.1", protocol, port: 80 };
      const result = await ask({ ...asked, expected: [pod(1).namespace, pod(2).namespace] });
      assert.deepEqual(result, { outcome: "passed", identity: pod(2).namespace });
    }
  });

  it("notices the arrival behind a Service whose answers are dropped", async () => {
    await chain("nat prerouting", `ip daddr 10.99.0.1 tcp dport 80 dnat ip to ${pod(2).v4}:${PORT}`);
    await forward("iifname pod2 oifname pod0 drop");
    const asked = { ...request("tcp", 4), destination: "10.99.0.1", protocol: "tcp", port: 80 } as const;
    const result = await askBriefly({ ...asked, expected: [pod(1).namespace, pod(2).namespace] });
    assert.deepEqual(result, { outcome: "silent", arrivedAt: pod(2).namespace });
  });

  it("is refused by the sender's own routing table", async () => {
    await ipBatch(["route add prohibit 10.88.0.1/32", "route add prohibit fd88::1/128"], pod(0).namespace);
    for (const protocol of PROTOCOLS) {
      for (const family of [4, 6] as const) {
        const destination = family === 4 ? "10.88.0.1" : "fd88::1";
        const result = await ask({ ...request(protocol, family), destination });
        assert.deepEqual(
          result,
          { outcome: "refused", errno: "EACCES", arrivedAt: undefined },
          `${protocol} ${family}`,
        );
      }
    }
  });

  it("leaves by any address of a whole block that a local route makes the namespace's own", async () => {
    // IPv6 wants more than the route before it lets a socket bind.
    writeSysctls(pod(0).namespace, { "net.ipv6.ip_nonlocal_bind": 1 });
    await ipBatch(["route add local 198.51.100.0/24 dev lo", "route add local fd78::/64 dev lo"], pod(0).namespace);
    await ipBatch(["route add 198.51.100.0/24 dev pod0", "route add fd78::/64 via fd77::1 dev pod0 onlink"], lab.node);
    await forward(
      `ip saddr != 198.51.100.77 iifname pod0 drop`,
      `ip6 saddr != { fe80::/10, fd78::4d } iifname pod0 drop`,
    );
    for (const protocol of PROTOCOLS) {
      for (const [family, source] of [
        [4, "198.51.100.77"],
        [6, "fd78::4d"],
      ] as const) {
        const result = await ask({ ...request(protocol, family), source });
        assert.deepEqual(result, { outcome: "passed", identity: pod(1).namespace }, `${protocol} ${family}`);
      }
    }
  });

  it("fails, saying why, for a source address that the namespace does not have", async () => {
    for (const protocol of PROTOCOLS) {
      const result = await ask({ ...request(protocol, 4), source: "10.78.0.1" });
      assert.equal(result.outcome, "failed");
      assert.match(
        result.outcome === "failed" ? result.reason : "",
        /10\.78\.0\.1.*pcltest-.*bind failed with EADDRNOTAVAIL/,
      );
    }
  });

  it("fails, saying why, for a namespace that does not exist and for texts that are no addresses", async () => {
    const nowhere = await ask({ ...request("tcp", 4), namespace: "pcltest-nowhere" });
    assert.match(nowhere.outcome === "failed" ? nowhere.reason : "", /pcltest-nowhere \(it does not exist\)/);
    const before = readdirSync("/proc/self/fd").length;
    for (const protocol of ["tcp", "udp"] as const) {
      for (const wrong of [
        { destination: "localhost" },
        { destination: "::1" },
        { port: 70_000 },
        { sourcePort: -1 },
      ]) {
        const result = await ask({ ...request(protocol, 4), protocol, port: PORT, ...wrong });
        assert.equal(result.outcome, "failed", JSON.stringify(wrong));
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(readdirSync("/proc/self/fd").length, before);
    const noAddress = await ask({ ...request("udp", 4), source: "10.77.0" });
    assert.match(noAddress.outcome === "failed" ? noAddress.reason : "", /"10\.77\.0" is no IP address/);
  });

  it("makes 2,000 probes of all kinds at once, each with the right answer and no descriptor left open", async () => {
    await forward(
      "ct state established accept",
      `ip daddr ${pod(3).v4} reject with icmpx admin-prohibited`,
      `ip daddr ${pod(4).v4} ip saddr ${pod(0).v4} drop`,
    );
    const pairs = lab.pods.flatMap((from) => lab.pods.filter((to) => to !== from).map((to) => [from, to] as const));
    const kinds = PROTOCOLS.flatMap((protocol) => [4, 6].map((family) => [protocol, family === 4 ? 4 : 6] as const));
    const matrix = pairs.flatMap(([from, to]) =>
      kinds.map(([protocol, family]) => {
        const asked = request(protocol, family, from, to);
        const refused = family === 4 && to === pod(3);
        const silent = family === 4 && to === pod(4) && from === pod(0);
        return { asked, outcome: refused ? "refused" : silent ? "silent" : "passed" };
      }),
    );
    const all = Array.from({ length: 17 }, () => matrix).flat();
    const before = readdirSync("/proc/self/fd").length;
    const progress: number[] = [];
    const results = await probeAll(
      servers,
      all.map(({ asked }) => asked),
      // Answers may take their time where the machine has other work.
      { timeout: 3_000, onProgress: (done, total) => progress.push(done / total) },
    );
    const wrong = results
      .map((result, index) => ({ result, expected: all[index] }))
      .filter(({ result, expected }) => result.outcome !== expected?.outcome);
    assert.deepEqual(wrong.slice(0, 3), []);
    assert.equal(results.length, 2040);
    assert.equal(progress.length, all.length);
    assert.equal(progress.at(-1), 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(readdirSync("/proc/self/fd").length, before);
  });

  it("asks again, as often as told, before it believes in silence", async () => {
    // The first three of these packets are lost.
    await forward(
      `meta l4proto udp iifname pod0 limit rate over 1/hour burst 3 packets accept`,
      `meta l4proto udp iifname pod0 drop`,
    );
    const asked = [request("udp", 4)];
    assert.deepEqual((await probeAll(servers, asked, { timeout: 50, attempts: 3 }))[0]?.outcome, "silent");
    assert.deepEqual((await probeAll(servers, asked, { timeout: 50, attempts: 3 }))[0]?.outcome, "passed");
  });

  it("does not take it for silence when this process itself is held up", async () => {
    const running = PROTOCOLS.map((protocol) => probe(servers, request(protocol, 4), 100));
    const until = performance.now() + 400;
    while (performance.now() < until);
    assert.deepEqual(
      (await Promise.all(running)).map(({ outcome }) => outcome),
      ["passed", "passed", "passed"],
    );
  });

  it("stops when the signal fires", async () => {
    const stop = new AbortController();
    const asked = Array.from({ length: 500 }, () => request("tcp", 4));
    let done = 0;
    const running = probeAll(servers, asked, {
      concurrency: 10,
      signal: stop.signal,
      onProgress: () => {
        done++;
        if (done === 20) stop.abort(new Error("enough"));
      },
    });
    await assert.rejects(running, /enough/);
    assert.ok(done < 40);
  });

  it("says which server cannot be opened, and opens none", async () => {
    const before = readdirSync("/proc/self/fd").length;
    const free: ServerPlace = { ...placeOf(pod(0), "tcp", 4), protocol: "tcp", port: PORT + 5 };
    await assert.rejects(openServers([free, placeOf(pod(0), "tcp", 4)]), /10\.77\.0\.1 port 8080.*EADDRINUSE/);
    await assert.rejects(openServers([free, placeOf(pod(0), "udp", 4)]), /10\.77\.0\.1 port 8080.*EADDRINUSE/);
    assert.equal(readdirSync("/proc/self/fd").length, before);
  });
});

function placesOf(pod: TestPod): ServerPlace[] {
  return PROTOCOLS.flatMap((protocol) => [placeOf(pod, protocol, 4), placeOf(pod, protocol, 6)]);
}

function placeOf(pod: TestPod, protocol: Protocol, family: 4 | 6): ServerPlace {
  const place = { namespace: pod.namespace, address: family === 4 ? pod.v4 : pod.v6, identity: pod.namespace };
  return protocol === "icmp" ? { ...place, protocol } : { ...place, protocol, port: PORT };
}
